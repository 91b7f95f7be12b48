export function read(text: string): boolean {
  return typeof JSON.parse(text).name === 'string'; // planted: @typescript-eslint/no-unsafe-member-access
}
