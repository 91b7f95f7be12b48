import { Temporal } from 'temporal-polyfill';
import type { EmbargoInstant } from './instant.js';
import { zoneNamed } from './zone.js';
import { placeOf } from './zone-table.js';

/** Something lawful that is often a slip. Never stops anybody. */
export interface TimeWarning {
  readonly code: 'midnight' | 'noon' | 'night' | 'clock-change' | 'far-ahead';
  readonly zone: string;
  readonly message: string;
  readonly remedy: string;
}

export interface WarningContext {
  /** Zones where many of the audience sit; night hours are looked for there too. */
  readonly audienceZones?: readonly string[];
  /** Given, a T more than a year ahead is questioned. */
  readonly nowMs?: number;
}

/** Desks are thinly staffed from 22:00 until 07:00. */
const NIGHT_BEGINS = 22;
const NIGHT_ENDS = 7;
const YEAR_MS = 366 * 86_400_000;

/** Looks T over for times that are often typed by mistake: 00:00, 12:00, night, the day the clocks change, a wrong year. */
export function timeWarnings(instant: EmbargoInstant, context: WarningContext = {}): readonly TimeWarning[] {
  const at = zoned(instant.utcMs, instant.zone);
  const elsewhere = new Set((context.audienceZones ?? []).map(zoneNamed));
  elsewhere.delete(at.timeZoneId);
  return [
    twelveOClock(at),
    clockChange(at),
    isNearMidnight(at) ? undefined : night(at),
    ...[...elsewhere].map((zone) => night(zoned(instant.utcMs, zone))),
    context.nowMs === undefined ? undefined : farAhead(at, context.nowMs),
  ].filter((warning) => warning !== undefined);
}

function zoned(utcMs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(zone);
}

/** 00:00 has its own warning, and 00:01 is the customary way to say “with the new day”. */
function isNearMidnight(at: Temporal.ZonedDateTime): boolean {
  return at.hour === 0 && at.minute <= 1;
}

function twelveOClock(at: Temporal.ZonedDateTime): TimeWarning | undefined {
  if (at.minute !== 0 || at.second !== 0) return undefined;
  const date = at.toPlainDate();
  if (at.hour === 0) {
    return {
      code: 'midnight',
      zone: at.timeZoneId,
      message: `00:00 is the first moment of ${date.toString()}; many read midnight as the end of that day.`,
      remedy: `Use ${date.toString()}T00:01, which nobody misreads.`,
    };
  }
  if (at.hour !== 12) return undefined;
  return {
    code: 'noon',
    zone: at.timeZoneId,
    message: `12:00 is noon on ${date.toString()}, in the middle of the day.`,
    remedy: `If the night is meant, use ${date.toString()}T00:01 or ${date.add({ days: 1 }).toString()}T00:01.`,
  };
}

function night(at: Temporal.ZonedDateTime): TimeWarning | undefined {
  if (at.hour >= NIGHT_ENDS && at.hour < NIGHT_BEGINS) return undefined;
  return {
    code: 'night',
    zone: at.timeZoneId,
    message: `It is night in ${placeOf(at.timeZoneId).en} then: ${clock(at)}.`,
    remedy: 'Check that morning and evening were not mixed up, and that desks and media contacts are reachable.',
  };
}

function clockChange(at: Temporal.ZonedDateTime): TimeWarning | undefined {
  const start = at.startOfDay();
  const change = start.subtract({ nanoseconds: 1 }).getTimeZoneTransition('next');
  if (!change || change.epochMilliseconds >= start.add({ days: 1 }).epochMilliseconds) return undefined;
  return {
    code: 'clock-change',
    zone: at.timeZoneId,
    message: `The clocks in ${placeOf(at.timeZoneId).en} change on that day; from then on the offset is ${change.offset}.`,
    remedy: `Check that ${clock(at)} at ${at.offset} is the instant that is meant.`,
  };
}

function farAhead(at: Temporal.ZonedDateTime, nowMs: number): TimeWarning | undefined {
  if (at.epochMilliseconds - nowMs <= YEAR_MS) return undefined;
  return {
    code: 'far-ahead',
    zone: at.timeZoneId,
    message: `${at.toPlainDate().toString()} is more than a year ahead.`,
    remedy: 'Check the year.',
  };
}

function clock(at: Temporal.ZonedDateTime): string {
  return at.toPlainTime().toString({ smallestUnit: 'minute' });
}
