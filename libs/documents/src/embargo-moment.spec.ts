import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findDates, isoDate } from './calendar-date.js';
import { findTimes } from './clock-time.js';
import { readMoment, type MomentContext } from './embargo-moment.js';

const nowhere: MomentContext = { language: 'en', market: null, placeZone: null, year: null };

function moment(text: string, context: Partial<MomentContext> = {}) {
  return readMoment(text, { ...nowhere, ...context });
}

describe('dates', () => {
  test.each([
    ['2026年12月2日', '2026-12-02'],
    ['2026 年 12 月 2 日（星期三）', '2026-12-02'],
    ['二〇二六年十二月二日', '2026-12-02'],
    ['二零二六年十二月廿一日', '2026-12-21'],
    ['民國115年12月2日', '2026-12-02'],
    ['一百一十五年十二月二日', '2026-12-02'],
    ['２０２６年１２月３１日', '2026-12-31'],
    ['2 December 2026', '2026-12-02'],
    ['Wednesday, 2nd December 2026', '2026-12-02'],
    ['December 2, 2026', '2026-12-02'],
    ['Dec. 2, 2026', '2026-12-02'],
    ['Sept. 9, 2026', '2026-09-09'],
    ['2026-12-02', '2026-12-02'],
    ['2026/12/2', '2026-12-02'],
    ['31/12/2026', '2026-12-31'],
  ])('reads %s', (text, iso) => {
    const [date, ...rest] = findDates(text);
    expect(rest).toEqual([]);
    expect(isoDate(date!)).toBe(iso);
    expect(date!.from).toBe(0);
    expect(date!.to).toBe(text.length);
  });

  test('takes no number for a date that no calendar has', () => {
    expect(findDates('2026年13月2日')).toEqual([]);
    expect(findDates('31 November 2026').map((date) => date.day)).not.toContain(31);
    expect(findDates('version 1.2.3 and 10.4.2')).toEqual([]);
    expect(findDates('we may 25 times march 12 miles')).toEqual([]);
    expect(findDates('May 2')).toHaveLength(1);
  });

  test('writes every day of a century back as it was in each form', () => {
    const days = fc.date({ min: new Date('1950-01-01'), max: new Date('2050-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const iso = day.toISOString().slice(0, 10);
        const [year, month, date] = iso.split('-').map(Number);
        const english = day.toLocaleDateString('en-GB', {
          day: 'numeric',
          month: 'long',
          year: 'numeric',
          timeZone: 'UTC',
        });
        const american = day.toLocaleDateString('en-US', {
          day: 'numeric',
          month: 'long',
          year: 'numeric',
          timeZone: 'UTC',
        });
        for (const text of [`${year}年${month}月${date}日`, english, american, iso]) {
          expect(findDates(`x ${text} y`).map((found) => isoDate(found))).toEqual([iso]);
        }
      }),
    );
  });
});

describe('times', () => {
  test.each([
    ['上午十時正', 10, 0],
    ['上午10時30分', 10, 30],
    ['下午三時半', 15, 30],
    ['中午12時', 12, 0],
    ['凌晨零時一分', 0, 1],
    ['凌晨12時01分', 0, 1],
    ['晚上八點', 20, 0],
    ['09:00', 9, 0],
    ['９：３０', 9, 30],
    ['上午9:05', 9, 5],
    ['下午2:05', 14, 5],
    ['9 a.m.', 9, 0],
    ['9.30am', 9, 30],
    ['12:01 a.m.', 0, 1],
    ['12.30pm', 12, 30],
    ['11 PM', 23, 0],
    ['noon', 12, 0],
    ['12 noon', 12, 0],
    ['0001 hrs', 0, 1],
    ['00:01', 0, 1],
  ])('reads %s', (text, hour, minute) => {
    const times = findTimes(text);
    expect(times).toHaveLength(1);
    expect(times[0]).toMatchObject({ hour, minute });
  });

  test('leaves counts, hours as a duration and percentages alone', () => {
    expect(findTimes('三點建議')).toEqual([]);
    expect(findTimes('十二小時內')).toEqual([]);
    expect(findTimes('98.6%')).toEqual([]);
    expect(findTimes('12.755 units')).toEqual([]);
  });
});

describe('the moment of an embargo line', () => {
  test.each([
    ['禁發至2026年12月2日（星期三）上午十時正（香港時間）', '2026-12-02T10:00', 'Asia/Hong_Kong'],
    ['解禁时间：2026年12月2日09:00（北京时间）', '2026-12-02T09:00', 'Asia/Shanghai'],
    ['請於2026年12月2日上午10時（台北時間，UTC+8）後發布', '2026-12-02T10:00', 'Asia/Taipei'],
    ['EMBARGOED UNTIL 10:00 HKT (UTC+8), WEDNESDAY 2 DECEMBER 2026 · 02:00 UTC', '2026-12-02T10:00', 'Asia/Hong_Kong'],
    ['Embargoed until 00:01 London time, Wednesday 2 December 2026', '2026-12-02T00:01', 'Europe/London'],
    ['EMBARGOED FOR RELEASE UNTIL 11 A.M. ET, DECEMBER 2, 2026', '2026-12-02T11:00', 'America/New_York'],
    ['NEWS EMBARGO: SATURDAY, AUG. 1, 2026, 4 P.M. ET (20:00 GMT)', '2026-08-01T16:00', 'America/New_York'],
    ['Embargoed until 14:00 CET / 8 am EST on 2 December 2026', '2026-12-02T14:00', 'Europe/Brussels'],
    ['Embargoed until 2 December 2026, 10:00 Dublin time', '2026-12-02T10:00', 'Europe/Dublin'],
    ['Embargo: 2 July 2026 09:00 UTC', '2026-07-02T09:00', 'UTC'],
  ])('reads %s', (text, wall, zone) => {
    const read = moment(text);
    expect(read).toMatchObject({ wall, zone });
    expect(read.warnings).toEqual([]);
  });

  test('flags a zone that could be several and chooses none', () => {
    expect(moment('Embargo 9am CST 2 December 2026')).toMatchObject({ zone: null, warnings: ['zone-ambiguous'] });
    expect(moment('Embargo 9am IST 2 December 2026')).toMatchObject({ zone: null, warnings: ['zone-ambiguous'] });
  });

  test('takes the market for an ambiguous zone, and says so', () => {
    const read = moment('Embargo 9am CST 2 December 2026', { market: 'CN' });
    expect(read).toMatchObject({ zone: 'Asia/Shanghai', warnings: ['zone-ambiguous'], confidence: 'guess' });
  });

  test('refuses BST in winter, which London does not keep', () => {
    expect(moment('Embargo 9am BST 2 December 2026', { market: 'GB' })).toMatchObject({
      zone: null,
      warnings: ['zone-season'],
    });
    expect(moment('Embargo 9am BST 2 July 2026', { market: 'GB' })).toMatchObject({
      zone: 'Europe/London',
      warnings: ['zone-ambiguous'],
    });
  });

  test('says what is missing instead of filling it in', () => {
    expect(moment('禁發至2026年12月2日上午9時')).toMatchObject({
      wall: '2026-12-02T09:00',
      zone: null,
      warnings: ['zone-missing'],
    });
    expect(moment('Embargoed until 2 December 2026')).toMatchObject({
      wall: null,
      zone: null,
      warnings: ['embargo-time-missing'],
    });
    expect(moment('禁發至12月2日上午9時（香港時間）')).toMatchObject({ wall: null, zone: 'Asia/Hong_Kong' });
    expect(moment('禁發至12月2日上午9時（香港時間）', { year: 2026 })).toMatchObject({
      wall: '2026-12-02T09:00',
      warnings: ['year-inferred'],
    });
    expect(moment('Embargoed until midnight London time on 2 December 2026')).toMatchObject({
      wall: null,
      warnings: ['embargo-midnight'],
    });
  });

  test('notices a weekday that does not fall on the date', () => {
    expect(moment('Embargo: 00:01 HKT, Thursday 2 December 2026').warnings).toEqual(['weekday-wrong']);
  });

  test('leads a bare offset to a place only when its clocks agree', () => {
    expect(moment('Embargo 09:00 (GMT+8) 2 Dec 2026', { placeZone: 'Asia/Taipei' })).toMatchObject({
      zone: 'Asia/Taipei',
      warnings: ['zone-from-offset'],
    });
    expect(moment('Embargo 09:00 (GMT+3) 2 Dec 2026')).toMatchObject({ zone: null, warnings: ['zone-only-offset'] });
  });
});
