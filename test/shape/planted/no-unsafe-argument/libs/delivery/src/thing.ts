export function read(text: string): number {
  return Number.parseInt(JSON.parse(text)); // planted: @typescript-eslint/no-unsafe-argument
}
