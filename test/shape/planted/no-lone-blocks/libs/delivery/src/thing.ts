export function one(): number {
  { // planted: no-lone-blocks
    return 1;
  }
}
