export function read(text: string): boolean {
  const value = JSON.parse(text); // planted: @typescript-eslint/no-unsafe-assignment
  return typeof value === 'string';
}
