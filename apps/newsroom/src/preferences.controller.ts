import { Body, Controller, Get, Headers, HttpCode, Inject, NotFoundException, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MailedLinks, preferencesPage, preferencesWish, type PreferencesWish, type Reader } from '#libs/engagement';
import { sendPage } from './send-page.js';

/** The settings link: in which language mails come, and whether any come. */
@Controller('p')
export class PreferencesController {
  constructor(@Inject(MailedLinks) private readonly links: MailedLinks) {}

  @Get(':token')
  async look(@Param('token') token: string, @Res() response: Response): Promise<void> {
    this.show(await this.links.reader(token, 'preferences'), { token, saved: false }, response);
  }

  @Post(':token')
  @HttpCode(200)
  async change(
    @Param('token') token: string,
    @Headers('content-type') contentType: string | undefined,
    @Body() body: unknown,
    @Res() response: Response,
  ): Promise<void> {
    const wish = preferencesWish(contentType ?? '', typeof body === 'string' ? body : '');
    this.show(await this.fulfil(token, wish), { token, saved: wish?.act === 'language' }, response);
  }

  private fulfil(token: string, wish: PreferencesWish): Promise<Reader | undefined> {
    if (wish?.act === 'stop') return this.links.unsubscribe(token, 'preferences', 'preferences');
    if (wish?.act === 'language') return this.links.setLanguage(token, wish.language);
    return this.links.reader(token, 'preferences');
  }

  private show(reader: Reader | undefined, page: { token: string; saved: boolean }, response: Response): void {
    if (!reader) throw new NotFoundException();
    sendPage(response, preferencesPage(reader, `/p/${page.token}`, page.saved));
  }
}
