import { describe, expect, test } from '@jest/globals';
import { preferencesWish, unsubscribeWish } from './wish.js';

const FORM = 'application/x-www-form-urlencoded';
const multipart = (boundary: string, name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--${boundary}--\r\n`;

describe('one click of a mail program', () => {
  test.each([
    [FORM, 'List-Unsubscribe=One-Click'],
    [`${FORM}; charset=utf-8`, 'List-Unsubscribe=One-Click\r\n'],
    ['', 'List-Unsubscribe=One-Click'],
    ['multipart/form-data; boundary=abc123', multipart('abc123', 'List-Unsubscribe', 'One-Click')],
    ['multipart/form-data; charset=utf-8; boundary="a b"', multipart('a b', 'List-Unsubscribe', 'One-Click')],
    ['Multipart/Form-Data; boundary=x', multipart('x', 'List-Unsubscribe', 'One-Click').replaceAll('\r\n', '\n')],
  ])('is understood as %s', (type, body) => expect(unsubscribeWish(type, body)).toBe('one-click'));
});

test.each([
  [FORM, ''],
  [FORM, 'List-Unsubscribe='],
  [FORM, 'List-Unsubscribe=One-Click-Later'],
  ['application/json', '{"List-Unsubscribe":"One-Click"}'],
  ['multipart/form-data; boundary=x', 'List-Unsubscribe=One-Click'],
  ['multipart/form-data; boundary=x', multipart('x', 'note', 'List-Unsubscribe=One-Click')],
  [FORM, `${'a=1&'.repeat(30)}stop=yes`],
])('does nothing for a POST that asks for nothing: %s %s', (type, body) =>
  expect(unsubscribeWish(type, body)).toBeUndefined(),
);

test('tells our own button from a mail program', () => expect(unsubscribeWish(FORM, 'stop=yes')).toBe('page'));

test('knows the two wishes of the settings page and no third', () => {
  expect(preferencesWish(FORM, 'language=zh-Hans')).toEqual({ act: 'language', language: 'zh-Hans' });
  expect(preferencesWish(FORM, 'language=en&stop=yes')).toEqual({ act: 'stop' });
  expect(preferencesWish(FORM, 'language=fr')).toBeUndefined();
  expect(preferencesWish(FORM, 'List-Unsubscribe=One-Click')).toBeUndefined();
});
