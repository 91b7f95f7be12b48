import { contactTokens, type KnownOrganisations } from './contact-tokens.js';
import { assembleContacts, settleHouses, type PlacedToken, type ContactPerson } from './contact-assembly.js';
import { layOutContacts, type ContactColumn } from './contact-layout.js';
import type { Section } from './divide-sections.js';
import type { MediaContactNode } from './document.js';
import type { Block } from './join-lines.js';
import { trimPiece, type Piece } from './passage.js';
import { looksOf } from './person-words.js';
import type { Sheet } from './sheet.js';

/** Reads the contacts of a section, in whatever layout. Words that are no name, number or address go to the note. */
export function readContacts(sheet: Sheet, section: Section, isKnown: KnownOrganisations): readonly MediaContactNode[] {
  const first = section.blocks[0]!;
  const others = section.blocks.slice(1);
  const desk = section.cue ? deskOf(first.passage.text.slice(0, section.cue.rest)) : null;
  const rest = section.cue ? announce(sheet, first, section.cue.rest, desk === null) : null;
  const blocks = withoutLabels(sheet, section.cue ? others : section.blocks);
  const people: ContactPerson[] = [];
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

function readColumn(
  sheet: Sheet,
  column: ContactColumn,
  isKnown: KnownOrganisations,
  guessed: boolean,
): ContactPerson[] {
  const stream: PlacedToken[] = [];
  for (const [line, { piece, apart }] of column.lines.entries()) {
    const tokens = contactTokens(piece, isKnown);
    const content = tokens.filter(({ kind }) => kind !== 'signpost');
    for (const [at, token] of tokens.entries())
      stream.push({
        token,
        alone: content.length === 1 || content.every(({ kind }) => kind === 'organisation'),
        apart: apart && at === 0,
        first: at === 0,
        line,
      });
  }
  const settled = settleHouses(stream);
  for (const { token } of settled) {
    sheet.claims.take(token.piece, {
      became: 'mediaContact',
      confidence: guessed ? 'guess' : token.kind === 'note' ? 'likely' : 'sure',
      why: token.kind === 'signpost' ? 'contact-label' : `contact-${token.kind}`,
      ...(token.kind === 'signpost' ? { signpost: true } : {}),
    });
  }
  return assembleContacts(settled);
}
