import { PREVIEW_NAME } from './file-names.js';

/** Public addresses of files, which journalists find in mails. Keys are 16 random bytes: nobody guesses one before T. */
export class PublicLinks {
  private readonly base: string;

  /** @param newsroomUrl the setting NEWSROOM_URL */
  constructor(newsroomUrl: string) {
    this.base = newsroomUrl.replace(/\/+$/, '');
  }

  original(key: Buffer, publicName: string): string {
    return `${this.base}/a/${key.toString('base64url')}/${publicName}`;
  }

  preview(key: Buffer): string {
    return `${this.base}/a/${key.toString('base64url')}/${PREVIEW_NAME}`;
  }

  kit(key: Buffer): string {
    return `${this.base}/k/${key.toString('base64url')}.zip`;
  }
}

/** The key in a public address, or undefined when the text cannot be one. Only the exact spelling we hand out is ours. */
export function publicKey(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]{22}$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64url');
  return key.toString('base64url') === text ? key : undefined;
}
