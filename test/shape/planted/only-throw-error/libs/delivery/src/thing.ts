export function fail(): never {
  throw 'a text without a stack'; // planted: @typescript-eslint/only-throw-error
}
