import { Problem } from '#libs/kernel';
import { instantAt, resolveInstant, type EmbargoInstant } from './instant.js';

const RELATIVE = /^in((?: ?\d{1,6} ?(?:h|hours?|m|min|minutes?|s|sec|seconds?))+)$/i;
const PART = /(\d+) ?(h|m|s)/gi;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };
const LONGEST_RELATIVE_MS = 48 * 3_600_000;

/** Wall time, then optionally an offset, then optionally a zone in brackets (the form of RFC 9557). */
const ABSOLUTE = /^(.+?)\s*(z|[+-]\d\d:?\d\d)?(?:\s*\[([^\]]+)\])?$/i;

export interface WhenContext {
  /** The zone whose clock is meant, where the text itself names none. */
  readonly zone?: string | undefined;
  /** What the clock shows now; only relative times need it. */
  readonly nowMs: number;
}

/**
 * Reads T as typed on the command line: `2026-12-02 09:00`, `2026-12-02T09:00+08:00`, `…[Asia/Hong_Kong]`,
 * `in 20s`, `in 5m`, `in 1h 30m`. Full-width digits and colons count as their ASCII twins. Whether T is still ahead
 * is not judged here: the database's clock decides that.
 * @throws Problem as `resolveInstant`; `embargo.time.relative` when “in …” is not from 1 s to 48 h
 */
export function parseWhen(text: string, context: WhenContext): EmbargoInstant {
  const typed = text.normalize('NFKC').trim().replace(/\s+/g, ' ');
  if (/^in\b/i.test(typed)) return instantAt(context.nowMs + relativeMs(typed), zoneFor(undefined, context));
  const [, wall = typed, offset, zone] = ABSOLUTE.exec(typed) ?? [];
  return resolveInstant({ wall, offset: offset && withColon(offset), zone: zoneFor(zone, context) });
}

function relativeMs(typed: string): number {
  const parts = RELATIVE.exec(typed)?.[1] ?? '';
  let total = 0;
  for (const [, count, unit = ''] of parts.matchAll(PART)) total += Number(count) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  if (total >= 1000 && total <= LONGEST_RELATIVE_MS) return total;
  throw new Problem({
    code: 'embargo.time.relative',
    field: 'time',
    message: `“${typed}” is not a span from one second to 48 hours.`,
    remedy: 'Write for example “in 20s”, “in 5m” or “in 1h 30m”; further ahead, give date and time.',
  });
}

function zoneFor(named: string | undefined, { zone }: WhenContext): string {
  if (named !== undefined && zone !== undefined && named.toLowerCase() !== zone.toLowerCase()) {
    throw new Problem({
      code: 'embargo.zone.two',
      field: 'zone',
      message: `The time names ${named}, but ${zone} is given as its zone.`,
      remedy: 'Give one of the two.',
    });
  }
  return named ?? zone ?? '';
}

function withColon(offset: string): string {
  return offset.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
}
