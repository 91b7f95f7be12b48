export type SourceFormat = 'text' | 'markdown' | 'html' | 'docx';

/** What the file says about the role of a line, beyond its characters. */
export interface LineHint {
  /**
   * `line`: a physical line that may be part of a wrapped paragraph; all others are complete blocks.
   * `apart`: kept only to be reported (markup, page headers), never read as text of the release.
   */
  readonly kind:
    'line' | 'paragraph' | 'heading' | 'item' | 'quote' | 'cell' | 'caption' | 'picture' | 'rule' | 'apart';
  /** Lines of one block (split by a line break inside it) share this number. */
  readonly block: number;
  /** Heading level 1-6, or depth of a list item. */
  readonly level?: number;
  readonly ordered?: boolean;
  /** Its line breaks are the file's, not the text's. */
  readonly soft?: boolean;
  readonly cell?: { readonly table: number; readonly row: number; readonly column: number; readonly header: boolean };
  /** Why an `apart` line is apart: `markup`, `page-header`, `front-matter`, … */
  readonly apart?: string;
}

export interface SourceLine {
  /** As the user counts: line of the file, or paragraph of a Word document. From 1. */
  readonly number: number;
  /** Offsets into `Manuscript.text`; the line end is outside. */
  readonly from: number;
  readonly to: number;
  readonly hint: LineHint;
}

export interface LinkRange {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

/** A picture that stands in the file; `line` is the index of its line, `figure` of its bytes when they came along. */
export interface SourcePicture {
  readonly line: number;
  readonly alt: string;
  readonly href: string | null;
  readonly bytes: Buffer | null;
  readonly contentType: string;
}

/** A file as read, before anything is recognised: every character, and what each reader knows about its lines. */
export interface Manuscript {
  readonly format: SourceFormat;
  readonly text: string;
  readonly lines: readonly SourceLine[];
  readonly links: readonly LinkRange[];
  readonly bold: readonly { readonly from: number; readonly to: number }[];
  /** How a character reads where that differs from how it is written; '' hides it (markup, invisible characters). */
  readonly readings: ReadonlyMap<number, string>;
  readonly pictures: readonly SourcePicture[];
  /** Keys of `describeReport` warnings that the reader raised. */
  readonly warnings: readonly string[];
}

/** Gathers lines for a reader; offsets grow as lines are added. */
export class ManuscriptBuilder {
  private text = '';
  private readonly chunks: string[] = [];
  private length = 0;
  private block = 0;
  readonly lines: SourceLine[] = [];
  readonly links: LinkRange[] = [];
  readonly bold: { from: number; to: number }[] = [];
  readonly readings = new Map<number, string>();
  readonly pictures: SourcePicture[] = [];
  readonly warnings = new Set<string>();

  constructor(private readonly format: SourceFormat) {}

  nextBlock(): number {
    this.block += 1;
    return this.block;
  }

  /** Adds a line and answers where it starts. */
  add(text: string, number: number, hint: LineHint): number {
    const from = this.length;
    this.chunks.push(text, '\n');
    this.length += text.length + 1;
    this.lines.push({ number, from, to: from + text.length, hint });
    return from;
  }

  build(): Manuscript {
    this.text = this.chunks.join('');
    return {
      format: this.format,
      text: this.text,
      lines: this.lines,
      links: this.links,
      bold: this.bold,
      readings: this.readings,
      pictures: this.pictures,
      warnings: [...this.warnings],
    };
  }
}

/** The characters of a line as they read, markup hidden. */
export function shownText(manuscript: Manuscript, line: SourceLine): string {
  const raw = manuscript.text.slice(line.from, line.to);
  if (manuscript.readings.size === 0) return raw;
  let shown = '';
  for (let offset = line.from; offset < line.to; offset += 1) {
    shown += manuscript.readings.get(offset) ?? manuscript.text[offset];
  }
  return shown;
}
