import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FastSinkSession } from './fast-sink.session.js';

/** Feeds the text in packets cut at these places, and gathers what was answered. */
function converse(text: string, cuts: readonly number[] = []) {
  const session = new FastSinkSession();
  const bytes = Buffer.from(text, 'latin1');
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  let accepted = 0;
  let replies = '';
  for (let i = 1; i < places.length; i++) {
    const answer = session.feed(bytes.subarray(places[i - 1], places[i]));
    accepted += answer.accepted;
    replies += answer.replies;
  }
  return { accepted, codes: replies.split('\r\n').flatMap((line) => /^(\d{3}) /.exec(line)?.[1] ?? []) };
}

const ENVELOPE = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n';

describe('the fast sink', () => {
  test('accepts what follows the dot in the same packet', () => {
    const session = `EHLO x\r\n${ENVELOPE}Hello\r\n.\r\n${ENVELOPE}Again\r\n.\r\nQUIT\r\n`;
    expect(converse(session)).toEqual({
      accepted: 2,
      codes: ['250', '250', '250', '354', '250', '250', '250', '354', '250', '221'],
    });
  });

  test('takes no stuffed dot and no dot inside a line for the end', () => {
    expect(converse(`${ENVELOPE}..\r\na.\r\n.b\r\nc\n.\n\r\n`).accepted).toBe(0);
  });

  test('accepts a message of nothing but its dot', () => {
    expect(converse(`${ENVELOPE}.\r\n`).accepted).toBe(1);
  });

  test('answers the same however the network cuts the conversation', () => {
    const body = fc.stringMatching(/^[.a\r\n]{0,12}$/);
    const session = fc
      .array(body, { minLength: 1, maxLength: 4 })
      .map(
        (bodies) =>
          `EHLO x\r\n${bodies.map((text) => `${ENVELOPE}${text.replaceAll('\r\n.\r\n', '')}x\r\n.\r\n`).join('')}QUIT\r\n`,
      );
    const cut = session.chain((text) =>
      fc.tuple(fc.constant(text), fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 40 })),
    );
    fc.assert(
      fc.property(cut, ([text, cuts]) => {
        expect(converse(text, cuts)).toEqual(converse(text));
      }),
    );
  });
});
