import type { Language } from '#libs/kernel';
import { oneLine } from './escape.js';
import { wordingFor } from './wordings.js';

/** Longer than any name, shorter than a line of a phone: what is longer is no name. */
const LONGEST_NAME = 60;

/**
 * The line that opens a journalist's own copy, or '' for nobody in particular: no name, or something in its place that is
 * an address or a note and would read as a mistake.
 */
export function greetingFor(language: Language, name: string): string {
  const known = oneLine(name).trim();
  if (known === '' || known.length > LONGEST_NAME || /[@<>{}]|:\/\//.test(known)) return '';
  return wordingFor(language).greeting(known);
}
