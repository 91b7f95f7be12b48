import { Body, Controller, Get, Headers, HttpCode, Inject, NotFoundException, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MailedLinks, unsubscribePage, unsubscribeWish, type Reader } from '#libs/engagement';
import { sendPage } from './send-page.js';

/** The unsubscribe link: looking changes nothing, posting does. No cookie, no login, no redirect (RFC 8058, section 3.1). */
@Controller('u')
export class UnsubscribeController {
  constructor(@Inject(MailedLinks) private readonly links: MailedLinks) {}

  @Get(':token')
  async look(@Param('token') token: string, @Res() response: Response): Promise<void> {
    this.show(await this.links.reader(token, 'unsubscribe'), token, response);
  }

  @Post(':token')
  @HttpCode(200)
  async stop(
    @Param('token') token: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
    @Res() response: Response,
  ): Promise<void> {
    const way = unsubscribeWish(contentType ?? '', typeof body === 'string' ? body : '');
    const reader = way
      ? await this.links.unsubscribe(token, 'unsubscribe', way)
      : await this.links.reader(token, 'unsubscribe');
    this.show(reader, token, response);
  }

  private show(reader: Reader | undefined, token: string, response: Response): void {
    if (!reader) throw new NotFoundException();
    sendPage(response, unsubscribePage(reader, `/u/${token}`));
  }
}
