export function read(text: string): void {
  JSON.parse(text)(); // planted: @typescript-eslint/no-unsafe-call
}
