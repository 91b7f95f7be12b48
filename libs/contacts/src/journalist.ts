import { Problem, isLanguage, type JournalistId, type Language } from '#libs/kernel';
import { canonicalAddress } from './address.js';
import { readCalendarDate } from './calendar-date.js';
import { oneLabel, type Label, type LabelKind } from './label.js';
import { readLineText, readParagraphs } from './line-text.js';
import type { SuppressionReason } from './suppression.js';
import { readZone } from './zone.js';

/** A person on our lists, as a screen shows one. */
export interface Journalist {
  readonly id: JournalistId;
  readonly canonicalAddress: string;
  /** As typed when the journalist was added. */
  readonly address: string;
  readonly name: string;
  readonly language: Language;
  /** IANA name. */
  readonly zone: string;
  /** Names, in alphabetical order. */
  readonly outlets: readonly string[];
  readonly beats: readonly string[];
  /** Names of the picked lists this journalist is on. */
  readonly lists: readonly string[];
  readonly consentSource: string;
  /** ISO date; null when nobody knows. */
  readonly consentDate: string | null;
  readonly note: string;
  readonly suppressed: SuppressionReason | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What an officer fills in. */
export interface JournalistForm {
  readonly address: string;
  readonly name?: string;
  readonly language: Language;
  readonly zone: string;
  readonly outlets?: readonly string[];
  readonly beats?: readonly string[];
  /** Where the consent comes from: "press club list 2026", "asked by mail". */
  readonly consentSource: string;
  readonly consentDate?: string | null;
  readonly note?: string;
}

/** A form that may be stored as it stands. */
export interface CheckedJournalist {
  readonly address: string;
  readonly canonicalAddress: string;
  readonly name: string;
  readonly language: Language;
  readonly zone: string;
  readonly outlets: readonly Label[];
  readonly beats: readonly Label[];
  readonly consentSource: string;
  readonly consentDate: string | null;
  readonly note: string;
}

/** Characters a field may hold; for forms and imports alike. */
export const LONGEST = { name: 200, consentSource: 300, note: 4_000 } as const;

/** Checks and tidies a form. Throws a Problem that names the first field that does not fit. */
export function checkJournalist(form: JournalistForm): CheckedJournalist {
  const { canonical, typed } = canonicalAddress(form.address);
  if (!isLanguage(form.language)) throw misfit('language', 'is none of zh-Hant, zh-Hans, en', 'Choose one of them.');
  const zone = readZone(form.zone);
  if (!zone) throw misfit('zone', 'is not a known time zone', 'Write an IANA name such as Asia/Hong_Kong.');
  return {
    address: typed,
    canonicalAddress: canonical,
    name: line('name', form.name ?? ''),
    language: form.language,
    zone,
    outlets: labels(form.outlets ?? [], 'outlet', 'outlets'),
    beats: labels(form.beats ?? [], 'beat', 'beats'),
    consentSource: consentSource(form.consentSource),
    consentDate: consentDate(form.consentDate ?? null),
    note: note(form.note ?? ''),
  };
}

function line(field: 'name' | 'consentSource', text: string): string {
  const read = readLineText(text, LONGEST[field]);
  if ('value' in read) return read.value;
  throw misfit(field, `must be one line of at most ${LONGEST[field]} visible characters`, 'Type it again on one line.');
}

function consentSource(text: string): string {
  const source = line('consentSource', text);
  if (source !== '') return source;
  throw misfit('consentSource', 'is empty', 'Say where the consent comes from, for example "asked by mail".');
}

function consentDate(text: string | null): string | null {
  const date = text === null || text === '' ? null : readCalendarDate(text);
  if (date === undefined || date === 'ambiguous')
    throw misfit('consentDate', 'is not a clear date', 'Write it as 2026-11-23.');
  return date;
}

function note(text: string): string {
  const read = readParagraphs(text, LONGEST.note);
  if ('value' in read) return read.value;
  throw misfit('note', `must be text of at most ${LONGEST.note} visible characters`, 'Shorten it or type it again.');
}

function labels(names: readonly string[], kind: LabelKind, field: string): Label[] {
  const unique = new Map(names.map((name) => oneLabel(name, kind, field)).map((label) => [label.key, label]));
  return [...unique.values()];
}

function misfit(field: string, what: string, remedy: string): Problem {
  return new Problem({ code: `contacts.journalist.${field}`, field, message: `The field "${field}" ${what}.`, remedy });
}
