/** Why a text may not be stored in a field that reaches a mail header or one line of a screen. */
export type LineFault = 'undecodable' | 'line-break' | 'hidden-character' | 'cell-error' | 'too-long';

// Direction marks can make an address or a name read as another one; the rest of category C breaks headers or hides.
// U+200B, U+200C, U+200D and U+FEFF come along with pasted text: the joiners belong to some scripts, the others go.
const HIDDEN = /[\p{Cc}\p{Co}\p{Cs}\p{Cn}\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069]/u;
const CELL_ERROR = /^#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!)$/;

/** One line of text: blanks around it dropped, NFC; refused with line breaks or hidden characters inside. */
export function readLineText(
  text: string,
  mostCharacters: number,
): { readonly value: string } | { readonly fault: LineFault } {
  const value = trimmed(text);
  if (/[\r\n\v\f\u0085\u2028\u2029]/.test(value)) return { fault: 'line-break' };
  return judged(value.replaceAll('\t', ' '), mostCharacters);
}

/** A text that may run over several lines, for notes, which reach no header. */
export function readParagraphs(
  text: string,
  mostCharacters: number,
): { readonly value: string } | { readonly fault: LineFault } {
  const value = trimmed(text).replace(/\r\n?/g, '\n');
  const read = judged(value.replace(/[\n\t]/g, ' '), mostCharacters);
  return 'fault' in read ? read : { value };
}

function trimmed(text: string): string {
  return text
    .replace(/[\u200b\ufeff]/g, '')
    .trim()
    .normalize('NFC');
}

function judged(value: string, mostCharacters: number): { readonly value: string } | { readonly fault: LineFault } {
  if (value.includes('\ufffd')) return { fault: 'undecodable' };
  if (HIDDEN.test(value)) return { fault: 'hidden-character' };
  if (CELL_ERROR.test(value)) return { fault: 'cell-error' };
  if (value.length > mostCharacters) return { fault: 'too-long' };
  return { value };
}
