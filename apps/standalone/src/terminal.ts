import type { Problem } from '#libs/kernel';
import { displayWidth } from '#libs/rendering';

const COLOURS = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33', cyan: '36' } as const;

let colours = true;

/** Plain text from here on: NO_COLOR is set (no-color.org). */
export function sayWithoutColour(): void {
  colours = false;
}

/** Marks a text up where a person reads it; plain in files and pipes. */
export function paint(colour: keyof typeof COLOURS, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  if (!stream.isTTY || !colours) return text;
  return `\u001b[${COLOURS[colour]}m${text}\u001b[0m`;
}

/** Columns a terminal gives a text: Han and full-width forms take two, everything ambiguous takes one. */
export function columns(text: string): number {
  return displayWidth(text, 'en');
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** What the command line says, in one voice. */
export const say = {
  line(text = ''): void {
    process.stdout.write(`${text}\n`);
  },
  heading(text: string): void {
    process.stdout.write(`\n${paint('bold', text)}\n`);
  },
  good(text: string): void {
    process.stdout.write(`${paint('green', '✓')} ${text}\n`);
  },
  bad(text: string): void {
    process.stdout.write(`${paint('red', '✗')} ${text}\n`);
  },
  note(text: string): void {
    process.stdout.write(`${paint('yellow', '!')} ${text}\n`);
  },
  /** Rows under a header, each column as wide as its widest cell. */
  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = header.map((title, i) => Math.max(columns(title), ...rows.map((row) => columns(row[i] ?? ''))));
    const print = (cells: readonly string[]) =>
      cells
        .map((cell, i) => pad(cell, widths[i] ?? 0))
        .join('  ')
        .trimEnd();
    process.stdout.write(`${paint('dim', print(header))}\n`);
    for (const row of rows) process.stdout.write(`${print(row)}\n`);
  },
  /** A mistake the user can mend: what is wrong, which field, what to do. */
  problem(problem: Problem): void {
    const field = problem.field ? ` [${problem.field}]` : '';
    process.stderr.write(`${paint('red', '✗', process.stderr)} ${problem.message}${field}\n  ${problem.remedy}\n`);
  },
};
