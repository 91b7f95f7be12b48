import type { Language, Settings, Tx } from '#libs/kernel';
import type { Release, VersionContent } from '#libs/releases';
import { randomBytes } from 'node:crypto';
import { AssetStore } from './asset-store.js';
import { Assets, type Asset } from './assets.js';
import { captionsCsv, captionsOf, type CaptionedFile } from './captions.js';
import { zipKit, type KitFile } from './kit.zip.js';

/** One edition as plain text, lines ending in LF. */
export interface KitText {
  readonly language: Language;
  readonly text: string;
}

/** Said once in each language, because a picture desk reads the one it can. */
const LICENCE = [
  '本資料夾內的文字及圖片可供傳媒就本新聞稿作編輯用途免費使用，刊登圖片時請註明 captions.csv 所列的來源。',
  '本文件夹内的文字及图片可供媒体就本新闻稿作编辑用途免费使用，刊登图片时请注明 captions.csv 所列的来源。',
  'The texts and pictures in this folder are free for editorial use in connection with this press release, with the credit given in captions.csv.',
];

/** Press kits: everything a desk needs for one release in one file, packed before T so that nothing can fail at T. */
export class Kits {
  constructor(
    private readonly store: AssetStore,
    private readonly assets: Assets,
  ) {}

  static from(settings: Settings): Kits {
    return new Kits(AssetStore.from(settings), Assets.from(settings));
  }

  /**
   * Packs the kit of the version the release points to: its files, its texts, captions, licence and checksums. Packs once;
   * asked again for the same version it leaves the first kit in place. A version without assets has no kit.
   * @returns whether the version has a kit now
   */
  async pack(tx: Tx, release: Release, content: VersionContent, texts: readonly KitText[]): Promise<boolean> {
    if (await this.assets.kitOf(tx, release.organisation, release.id, release.versionSha256)) return true;
    const assets = await this.assets.ofVersion(tx, release.organisation, release.id, release.versionSha256);
    if (assets.length === 0) return false;
    const made = await tx.first<{ at: Date }>(
      `select min(created_at) as at from release_version where organisation_id = $1 and release_id = $2 and sha256 = $3`,
      [release.organisation, release.id, release.versionSha256],
    );
    if (!made?.at) throw new Error('a kit of a version that does not exist');
    const zip = zipKit(release.number, this.filesOf(release.number, assets, content, texts), made.at);
    const stored = await this.store.put(zip);
    await tx.run(
      `insert into release_kit (organisation_id, release_id, version_sha256, sha256, file_name, public_key, bytes)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [
        release.organisation,
        release.id,
        release.versionSha256,
        stored.sha256,
        `${release.number}.zip`,
        randomBytes(16),
        stored.bytes,
      ],
    );
    return true;
  }

  private filesOf(
    number: string,
    assets: readonly Asset[],
    content: VersionContent,
    texts: readonly KitText[],
  ): KitFile[] {
    const captions = captionsOf(content.editions);
    const named = assets.map((asset, place) => ({ asset, name: `${two(place + 1)}_${asset.fileName}` }));
    const rows = named.map(({ asset, name }): CaptionedFile => ({
      file: name,
      width: asset.width,
      height: asset.height,
      ...(captions.get(asset.id) ?? { captions: {}, credit: '' }),
    }));
    return [
      ...texts.map((text) => ({ name: `00_${number}_${text.language}.txt`, text: windowsText(text.text) })),
      ...named.map(({ asset, name }) => ({ name, path: this.store.path(asset.sha256), sha256: asset.sha256 })),
      { name: 'captions.csv', text: captionsCsv(rows) },
      { name: 'LICENCE.txt', text: windowsText(LICENCE.join('\n')) },
    ];
  }
}

/** With a byte-order mark and CRLF: older Windows editors read Chinese without it as another encoding. */
function windowsText(text: string): string {
  return `\uFEFF${text.trimEnd().replace(/\r?\n/g, '\r\n')}\r\n`;
}

function two(place: number): string {
  return String(place).padStart(2, '0');
}
