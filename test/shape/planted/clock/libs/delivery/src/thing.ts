import { setTimeout as wait } from 'node:timers/promises'; // planted: house/clock

export async function readClocks(): Promise<readonly unknown[]> {
  await wait(1);
  setTimeout(() => undefined, 1); // planted: house/clock
  globalThis.setTimeout(() => undefined, 1); // planted: house/clock
  setInterval(() => undefined, 1); // planted: house/clock
  return [
    Date.now(), // planted: house/clock
    new Date(), // planted: house/clock
    Date(), // planted: house/clock
    performance.now(), // planted: house/clock
    new Date(0),
    Date.UTC(2026, 0, 1),
  ];
}
