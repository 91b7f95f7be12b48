export function first(texts: readonly string[], names: ReadonlyMap<string, string>): string {
  return texts[0]! + names.get('first')!; // planted: house/no-unfounded-non-null
}
