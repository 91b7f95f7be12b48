export function lawful(): number {
  return Date.now();
}
