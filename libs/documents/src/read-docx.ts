import { Problem } from '#libs/kernel';
import type { Buffer } from 'node:buffer';
import { unpackDocx, type DocxParts } from './docx-archive.js';
import { readWordTexts } from './docx-texts.js';
import type { Manuscript } from './manuscript.js';
import { readHtml, type HeldPicture } from './read-html.js';
import { withApart } from './with-apart.js';

/**
 * A Word document as lines, one per paragraph. mammoth gives structure (headings by style, lists, tables, links, bold);
 * page headers and footers, and any text mammoth passes over, are added as lines kept apart.
 * @throws Problem `import.docx.*`
 */
export async function readDocx(bytes: Buffer): Promise<Manuscript> {
  const parts = await unpackDocx(bytes);
  const { html, pictures, warnings } = await convert(parts);
  const manuscript = readHtml(html, { format: 'docx', pictures });
  return withApart(manuscript, readWordTexts(parts), warnings);
}

/** Title and Subtitle are the styles Word offers for a headline; without this map mammoth makes them plain paragraphs. */
const STYLES = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => h2:fresh",
  "p[style-name='Caption'] => figcaption:fresh",
  "p[style-name='caption'] => figcaption:fresh",
  "p[style-name='Quote'] => blockquote > p:fresh",
  "p[style-name='Intense Quote'] => blockquote > p:fresh",
  "br[type='page'] => hr.page:fresh",
];

async function convert(
  parts: DocxParts,
): Promise<{ html: string; pictures: Map<string, HeldPicture>; warnings: string[] }> {
  const { default: mammoth } = await import('mammoth');
  const pictures = new Map<string, HeldPicture>();
  const convertImage = mammoth.images.imgElement(async (image) => {
    const src = `dateline-picture:${pictures.size + 1}`;
    pictures.set(src, { bytes: await image.readAsBuffer(), contentType: image.contentType });
    return { src };
  });
  try {
    const { value, messages } = await mammoth.convertToHtml(asInput(parts), {
      styleMap: STYLES,
      convertImage,
      externalFileAccess: false,
      idPrefix: 'dateline-',
    });
    const strange = messages.some(({ message }) => /unrecognised element was ignored|was ignored/i.test(message));
    return { html: value, pictures, warnings: strange ? ['word-parts-unknown'] : [] };
  } catch (cause) {
    throw new Problem({
      code: 'import.docx.broken',
      field: 'file',
      message: 'The Word document cannot be read.',
      remedy: 'Open it in Word, let Word repair it, and save it again as .docx.',
      cause,
    });
  }
}

/**
 * mammoth takes, besides paths and buffers, an opened archive: the parts that passed the limits, so that no second
 * unzipper with other ideas of the same bytes comes in. Its types do not name this door; read-docx.spec.ts holds it open.
 */
function asInput(parts: DocxParts): { buffer: Buffer } {
  const file = {
    exists: (name: string) => parts.has(name),
    read: async (name: string, encoding?: string) => {
      const part = parts.get(name);
      if (!part) throw new Error(`no part ${name}`);
      if (encoding === 'base64') return part.toString('base64');
      return encoding ? new TextDecoder(encoding).decode(part) : new Uint8Array(part);
    },
  };
  return { file } as unknown as { buffer: Buffer };
}
