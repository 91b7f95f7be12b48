import { contactTokens, type ContactToken, type KnownOrganisations } from './contact-tokens.js';
import { layOutContacts, type ContactColumn } from './contact-layout.js';
import type { Section } from './divide-sections.js';
import type { MediaContactNode } from './document.js';
import type { Block } from './join-lines.js';
import { trimPiece, type Piece } from './passage.js';
import { looksOf } from './person-words.js';
import type { Sheet } from './sheet.js';

type Person = { -readonly [Key in keyof MediaContactNode['attrs']]: MediaContactNode['attrs'][Key] } & {
  phones: string[];
  emails: string[];
};

/** Reads the contacts of a section, in whatever layout. Words that are no name, number or address go to the note. */
export function readContacts(sheet: Sheet, section: Section, isKnown: KnownOrganisations): readonly MediaContactNode[] {
  const first = section.blocks[0]!;
  const others = section.blocks.slice(1);
  const desk = section.cue ? deskOf(first.passage.text.slice(0, section.cue.rest)) : null;
  const rest = section.cue ? announce(sheet, first, section.cue.rest, desk === null) : null;
  const blocks = withoutLabels(sheet, section.cue ? others : section.blocks);
  const people: Person[] = [];
  for (const column of layOutContacts(blocks, rest))
    people.push(...readColumn(sheet, column, isKnown, section.cue === null));
  const house = section.cue ? houseOf(first.passage.text.slice(0, section.cue.rest)) : null;
  for (const person of people) if (house !== null && person.organisation === '') person.organisation = house;
  // "Press office" heads numbers that nobody's name goes with
  if (desk !== null && people[0]?.name === '') people[0].name = desk;
  return people.map(({ organisation, name, role, phones, emails, note }) => ({
    type: 'mediaContact',
    attrs: { organisation, name, role, phones, emails, note },
  }));
}

function deskOf(heading: string): string | null {
  const plain = heading.replace(/[\s:：︰]+$/u, '').trim();
  return /^(?:the\s+)?(?:[\w’' ]{0,30}\s)?(?:press|media|news)\s+(?:office|desk|team|line)$|^(?:新聞組|新闻组|新聞室|傳媒關係組|公關組)$/iu.test(
    plain,
  )
    ? plain
    : null;
}

/** 如有查詢，請聯絡某某公共事務部：, Media enquiries for the University of Marram: the heading names the house. */
function houseOf(heading: string): string | null {
  const match =
    /(?:聯絡|联络|聯繫|联系|洽|\bfor(?: the)?|\bat(?: the)?)\s*(?<house>[^，,:：︰]{3,40}?)\s*[:：︰]?\s*$/iu.exec(
      heading,
    );
  const house = match?.groups?.['house']?.trim() ?? '';
  return looksOf(house).organisation >= 2 &&
    !/^(?:人|方式|資料|资料)/.test(house) &&
    !/\b(?:media|press|news)$/i.test(house)
    ? house
    : null;
}

/** Claims the heading and answers what follows it on its line. */
function announce(sheet: Sheet, block: Block, rest: number, signpost: boolean): Piece | null {
  const { passage } = block;
  sheet.claims.take(
    { passage, from: 0, to: rest },
    { became: 'mediaContact', confidence: 'sure', why: 'contacts-heading', signpost },
  );
  const piece = trimPiece({ passage, from: rest, to: passage.text.length });
  return piece.to > piece.from ? piece : null;
}

const COLUMN_LABEL =
  /^(?:姓名|名稱|聯絡人|联系人|職位|职位|職務|职务|職稱|职称|職銜|职衔|頭銜|部門|部门|機構|机构|單位|单位|公司|電話|电话|手機|手机|電郵|电邮|邮箱|郵箱|電子郵件|name|title|role|position|organi[sz]ation|company|phone|telephone|tel|mobile|e-?mail)\s*[:：]?$/iu;

/** The head of a table of contacts says what its columns hold, and nothing more. */
function withoutLabels(sheet: Sheet, blocks: readonly Block[]): readonly Block[] {
  const rowOf = (block: Block) => `${block.rows[0]!.hint.cell?.table}.${block.rows[0]!.hint.cell?.row}`;
  const inTables = blocks.filter((block) => block.rows[0]!.hint.cell);
  const isHead = (block: Block) => {
    const row = inTables.filter((each) => rowOf(each) === rowOf(block));
    return (
      row.length >= 2 &&
      row.every(
        ({ passage, rows }) =>
          COLUMN_LABEL.test(passage.text) || (rows[0]!.hint.cell?.header && !/[@\d]/.test(passage.text)),
      )
    );
  };
  return blocks.filter((block) => {
    if (!block.rows[0]!.hint.cell || !isHead(block)) return true;
    const { passage } = block;
    sheet.claims.take(
      { passage, from: 0, to: passage.text.length },
      { became: 'mediaContact', confidence: 'sure', why: 'contact-label', signpost: true },
    );
    return false;
  });
}

interface Stream {
  readonly token: ContactToken;
  readonly alone: boolean;
  readonly apart: boolean;
  readonly first: boolean;
}

function readColumn(sheet: Sheet, column: ContactColumn, isKnown: KnownOrganisations, guessed: boolean): Person[] {
  const stream: Stream[] = [];
  for (const { piece, apart } of column.lines) {
    const tokens = contactTokens(piece, isKnown);
    const content = tokens.filter(({ kind }) => kind !== 'signpost');
    for (const [at, token] of tokens.entries())
      stream.push({
        token,
        alone: content.length === 1 || content.every(({ kind }) => kind === 'organisation'),
        apart: apart && at === 0,
        first: at === 0,
      });
  }
  const settled = settleOrganisation(stream);
  for (const { token } of settled) {
    sheet.claims.take(token.piece, {
      became: 'mediaContact',
      confidence: guessed ? 'guess' : token.kind === 'note' ? 'likely' : 'sure',
      why: token.kind === 'signpost' ? 'contact-label' : `contact-${token.kind}`,
      ...(token.kind === 'signpost' ? { signpost: true } : {}),
    });
  }
  return assemble(settled);
}

/**
 * Two names in a row at the top and no organisation: the first line of a contact is the house more often than a second
 * person, unless it bears a clear surname and the other does not.
 */
function settleOrganisation(stream: readonly Stream[]): readonly Stream[] {
  const content = stream.filter(({ token }) => token.kind !== 'signpost');
  const [first, second] = content;
  if (!first || !second || first.token.kind !== 'name' || second.token.kind !== 'name') return stream;
  if (!first.alone || !second.alone || content.some(({ token }) => token.kind === 'organisation')) return stream;
  return stream.map((each) => (each === first ? { ...each, token: { ...each.token, kind: 'organisation' } } : each));
}

class Assembly {
  readonly people: Person[] = [];
  private open: Person = empty();
  /** The organisation that stands above several persons. */
  private house = '';
  private pendingNote = '';
  private lineStart = 0;

  take({ token, alone, apart, first }: Stream): void {
    const { kind, text } = token;
    if (first) this.lineStart = this.people.length;
    if (kind === 'organisation' && token.backwards) this.backwards(text);
    else if (kind === 'organisation') this.organisation(text, alone);
    else if (kind === 'name' || kind === 'desk') this.name(text, kind === 'desk', alone, first || alone);
    else if (kind === 'role') this.role(text);
    else if (kind === 'phone') this.open.phones.push(text);
    else if (kind === 'email') this.email(text);
    else if (kind === 'note') this.note(text, apart);
  }

  finish(): Person[] {
    this.close();
    const last = this.people.at(-1);
    if (this.pendingNote !== '') {
      if (last) last.note = joined(last.note, this.pendingNote);
      else this.people.push({ ...empty(), note: this.pendingNote });
    }
    return this.people;
  }

  private organisation(text: string, alone: boolean): void {
    if (isReachable(this.open) || (this.open.organisation !== '' && this.open.name !== '')) this.close();
    if (alone && this.open.name === '') this.house = text;
    this.open.organisation = this.open.organisation === '' ? text : `${this.open.organisation}, ${text}`;
    if (alone && this.open.name === '') this.house = this.open.organisation;
  }

  /** The house of everybody named before it on the line. */
  private backwards(text: string): void {
    for (const person of [...this.people.slice(this.lineStart), this.open])
      if (person.organisation === '') person.organisation = text;
  }

  private name(text: string, desk: boolean, alone: boolean, first: boolean): void {
    if (desk && !alone && isReachable(this.open)) this.open.note = joined(this.open.note, text);
    else if (desk && this.open.name !== '' && this.open.organisation === '' && !isReachable(this.open))
      this.open.organisation = text;
    else if (this.open.name !== '' && desk && !(alone && isReachable(this.open)))
      this.open.note = joined(this.open.note, text);
    else {
      if (isAlias(this.open, text)) this.open.name = `${this.open.name} ${text}`;
      else {
        // "call 0000 0000 and ask for X": on one line the number may come first
        if (this.open.name !== '' || (first && isReachable(this.open))) this.close();
        this.open.name = text;
      }
    }
  }

  private role(text: string): void {
    if (isReachable(this.open) && this.open.name !== '' && this.open.role !== '') this.close();
    this.open.role = this.open.role === '' ? text : `${this.open.role}, ${text}`;
  }

  /** A second address without a new name belongs to the same person; a number before it may start the next desk. */
  private email(text: string): void {
    if (!this.open.emails.includes(text)) this.open.emails.push(text);
  }

  private note(text: string, apart: boolean): void {
    if (apart && !isReachable(this.open) && this.open.name === '') this.pendingNote = joined(this.pendingNote, text);
    else this.open.note = joined(this.open.note, text);
  }

  private close(): void {
    const { organisation, name, role, note } = this.open;
    if (isReachable(this.open) || name !== '') {
      this.people.push({ ...this.open, organisation: organisation === '' ? this.house : organisation });
    } else if (organisation + role + note !== '') {
      const last = this.people.at(-1);
      if (last) last.note = joined(last.note, joined(organisation, joined(role, note)));
      else this.people.push(this.open);
    }
    this.open = empty();
  }
}

/** 陸詠詩 / Wing Luk: one person in two scripts. */
function isAlias(person: Person, text: string): boolean {
  if (person.name === '' || isReachable(person)) return false;
  return (
    /\p{Script=Han}/u.test(person.name) !== /\p{Script=Han}/u.test(text) &&
    !/\p{Script=Han}.*[A-Z]|[A-Z].*\p{Script=Han}/u.test(person.name)
  );
}

function assemble(stream: readonly Stream[]): Person[] {
  const assembly = new Assembly();
  for (const each of stream) assembly.take(each);
  return assembly.finish();
}

function empty(): Person {
  return { organisation: '', name: '', role: '', phones: [], emails: [], note: '' };
}

function isReachable(person: Person): boolean {
  return person.phones.length + person.emails.length > 0;
}

function joined(first: string, second: string): string {
  return [first, second].filter((part) => part !== '').join('; ');
}
