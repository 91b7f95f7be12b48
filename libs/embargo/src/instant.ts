import { Problem } from '#libs/kernel';
import { Temporal } from 'temporal-polyfill';
import { wallText, wallTime } from './wall-time.js';
import { zoneNamed } from './zone.js';

/** T: the instant before which nothing of a release leaves, kept with how it was named. */
export interface EmbargoInstant {
  /** Milliseconds since 1970-01-01 UTC. This decides; the rest explains it. */
  readonly utcMs: number;
  /** What the clock on the wall shows there: `2026-12-02T09:00`, with seconds only when there are any. */
  readonly wall: string;
  /** IANA name: `Asia/Hong_Kong`. */
  readonly zone: string;
  /** Distance from UTC in that zone at that instant: `+08:00`. */
  readonly offset: string;
  /** Edition of the zone data that led from wall time to instant: `2025c`. */
  readonly tzdb: string;
}

/** T as an officer types it. The offset is asked for only where the wall time happens twice. */
export interface TypedInstant {
  readonly wall: string;
  readonly zone: string | undefined;
  readonly offset?: string | undefined;
}

/** Edition of the IANA zone data this process calculates with. */
export function presentTzdb(): string {
  return process.versions['tz'] ?? 'unknown';
}

/**
 * Leads from wall time and zone to the instant. Never picks for the officer: libraries differ by an hour over a wall
 * time that happens twice (measured: 2026-10-25 01:30 in London is 00:30 UTC for one and 01:30 UTC for another).
 * @throws Problem `embargo.zone.*`, `embargo.time.*` (`gap` and `twice` name both neighbours) or `embargo.offset.*`
 */
export function resolveInstant(typed: TypedInstant): EmbargoInstant {
  const zone = zoneNamed(typed.zone);
  const wall = wallTime(typed.wall);
  const offset = typed.offset === undefined ? undefined : offsetNamed(typed.offset);
  const possible = instantsOf(wall, zone);
  const [first, second] = possible;
  if (!first) throw neverShown(wall, zone);
  if (offset === undefined) {
    if (second) throw shownTwice(wall, first, second);
    return embargoInstant(first);
  }
  const chosen = possible.find((candidate) => candidate.offset === offset);
  if (!chosen) throw foreignOffset(wall, offset, possible);
  return embargoInstant(chosen);
}

/** The same record for an instant that is already known, as a clock in `zone` shows it; a started second counts as whole. */
export function instantAt(utcMs: number, zone: string): EmbargoInstant {
  const wholeSecond = Math.ceil(utcMs / 1000) * 1000;
  return embargoInstant(Temporal.Instant.fromEpochMilliseconds(wholeSecond).toZonedDateTimeISO(zoneNamed(zone)));
}

/** The instants at which a clock in `zone` shows `wall`, in order: none in a gap, two in an overlap, else one. */
export function instantsOf(wall: Temporal.PlainDateTime, zone: string): readonly Temporal.ZonedDateTime[] {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(zone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [earlier];
  return earlier.toPlainDateTime().equals(wall) ? [earlier, later] : [];
}

function embargoInstant(at: Temporal.ZonedDateTime): EmbargoInstant {
  return {
    utcMs: at.epochMilliseconds,
    wall: wallText(at.toPlainDateTime()),
    zone: at.timeZoneId,
    offset: at.offset,
    tzdb: presentTzdb(),
  };
}

function offsetNamed(text: string): string {
  const typed = text.trim();
  if (/^(z|[+-]00:00)$/i.test(typed)) return '+00:00';
  if (/^[+-]([01]\d|2[0-3]):[0-5]\d$/.test(typed)) return typed;
  throw new Problem({
    code: 'embargo.offset.malformed',
    field: 'offset',
    message: `“${typed}” is not an offset from UTC.`,
    remedy: 'Write sign, hours and minutes: +08:00, -05:00.',
  });
}

function neverShown(wall: Temporal.PlainDateTime, zone: string): Problem {
  const before = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const first = before.getTimeZoneTransition('next') ?? before;
  const last = first.subtract({ minutes: 1 });
  return new Problem({
    code: 'embargo.time.gap',
    field: 'time',
    message: `${shown(wall)} does not exist in ${zone}: the clocks are put forward over it.`,
    remedy: `Choose ${typedAs(last)}, the last minute before the change, or ${typedAs(first)}, the first after it.`,
  });
}

function shownTwice(
  wall: Temporal.PlainDateTime,
  first: Temporal.ZonedDateTime,
  second: Temporal.ZonedDateTime,
): Problem {
  return new Problem({
    code: 'embargo.time.twice',
    field: 'offset',
    message:
      `${shown(wall)} happens twice in ${first.timeZoneId}, as the clocks are put back: ` +
      `first at ${inUtc(first)} UTC, again at ${inUtc(second)} UTC.`,
    remedy: `Say which by its offset: ${typedAs(first)} is the first, ${typedAs(second)} the second.`,
  });
}

function foreignOffset(
  wall: Temporal.PlainDateTime,
  offset: string,
  possible: readonly Temporal.ZonedDateTime[],
): Problem {
  const zone = possible[0]?.timeZoneId ?? 'UTC';
  const meant = Temporal.Instant.from(`${wall.toString()}${offset}`).toZonedDateTimeISO(zone);
  return new Problem({
    code: 'embargo.offset.wrong',
    field: 'offset',
    message: `At ${shown(wall)} the offset in ${zone} is ${possible.map((at) => at.offset).join(' or ')}, not ${offset}.`,
    remedy:
      `Write ${possible.map(typedAs).join(' or ')}; ` +
      `if ${wallText(wall)}${offset} is meant, that is ${shown(meant.toPlainDateTime())} in ${zone}.`,
  });
}

function shown(wall: Temporal.PlainDateTime): string {
  return wallText(wall).replace('T', ' ');
}

function typedAs(at: Temporal.ZonedDateTime): string {
  return `${wallText(at.toPlainDateTime())}${at.offset}`;
}

function inUtc(at: Temporal.ZonedDateTime): string {
  return shown(at.withTimeZone('UTC').toPlainDateTime());
}
