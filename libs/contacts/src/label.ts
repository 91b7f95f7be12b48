import { Problem } from '#libs/kernel';
import { readLineText, type LineFault } from './line-text.js';

/** The name of an outlet, a beat or a media list. */
export interface Label {
  /** As shown: the spelling that came first. */
  readonly name: string;
  /** What makes two spellings one: no case, no width, single blanks. */
  readonly key: string;
}

const MOST_CHARACTERS = 120;

// What cuts a cell into several names, and may therefore stand in none; a comma only where names hold none.
const CUTS = { outlet: /[;；|\n]/, beat: /[;；|\n,，、]/, lists: /[;；|\n,，、]/ } as const;
export type LabelKind = keyof typeof CUTS;

/** The names in one cell, in order, each once. Faults as `readLineText` gives them. */
export function readLabels(
  cell: string,
  kind: LabelKind,
): { readonly labels: readonly Label[] } | { readonly fault: LineFault } {
  const labels = new Map<string, Label>();
  for (const part of cell.replace(/\r\n?/g, '\n').split(CUTS[kind])) {
    const read = readLineText(part, MOST_CHARACTERS);
    if ('fault' in read) return read;
    const label = labelOf(read.value);
    if (label.name !== '' && !labels.has(label.key)) labels.set(label.key, label);
  }
  return { labels: [...labels.values()] };
}

/** One name given by a person. Throws a Problem when it is empty or holds what would cut it in two in a file. */
export function oneLabel(name: string, kind: LabelKind, field: string): Label {
  const read = readLabels(name, kind);
  if ('labels' in read && read.labels.length === 1 && !CUTS[kind].test(name.trim())) {
    const [label] = read.labels;
    if (label) return label;
  }
  throw new Problem({
    code: 'contacts.label',
    field,
    message: `"${name.slice(0, 40)}" cannot be a name: it must be one line of 1 to ${MOST_CHARACTERS} characters without ${kind === 'outlet' ? 'semicolon or |' : 'comma, semicolon or |'}.`,
    remedy: 'Shorten it, or write "and" or a slash instead.',
  });
}

function labelOf(text: string): Label {
  const name = text.replace(/\s+/g, ' ');
  return { name, key: name.normalize('NFKC').toLowerCase() };
}
