export function one(): number {
  var value = 1; // planted: no-var
  value += 0;
  return value;
}
