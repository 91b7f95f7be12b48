export function sum(a: number, b: number, c: number, d: number, e: number): number {
  return a + b + c + d + e;
}

export class Wide {
  constructor( // planted: @typescript-eslint/max-params
    readonly a: number,
    readonly b: number,
    readonly c: number,
    readonly d: number,
    readonly e: number,
    readonly f: number,
  ) {}
}
