/** What a named group of a pattern caught; '' when it took no part in the match. */
export function captured(match: RegExpMatchArray, name: string): string {
  return match.groups?.[name] ?? '';
}
