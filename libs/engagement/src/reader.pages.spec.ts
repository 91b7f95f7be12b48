import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { LANGUAGES } from '#libs/kernel';
import type { Reader } from './engagement.store.js';
import { MISSING_PAGE } from './neutral.pages.js';
import { STYLE_HASH } from './page.style.js';
import { preferencesPage, unsubscribePage } from './reader.pages.js';

const NASTY = `"zz'><script>alert(1)</script>&`;
const reader = (change: Partial<Reader> = {}): Reader => ({
  language: 'zh-Hant',
  addressHint: 'm…@outlet.example',
  names: { 'zh-Hant': '清港觀測所', en: 'Clear Harbour' },
  deskAddress: 'press@clear-harbour.example',
  stopped: false,
  ...change,
});

test('escapes whatever stands in a name, an address or a link', () => {
  for (const language of LANGUAGES) {
    for (const stopped of [true, false]) {
      const nasty = reader({ language, stopped, names: { en: NASTY }, addressHint: NASTY, deskAddress: NASTY });
      for (const page of [unsubscribePage(nasty, NASTY), preferencesPage(nasty, NASTY, true)]) {
        expect(page).not.toContain('<script');
        expect(page).not.toMatch(/"zz|zz'/);
      }
    }
  }
});

test('shows one button to stop, and none once it is done', () => {
  expect(unsubscribePage(reader(), '/u/t').match(/<button/g)).toHaveLength(1);
  expect(unsubscribePage(reader({ stopped: true }), '/u/t')).not.toContain('<button');
  expect(preferencesPage(reader({ stopped: true }), '/p/t', false)).not.toContain('<button');
});

test('speaks the reader’s language and says so to screen readers', () => {
  for (const language of LANGUAGES) {
    const page = preferencesPage(reader({ language }), '/p/t', false);
    expect(page).toContain(`<html lang="${language === 'zh-Hant' ? 'zh-Hant-HK' : language}">`);
    expect(page).toMatch(new RegExp(`value="${language}"\\s+checked`));
    expect(page.match(/checked/g)).toHaveLength(2); // the input, and the rule that draws it
  }
});

test('names the organisation in the nearest language it has a name in', () => {
  expect(unsubscribePage(reader({ language: 'zh-Hans' }), '/u/t')).toContain('清港觀測所');
});

test('allows exactly the style it carries', () => {
  for (const page of [unsubscribePage(reader(), '/u/t'), MISSING_PAGE]) {
    const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
    expect(`'sha256-${createHash('sha256').update(style).digest('base64')}'`).toBe(STYLE_HASH);
    expect(page).not.toMatch(/ style=|<script|<img|<link|src=|url\(/);
  }
});
