import { readFileSync } from 'node:fs';

/** A mistake that somebody could make in the product, and the test that must notice it. */
export interface Bug {
  readonly name: string;
  /** What is wrong then, in a sentence. */
  readonly says: string;
  /** The source that is changed. */
  readonly file: string;
  /** Occurs in the file exactly once; line breaks and all. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: NamedTest;
}

export interface NamedTest {
  readonly spec: string;
  /** The title of what it stands in, where its own does not tell much. */
  readonly within?: string;
  /** The test's title as it stands in the spec: with its placeholders (`%s`), where it is a table. */
  readonly test: string;
}

/** How often a text stands in another. */
export function occurrences(of: string, text: string): number {
  return text.split(of).length - 1;
}

/** A pattern for the full names that a title in a spec becomes: its placeholders stand for anything. */
export function names({ within, test }: NamedTest): RegExp {
  const title = within === undefined ? test : `${within} ${test}`;
  const parts = title.split(/%[sdijpo]|\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`(?:^|\\s)${parts.join('.*')}$`, 's');
}

/** Why a bug of the list does not fit the sources any more; undefined when it does. */
export function outdated(bug: Bug, read: (file: string) => string | undefined): string | undefined {
  const { file, find, replace, caughtBy } = bug;
  const source = read(file);
  if (source === undefined) return `${file} is gone`;
  const times = occurrences(find, source);
  if (times !== 1) return `the text it changes stands ${times} times in ${file}`;
  if (find === replace) return 'it changes nothing';
  const spec = read(caughtBy.spec);
  if (spec === undefined) return `${caughtBy.spec} is gone`;
  // a title in a spec is quoted by one of three marks, and the one it is quoted by does not stand in it
  const stands = (title: string) => ["'", '`', '"'].some((mark) => spec.includes(`${mark}${title}${mark}`));
  const lost = [caughtBy.within, caughtBy.test].find((title) => title !== undefined && !stands(title));
  return lost === undefined ? undefined : `${caughtBy.spec} has no test “${lost}”`;
}

/** What stands in a file; undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
