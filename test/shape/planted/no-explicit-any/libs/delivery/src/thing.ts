export function length(value: any): number { // planted: @typescript-eslint/no-explicit-any
  return String(value).length;
}
