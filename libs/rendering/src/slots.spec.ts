import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { fillSlot, type Slot, splitAtSlots } from './slots.js';

const slot = (changes: Partial<Slot>): Slot => ({
  name: 'address',
  part: 'html',
  context: 'html-text',
  token: '@@n.address@@',
  before: '',
  after: '',
  ...changes,
});

describe('slots', () => {
  test('a value cannot leave the element, attribute or line it stands in', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('</p><script>', '" onload="x', "'><b>", '-->', '&amp;', 'a\r\nb'),
        ),
        (value) => {
          const html = `<p title="${fillSlot(slot({}), value)}">${fillSlot(slot({}), value)}</p><a href="${fillSlot(slot({ context: 'html-url' }), value)}">x</a>`;
          expect(elementsOf(html)).toEqual(['p title', 'a href']);
          expect(fillSlot(slot({ part: 'text', context: 'text' }), value)).not.toMatch(/[\s\p{Cc}]/u);
        },
      ),
    );
  });

  test('an address that is no web address leads nowhere', () => {
    expect(fillSlot(slot({ context: 'html-url' }), 'javascript:alert(1)')).toBe('#');
    expect(fillSlot(slot({ context: 'html-url' }), 'https://example.org/u?a=1&b=2')).toBe(
      'https://example.org/u?a=1&amp;b=2',
    );
  });

  test('an empty greeting leaves no hole, a long one is wrapped', () => {
    const greeting = slot({ name: 'greeting', before: '<p>', after: '</p>' });
    expect(fillSlot(greeting, '')).toBe('');
    expect(fillSlot(greeting, ' \n')).toBe('');
    expect(fillSlot(greeting, '梁女士：')).toBe('<p>梁女士：</p>');
    const text = slot({ name: 'greeting', part: 'text', context: 'text', after: '\n\n' });
    expect(fillSlot(text, '編'.repeat(40))).toBe(`${'編'.repeat(36)}\n${'編'.repeat(4)}\n\n`);
  });

  test('a part splits into fixed text and slots, and joins again', () => {
    const slots = [
      slot({}),
      slot({ name: 'unsubscribe', token: '@@n.unsubscribe@@' }),
      slot({ part: 'text', token: '@@n.other@@' }),
    ];
    const pieces = splitAtSlots('a@@n.address@@b@@n.unsubscribe@@@@n.address@@@@n.other@@', 'html', slots);
    expect(pieces.map((piece) => (typeof piece === 'string' ? piece : piece.name))).toEqual([
      'a',
      'address',
      'b',
      'unsubscribe',
      'address',
      '@@n.other@@',
    ]);
  });
});

function elementsOf(html: string): readonly string[] {
  const found: string[] = [];
  const parser = new Parser({
    // where a headline may break depends on its words; a bare wbr holds and does nothing
    onopentag: (name, attributes) => {
      const tag = [name, ...Object.keys(attributes)].join(' ');
      if (tag !== 'wbr') found.push(tag);
    },
  });
  parser.end(html);
  return found;
}
