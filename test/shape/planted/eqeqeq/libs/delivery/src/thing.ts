export function isEmpty(text: string | null): boolean {
  if (text == null) return true;
  return text == ''; // planted: eqeqeq
}
