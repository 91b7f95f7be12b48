import { describe, expect, test } from '@jest/globals';
import { hostOf, mailtoHref, safeHref, telHref } from './links.js';

describe('links', () => {
  test.each(['https://example.org/a?b=1&c=2#d', 'http://example.org/', 'mailto:desk@example.org', 'tel:+85200002231'])(
    'lets %s through',
    (href) => {
      expect(safeHref(href)).toBe(href);
    },
  );

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,<b>x</b>',
    'file:///etc/passwd',
    'ftp://example.org/',
    'vbscript:x',
    '//example.org/',
    '/relative',
    'example.org',
    'https://bank.example.org@evil.example.com/',
    'https://example.org/\r\nBcc: x@example.org',
    'https://exa\u202emple.org/',
    'mailto:',
    '',
  ])('lets %j be words only', (href) => {
    expect(safeHref(href)).toBeNull();
  });

  test('writes every address in ASCII that ends where it should', () => {
    expect(safeHref('https://例子.example.org/圖?q=船')).toBe('https://xn--fsqu00a.example.org/%E5%9C%96?q=%E8%88%B9');
    expect(safeHref(`https://example.org/"><i>'{{x}}`)).toMatch(/^[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5a_a-z%/]+$/);
  });

  test('names the host a link leads to', () => {
    expect(hostOf('https://www.example.org/a')).toBe('example.org');
  });

  test.each([
    ['(852) 0000 2231', 'tel:+85200002231'],
    ['+852 0000 2231', 'tel:+85200002231'],
    ['（852）0000 2231', 'tel:+85200002231'],
    ['852-0000-2231', 'tel:85200002231'],
    ['0000 2231', 'tel:00002231'],
    ['(020) 7946 0103', 'tel:02079460103'],
    ['(212) 555-0100', 'tel:2125550100'],
    ['+44 20 7946 0103 ext. 12', 'tel:+442079460103'],
    ['0000 2231 內線 9', 'tel:00002231'],
    ['電話：０００ ２２３１', 'tel:0002231'],
    ['請致電總機', null],
  ])('dials %s as %s', (printed, href) => {
    expect(telHref(printed)).toBe(href);
  });

  test('addresses a mail with the release number as its subject', () => {
    expect(mailtoHref('desk+news@example.org', 'REL-2026-0412')).toBe(
      'mailto:desk%2Bnews@example.org?subject=REL-2026-0412',
    );
    expect(mailtoHref('desk@example.org?bcc=x@example.org', 'R')).toBeNull();
    expect(mailtoHref('a@example.org,b@example.org', 'R')).toBeNull();
  });
});
