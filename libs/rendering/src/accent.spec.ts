import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accentFrom, contrastOf } from './accent.js';
import { DARK, LIGHT } from './theme.js';

const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('accent', () => {
  test('can be read on every ground of the mail, whatever the brand colour (WCAG 2.2, 4.5 to 1)', () => {
    fc.assert(
      fc.property(colour, (brand) => {
        const accent = accentFrom(brand, LIGHT.page, DARK.panel);
        for (const ground of [LIGHT.page, LIGHT.card, LIGHT.panel])
          expect(contrastOf(accent.light, ground)).toBeGreaterThanOrEqual(4.5);
        for (const ground of [DARK.page, DARK.card, DARK.panel])
          expect(contrastOf(accent.dark, ground)).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf('#ffffff', accent.light)).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf(LIGHT.ink, accent.tint)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  test('keeps a brand colour that can be read as it is, and has one of its own for whoever has none', () => {
    expect(accentFrom('#0A6B74', LIGHT.page, DARK.panel).light).toBe('#0a6b74');
    expect(accentFrom('teal', LIGHT.page, DARK.panel)).toEqual(accentFrom(undefined, LIGHT.page, DARK.panel));
  });
});
