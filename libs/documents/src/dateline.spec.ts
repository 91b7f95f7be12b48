import { describe, expect, test } from '@jest/globals';
import { isoDate } from './calendar-date.js';
import { matchDateline } from './dateline.js';

describe('a dateline', () => {
  test.each([
    [
      '香港，2026 年 12 月 2 日 – 海岸數據社今日公布',
      '香港',
      '2026-12-02',
      '香港，2026 年 12 月 2 日',
      '海岸數據社今日公布',
    ],
    [
      '（香港，2026年12月2日）海岸數據社今日公布',
      '香港',
      '2026-12-02',
      '（香港，2026年12月2日）',
      '海岸數據社今日公布',
    ],
    ['(香港 – 2026年12月2日) 海岸數據社', '香港', '2026-12-02', '(香港 – 2026年12月2日)', '海岸數據社'],
    ['【2026年12月2日，台北訊】島嶼書店', '台北', '2026-12-02', '【2026年12月2日，台北訊】', '島嶼書店'],
    ['（台北訊）島嶼書店', '台北', null, '（台北訊）', '島嶼書店'],
    ['【記者林某某／高雄報導】港都電車', '高雄', null, '【記者林某某／高雄報導】', '港都電車'],
    ['2026年12月2日，香港 — 海岸數據社', '香港', '2026-12-02', '2026年12月2日，香港', '海岸數據社'],
    ['杭州2026年12月2日 /新稿网/ -- 云梯机器人', '杭州', '2026-12-02', '杭州2026年12月2日 /新稿网/', '云梯机器人'],
    ['北京12月2日电 云梯机器人', '北京', null, '北京12月2日电', '云梯机器人'],
    ['二〇二六年十二月二日，澳門 – 濠江書會', '澳門', '2026-12-02', '二〇二六年十二月二日，澳門', '濠江書會'],
    ['香港，2026年12月2日，海岸數據社公布', '香港', '2026-12-02', '香港，2026年12月2日', '海岸數據社公布'],
    [
      'HONG KONG, 2 December 2026 – Harbour Watch',
      'HONG KONG',
      '2026-12-02',
      'HONG KONG, 2 December 2026',
      'Harbour Watch',
    ],
    [
      '(Hong Kong, 2 December 2026) Harbour Watch',
      'Hong Kong',
      '2026-12-02',
      '(Hong Kong, 2 December 2026)',
      'Harbour Watch',
    ],
    ['LONDON – December 2, 2026 – Harbour Watch', 'LONDON', '2026-12-02', 'LONDON – December 2, 2026', 'Harbour Watch'],
    [
      'PORTLAND, Ore., Dec. 2, 2026 /ExampleWire/ -- Pine Labs',
      'PORTLAND, Ore.',
      '2026-12-02',
      'PORTLAND, Ore., Dec. 2, 2026 /ExampleWire/',
      'Pine Labs',
    ],
    [
      'NEW YORK, Dec. 2, 2026 (SAMPLE NEWSWIRE) -- Pine Labs',
      'NEW YORK',
      '2026-12-02',
      'NEW YORK, Dec. 2, 2026 (SAMPLE NEWSWIRE)',
      'Pine Labs',
    ],
    [
      'London, UK. 2 December 2026: Harbour Watch',
      'London, UK',
      '2026-12-02',
      'London, UK. 2 December 2026',
      'Harbour Watch',
    ],
    ['2 December 2026, Norwich – Fenland Bus', 'Norwich', '2026-12-02', '2 December 2026, Norwich', 'Fenland Bus'],
    ['DUBLIN (2 December 2026) — Harbour Watch', 'DUBLIN', '2026-12-02', 'DUBLIN (2 December 2026)', 'Harbour Watch'],
    ['Singapore, 2 December 2026', 'Singapore', '2026-12-02', 'Singapore, 2 December 2026', ''],
    ['香港，2026年12月2日（星期三）', '香港', '2026-12-02', '香港，2026年12月2日（星期三）', ''],
    ['NEW YORK--(EXAMPLE WIRE)--Pine Labs', 'NEW YORK', null, 'NEW YORK--(EXAMPLE WIRE)', 'Pine Labs'],
    ['HONG KONG – Harbour Watch opens', 'HONG KONG', null, 'HONG KONG', 'Harbour Watch opens'],
  ])('in “%s”', (text, place, iso, stood, rest) => {
    const match = matchDateline(text)!;
    expect(match).not.toBeNull();
    expect(match.place).toBe(place);
    expect(match.date && isoDate(match.date)).toBe(iso);
    expect(text.slice(match.from, match.to)).toBe(stood);
    expect(text.slice(match.rest)).toBe(rest);
  });

  test.each([
    'On 2 December 2026, Harbour Watch announced a network.',
    '本社於2026年12月2日宣布，三灣網絡啟用。',
    '截至2026年12月2日，登記人數逾三萬。',
    'Harbour Watch – the society that watches the harbour – opened its data.',
    'Registration closes on 2 December 2026.',
    '海岸數據社 – 香港唯一的志願團體 – 今日公布',
    'The society was founded on 2 December 2016 – ten years ago.',
    'Acme and Example Partners 2 December 2026',
    '2026年12月2日上午十時，數據社將舉行記者會。',
    '（見附圖）數據社今日公布',
    '數據社（下稱「本社」）今日公布',
  ])('is not seen in “%s”', (text) => {
    const match = matchDateline(text);
    expect(match === null || match.rest === text.length ? null : match).toBeNull();
  });
});
