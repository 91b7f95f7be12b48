export const one: number = 'one'; // planted: types/TS2322
export function first(texts: readonly string[]): string {
  return texts[0]; // planted: types/TS2322
}
