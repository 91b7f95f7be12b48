import { zoneTable } from '#libs/embargo';
import { say } from '../terminal.js';

/** T in every zone that its readers sit in, so that a slip of the hour shows. */
export function printTime(number: string, utcMs: number, zone: string): void {
  say.good(`${number} lifts at ${new Date(utcMs).toISOString()}`);
  say.table(
    ['place', 'day', 'date', 'time', 'offset'],
    zoneTable(utcMs, [zone]).map((row) => [row.place.en, row.weekday.en, row.date, row.time, `UTC${row.offset}`]),
  );
}
