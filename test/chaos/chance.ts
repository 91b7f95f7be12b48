/** A seeded source of chance: the same seed draws the same, on every machine. */
export class Chance {
  private state: number;

  /** @param name draws of different names are independent: a scenario alone draws what it draws among others */
  constructor(
    readonly seed: number,
    name = '',
  ) {
    this.state = seed >>> 0;
    for (const letter of name) this.state = Math.imul(this.state ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }

  /** From 0 to below 1. Mulberry32: 32 bits of state, which is plenty for choosing whom to kill. */
  readonly random = (): number => {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  /** One of a list that is not empty. */
  one<T>(list: readonly T[]): T {
    const chosen = list[this.whole(0, list.length - 1)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }
}
