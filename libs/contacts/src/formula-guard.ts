// OWASP's list of what spreadsheet programs take for a formula, with the full-width forms that East Asian ones accept.
const STARTS = '=+\\-@\\t\\r\\n＝＋－＠';
const RUNS = new RegExp(`^'*[${STARTS}]`);
const GUARDED = new RegExp(`^'+[${STARTS}]`);

/** A cell that no spreadsheet program runs: an apostrophe goes before whatever could start a formula. */
export function guardCell(text: string): string {
  return RUNS.test(text) ? `'${text}` : text;
}

/** Undoes `guardCell`, so that an export comes back as it was. */
export function unguardCell(text: string): string {
  return GUARDED.test(text) ? text.slice(1) : text;
}
