import { Controller, Get, Inject, NotFoundException, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AssetStore, contentDisposition } from '#libs/assets';
import { PublicFiles, type PublicFile } from '#libs/engagement';

/** Long enough for a mail program's image proxy to ask once, short enough that a stop is felt within a minute. */
const KEPT_BY_OTHERS = 'public, max-age=60, immutable';

/** Pictures, files and press kits by the addresses in mails; each request asks the gate. GET and HEAD, whole or in ranges. */
@Controller()
export class FilesController {
  constructor(
    @Inject(PublicFiles) private readonly files: PublicFiles,
    @Inject(AssetStore) private readonly store: AssetStore,
  ) {}

  @Get('a/:key/:name')
  async asset(@Param('key') key: string, @Param('name') name: string, @Res() response: Response): Promise<void> {
    await this.send(await this.files.asset(key, name), response);
  }

  @Get('k/:key.zip')
  async kit(@Param('key') key: string, @Res() response: Response): Promise<void> {
    await this.send(await this.files.kit(key), response);
  }

  private send(file: PublicFile | undefined, response: Response): Promise<void> {
    if (!file) throw new NotFoundException();
    response.setHeader('Content-Type', file.mediaType === 'text/plain' ? 'text/plain; charset=utf-8' : file.mediaType);
    response.setHeader('Content-Disposition', contentDisposition(file.kind, file.fileName, file.publicName));
    response.setHeader('Cache-Control', KEPT_BY_OTHERS);
    response.setHeader('ETag', `"${file.sha256.toString('base64url')}"`);
    // shown inside webmail, which is another site
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    return new Promise((resolve, reject) => {
      const options = { root: this.store.folder, cacheControl: false, lastModified: false, etag: false };
      response.sendFile(this.store.place(file.sha256), options, (error?: SendFault) => {
        if (!error || response.headersSent || response.destroyed) return resolve();
        if (error.status !== 412 && error.status !== 416)
          return reject(new Error(`no bytes: ${error.code ?? 'unknown'}`));
        // the file is public and the request asked for a part or a state that it does not have (RFC 9110, 15.5.13 and 17)
        response.setHeader('Content-Range', error.headers?.['Content-Range'] ?? 'bytes */*');
        response.removeHeader('Content-Disposition');
        response.status(error.status).end();
        resolve();
      });
    });
  }
}

interface SendFault extends Error {
  readonly status?: number;
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
