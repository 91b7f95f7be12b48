import { Problem, type Language, type Encoding } from '#libs/kernel';
import { checkDocument } from './check-document.js';
import { decodeText } from './decode-text.js';
import { detectLanguage } from './detect-language.js';
import type { FigureNode, PressDocument } from './document.js';
import { fileKind } from './file-kind.js';
import type { Manuscript } from './manuscript.js';
import { mappingEntries, summarise, type MappingReport } from './mapping-report.js';
import type { Market } from './places.js';
import type { FigureSources } from './read-figure.js';
import { readHtml } from './read-html.js';
import { readMarkdown } from './read-markdown.js';
import { readPlainText } from './read-plain-text.js';
import { recognise } from './recognise.js';

export interface ImportOptions {
  readonly fileName: string;
  /** The language of the edition; told from the text when not given. */
  readonly language?: Language;
  /** Where the release is written for: settles day before month, CST and the like. */
  readonly market?: Market;
  /** The encoding, when the guess was wrong. */
  readonly encoding?: Encoding;
}

/** A picture that came inside the file. */
export interface ImportedFigure {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** A name for it: `figure-1.png`. */
  readonly name: string;
  readonly alt: string;
  /** Position of its figure node in `document.content`; null when it stood where no figure can (a logo in the head). */
  readonly at: number | null;
}

export interface ImportedRelease {
  /** Always in order; parts that were not found are empty, see `missingParts`. */
  readonly document: PressDocument;
  readonly report: MappingReport;
  readonly figures: readonly ImportedFigure[];
}

const LARGEST_FILE = 40_000_000;
/** Some fifty times the longest release we know of. */
const LONGEST_TEXT = 400_000;

/**
 * Reads a release from a .txt, .md, .html or .docx file in Traditional Chinese, Simplified Chinese or English. What could
 * not be told for certain is said in the report; no character is lost.
 * @throws Problem `import.*`, field `file`, when the file cannot be read at all
 */
export async function importRelease(bytes: Buffer, options: ImportOptions): Promise<ImportedRelease> {
  if (bytes.length > LARGEST_FILE) throw tooLong(`The file has ${Math.round(bytes.length / 1_000_000)} MB.`);
  const { manuscript, encoding } = await readFile(bytes, options);
  if (manuscript.text.length > LONGEST_TEXT) throw tooLong('The text is longer than any press release.');
  const visible = manuscript.lines.filter(({ hint }) => hint.kind !== 'apart');
  if (!visible.some(({ from, to }) => manuscript.text.slice(from, to).trim() !== '')) throw withoutText();
  const told = detectLanguage(visible.map(({ from, to }) => manuscript.text.slice(from, to)).join('\n'));
  const language = options.language ?? told.language;
  const { document, sheet, figures } = recognise(manuscript, language, options.market ?? null);
  if (told.second !== null) sheet.warnings.add('second-language');
  if (options.language && options.language !== told.language && told.confidence === 'sure')
    sheet.warnings.add('language-differs');
  if (!options.language && told.confidence !== 'sure') sheet.warnings.add('language-guessed');
  if (encoding && encoding.confidence !== 'sure') sheet.warnings.add('encoding-guessed');
  const entries = mappingEntries(sheet);
  return {
    document: checkDocument(document),
    report: {
      format: manuscript.format,
      encoding,
      language: {
        language,
        confidence: options.language ? 'sure' : told.confidence,
        given: options.language !== undefined,
      },
      entries,
      warnings: [...sheet.warnings],
      summary: summarise(entries),
    },
    figures: figuresOf(manuscript, document, figures),
  };
}

async function readFile(
  bytes: Buffer,
  options: ImportOptions,
): Promise<{ manuscript: Manuscript; encoding: MappingReport['encoding'] }> {
  const format = fileKind(bytes, options.fileName);
  if (format === 'docx') {
    // mammoth costs 120 ms to load: only who brings a Word document pays
    const { readDocx } = await import('./read-docx.js');
    return { manuscript: await readDocx(bytes), encoding: null };
  }
  const decoded = decodeText(bytes, options.encoding);
  if (decoded.text.length > LONGEST_TEXT * 4) throw tooLong('The text is longer than any press release.');
  const read = { text: readPlainText, markdown: readMarkdown, html: readHtml }[format];
  return { manuscript: read(decoded.text), encoding: { name: decoded.encoding, confidence: decoded.confidence } };
}

function figuresOf(manuscript: Manuscript, document: PressDocument, sources: FigureSources): readonly ImportedFigure[] {
  const places = new Map([...sources].map(([node, picture]) => [picture, node] as const));
  return manuscript.pictures.flatMap((picture, index) => {
    if (!picture.bytes) return [];
    const node: FigureNode | undefined = places.get(picture);
    const at = node ? document.content.indexOf(node) : -1;
    const extension = /^image\/(png|jpeg|gif|webp|svg\+xml|tiff|bmp)$/.exec(picture.contentType)?.[1] ?? 'bin';
    const name = `figure-${index + 1}.${extension.replace('jpeg', 'jpg').replace('svg+xml', 'svg')}`;
    return [{ bytes: picture.bytes, contentType: picture.contentType, name, alt: picture.alt, at: at < 0 ? null : at }];
  });
}

function tooLong(message: string): Problem {
  return new Problem({
    code: 'import.file.too-large',
    field: 'file',
    message,
    remedy: 'Choose the release itself, without its annexes and pictures.',
  });
}

function withoutText(): Problem {
  return new Problem({
    code: 'import.file.no-text',
    field: 'file',
    message: 'The file holds no text.',
    remedy: 'If the release is a picture or a scan, type or paste its text into a .txt file.',
  });
}
