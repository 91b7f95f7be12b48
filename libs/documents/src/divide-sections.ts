import { displayWidth } from './display-width.js';
import type { Block } from './join-lines.js';
import { BULLET } from './join-rule.js';
import { endsSentence } from './measure-wrapping.js';
import { looksOf } from './person-words.js';
import { isMoment } from './split-release-line.js';
import { findUrl, type Cue, type CueKind } from './section-words.js';
import type { Sheet } from './sheet.js';

export type SectionKind =
  'body' | 'end-mark' | 'notes' | 'download' | 'caption' | 'contacts' | 'about' | 'website' | 'links' | 'leftover';

export interface Section {
  readonly kind: SectionKind;
  readonly blocks: Block[];
  /** What its first line announced; null when the place alone decided. */
  readonly cue: Cue | null;
  /** For leftovers: why. */
  readonly why: string;
}

const REACHABLE = /[\w.+-]+@[\w-]+\.\w|(?:\+|\(|\b)\d[\d\s().-]{6,}\d/;

/** Parts the text below the head into sections, by what lines announce and by where they stand. */
export function divideSections(sheet: Sheet, blocks: readonly Block[]): readonly Section[] {
  return new Divider(sheet, blocks).divide();
}

class Divider {
  private readonly sections: Section[] = [];
  /** The end mark was passed, or a section that only stands behind the text. */
  private ended = false;
  private endMark = false;

  constructor(
    private readonly sheet: Sheet,
    private readonly blocks: readonly Block[],
  ) {}

  divide(): readonly Section[] {
    for (const [at, block] of this.blocks.entries()) this.place(block, at);
    return this.sections;
  }

  private place(block: Block, at: number): void {
    const { cue, hint } = block.rows[0]!;
    if (hint.kind === 'picture' || hint.kind === 'caption')
      return this.add(this.ended ? 'caption' : 'body', this.ended ? cue : null, block);
    const kind = cue && this.opens(cue, block, at);
    if (cue && kind) this.open(kind, cue, block, at);
    else this.goOn(block, at);
  }

  /** The section a cue really opens here, or null when it is only a line like others. */
  private opens(cue: Cue, block: Block, at: number): CueKind | null {
    const current = this.sections.at(-1)?.kind ?? 'body';
    const item = block.rows[0]!.hint.kind === 'item' || BULLET.test(block.passage.text);
    switch (cue.kind) {
      case 'end-mark':
      case 'issued':
        return cue.kind;
      case 'contacts':
        return this.isReachable(at) && !(item && current === 'notes' && !cue.strong) ? 'contacts' : null;
      case 'notes':
        return item && !this.ended ? null : this.ended || cue.strong || this.isNearEnd(at) ? 'notes' : null;
      case 'about':
        return this.isBoilerplate(cue, block, at) ? 'about' : null;
      case 'download':
        return this.isDownload(block, item, current) ? 'download' : null;
      case 'caption':
        return item && current === 'notes' ? null : 'caption';
      case 'captions':
        return this.ended || this.isNearEnd(at) ? 'captions' : null;
      case 'website':
        return this.ended && current !== 'notes' && !item ? 'website' : null;
      default:
        return this.ended || this.isNearEnd(at) ? cue.kind : null;
    }
  }

  private open(kind: CueKind, cue: Cue, block: Block, at: number): void {
    switch (kind) {
      case 'end-mark':
        if (/^[\s*＊]+$/.test(block.passage.text) && !this.endsAtStars(at)) {
          this.add('leftover', cue, block, 'rule-line');
          break;
        }
        this.add(this.endMark ? 'leftover' : 'end-mark', cue, block, 'second-end-mark');
        this.endMark = true;
        this.ended = true;
        break;
      case 'issued':
        this.add('leftover', cue, block, 'issue-time');
        this.ended = true;
        break;
      case 'captions':
        this.add('caption', cue, block);
        break;
      case 'source':
      case 'related':
        this.add(kind === 'related' ? 'links' : 'leftover', cue, block, 'source-line');
        this.ended = true;
        break;
      case 'links':
        this.addLink(cue, block, at);
        break;
      case 'caption':
        // above the end mark a caption keeps its place in the text
        this.add(this.ended ? 'caption' : 'body', this.ended ? cue : null, block);
        break;
      case 'download':
        this.add(kind, cue, block);
        break;
      default:
        this.add(kind, cue, block);
        this.ended = true;
    }
  }

  private addLink(cue: Cue, block: Block, at: number): void {
    const last = this.sections.at(-1);
    if (last?.kind === 'download' && last.blocks.length < 3 && at > 0) last.blocks.push(block);
    else if (!this.ended) this.add('body', null, block);
    else this.add('links', cue, block);
  }

  private goOn(block: Block, at: number): void {
    const last = this.sections.at(-1);
    const kind = last?.kind ?? 'body';
    if (!this.ended && at > 0 && isMoment(block.passage.text) && this.isNearEnd(at)) {
      this.ended = true;
      return this.add('leftover', null, block, 'issue-time');
    }
    if (!this.ended) return this.add('body', null, block);
    if (this.isUnannouncedContact(at, kind)) return this.add('contacts', null, block);
    if (last && kind === 'contacts') return this.goOnContacts(last, block);
    if (last && (kind === 'notes' || kind === 'about')) return this.goOnText(last, block, at);
    if (last && (kind === 'caption' || kind === 'download')) return this.goOnPictures(last, block, at);
    if (this.endMark && kind === 'end-mark' && isMoment(block.passage.text))
      return this.add('leftover', null, block, 'issue-time');
    this.add('leftover', null, block, 'after-end');
  }

  private goOnContacts(last: Section, block: Block): void {
    const { text } = block.passage;
    const sentence = displayWidth(text) >= 90 && endsSentence(text) && !REACHABLE.test(text);
    if (sentence) this.add('leftover', null, block, 'after-end');
    else last.blocks.push(block);
  }

  /** Notes and boilerplates run on until something else is announced. */
  private goOnText(last: Section, block: Block, at: number): void {
    const titleOnly =
      last.blocks.length === 1 && last.cue !== null && last.cue.rest >= last.blocks[0]!.passage.text.length;
    const kind = last.kind;
    if (
      kind === 'about' &&
      !titleOnly &&
      block.gapBefore >= 4 &&
      !endsSentence(block.passage.text) &&
      at === this.blocks.length - 1
    ) {
      return this.add('leftover', null, block, 'after-end');
    }
    last.blocks.push(block);
  }

  /** What follows a download line or a caption: more captions behind the text, the text itself before its end. */
  private goOnPictures(last: Section, block: Block, at: number): void {
    const { text } = block.passage;
    const beforeLast = this.sections.at(-2);
    if (last.kind === 'download' && beforeLast?.kind === 'notes') {
      beforeLast.blocks.push(block);
      return;
    }
    const announced = last.cue?.kind === 'captions';
    const captionLike = endsSentence(text) || displayWidth(text) >= 24 || last.kind === 'caption';
    const before = this.blocks.slice(at + 1).some((next) => next.rows[0]!.cue !== null);
    if (announced || (captionLike && (before || last.kind === 'caption') && displayWidth(text) <= 400)) {
      if (last.kind === 'caption') last.blocks.push(block);
      else this.add('caption', null, block);
      return;
    }
    this.add('leftover', null, block, 'after-end');
  }

  private add(kind: SectionKind, cue: Cue | null, block: Block, why = ''): void {
    const last = this.sections.at(-1);
    if (last && last.kind === kind && cue === null && (kind === 'body' || kind === 'leftover') && last.why === why)
      last.blocks.push(block);
    else this.sections.push({ kind, blocks: [block], cue, why });
  }

  /** Stars end the text when only announced sections follow; between paragraphs they are an ornament. */
  private endsAtStars(at: number): boolean {
    const next = this.blocks[at + 1]?.rows[0]!.cue?.kind;
    return (
      !this.endMark &&
      (at === this.blocks.length - 1 || ['contacts', 'notes', 'about', 'download', 'captions'].includes(next ?? ''))
    );
  }

  /** A contact heading is one only when a number or an address follows soon. */
  private isReachable(at: number): boolean {
    return this.blocks.slice(at, at + 9).some(({ passage }) => REACHABLE.test(passage.text.slice(0, 600)));
  }

  /** Names and numbers behind the text that nobody announced: short lines, one of them with an address or a number. */
  private isUnannouncedContact(at: number, kind: SectionKind): boolean {
    if (kind === 'contacts' || kind === 'notes') return false;
    const group: Block[] = [];
    for (const block of this.blocks.slice(at, at + 6)) {
      if (group.length > 0 && (block.gapBefore > 1 || block.rows[0]!.cue !== null)) break;
      group.push(block);
    }
    const texts = group.map(({ passage }) => passage.text);
    if (texts.some((text) => displayWidth(text) > 90) || !texts.some((text) => REACHABLE.test(text))) return false;
    const first = looksOf(texts[0]!.split(/[,，|/:：(（]/)[0] ?? '');
    return (
      first.person + first.organisation + first.role > 0 ||
      /^\s*(?:tel|phone|電話|电话|e-?mail|電郵|邮箱)/i.test(texts[0]!)
    );
  }

  private isDownload(block: Block, item: boolean, current: SectionKind): boolean {
    if (item && current === 'notes') return false;
    if (this.ended) return current !== 'notes' || !item;
    const linked =
      findUrl(block.passage.text) !== null ||
      this.hasLink(block) ||
      /按此|點擊|点击|click here/i.test(block.passage.text);
    return linked && displayWidth(block.passage.text) <= 150 && block.rows.length <= 3;
  }

  private hasLink(block: Block): boolean {
    const lines = block.rows.map((row) => this.sheet.manuscript.lines[row.index]!);
    return this.sheet.manuscript.links.some(({ from, to }) => lines.some((line) => from < line.to && to > line.from));
  }

  /** "About …" opens a boilerplate unless the story goes on below it: then it is a subhead (About the study). */
  private isBoilerplate(cue: Cue, block: Block, at: number): boolean {
    if (this.ended) return true;
    const later = this.blocks.slice(at + 1);
    const end = later.findIndex((next) => next.rows[0]!.cue?.kind === 'end-mark');
    const again = later.findIndex((next) => next.rows[0]!.cue?.kind === 'about');
    if (end >= 0 && again > end) return false;
    const until = later.findIndex((next) => {
      const kind = next.rows[0]!.cue?.kind;
      return kind === 'end-mark' || kind === 'contacts' || kind === 'about' || kind === 'notes';
    });
    const own = until < 0 ? later : later.slice(0, until);
    const headings = own.filter(
      (next) =>
        next.rows[0]!.hint.kind === 'heading' ||
        (displayWidth(next.passage.text) <= 50 && !endsSentence(next.passage.text)),
    );
    const generic =
      /^[\s\p{P}\p{S}]*(?:about|關於|关于|有關|有关)\s*(?:the\s+)?(?:stud(?:y|ies)|research|survey|event|project|programme?|report|award|exhibition|festival|competition|campaign|findings|data|trial|活動|活动|計劃|计划|計畫|展覽|展览|研究|調查|调查|比賽|獎項|項目|项目|數據|数据|是次)/iu.test(
        block.passage.text,
      );
    if (headings.length > 0 && own.length > 3) return false;
    return (
      !(generic && end >= 0 && own.length > 2) && at > 0 && (cue.rest < block.passage.text.length || own.length > 0)
    );
  }

  /** Nothing of the story follows: the next blocks are announced, or there are none. */
  private isNearEnd(at: number): boolean {
    const later = this.blocks.slice(at + 1);
    const next = later.findIndex(({ rows }) => ['contacts', 'about', 'end-mark'].includes(rows[0]!.cue?.kind ?? ''));
    return later.some(({ rows }) => rows[0]!.cue?.kind === 'end-mark')
      ? false
      : next >= 0
        ? next <= 12
        : later.length <= 12;
  }
}
