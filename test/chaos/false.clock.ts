import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The wall clock of a process, wrong by as much as its file says, from one reading to the next: libfaketime under a real
 * process. The steady clock is left alone, as when somebody or NTP sets the time of a machine.
 */
export class FalseClock {
  private readonly file: string;

  /** @param folder for its file, empty at first */
  constructor(folder: string) {
    this.file = join(folder, 'clock');
    this.set(0);
  }

  /** What a process is started with to live by this clock. */
  get environment(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Steps it. Returns when, by this machine's own clock: milliseconds since 1970. */
  set(offsetMs: number): number {
    const text = `${offsetMs < 0 ? '-' : '+'}${Math.abs(offsetMs) / 1_000}\n`;
    writeFileSync(`${this.file}.next`, text, { mode: 0o644 });
    // in one step: a reader between two writes would see no offset at all
    renameSync(`${this.file}.next`, this.file);
    return Date.now();
  }
}

const PLACES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
];

let found: string | undefined;

function library(): string {
  found ??= PLACES.find((place) => existsSync(place)) ?? fromPackage();
  return found;
}

function fromPackage(): string {
  const listed = spawnSync('dpkg', ['-L', 'libfaketime'], { encoding: 'utf8' });
  const place = (listed.stdout ?? '').split('\n').find((line) => line.endsWith('/libfaketime.so.1'));
  if (place) return place;
  throw new Error('libfaketime is not installed: run "node scripts/ensure-tools.mjs chaos".');
}
