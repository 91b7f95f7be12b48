import type { BlockNode, FigureNode, PressDocument, PressNode } from '#libs/documents';
import { LANGUAGES, type Language } from '#libs/kernel';

/** What the editions of a release say about one picture. */
export interface Caption {
  readonly captions: Partial<Record<Language, string>>;
  readonly credit: string;
}

export interface CaptionedFile extends Caption {
  /** As it lies in the kit. */
  readonly file: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** Captions by asset id, gathered from the figures of every edition; the first credit that is given stands. */
export function captionsOf(editions: readonly PressDocument[]): ReadonlyMap<string, Caption> {
  const found = new Map<string, Caption>();
  for (const edition of editions) {
    for (const { attrs } of edition.content.filter(isFigure)) {
      if (!attrs.asset) continue;
      const before = found.get(attrs.asset);
      found.set(attrs.asset, {
        captions: { ...before?.captions, [edition.attrs.language]: attrs.caption },
        credit: before?.credit || attrs.credit,
      });
    }
  }
  return found;
}

/** A table for picture desks: UTF-8 with a byte-order mark, which Excel needs to read Chinese, and CRLF (RFC 4180). */
export function captionsCsv(files: readonly CaptionedFile[]): string {
  const head = ['file', ...LANGUAGES.map((language) => `caption ${language}`), 'credit', 'width', 'height'];
  const rows = files.map((file) => [
    file.file,
    ...LANGUAGES.map((language) => file.captions[language] ?? ''),
    file.credit,
    String(file.width ?? ''),
    String(file.height ?? ''),
  ]);
  return `\uFEFF${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** Quoted, on one line, and never a formula: a cell that begins with = + - @ is run by spreadsheets (OWASP, CSV injection). */
function cell(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const safe = /^[=+\-@＝＋－＠]/.test(line) ? `'${line}` : line;
  return `"${safe.replaceAll('"', '""')}"`;
}

function isFigure(node: PressNode | BlockNode): node is FigureNode {
  return node.type === 'figure';
}
