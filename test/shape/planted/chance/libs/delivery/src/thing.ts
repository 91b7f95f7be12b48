export function dice(): number {
  return Math.random(); // planted: house/chance
}
