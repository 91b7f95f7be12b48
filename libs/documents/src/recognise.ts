import type { Language } from '#libs/kernel';
import { buildDocument } from './build-document.js';
import { divideSections, type Section, type SectionKind } from './divide-sections.js';
import type { FigureNode, PressDocument, UrgencyNode, WebsiteNode } from './document.js';
import { readMoment } from './embargo-moment.js';
import { findBodyStart } from './find-body-start.js';
import { joinLines, type Block } from './join-lines.js';
import { knownOrganisations } from './known-organisations.js';
import type { Manuscript } from './manuscript.js';
import { markFurniture } from './mark-furniture.js';
import { measureWrapping } from './measure-wrapping.js';
import { pieceText } from './passage.js';
import { knownPlace, type Market } from './places.js';
import { readBody } from './read-body.js';
import { readContacts } from './read-contacts.js';
import { readDateline, yearOf, type DatelineReading } from './read-dateline.js';
import { readCaption, readCredit, readFigure, withCredit, type FigureSources } from './read-figure.js';
import { linesOfText, readHead, textNodes, type Head } from './read-head.js';
import { readHeadline } from './read-headline.js';
import { readBoilerplate, readDownload, readEndMark, readNotes, readWebsite } from './read-tail.js';
import { speaksOfEmbargo } from './release-words.js';
import { settleLinks } from './settle-links.js';
import { openSheet, type Row, type Sheet } from './sheet.js';

export interface Recognised {
  readonly document: PressDocument;
  readonly sheet: Sheet;
  readonly figures: FigureSources;
}

/** Reads a manuscript as a press release: the steps in their order, each claiming the characters it understood. */
export function recognise(manuscript: Manuscript, language: Language, market: Market | null): Recognised {
  const sheet = openSheet(manuscript, language, market);
  markFurniture(sheet);
  const wrapping = measureWrapping(sheet);
  const bodyStart = findBodyStart(sheet, wrapping);
  const head = readHead(sheet, bodyStart);
  const headline = readHeadline(sheet, head, wrapping);
  const blocks = joinLines(sheet, wrapping, bodyStart ?? Infinity);
  const sections = divideSections(
    sheet,
    bodyStart === null ? [] : blocks.filter(({ rows }) => rows[0]!.index >= bodyStart),
  );
  const dateline = datelineOf(sheet, head, sections);
  const figures: FigureSources = new Map();
  const tail = readTail(sheet, head, sections, figures);
  const body = readBodySections(sheet, sections, dateline.rest, figures);
  const label = textNodes(head.labels);
  for (const piece of head.labels)
    sheet.claims.take(piece, { became: 'label', confidence: 'sure', why: 'label-words' });
  const document = buildDocument(language, {
    ...tail,
    label: label.length > 0 ? { type: 'label', content: label } : null,
    urgency: readUrgency(sheet, head, dateline),
    headline: headline.text,
    subheadlines: headline.subheadlines,
    dateline: dateline.node,
    body: body.blocks,
    endMark: tail.endMark ?? body.endMark,
  });
  warnOfStrayEmbargo(sheet, head);
  return { document, sheet, figures };
}

function datelineOf(sheet: Sheet, head: Head, sections: readonly Section[]): DatelineReading {
  const first = sections[0]?.kind === 'body' ? sections[0].blocks[0] : undefined;
  const closing = sections
    .filter(({ kind, why }) => kind === 'end-mark' || why === 'issue-time')
    .flatMap(({ blocks }) => blocks);
  return readDateline(sheet, head, first, closing);
}

function readUrgency(sheet: Sheet, head: Head, dateline: DatelineReading): UrgencyNode | null {
  if (!head.urgency) return null;
  const { kind, pieces } = head.urgency;
  const content = linesOfText(pieces);
  if (kind === 'immediate') {
    for (const piece of pieces)
      sheet.claims.take(piece, { became: 'urgency', confidence: 'sure', why: 'immediate-words' });
    return { type: 'urgency', attrs: { kind, wall: null, zone: null }, content };
  }
  const place = knownPlace(dateline.node.attrs.place);
  const moment = readMoment(pieces.map(pieceText).join(' '), {
    language: sheet.language,
    market: sheet.market ?? place?.market ?? null,
    placeZone: place?.zone ?? null,
    year: dateline.node.attrs.date ? Number(dateline.node.attrs.date.slice(0, 4)) : yearOf(sheet),
  });
  for (const warning of moment.warnings) sheet.warnings.add(warning);
  for (const piece of pieces)
    sheet.claims.take(piece, { became: 'urgency', confidence: moment.confidence, why: 'embargo-words' });
  return { type: 'urgency', attrs: { kind, wall: moment.wall, zone: moment.zone }, content };
}

function of(sections: readonly Section[], kind: SectionKind): readonly Section[] {
  return sections.filter((section) => section.kind === kind);
}

function readTail(sheet: Sheet, head: Head, sections: readonly Section[], figures: FigureSources) {
  const isKnown = knownOrganisations(sheet, sections);
  const contactSections = [...topContacts(head.contacts), ...of(sections, 'contacts')];
  const contacts = contactSections.flatMap((section) => readContacts(sheet, section, isKnown));
  const websites = of(sections, 'website').flatMap(({ blocks: own }) => own.map((block) => readWebsite(sheet, block)));
  for (const { blocks: own, why } of of(sections, 'leftover')) {
    for (const block of own) leaveOver(sheet, block, why);
  }
  const boilerplates = of(sections, 'about').map((section) => readBoilerplate(sheet, section));
  const { downloads, website } = settleLinks(sheet, sections, {
    downloads: of(sections, 'download').map((section) => readDownload(sheet, section)),
    website: websites.find((each): each is WebsiteNode => each !== null) ?? null,
    contacts,
    used: JSON.stringify(boilerplates),
  });
  const end = of(sections, 'end-mark')[0];
  return {
    contacts,
    boilerplates,
    downloads,
    website: website ?? websiteOf(sheet, boilerplates),
    notes: of(sections, 'notes').map((section) => readNotes(sheet, section)),
    figures: of(sections, 'caption').flatMap((section) => readCaptions(sheet, section, figures)),
    endMark: end ? readEndMark(sheet, end) : null,
  };
}

/** A row may already be the dateline's, when an official release is dated only at its end. */
function leaveOver(sheet: Sheet, block: Block, why: string): void {
  for (const row of block.rows) {
    if (!sheet.claims.isTaken(row.index))
      sheet.claims.takeLine(row.index, { became: 'leftover', confidence: 'likely', why });
  }
}

function topContacts(rows: readonly Row[]): readonly Section[] {
  const sections: Section[] = [];
  for (const row of rows) {
    const block: Block = { passage: row.passage, rows: [row], gapBefore: 0 };
    if (row.cue?.kind === 'contacts' || sections.length === 0)
      sections.push({ kind: 'contacts', blocks: [block], cue: row.cue, why: '' });
    else sections[sections.length - 1]!.blocks.push(block);
  }
  return sections;
}

function readCaptions(sheet: Sheet, section: Section, sources: FigureSources): readonly FigureNode[] {
  const figures: FigureNode[] = [];
  const heading = section.cue?.kind === 'captions' && section.cue.rest >= section.blocks[0]!.passage.text.length;
  if (heading) {
    const { passage } = section.blocks[0]!;
    sheet.claims.take(
      { passage, from: 0, to: passage.text.length },
      { became: 'figure', confidence: 'sure', why: 'caption-words', signpost: true },
    );
  }
  const blocks = heading ? section.blocks.slice(1) : section.blocks;
  for (let at = 0; at < blocks.length;) {
    const last = figures.at(-1);
    const credit = last ? readCredit(sheet, blocks[at]!) : null;
    if (last && credit !== null) {
      figures[figures.length - 1] = withCredit(last, credit, sources);
      at += 1;
      continue;
    }
    const reading = readFigure(sheet, blocks, at, sources);
    figures.push(reading?.node ?? readCaption(sheet, blocks[at]!, section.cue?.kind !== 'captions'));
    at += reading?.taken ?? 1;
  }
  return figures;
}

function readBodySections(sheet: Sheet, sections: readonly Section[], rest: number, figures: FigureSources) {
  return readBody(
    sheet,
    of(sections, 'body').flatMap(({ blocks }) => blocks),
    rest,
    figures,
  );
}

/** A boilerplate that ends with the address of the house names its web site, which is then read twice: there and here. */
function websiteOf(
  sheet: Sheet,
  boilerplates: readonly { readonly content: readonly { readonly content: readonly object[] }[] }[],
): WebsiteNode | null {
  for (const { content } of boilerplates) {
    const texts = content.flatMap((paragraph) => paragraph.content) as {
      text?: string;
      marks?: readonly { type: string; attrs?: { href: string } }[];
    }[];
    const link = texts
      .flatMap(({ text, marks }) => (marks ?? []).map((mark) => ({ text: text ?? '', href: mark.attrs?.href ?? '' })))
      .find(({ href }) => /^https?:/.test(href));
    if (!link) continue;
    sheet.warnings.add('website-from-boilerplate');
    return { type: 'website', attrs: { text: link.text, href: link.href } };
  }
  return null;
}

/** Words of an embargo where no embargo line was found: better asked once too often than sent too early. */
function warnOfStrayEmbargo(sheet: Sheet, head: Head): void {
  if (head.urgency?.kind === 'embargo') return;
  if (sheet.rows.some((row) => row.hint.kind !== 'apart' && row.width <= 120 && speaksOfEmbargo(row.text)))
    sheet.warnings.add('embargo-elsewhere');
}
