import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Assets } from '#libs/assets';
import { importRelease, type ImportedRelease, type PressDocument } from '#libs/documents';
import { LANGUAGES, Problem, type Language, type OrganisationId, type Tx } from '#libs/kernel';
import type { VersionContent } from '#libs/releases';
import { z } from 'zod';
import { withPictures, type EditionPicture } from './pictures.js';

const words = z.partialRecord(z.enum(LANGUAGES), z.string().max(1_000));

/** `pictures.json` beside the pictures: what each edition says of them, in the order in which they are shown. */
export const PictureList = z.array(
  z.strictObject({
    file: z.string().min(1).max(200),
    alt: words,
    caption: words,
    credit: words,
    rights: z.string().max(500).optional(),
  }),
);
export type PictureList = z.infer<typeof PictureList>;

export interface ReadRelease {
  readonly file: string;
  readonly imported: ImportedRelease;
}

/** Reads files of a release, one edition each; two editions of one language are refused. Saves nothing. */
export async function readReleaseFiles(files: readonly string[]): Promise<ReadRelease[]> {
  const read: ReadRelease[] = [];
  for (const file of files) {
    const imported = await importRelease(bytesOf(file), { fileName: basename(file) });
    const language = imported.document.attrs.language;
    const twin = read.find((one) => one.imported.document.attrs.language === language);
    if (twin) {
      throw new Problem({
        code: 'release.import.twice',
        field: basename(file),
        message: `${basename(file)} and ${basename(twin.file)} both read as ${language}.`,
        remedy: 'Give one file per language.',
      });
    }
    read.push({ file, imported });
  }
  return read;
}

/**
 * Stores the pictures of a folder and puts them into every edition.
 * @param folder holds `pictures.json` and the files it names; undefined for a release without pictures of ours
 */
export async function contentOf(
  tx: Tx,
  tools: { readonly assets: Assets },
  organisation: OrganisationId,
  editions: readonly PressDocument[],
  folder: string | undefined,
): Promise<VersionContent> {
  if (folder === undefined) return { editions, assets: {} };
  const assets: Record<string, string> = {};
  const shown: { asset: string; said: PictureList[number] }[] = [];
  for (const said of pictureList(folder)) {
    const asset = await tools.assets.add(tx, organisation, join(folder, basename(said.file)));
    assets[asset.id] = asset.sha256.toString('hex');
    shown.push({ asset: asset.id, said });
  }
  return {
    editions: editions.map((edition) =>
      withPictures(
        edition,
        shown.map(({ asset, said }) => pictureIn(edition.attrs.language, asset, said)),
      ),
    ),
    assets,
  };
}

function pictureIn(language: Language, asset: string, said: PictureList[number]): EditionPicture {
  return {
    asset,
    alt: said.alt[language] ?? '',
    caption: said.caption[language] ?? '',
    credit: said.credit[language] ?? '',
  };
}

function pictureList(folder: string): PictureList {
  const file = join(folder, 'pictures.json');
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytesOf(file).toString('utf8'));
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem({
      code: 'release.pictures.json',
      field: file,
      message: `${file} is not JSON.`,
      remedy: 'Check its commas and quotes.',
      cause,
    });
  }
  const list = PictureList.safeParse(parsed);
  if (list.success) return list.data;
  const issue = list.error.issues[0];
  throw new Problem({
    code: 'release.pictures.form',
    field: `${basename(file)} ${issue?.path.join('.') ?? ''}`,
    message: `${file} does not fit: ${issue?.message ?? ''}.`,
    remedy: 'Each picture has file, alt, caption and credit, the last three by language.',
  });
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Problem({
      code: 'file.unreadable',
      field: basename(file, extname(file)),
      message: `${file} cannot be read.`,
      remedy: 'Check the path and its permissions.',
      cause,
    });
  }
}
