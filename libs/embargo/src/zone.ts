import { Problem } from '#libs/kernel';
import { Temporal } from 'temporal-polyfill';

/** What people write for a zone and what they may have meant; offered, never assumed. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  bst: ['Europe/London'],
  china: ['Asia/Shanghai'],
  cst: ['Asia/Shanghai', 'Asia/Taipei', 'America/Chicago'],
  edt: ['America/New_York'],
  est: ['America/New_York'],
  gmt: ['Europe/London', 'UTC'],
  hkt: ['Asia/Hong_Kong'],
  jst: ['Asia/Tokyo'],
  pdt: ['America/Los_Angeles'],
  prc: ['Asia/Shanghai'],
  pst: ['America/Los_Angeles'],
  roc: ['Asia/Taipei'],
  sgt: ['Asia/Singapore'],
  beijing: ['Asia/Shanghai'],
  香港: ['Asia/Hong_Kong'],
  北京: ['Asia/Shanghai'],
  台北: ['Asia/Taipei'],
  臺北: ['Asia/Taipei'],
};

/**
 * Reads a zone as an IANA name such as `Asia/Hong_Kong`, in any case, or `UTC`; answers it in its usual spelling.
 * Abbreviations are refused although some are IANA names (EST is Panama's zone there, without summer time), and so are
 * bare offsets, which know no summer time, and `Etc/GMT+8`, which means eight hours *behind* UTC.
 * @throws Problem `embargo.zone.missing` or `embargo.zone.unknown`, field `zone`
 */
export function zoneNamed(text: string | undefined): string {
  const typed = (text ?? '').trim();
  if (typed === '') {
    throw new Problem({
      code: 'embargo.zone.missing',
      field: 'zone',
      message: 'The embargo has no time zone.',
      remedy: 'Name the zone whose clock you mean, for example Asia/Hong_Kong.',
    });
  }
  const name = spelled(typed);
  if (name === undefined) throw unknown(typed);
  return name;
}

function spelled(typed: string): string | undefined {
  const hasPlace = /^[a-z]+(\/[a-z0-9_+-]+)+$/i.test(typed) && !/^etc\/gmt[+-]/i.test(typed);
  if (!hasPlace && typed.toUpperCase() !== 'UTC') return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(typed).timeZoneId;
  } catch {
    return undefined; // the zone data of this machine does not know the name
  }
}

function unknown(typed: string): Problem {
  const meant = suggestions(typed);
  return new Problem({
    code: 'embargo.zone.unknown',
    field: 'zone',
    message: `“${typed}” does not name a time zone without doubt.`,
    remedy:
      meant.length > 0
        ? `Write the IANA name in full. Did you mean ${meant.join(' or ')}?`
        : 'Write an IANA name, area and place, for example Asia/Hong_Kong or Europe/London.',
  });
}

function suggestions(typed: string): readonly string[] {
  const place = typed
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/[\s-]+/g, '_');
  const ends = Intl.supportedValuesOf('timeZone').filter((zone) => zone.toLowerCase().endsWith(`/${place}`));
  return MEANT[place] ?? ends.slice(0, 3);
}
