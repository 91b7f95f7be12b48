import { Temporal } from 'temporal-polyfill';
import { instantsOf, presentTzdb, type EmbargoInstant } from './instant.js';
import { wallText, wallTime } from './wall-time.js';
import { zoneNamed } from './zone.js';

/**
 * What the present zone data says about a stored T. `presentUtcMs` is where its wall time lies now: null when the wall
 * time no longer exists, happens twice with neither being the stored instant, or the zone's name is gone.
 */
export type ZoneRulesCheck =
  | { readonly agrees: true; readonly tzdb: string }
  | {
      readonly agrees: false;
      readonly tzdb: string;
      readonly presentUtcMs: number | null;
      /** What a clock there will show at the stored instant, by the present rules; null when the zone's name is gone. */
      readonly presentWall: string | null;
      readonly message: string;
      readonly remedy: string;
    };

/**
 * Calculates a stored T again with the zone data of this process. Governments move clocks at short notice (British
 * Columbia stays on UTC-7 from November 2026; data of 2025 still says UTC-8), so what was typed may come to lie an hour
 * elsewhere. Only tells: the stored instant stays what decides until an officer moves it.
 */
export function checkZoneRules(stored: EmbargoInstant): ZoneRulesCheck {
  const tzdb = presentTzdb();
  const zone = zoneStillNamed(stored.zone);
  if (zone === undefined) return gone(stored, tzdb);
  const possible = instantsOf(wallTime(stored.wall), zone);
  if (possible.some((at) => at.epochMilliseconds === stored.utcMs)) return { agrees: true, tzdb };

  const only = possible.length === 1 ? possible[0] : undefined;
  const presentWall = wallShownAt(stored.utcMs, zone);
  return {
    agrees: false,
    tzdb,
    presentUtcMs: only?.epochMilliseconds ?? null,
    presentWall,
    message:
      `By zone data ${stored.tzdb}, ${stored.wall}${stored.offset} in ${stored.zone} was ${utcText(stored.utcMs)}. ` +
      `By zone data ${tzdb} the clocks there will show ${presentWall} at that instant` +
      (only ? `, and ${stored.wall} is ${utcText(only.epochMilliseconds)}.` : '.'),
    remedy: `The embargo still lifts at ${utcText(stored.utcMs)}. If the time on the clock there is what counts, move it.`,
  };
}

function gone(stored: EmbargoInstant, tzdb: string): ZoneRulesCheck {
  return {
    agrees: false,
    tzdb,
    presentUtcMs: null,
    presentWall: null,
    message: `Zone data ${tzdb} does not know ${stored.zone}, in which the embargo was set by zone data ${stored.tzdb}.`,
    remedy: `The embargo still lifts at ${utcText(stored.utcMs)}. Set it again in a zone that is known.`,
  };
}

function zoneStillNamed(name: string): string | undefined {
  try {
    return zoneNamed(name);
  } catch {
    return undefined; // told as a finding: here nobody has just typed it
  }
}

function wallShownAt(utcMs: number, zone: string): string {
  return wallText(Temporal.Instant.fromEpochMilliseconds(utcMs).toZonedDateTimeISO(zone).toPlainDateTime());
}

function utcText(utcMs: number): string {
  return `${wallShownAt(utcMs, 'UTC').replace('T', ' ')} UTC`;
}
