import { Problem } from '#libs/kernel';
import type { SourceFormat } from './manuscript.js';

interface Signature {
  readonly starts: readonly number[];
  readonly what: string;
  readonly remedy: string;
}

const AS_TEXT = 'Save it as .docx, .html, .md or .txt and import that.';
const PICTURE = 'Import the release itself, and add the picture to it afterwards.';

const SIGNATURES: readonly Signature[] = [
  {
    starts: [0x25, 0x50, 0x44, 0x46],
    what: 'a PDF',
    remedy: 'Open it, copy all of its text into a .txt file and import that, or import the .docx it was made from.',
  },
  {
    starts: [0xd0, 0xcf, 0x11, 0xe0],
    what: 'an old Word (.doc) or Office file',
    remedy: 'Open it in Word and save it as .docx.',
  },
  { starts: [0x7b, 0x5c, 0x72, 0x74, 0x66], what: 'an RTF file', remedy: 'Open it in Word and save it as .docx.' },
  { starts: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG picture', remedy: PICTURE },
  { starts: [0xff, 0xd8, 0xff], what: 'a JPEG picture', remedy: PICTURE },
  { starts: [0x47, 0x49, 0x46, 0x38], what: 'a GIF picture', remedy: PICTURE },
  { starts: [0x1f, 0x8b], what: 'a compressed file', remedy: 'Unpack it and import the release inside.' },
  { starts: [0x37, 0x7a, 0xbc, 0xaf], what: 'a 7z archive', remedy: 'Unpack it and import the release inside.' },
  { starts: [0x52, 0x61, 0x72, 0x21], what: 'a RAR archive', remedy: 'Unpack it and import the release inside.' },
];

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const FORMATS: Readonly<Record<string, SourceFormat>> = {
  txt: 'text',
  text: 'text',
  md: 'markdown',
  markdown: 'markdown',
  htm: 'html',
  html: 'html',
  docx: 'docx',
};

/**
 * Tells how to read a file, by its bytes first and its name second: a .txt that is really a Word document is one.
 * @throws Problem `import.file.*` for files that hold no text we can read
 */
export function fileKind(bytes: Uint8Array, fileName: string): SourceFormat {
  if (bytes.length === 0) {
    throw refused('import.file.empty', `${fileName} is empty.`, 'Check that the right file was chosen.');
  }
  const known = SIGNATURES.find(({ starts }) => startsWith(bytes, starts));
  if (known) throw refused('import.file.kind', `${fileName} is ${known.what}.`, known.remedy);
  if (startsWith(bytes, ZIP)) return 'docx';
  const extension = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const format = FORMATS[extension];
  if (format === 'docx') {
    throw refused(
      'import.docx.broken',
      `${fileName} is named .docx but is not a Word document.`,
      'Save it again from Word as .docx.',
    );
  }
  if (format) return format;
  if (['', 'asc', 'eml', 'log'].includes(extension)) return 'text';
  throw refused('import.file.kind', `Dateline cannot read .${extension} files.`, AS_TEXT);
}

function startsWith(bytes: Uint8Array, starts: readonly number[]): boolean {
  return starts.every((byte, at) => bytes[at] === byte);
}

function refused(code: string, message: string, remedy: string): Problem {
  return new Problem({ code, field: 'file', message, remedy });
}
