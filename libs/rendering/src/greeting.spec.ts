import { describe, expect, test } from '@jest/globals';
import { greetingFor } from './greeting.js';

describe('a greeting', () => {
  test('is in the language of the edition, with its own punctuation', () => {
    expect(greetingFor('en', 'Mei Chan')).toBe('Dear Mei Chan,');
    expect(greetingFor('zh-Hant', '陳美美')).toBe('陳美美，您好：');
    expect(greetingFor('zh-Hans', '陈美美')).toBe('陈美美，您好：');
  });

  test.each(['', '  ', 'desk@paper.example', 'https://paper.example', '<b>', 'x'.repeat(61)])(
    'is left out rather than said to "%s"',
    (name) => expect(greetingFor('en', name)).toBe(''),
  );

  test('stays on one line, whatever a name holds', () => {
    expect(greetingFor('en', 'Mei\r\nBcc: Chan')).not.toMatch(/[\r\n]/);
  });
});
