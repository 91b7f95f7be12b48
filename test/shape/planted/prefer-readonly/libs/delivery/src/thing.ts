export class Counter {
  private step = 1; // planted: @typescript-eslint/prefer-readonly
  private count = 0;

  next(): number {
    this.count += this.step;
    return this.count;
  }
}
