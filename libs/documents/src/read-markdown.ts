import { Lexer, type Token, type Tokens } from 'marked';
import { characterOf } from './entities.js';
import { linkHref } from './link-href.js';
import { ManuscriptBuilder, type LineHint, type LinkRange, type Manuscript } from './manuscript.js';
import type { CutLine, Stretch } from './markdown-lines.js';
import { readPlainText } from './read-plain-text.js';
import { readOddCharacters } from './printable.js';

/**
 * A Markdown file line by line, exactly as written; marked says which characters are markup (hidden, never dropped) and
 * what each block is. Hard-wrapped paragraphs stay separate lines: they are joined by the same evidence as in plain text.
 */
export function readMarkdown(source: string): Manuscript {
  const text = source.replace(/\r\n?/g, '\n');
  try {
    return new MarkdownReader(text).read();
  } catch (error) {
    // quotations nested thousands deep exhaust marked's stack; such a file has no structure worth keeping
    if (!(error instanceof RangeError)) throw error;
    return { ...readPlainText(text), format: 'markdown' };
  }
}

class MarkdownReader {
  private readonly builder = new ManuscriptBuilder('markdown');
  private readonly stretches: Stretch[] = [];
  private readonly shown: { from: number; to: number }[] = [];
  private readonly links: LinkRange[] = [];
  private readonly bold: { from: number; to: number }[] = [];
  private readonly readings = new Map<number, string>();
  private readonly pictures: { at: number; alt: string; href: string | null }[] = [];
  private cursor = 0;
  private tables = 0;

  constructor(private readonly source: string) {}

  read(): Manuscript {
    this.readFrontMatter();
    const tokens = new Lexer({ gfm: true }).lex(this.source.slice(this.cursor));
    for (const token of tokens) this.readBlock(token);
    this.coverRest();
    return this.write();
  }

  private readFrontMatter(): void {
    const match = /^---\n[\s\S]*?\n---[ \t]*(?:\n|$)/.exec(this.source);
    if (!match || !/^\w[\w -]*:/m.test(match[0])) return;
    this.cover(match[0].length, { kind: 'apart', block: this.builder.nextBlock(), apart: 'front-matter' });
    this.cursor = match[0].length;
  }

  private readBlock(token: Token): void {
    const start = this.source.indexOf(token.raw.replace(/\n+$/, ''), this.cursor);
    if (start >= 0) this.cursor = start;
    const end = start >= 0 ? start + token.raw.length : this.cursor;
    const block = this.builder.nextBlock();
    if (token.type === 'list') return this.readList(token as Tokens.List, 1);
    if (token.type === 'table') return this.readTable(token as Tokens.Table, end);
    if (token.type === 'blockquote') return this.readQuotation(token as Tokens.Blockquote, end);
    if (token.type === 'hr' || isEndMark(token)) return this.readMarks(token, end, block);
    if (token.type === 'def') return this.cover(end, { kind: 'apart', block, apart: 'link-definition' });
    if (token.type === 'html' || token.type === 'code') return this.readRaw(token, end, block);
    if (token.type === 'heading') {
      this.readInline(token, block);
      return this.cover(end, { kind: 'heading', block, level: (token as Tokens.Heading).depth });
    }
    if (token.type !== 'space') this.readInline(token, block);
    this.cover(end, { kind: 'line', block });
  }

  /** Rules and end marks are markup to Markdown and words to a release: they are shown as written. */
  private readMarks(token: Token, end: number, block: number): void {
    this.show(this.cursor, end);
    this.cursor = Math.max(this.cursor, end);
    this.cover(end, { kind: token.type === 'hr' ? 'rule' : 'line', block });
  }

  private readQuotation(quotation: Tokens.Blockquote, end: number): void {
    for (const inner of quotation.tokens) {
      const block = this.builder.nextBlock();
      this.readInline(inner, block);
      if (inner.type !== 'space') this.cover(this.endOfLine(this.cursor), { kind: 'quote', block, soft: true });
    }
    this.cover(end, { kind: 'quote', block: this.builder.nextBlock(), soft: true });
  }

  private readList(list: Tokens.List, depth: number): void {
    for (const item of list.items) {
      const block = this.builder.nextBlock();
      const first = item.raw.split('\n')[0]!;
      const start = this.source.indexOf(first, this.cursor);
      if (start >= 0) this.cursor = start;
      for (const inner of item.tokens) {
        if (inner.type === 'list') {
          this.cover(this.cursor, { kind: 'item', block, level: depth, ordered: list.ordered, soft: true });
          this.readList(inner as Tokens.List, depth + 1);
        } else this.readInline(inner, block);
      }
      this.cover(this.endOfLine(this.cursor), { kind: 'item', block, level: depth, ordered: list.ordered, soft: true });
    }
  }

  private readTable(table: Tokens.Table, end: number): void {
    this.tables += 1;
    const rows = [table.header, ...table.rows];
    for (const [row, cells] of rows.entries()) {
      for (const [column, cell] of cells.entries()) {
        for (const token of cell.tokens) this.readInline(token, 0);
        const hint: LineHint = {
          kind: 'cell',
          block: this.builder.nextBlock(),
          cell: { table: this.tables, row, column, header: row === 0 },
        };
        const last = column === cells.length - 1;
        this.cover(last ? this.endOfLine(this.cursor) : this.cursor, hint);
      }
      // the line of dashes under the header
      if (row === 0) {
        const next = this.endOfLine(this.cursor + 1);
        this.cover(next, { kind: 'rule', block: this.builder.nextBlock() });
        this.cursor = next;
      }
    }
    this.cover(end, { kind: 'line', block: this.builder.nextBlock() });
  }

  /** HTML blocks show their text without tags; code shows as it is. */
  private readRaw(token: Token, end: number, block: number): void {
    const isComment = /^\s*<!--/.test(token.raw);
    if (token.type === 'html' && !isComment) {
      let at = this.cursor;
      for (const part of token.raw.split(/(<[^>]*>)/)) {
        if (!part.startsWith('<')) this.show(at, at + part.length);
        at += part.length;
      }
    } else this.show(this.cursor, end);
    this.cursor = Math.max(this.cursor, end);
    this.cover(end, isComment ? { kind: 'apart', block, apart: 'markup' } : { kind: 'line', block });
  }

  /** Walks inline tokens down to their letters and finds these, in order, in the file. */
  private readInline(token: Token, block: number): void {
    const start = this.cursor;
    const inner = 'tokens' in token ? token.tokens : undefined;
    if (token.type === 'image') return this.readImage(token as Tokens.Image);
    if (token.type === 'html' || token.type === 'checkbox' || token.type === 'br') return this.skip(token.raw);
    if (inner && inner.length > 0) for (const child of inner) this.readInline(child, block);
    else if ('text' in token && typeof token.text === 'string')
      this.find(token.type === 'codespan' || token.type === 'escape' ? token.text : (token.raw ?? token.text));
    if (token.type === 'strong') this.bold.push({ from: start, to: this.cursor });
    if (token.type !== 'link') return;
    const href = linkHref((token as Tokens.Link).href, this.builder);
    const from = this.firstShown(start);
    if (href) this.links.push({ from, to: this.cursor, href });
    if (token.raw.startsWith('[')) this.skip(token.raw.slice(token.raw.lastIndexOf(']')));
  }

  private readImage(image: Tokens.Image): void {
    const at = this.source.indexOf(image.raw, this.cursor);
    if (at < 0) return;
    this.pictures.push({ at, alt: image.text, href: linkHref(image.href, this.builder) });
    if (image.text !== '') this.show(at + 2, at + 2 + image.text.length);
    this.cursor = at + image.raw.length;
  }

  private skip(raw: string): void {
    const at = this.source.indexOf(raw, this.cursor);
    if (at >= 0) this.cursor = at + raw.length;
  }

  private find(text: string): void {
    for (const line of text.split('\n')) {
      const piece = line.trim();
      const at = piece === '' ? -1 : this.source.indexOf(piece, this.cursor);
      if (at < 0) continue;
      this.show(at, at + piece.length);
      this.readEntities(piece, at);
      this.cursor = at + piece.length;
    }
  }

  private readEntities(piece: string, at: number): void {
    for (const match of piece.matchAll(/&#?\w{2,8};/g)) {
      const character = characterOf(match[0]);
      if (character === undefined) continue;
      for (let unit = 0; unit < match[0].length; unit += 1)
        this.readings.set(at + match.index + unit, unit === 0 ? character : '');
    }
  }

  private show(from: number, to: number): void {
    if (to > from) this.shown.push({ from, to });
  }

  private firstShown(from: number): number {
    return this.shown.find((range) => range.from >= from)?.from ?? from;
  }

  private endOfLine(at: number): number {
    const end = this.source.indexOf('\n', at);
    return end < 0 ? this.source.length : end;
  }

  /** Everything up to `end` that is not covered yet becomes lines with this hint. */
  private cover(end: number, hint: LineHint): void {
    const from = this.stretches.at(-1)?.to ?? 0;
    if (end > from) this.stretches.push({ from, to: end, hint });
    this.cursor = Math.max(this.cursor, end);
  }

  private coverRest(): void {
    this.cover(this.source.length, { kind: 'line', block: this.builder.nextBlock() });
  }

  /** Cuts the stretches into lines and moves what is known about offsets of the file to offsets of the manuscript. */
  private write(): Manuscript {
    const hidden = new Uint8Array(this.source.length).fill(1);
    for (const { from, to } of this.shown) hidden.fill(0, from, to);
    const moved = new Int32Array(this.source.length + 1);
    let number = 1;
    for (const { from, to, hint } of this.stretches) {
      let at = from;
      for (const line of this.source.slice(from, to).split('\n')) {
        if (line !== '' || at < to) this.writeLine({ line, at, number, hint }, hidden, moved);
        if (this.source[at + line.length] === '\n' && at + line.length < to) number += 1;
        at += line.length + 1;
      }
    }
    moved[this.source.length] = moved[Math.max(0, this.source.length - 1)]! + 1;
    for (const { from, to, href } of this.links)
      this.builder.links.push({ from: moved[from]!, to: moved[to - 1]! + 1, href });
    for (const { from, to } of this.bold)
      if (to > from) this.builder.bold.push({ from: moved[from]!, to: moved[to - 1]! + 1 });
    this.writePictures(moved);
    return this.builder.build();
  }

  private writeLine({ line, at, number, hint }: CutLine, hidden: Uint8Array, moved: Int32Array): void {
    const base = this.builder.add(line, number, hint);
    for (let unit = 0; unit <= line.length; unit += 1) {
      if (at + unit < moved.length) moved[at + unit] = base + unit;
      if (unit === line.length || hint.kind === 'apart') continue;
      const reading = hidden[at + unit] && !/\s/.test(line[unit]!) ? '' : this.readings.get(at + unit);
      if (reading !== undefined) this.builder.readings.set(base + unit, reading);
    }
    if (hint.kind !== 'apart') readOddCharacters(this.builder, line, base);
  }

  private writePictures(moved: Int32Array): void {
    for (const { at, alt, href } of this.pictures) {
      const offset = moved[at]!;
      const line = this.builder.lines.findIndex((candidate) => candidate.to >= offset);
      if (line < 0) continue;
      this.builder.pictures.push({ line, alt, href, bytes: null, contentType: '' });
      const found = this.builder.lines[line]!;
      if (found.hint.kind === 'line') this.builder.lines[line] = { ...found, hint: { ...found.hint, kind: 'picture' } };
    }
  }
}

/** ### and # # # are empty headings to Markdown. */
function isEndMark(token: Token): boolean {
  return token.type === 'heading' && /^\s*#(?:\s?#){2,}\s*$/.test(token.raw);
}
