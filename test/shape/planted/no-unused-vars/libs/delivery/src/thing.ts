export function one(): number {
  const two = 2; // planted: @typescript-eslint/no-unused-vars
  return 1;
}
