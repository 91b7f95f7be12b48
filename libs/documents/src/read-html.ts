import { Parser } from 'htmlparser2';
import { linkHref } from './link-href.js';
import { ManuscriptBuilder, type LineHint, type Manuscript, type SourceFormat } from './manuscript.js';
import { readOddCharacters } from './printable.js';
import { TableTracker } from './table-tracker.js';

/** A picture that the caller already holds, by the `src` it stands under. */
export interface HeldPicture {
  readonly bytes: Buffer;
  readonly contentType: string;
}

export interface HtmlOptions {
  readonly format?: SourceFormat;
  readonly pictures?: ReadonlyMap<string, HeldPicture>;
}

const BLOCKS = new Set(
  'p div h1 h2 h3 h4 h5 h6 li ul ol dl dt dd td th tr table thead tbody tfoot blockquote section article header footer main aside nav figure figcaption caption address pre form fieldset center body html title head'.split(
    ' ',
  ),
);
/** Kept only to be reported: their text is no text of the release. */
const APART = new Set([
  'script',
  'style',
  'title',
  'template',
  'noscript',
  'textarea',
  'select',
  'svg',
  'math',
  'object',
  'iframe',
]);
/** A line break of the file between two Han characters is no space, whatever browsers make of it. */
const HAN_BREAK =
  /(?<=[\p{Script=Han}\u3000-\u303f\uff00-\uffef])[ \t]*\r?\n[ \t]*(?=[\p{Script=Han}\u3000-\u303f\uff00-\uffef])/gu;
const BOLD = new Set(['b', 'strong']);
const HEADING_CLASSES: Readonly<Record<string, number>> = { msotitle: 1, msosubtitle: 2 };

/** An HTML page as lines: one per block or line break. Markup shapes the hints; scripts, styles and comments are kept apart. */
export function readHtml(html: string, options: HtmlOptions = {}): Manuscript {
  const reader = new HtmlReader(html, options);
  return reader.read();
}

interface OpenElement {
  readonly name: string;
  readonly bold: boolean;
  readonly apart: string | null;
  readonly heading: number | null;
  readonly href: string | null;
  readonly start: number;
}

class HtmlReader {
  private readonly builder: ManuscriptBuilder;
  private readonly tables: TableTracker;
  private readonly open: OpenElement[] = [];
  private readonly lineStarts: number[] = [0];
  private readonly parser: Parser;
  private text = '';
  private links: { from: number; to: number; href: string }[] = [];
  private bold: { from: number; to: number }[] = [];
  private startLine = 1;
  private item = 0;
  private count = 0;

  constructor(
    private readonly html: string,
    private readonly options: HtmlOptions,
  ) {
    this.builder = new ManuscriptBuilder(options.format ?? 'html');
    this.tables = new TableTracker(this.builder);
    for (let at = html.indexOf('\n'); at >= 0; at = html.indexOf('\n', at + 1)) this.lineStarts.push(at + 1);
    this.parser = new Parser({
      onopentag: (name, attributes) => this.opened(name, attributes),
      onclosetag: (name) => this.closed(name),
      ontext: (text) => this.gather(text),
      oncomment: (text) => this.keepApart(text.trim(), 'markup'),
      onprocessinginstruction: (_name, text) => this.keepApart(text.trim(), 'markup'),
    });
  }

  read(): Manuscript {
    this.parser.end(this.html);
    this.flush();
    return this.builder.build();
  }

  private opened(name: string, attributes: Record<string, string>): void {
    if (this.open.length > 400) return;
    const style = (attributes['style'] ?? '').toLowerCase();
    const hidden = /display:\s*none/.test(style);
    if (BLOCKS.has(name) || APART.has(name) || hidden) this.flush();
    if (name === 'br') return this.lineBreak();
    if (name === 'hr') return this.rule(attributes);
    if (name === 'img') return this.picture(attributes);
    if (['input', 'meta', 'link', 'base', 'col', 'wbr', 'source', 'area'].includes(name)) return;
    if (name === 'li') this.item = this.builder.nextBlock();
    this.tables.opened(name);
    const className = (attributes['class'] ?? '').toLowerCase();
    this.open.push({
      name,
      bold: BOLD.has(name) || /font-weight:\s*(?:bold|[6-9]00)/.test(style),
      apart: APART.has(name) ? (name === 'title' ? 'page-title' : 'markup') : hidden ? 'hidden' : null,
      heading: /^h([1-6])$/.exec(name) ? Number(name[1]) : (HEADING_CLASSES[className] ?? null),
      href: name === 'a' ? linkHref(attributes['href'] ?? '', this.builder) : null,
      start: this.text.length,
    });
  }

  private closed(name: string): void {
    const at = this.open.findLastIndex((element) => element.name === name);
    if (at < 0) return;
    const element = this.open[at]!;
    const end = this.text.length;
    if (element.href && end > element.start) this.links.push({ from: element.start, to: end, href: element.href });
    if (element.bold && end > element.start) this.bold.push({ from: element.start, to: end });
    if (BLOCKS.has(name) || element.apart) this.flush();
    this.open.splice(at);
    this.tables.closed(name);
  }

  private gather(text: string): void {
    if (this.text === '') this.startLine = this.lineAt(this.parser.startIndex);
    if (this.apart() !== null || this.isInside('pre')) this.text += text;
    else {
      // a tab in Word sets columns; in a web page it is white space like any other
      const space = this.options.format === 'docx' ? /[ \r\n\f]+/g : /[ \t\r\n\f]+/g;
      const collapsed = text.replace(HAN_BREAK, '').replace(space, ' ');
      this.text += /(?:^|[\n ])$/.test(this.text) ? collapsed.trimStart() : collapsed;
    }
  }

  private lineBreak(): void {
    // two breaks in a row stand for a new paragraph
    if (this.text.endsWith('\n')) this.flush();
    else if (this.text.trim() !== '') this.text = `${this.text.trimEnd()}\n`;
  }

  private rule(attributes: Record<string, string>): void {
    this.flush();
    const page = /page/.test(attributes['class'] ?? '');
    this.builder.add(page ? '\f' : '', this.numberHere(), {
      kind: page ? 'line' : 'rule',
      block: this.builder.nextBlock(),
    });
  }

  private picture(attributes: Record<string, string>): void {
    if (attributes['width'] === '1' || attributes['height'] === '1') return;
    const href = this.open.findLast((element) => element.href)?.href ?? null;
    this.flush();
    const src = attributes['src'] ?? '';
    const alt = (attributes['alt'] ?? '').replace(/\s+/g, ' ').trim();
    const data = /^data:(image\/[a-z+.-]+);base64,([\s\S]+)$/i.exec(src);
    const held =
      this.options.pictures?.get(src) ??
      (data ? { bytes: Buffer.from(data[2]!, 'base64'), contentType: data[1]!.toLowerCase() } : null);
    const web = /^https?:/i.test(src) ? linkHref(src, this.builder) : null;
    if (!held && !web) this.builder.warnings.add('picture-left-out');
    this.builder.pictures.push({
      line: this.builder.lines.length,
      alt,
      href: web ?? href,
      bytes: held?.bytes ?? null,
      contentType: held?.contentType ?? '',
    });
    this.builder.add(alt, this.numberHere(), { kind: 'picture', block: this.builder.nextBlock() });
  }

  private keepApart(text: string, apart: string): void {
    if (text === '') return;
    this.flush();
    this.startLine = this.lineAt(this.parser.startIndex);
    this.addLines(text.split('\n'), { kind: 'apart', block: this.builder.nextBlock(), apart });
  }

  /** Ends the current block: its lines go to the manuscript with what the open elements say about them. */
  private flush(): void {
    const { text, links, bold } = this;
    const apart = this.apart();
    this.text = '';
    this.links = [];
    this.bold = [];
    for (const [at, element] of this.open.entries()) {
      const end = text.length;
      if (end > element.start && element.href) links.push({ from: element.start, to: end, href: element.href });
      if (end > element.start && element.bold) bold.push({ from: element.start, to: end });
      this.open[at] = { ...element, start: 0 };
    }
    if (text.trim() === '') return;
    const hint: LineHint = apart === null ? this.hint() : { kind: 'apart', block: this.builder.nextBlock(), apart };
    const lines = text.replace(/\s+$/, '').split('\n');
    const base = this.addLines(lines, hint);
    const end = base + lines.join('\n').length;
    for (const { from, to, href } of links)
      this.builder.links.push({ from: base + from, to: Math.min(base + to, end), href });
    for (const { from, to } of bold) this.builder.bold.push({ from: base + from, to: Math.min(base + to, end) });
  }

  private addLines(lines: readonly string[], hint: LineHint): number {
    this.count += 1;
    const number = this.options.format === 'docx' ? this.count : this.startLine;
    let base = -1;
    for (const line of lines) {
      const from = this.builder.add(line, number, hint);
      if (base < 0) base = from;
      if (hint.kind !== 'apart') readOddCharacters(this.builder, line, from);
    }
    return base;
  }

  private hint(): LineHint {
    const heading = this.open.findLast((element) => element.heading !== null)?.heading;
    if (heading) return { kind: 'heading', block: this.builder.nextBlock(), level: heading };
    if (this.isInside('figcaption') || this.isInside('caption'))
      return { kind: 'caption', block: this.builder.nextBlock() };
    if (this.isInside('li')) {
      const depth = this.open.filter(({ name }) => name === 'li').length;
      const list = this.open.findLast(({ name }) => name === 'ul' || name === 'ol');
      return { kind: 'item', block: this.item, level: depth, ordered: list?.name === 'ol' };
    }
    const cell = this.tables.current();
    if (cell) return { kind: 'cell', block: this.builder.nextBlock(), cell };
    if (this.isInside('blockquote')) return { kind: 'quote', block: this.builder.nextBlock() };
    if (this.isInside('pre')) return { kind: 'line', block: this.builder.nextBlock() };
    return { kind: 'paragraph', block: this.builder.nextBlock() };
  }

  /** Line of the file, or the number the next paragraph of a Word document will have. */
  private numberHere(): number {
    return this.options.format === 'docx' ? this.count + 1 : this.lineAt(this.parser.startIndex);
  }

  private apart(): string | null {
    return this.open.findLast((element) => element.apart !== null)?.apart ?? null;
  }

  private isInside(name: string): boolean {
    return this.open.some((element) => element.name === name);
  }

  private lineAt(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }
}
