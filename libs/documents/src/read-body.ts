import type { Confidence } from './claims.js';
import { displayWidth } from './display-width.js';
import type { BlockNode, EndMarkNode, ListNode, ParagraphNode, PressQuoteNode } from './document.js';
import { inlineNodes, plainText } from './inline-nodes.js';
import type { Block } from './join-lines.js';
import { BULLET } from './join-rule.js';
import { endsSentence } from './measure-wrapping.js';
import { pieceText, trimPiece, wholeOf, type Piece } from './passage.js';
import { readAttributionLine, readIntroduction, readQuote, type Attribution } from './read-quote.js';
import { readFigure, type FigureReading, type FigureSources } from './read-figure.js';
import { readTable, tableSize } from './read-table.js';
import { looksLikeSubhead } from './subhead.js';
import { cueOf } from './section-words.js';
import type { Sheet } from './sheet.js';

export interface Body {
  readonly blocks: readonly BlockNode[];
  /** An end mark that stood at the end of the last paragraph: …。（完） */
  readonly endMark: EndMarkNode | null;
}

/** Reads the text of the release: paragraphs, subheads, quotations, lists, tables. `from` is where the first block goes on behind the dateline. */
export function readBody(sheet: Sheet, blocks: readonly Block[], from: number, figures: FigureSources): Body {
  const reader = new BodyReader(sheet, blocks, from, figures);
  return reader.read();
}

class BodyReader {
  private readonly nodes: BlockNode[] = [];
  private endMark: EndMarkNode | null = null;
  private at = 0;

  constructor(
    private readonly sheet: Sheet,
    private readonly blocks: readonly Block[],
    private readonly from: number,
    private readonly figures: FigureSources,
  ) {}

  read(): Body {
    while (this.at < this.blocks.length) {
      this.at += this.readOne(this.blocks[this.at]!, this.pieceAt(this.at));
    }
    return { blocks: this.nodes, endMark: this.endMark };
  }

  /** The text of a block; of the first one what is behind the dateline. */
  private pieceAt(at: number): Piece {
    const { passage } = this.blocks[at]!;
    return trimPiece({ passage, from: at === 0 ? this.from : 0, to: passage.text.length });
  }

  /** Reads what begins at this block; answers how many blocks it took. */
  private readOne(block: Block, piece: Piece): number {
    if (piece.to <= piece.from && block.rows[0]!.hint.kind !== 'picture') return 1;
    const figure = readFigure(this.sheet, this.blocks, this.at, this.figures);
    if (figure) return this.figure(figure);
    const size = tableSize(this.blocks, this.at);
    if (size > 0) return this.table(size);
    if (this.isItem(block, piece)) return this.list();
    if (this.subhead(block, piece)) return 1;
    return this.introducedQuote(piece) || this.quote(piece) || this.paragraph(this.partEndMark(piece));
  }

  private figure({ node, taken }: FigureReading): number {
    this.nodes.push(node);
    return taken;
  }

  private table(size: number): number {
    this.nodes.push(readTable(this.sheet, this.blocks.slice(this.at, this.at + size)));
    return size;
  }

  private isItem(block: Block, piece: Piece): boolean {
    if (block.rows[0]!.hint.kind === 'item') return true;
    const bullet = BULLET.exec(pieceText(piece))?.[0];
    return (
      bullet !== undefined && !this.isNumberedHeading(block, piece, bullet) && !/^[——–-]{2}/.test(pieceText(piece))
    );
  }

  /** 一、擴大服務 or "■ Lower cost" above a paragraph of its own is a heading, not an item. */
  private isNumberedHeading(block: Block, piece: Piece, bullet: string): boolean {
    const text = pieceText(piece);
    const next = this.blocks[this.at + 1];
    if (!next || endsSentence(text) || displayWidth(text) > 64 || /^[-–—•*+·]/.test(bullet)) return false;
    const following = next.passage.text;
    return (
      !BULLET.test(following) &&
      displayWidth(following) > displayWidth(text) &&
      next.rows[0]!.cue?.kind !== 'end-mark' &&
      block.rows.length === 1
    );
  }

  private list(): number {
    const items: { type: 'listItem'; content: ParagraphNode[] }[] = [];
    const first = this.blocks[this.at]!;
    const ordered = isOrdered(first);
    let taken = 0;
    for (let at = this.at; at < this.blocks.length; at += 1) {
      const block = this.blocks[at]!;
      const piece = this.pieceAt(at);
      if (!this.isItemAt(block, piece) || isOrdered(block) !== ordered) break;
      taken += 1;
      if (
        block.rows[0]!.hint.kind === 'item' &&
        taken > 1 &&
        block.rows[0]!.hint.block === this.blocks[this.at + taken - 2]!.rows[0]!.hint.block
      ) {
        items[items.length - 1]!.content.push(this.item(block, piece));
      } else items.push({ type: 'listItem', content: [this.item(block, piece)] });
    }
    this.nodes.push({ type: ordered ? 'orderedList' : 'bulletList', content: items } satisfies ListNode);
    return taken;
  }

  private isItemAt(block: Block, piece: Piece): boolean {
    return block.rows[0]!.hint.kind === 'item' || BULLET.test(pieceText(piece));
  }

  private item(block: Block, piece: Piece): ParagraphNode {
    const bullet = block.rows[0]!.hint.kind === 'item' ? null : BULLET.exec(pieceText(piece));
    const from = piece.from + (bullet?.[0].length ?? 0);
    if (bullet)
      this.sheet.claims.take(
        { ...piece, to: from },
        { became: 'list', confidence: 'sure', why: 'bullet', signpost: true },
      );
    const rest = { ...piece, from };
    this.sheet.claims.take(rest, {
      became: 'list',
      confidence: 'sure',
      why: block.rows[0]!.hint.kind === 'item' ? 'list-style' : 'bullet',
    });
    return { type: 'paragraph', content: inlineNodes(this.sheet, rest) };
  }

  private subhead(block: Block, piece: Piece): boolean {
    const verdict = looksLikeSubhead(this.sheet, block, piece, this.blocks[this.at + 1]);
    if (!verdict) return false;
    const { confidence, why } = verdict;
    const lead = /^(?:[■◆●▍▎►▶◎○※#*◇□]+|[-–—]{2,})\s*/u.exec(pieceText(piece))?.[0].length ?? 0;
    if (lead > 0)
      this.sheet.claims.take(
        { ...piece, to: piece.from + lead },
        { became: 'subhead', confidence, why: 'bullet', signpost: true },
      );
    const rest = { ...piece, from: piece.from + lead };
    this.sheet.claims.take(rest, { became: 'subhead', confidence, why });
    const level = (block.rows[0]!.hint.level ?? 2) >= 4 ? 3 : 2;
    this.nodes.push({ type: 'subhead', attrs: { level }, content: [{ type: 'text', text: plainText(rest) }] });
    return true;
  }

  /** "X, director of Y, said:" and the quotation in the paragraphs below it. */
  private introducedQuote(piece: Piece): number {
    const who = readIntroduction(pieceText(piece));
    const next = this.blocks[this.at + 1];
    if (!who || !next || !/^[「『“"]/u.test(next.passage.text)) return 0;
    const pieces = [piece];
    let open = true;
    while (open && pieces.length < 12) {
      const block = this.blocks[this.at + pieces.length];
      if (!block || (pieces.length > 1 && !this.goesOn(pieces.length, true, false))) break;
      const more = trimPiece(wholeOf(block.passage));
      open = isLeftOpen(pieceText(more));
      pieces.push(more);
    }
    this.addQuote(pieces, who, who.speaker ? 'sure' : 'likely');
    return pieces.length;
  }

  /** A quotation, with the paragraphs that go on with it and the line that names its speaker. */
  private quote(piece: Piece): number {
    const block = this.blocks[this.at]!;
    const styled = block.rows[0]!.hint.kind === 'quote';
    const reading = readQuote(pieceText(piece));
    const next = this.blocks[this.at + 1];
    const below = next && (styled || reading) ? readAttributionLine(next.passage.text) : null;
    if (!styled && !reading) return 0;
    if (
      reading &&
      !styled &&
      !reading.speaker &&
      !below &&
      !reading.open &&
      !/[:：︰]|\b(?:said|says|added)\b|[說说表示道稱称]/iu.test(pieceText(piece))
    )
      return 0;
    const pieces = [this.partEndMark(piece)];
    let who: Attribution = reading ?? { speaker: null, title: null };
    let open = reading?.open ?? false;
    while (this.goesOn(pieces.length, open, styled)) {
      const more = trimPiece(wholeOf(this.blocks[this.at + pieces.length]!.passage));
      const again = readQuote(pieceText(more)) ?? readAttributionLine(pieceText(more));
      who = who.speaker ? who : (again ?? who);
      open = readQuote(pieceText(more))?.open ?? isLeftOpen(pieceText(more));
      pieces.push(more);
    }
    const last = this.blocks[this.at + pieces.length];
    const line = last && !who.speaker ? readAttributionLine(last.passage.text) : null;
    if (last && line) {
      pieces.push(trimPiece(wholeOf(last.passage)));
      who = line;
    }
    this.addQuote(pieces, who, styled || who.speaker !== null ? 'sure' : 'likely');
    return pieces.length;
  }

  private goesOn(taken: number, open: boolean, styled: boolean): boolean {
    const next = this.blocks[this.at + taken];
    if (!next || taken > 12) return false;
    if (styled) return next.rows[0]!.hint.kind === 'quote';
    return (
      open &&
      (/^[「『“"]/u.test(next.passage.text) ||
        (readQuote(next.passage.text) === null &&
          /[」”"]/u.test(next.passage.text) &&
          !/[「“]/u.test(next.passage.text)))
    );
  }

  private addQuote(pieces: readonly Piece[], { speaker, title }: Attribution, confidence: Confidence): void {
    const content = pieces.map((piece): ParagraphNode => ({
      type: 'paragraph',
      content: inlineNodes(this.sheet, piece),
    }));
    for (const piece of pieces)
      this.sheet.claims.take(piece, { became: 'pressQuote', confidence, why: speaker ? 'quote-attributed' : 'quote' });
    this.nodes.push({ type: 'pressQuote', attrs: { speaker, title }, content } satisfies PressQuoteNode);
  }

  private paragraph(piece: Piece): number {
    if (piece.to <= piece.from) return 1;
    this.sheet.claims.take(piece, { became: 'paragraph', confidence: 'sure', why: 'text' });
    this.nodes.push({ type: 'paragraph', content: inlineNodes(this.sheet, piece) });
    return 1;
  }

  /** Parts an end mark off the end of the last paragraph. */
  private partEndMark(piece: Piece): Piece {
    if (this.at < this.blocks.length - 1 || this.endMark) return piece;
    const match =
      /\s*(?<mark>[（(［[]\s*(?:全文)?完\s*[)）\]］]|－完－|-完-|—完—|#{3}|# # #|-\s?30\s?-|[-–—]\s?(?:ends|Ends|ENDS)\s?[-–—])\s*$/u.exec(
        pieceText(piece),
      );
    const mark = match?.groups?.['mark'];
    if (!match || mark === undefined || cueOf(mark)?.kind !== 'end-mark') return piece;
    const from = piece.from + match.index;
    const at = trimPiece({ ...piece, from });
    this.sheet.claims.take(at, { became: 'endMark', confidence: 'sure', why: 'end-mark' });
    this.endMark = { type: 'endMark', attrs: { text: plainText(at) } };
    return trimPiece({ ...piece, to: from });
  }
}

/** The last quotation mark of a paragraph opens: the next paragraph goes on. */
function isLeftOpen(text: string): boolean {
  return !/[」”"][^「“"]{0,120}$/u.test(text) || /^["“][^"”]*$/u.test(text);
}

function isOrdered(block: Block): boolean {
  const { hint } = block.rows[0]!;
  if (hint.kind === 'item') return hint.ordered ?? false;
  return /^(?:\d|[(（][\da-z一二三四五六七八九十]|[a-z][.)]|[ivx]+[.)]|[一二三四五六七八九十]{1,3}[、．]|[①-⑳])/u.test(
    block.passage.text,
  );
}
