import type { MediaType } from '#libs/assets';
import { PREVIEW_NAME, publicKey } from '#libs/assets';
import type { Tx } from '#libs/kernel';

/** A file the public may have at this moment. */
export interface PublicFile {
  readonly sha256: Buffer;
  readonly mediaType: MediaType | 'application/zip';
  /** As people read it. */
  readonly fileName: string;
  /** The same in ASCII. */
  readonly publicName: string;
  /** Shown in a mail or page, or kept by the journalist. */
  readonly kind: 'inline' | 'attachment';
}

/**
 * Files by their public address. Every call asks the gate anew (G4): there is nothing to publish and nothing to un-publish.
 * What has not lifted, is stopped, or never was, is undefined alike.
 */
export class PublicFiles {
  constructor(private readonly db: Pick<Tx, 'first'>) {}

  async asset(key: string, name: string): Promise<PublicFile | undefined> {
    const bytes = publicKey(key);
    if (!bytes) return undefined;
    const row = await this.db.first<PublicAsset>(
      `select public_name as "publicName", file_name as "fileName", media_type as "mediaType", sha256,
              preview_sha256 as "previewSha256"
         from public_asset where public_key = $1`,
      [bytes],
    );
    if (row?.previewSha256 && name === PREVIEW_NAME) {
      return { ...PREVIEW, sha256: row.previewSha256 };
    }
    if (!row || name !== row.publicName) return undefined;
    const { sha256, mediaType, fileName, publicName } = row;
    return { sha256, mediaType, fileName, publicName, kind: 'attachment' };
  }

  async kit(key: string): Promise<PublicFile | undefined> {
    const bytes = publicKey(key);
    if (!bytes) return undefined;
    const row = await this.db.first<{ sha256: Buffer; fileName: string }>(
      `select sha256, file_name as "fileName" from public_kit where public_key = $1`,
      [bytes],
    );
    return row && { ...row, publicName: row.fileName, mediaType: 'application/zip', kind: 'attachment' };
  }
}

interface PublicAsset {
  readonly publicName: string;
  readonly fileName: string;
  readonly mediaType: MediaType;
  readonly sha256: Buffer;
  readonly previewSha256: Buffer | null;
}

const PREVIEW = {
  mediaType: 'image/jpeg',
  fileName: PREVIEW_NAME,
  publicName: PREVIEW_NAME,
  kind: 'inline',
} as const;
