export function one(): number {
  let value = 1; // planted: prefer-const
  return value;
}
