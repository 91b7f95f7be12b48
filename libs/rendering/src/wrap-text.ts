import type { Language } from '#libs/kernel';
import { displayWidth, graphemes } from './display-width.js';
import { type Atom, atomsOf } from './line-break.js';

/** RFC 3676, section 4.2 advises at most 78 characters; 72 leaves room for two levels of quoting. */
export const TEXT_COLUMNS = 72;

export interface WrapOptions {
  readonly language: Language;
  /** Display columns of a line, indents included; 72 when not given. */
  readonly columns?: number;
  /** Stands before every line after the first. */
  readonly indent?: string;
  /** Stands before the first line, for example a bullet; same as `indent` when not given. */
  readonly firstIndent?: string;
}

/**
 * Breaks a text into lines by display columns and Chinese line-break rules. Line feeds in the text stay. A web address
 * gets a line to itself. A line is wider than asked only where a single address, word or amount is.
 */
export function wrapText(text: string, options: WrapOptions): readonly string[] {
  const indent = options.indent ?? '';
  let first = options.firstIndent ?? indent;
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    const room = (options.columns ?? TEXT_COLUMNS) - displayWidth(indent, options.language);
    for (const line of fill(atomsOf(paragraph), room, options.language)) {
      lines.push((first + line).trimEnd());
      first = indent;
    }
  }
  return lines;
}

function fill(atoms: readonly Atom[], room: number, language: Language): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  let alone = false;
  for (const atom of withoutOrphan(atoms)) {
    const text = atom.url ? spacedAfterUrl(atom.text) : atom.text;
    const own = displayWidth(text, language);
    const wanted = displayWidth(atom.gap, language) + own;
    if (line !== '' && (atom.url || alone || width + wanted > room)) {
      lines.push(line);
      line = text;
      width = own;
    } else {
      line += (line === '' ? '' : atom.gap) + text;
      width += line === text ? own : wanted;
    }
    alone = atom.url;
  }
  return [...lines, line];
}

/** Keeps a paragraph's last Han character, with the stop behind it, from standing alone on the last line. */
function withoutOrphan(atoms: readonly Atom[]): readonly Atom[] {
  const last = atoms.at(-1);
  const before = atoms.at(-2);
  if (!last || !before || last.url || before.url || last.gap !== '') return atoms;
  if (graphemes(last.text).length > 2 || graphemes(before.text).length > 3) return atoms;
  return [...atoms.slice(0, -2), { text: before.text + last.text, gap: before.gap, url: false }];
}

/** A full-width stop right behind a web address is taken for a part of it by many mail programs: a space parts them. */
function spacedAfterUrl(text: string): string {
  return text.replace(/:\/\/[\x21-\x7e]*(?=[^\x20-\x7e])/u, '$& ');
}
