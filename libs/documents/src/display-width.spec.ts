import { expect, test } from '@jest/globals';
import { displayWidth } from './display-width.js';

test('counts two columns for Han and full-width characters, one for Latin, none for marks without width', () => {
  expect(displayWidth('香港2026年')).toBe(10);
  expect(displayWidth('，（Ａ）')).toBe(8);
  expect(displayWidth('cafe\u0301\u200b')).toBe(4);
  expect(displayWidth('')).toBe(0);
});
