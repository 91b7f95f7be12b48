export function first(texts: readonly [string]): string {
  return texts[0] as string; // planted: @typescript-eslint/no-unnecessary-type-assertion
}
