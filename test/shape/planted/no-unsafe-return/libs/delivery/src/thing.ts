export function read(text: string): { name: string } {
  return JSON.parse(text); // planted: @typescript-eslint/no-unsafe-return
}
