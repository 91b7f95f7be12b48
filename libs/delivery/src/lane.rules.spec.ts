import { expect, test } from '@jest/globals';
import { Problem } from '#libs/kernel';
import { readLaneRules } from './lane.rules.js';

test('reads concurrency and rate per domain, family and for all others', () => {
  const rules = readLaneRules(
    'gmail.com=concurrency:5,rate:20/s; qq=rate:120/min ;新聞.example=rate:36/h; *=concurrency:10;',
  );
  expect([...rules]).toEqual([
    ['google', { concurrency: 5, perSecond: 20 }],
    ['qq', { perSecond: 2 }],
    ['xn--efvv70d.example', { perSecond: 0.01 }],
    ['*', { concurrency: 10 }],
  ]);
  expect(readLaneRules('').size).toBe(0);
});

test.each([
  ['gmail.com', 'has no "="'],
  ['gmail.com=', 'neither concurrency:N nor rate:N/s'],
  ['gmail.com=fast', 'says "fast"'],
  ['gmail.com=rate:2', 'says "rate:2"'],
  ['gmail.com=concurrency:5/s', 'says "concurrency:5/s"'],
  ['gmail.com=concurrency:0', 'says "concurrency:0"'],
  ['gmail.com=rate:-1/s', 'says "rate:-1/s"'],
  ['gmail.com=rate:2/s,rate:3/s', 'says rate twice'],
  ['gmail.com=rate:2/day', 'says "rate:2/day"'],
  ['gmail=rate:2/s', 'begins with "gmail", which is no domain'],
  ['@gmail.com=rate:2/s', 'begins with "@gmail.com"'],
  ['=rate:2/s', 'begins with ""'],
  ['gmail.com=rate:2/s; google=rate:3/s', 'the entry "google=rate:3/s" is the second rule for google'],
  ['*=rate:2/s; * = rate:3/s', 'the second rule for all others'],
])('refuses %s and names the entry', (text, says) => {
  const read = () => readLaneRules(text);
  expect(read).toThrow(Problem);
  expect(read).toThrow(says);
  expect(read).toThrow(expect.objectContaining({ field: 'LANE_RULES', remedy: expect.stringContaining('rate:2/s') }));
});
