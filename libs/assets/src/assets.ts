import { newId, type AssetId, type OrganisationId, type ReleaseId, type Settings, type Tx } from '#libs/kernel';
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { AssetStore, type StoredFile } from './asset-store.js';
import { acceptedType, readSource } from './accepted-file.js';
import { displayName, publicName } from './file-names.js';
import { withoutLocation } from './location.js';
import { isPicture, MEDIA_TYPES, type MediaType } from './media-type.js';
import { makePreview, pictureSize, type PictureSize } from './preview.js';
import { PublicLinks } from './public-links.js';

export interface Asset {
  readonly organisation: OrganisationId;
  readonly id: AssetId;
  /** Of the bytes as kept, which differ from those handed in where a place was taken out. */
  readonly sha256: Buffer;
  /** As people read it; may be Chinese. */
  readonly fileName: string;
  /** ASCII, last part of its public address. */
  readonly publicName: string;
  readonly mediaType: MediaType;
  readonly bytes: number;
  /** Pixels, upright; null for what is no picture. */
  readonly width: number | null;
  readonly height: number | null;
  readonly publicKey: Buffer;
}

/** What a mail or page shows of a picture; pixels and bytes of the download unless they say preview. */
export interface StoredPicture {
  readonly previewUrl: string;
  readonly previewWidth: number;
  readonly previewHeight: number;
  readonly downloadUrl: string;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

const SELECT = `
  select a.organisation_id as organisation, a.id, a.sha256, a.file_name as "fileName", a.public_name as "publicName",
         a.media_type as "mediaType", a.bytes::float8 as bytes, a.width, a.height, a.public_key as "publicKey"
    from asset a`;

/** Pictures and files of an organisation: taken in once, never changed, shown to the public by the gate alone. */
export class Assets {
  constructor(
    private readonly store: AssetStore,
    private readonly links: PublicLinks,
  ) {}

  /** Files in the folder `assets` of DATELINE_DATA, links below NEWSROOM_URL. */
  static from(settings: Settings): Assets {
    return new Assets(AssetStore.from(settings), new PublicLinks(settings.text('NEWSROOM_URL')));
  }

  /**
   * Takes in a JPEG, PNG, WebP, PDF or plain text of at most 60 MB, told by its bytes; pictures get a preview.
   * @param source the bytes, or the path of a file
   * @throws Problem naming the file when it is too large, damaged, of another kind, or cannot be read
   */
  async add(tx: Tx, organisation: OrganisationId, source: Buffer | string, fileName?: string): Promise<Asset> {
    const given = fileName ?? (typeof source === 'string' ? basename(source) : 'file');
    const bytes = typeof source === 'string' ? await readSource(source, given) : source;
    const mediaType = acceptedType(bytes, given);
    const kept = withoutLocation(bytes, mediaType);
    const size = isPicture(mediaType) ? await pictureSize(kept, given) : undefined;
    const preview = size ? await makePreview(kept, given) : undefined;
    const asset = await this.insert(tx, organisation, {
      file: await this.store.put(kept),
      fileName: displayName(given, mediaType),
      publicName: publicName(given, mediaType),
      mediaType,
      size,
    });
    if (preview) await insertPreview(tx, asset, await this.store.put(preview.jpeg), preview);
    return asset;
  }

  async find(tx: Pick<Tx, 'first'>, organisation: OrganisationId, id: AssetId): Promise<Asset | undefined> {
    return tx.first<Asset>(`${SELECT} where a.organisation_id = $1 and a.id = $2`, [organisation, id]);
  }

  /**
   * Says which assets a version shows, in this order; once said, nothing changes it. The schema refuses an asset that the
   * hashed content of the version does not name with the same SHA-256.
   */
  async bind(
    tx: Tx,
    organisation: OrganisationId,
    shown: { readonly release: ReleaseId; readonly versionSha256: Buffer; readonly assets: readonly string[] },
  ): Promise<void> {
    await tx.run(
      `insert into release_asset (organisation_id, release_id, version_sha256, asset_id, position)
       select $1, $2, $3, t.id, t.place from unnest($4::uuid[]) with ordinality as t (id, place)
       on conflict do nothing`,
      [organisation, shown.release, shown.versionSha256, shown.assets],
    );
  }

  /** The assets of a version, in order. */
  async ofVersion(
    tx: Pick<Tx, 'rows'>,
    organisation: OrganisationId,
    release: ReleaseId,
    versionSha256: Buffer,
  ): Promise<Asset[]> {
    return tx.rows<Asset>(
      `${SELECT} join release_asset v on v.organisation_id = a.organisation_id and v.asset_id = a.id
        where v.organisation_id = $1 and v.release_id = $2 and v.version_sha256 = $3
        order by v.position, a.id`,
      [organisation, release, versionSha256],
    );
  }

  /** By asset id; what is unknown here, or no picture, is missing from the map. */
  async picturesOf(
    tx: Pick<Tx, 'rows'>,
    organisation: OrganisationId,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, StoredPicture>> {
    const rows = await tx.rows<Asset & { previewWidth: number; previewHeight: number }>(
      `select a.id, a.public_name as "publicName", a.media_type as "mediaType", a.bytes::float8 as bytes, a.width, a.height,
              a.public_key as "publicKey", p.width as "previewWidth", p.height as "previewHeight"
         from asset a join rendition p on p.organisation_id = a.organisation_id and p.asset_id = a.id and p.kind = 'preview'
        where a.organisation_id = $1 and a.id = any($2::uuid[])`,
      [organisation, ids],
    );
    return new Map(rows.map((row) => [row.id, this.picture(row)]));
  }

  /** The press kit of a version, or undefined when none was packed. */
  async kitOf(
    tx: Pick<Tx, 'first'>,
    organisation: OrganisationId,
    release: ReleaseId,
    versionSha256: Buffer,
  ): Promise<{ readonly url: string; readonly bytes: number } | undefined> {
    const row = await tx.first<{ key: Buffer; bytes: number }>(
      `select public_key as key, bytes::float8 as bytes from release_kit
        where organisation_id = $1 and release_id = $2 and version_sha256 = $3`,
      [organisation, release, versionSha256],
    );
    return row && { url: this.links.kit(row.key), bytes: row.bytes };
  }

  private picture(row: Asset & { previewWidth: number; previewHeight: number }): StoredPicture {
    return {
      previewUrl: this.links.preview(row.publicKey),
      previewWidth: row.previewWidth,
      previewHeight: row.previewHeight,
      downloadUrl: this.links.original(row.publicKey, row.publicName),
      format: MEDIA_TYPES[row.mediaType].format,
      width: row.width ?? row.previewWidth,
      height: row.height ?? row.previewHeight,
      bytes: row.bytes,
    };
  }

  private async insert(
    tx: Tx,
    organisation: OrganisationId,
    made: Pick<Asset, 'fileName' | 'publicName' | 'mediaType'> & { file: StoredFile; size: PictureSize | undefined },
  ): Promise<Asset> {
    const { file, size, ...names } = made;
    const asset: Asset = {
      organisation,
      id: newId<AssetId>(),
      ...names,
      ...file,
      width: size?.width ?? null,
      height: size?.height ?? null,
      publicKey: randomBytes(16),
    };
    await tx.run(
      `insert into asset (organisation_id, id, sha256, file_name, public_name, media_type, bytes, width, height, public_key)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        organisation,
        asset.id,
        asset.sha256,
        asset.fileName,
        asset.publicName,
        asset.mediaType,
        asset.bytes,
        asset.width,
        asset.height,
        asset.publicKey,
      ],
    );
    return asset;
  }
}

async function insertPreview(tx: Tx, asset: Asset, file: StoredFile, size: PictureSize): Promise<void> {
  await tx.run(
    `insert into rendition (organisation_id, asset_id, kind, sha256, media_type, bytes, width, height)
     values ($1, $2, 'preview', $3, 'image/jpeg', $4, $5, $6)`,
    [asset.organisation, asset.id, file.sha256, file.bytes, size.width, size.height],
  );
}
