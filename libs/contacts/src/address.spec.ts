import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { domainToUnicode } from 'node:url';
import { Problem } from '#libs/kernel';
import { canonicalAddress, readAddress } from './address.js';

function canonicalOf(text: string): string {
  return canonicalAddress(text).canonical;
}

function faultOf(text: string): string {
  const read = readAddress(text);
  return 'fault' in read ? read.fault : `passed as ${read.canonical}`;
}

const asciiLocal = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]{1,12}(\.[A-Za-z0-9_+-]{1,8}){0,2}$/);
const anyScript = fc.string({ unit: fc.constantFrom(...'aZß陳大文éÉıİσςΣЖж佐藤한'), minLength: 1, maxLength: 12 });
const domain = fc.constantFrom(
  'example.com',
  'News.Example.HK',
  '例子.香港',
  'BÜCHER.example',
  'xn--fsqu00a.xn--j6w193g',
  'münchen.example',
  'sub.例え.テスト',
);
const address = fc.tuple(fc.oneof(asciiLocal, anyScript), domain).map(([local, host]) => `${local}@${host}`);

describe('canonicalAddress', () => {
  test('folds the case of the local part and gives the domain as lower-case A-labels', () => {
    expect(canonicalOf('  May.CHAN@Example.COM ')).toBe('may.chan@example.com');
    expect(canonicalOf('desk@例子.香港')).toBe('desk@xn--fsqu00a.xn--j6w193g');
    expect(canonicalOf('STRASSE@example.com')).toBe(canonicalOf('straße@example.com'));
  });

  test('keeps the spelling as typed for people to look at', () => {
    expect(canonicalAddress(' May.Chan@例子.香港\u3000').typed).toBe('May.Chan@例子.香港');
  });

  test('keeps plus tags apart, with a warning', () => {
    const tagged = canonicalAddress('anna+News@example.com');
    expect(tagged).toMatchObject({ canonical: 'anna+news@example.com', plusTag: 'news', warnings: ['plus-tag'] });
    expect(tagged.canonical).not.toBe(canonicalOf('anna@example.com'));
    expect(canonicalAddress('+852@example.com').plusTag).toBeNull();
  });

  test('flags local parts that need SMTPUTF8', () => {
    expect(canonicalAddress('陳大文@example.com').warnings).toEqual(['needs-smtputf8']);
    expect(canonicalAddress('desk@例子.香港').warnings).toEqual([]);
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['a@example.com\r\nBcc: b@example.com', 'line-break'],
    ['a@example.com\n', 'line-break'],
    ['a@example.com\u2028', 'line-break'],
    ['a\0@example.com', 'hidden-character'],
    ['a@exam\u200bple.com', 'hidden-character'],
    ['a@exam\u00adple.com', 'hidden-character'],
    ['\u202emoc.elpmaxe@a', 'hidden-character'],
    ['a@example.com, b@example.com', 'several'],
    ['a@example.com;b@example.com', 'several'],
    ['group:a@example.com', 'several'],
    ['"a@evil.example"@example.com', 'quoted'],
    ['a\\@b@example.com', 'quoted'],
    ['"陳"@example.com', 'quoted'],
    ['陳 <a@example.com>', 'brackets'],
    ['a(comment)@example.com', 'brackets'],
    ['a@[127.0.0.1]', 'brackets'],
    ['a b@example.com', 'space'],
    ['a\tb@example.com', 'hidden-character'],
    ['a\u3000b@example.com', 'space'],
    ['a@b@example.com', 'at-sign'],
    ['example.com', 'at-sign'],
    ['ａ＠example.com', 'full-width'],
    ['a，b@example.com', 'full-width'],
    ['ﬁn@example.com', 'full-width'],
    ['.a@example.com', 'local-part'],
    ['a..b@example.com', 'local-part'],
    ['a.@example.com', 'local-part'],
    ['@example.com', 'local-part'],
    ['a@', 'domain'],
    ['a@localhost', 'domain'],
    ['a@example.com.', 'domain'],
    ['a@.example.com', 'domain'],
    ['a@exa_mple.com', 'domain'],
    ['a@-example.com', 'domain'],
    ['a@ex%61mple.com', 'domain'],
    ['a@example.com/x', 'domain'],
    ['a@1.2', 'domain'],
    ['a@10.0.0.1', 'domain'],
    ['a@xn--a.com', 'domain'],
    [`${'a'.repeat(65)}@example.com`, 'too-long'],
    [`${'陳'.repeat(22)}@example.com`, 'too-long'],
    [`${'ß'.repeat(32)}@${'a'.repeat(60)}.com`, 'passed as '],
    [`a@${'b'.repeat(64)}.com`, 'domain'],
    [`${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.com`, 'too-long'],
  ])('refuses %j: %s', (text, fault) => {
    expect(faultOf(text)).toContain(fault);
  });

  test('says field, code, what is wrong and what to do', () => {
    const refusal = () => canonicalAddress('a@b@c', 'email');
    expect(refusal).toThrow(Problem);
    expect(refusal).toThrow(expect.objectContaining({ code: 'contacts.address.at-sign', field: 'email' }));
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(address, (text) => {
        const read = readAddress(text);
        fc.pre(!('fault' in read));
        expect(canonicalOf(read.canonical)).toBe(read.canonical);
        expect(canonicalOf(read.typed)).toBe(read.canonical);
      }),
    );
  });

  test('is equal for every case variant and every form of an international domain', () => {
    fc.assert(
      fc.property(address, (text) => {
        const read = readAddress(text);
        fc.pre(!('fault' in read));
        const [local = ''] = read.typed.split('@');
        const [, host = ''] = read.canonical.split('@');
        expect(canonicalOf(`${local.toUpperCase()}@${host.toUpperCase()}`)).toBe(read.canonical);
        expect(canonicalOf(`${local.toLowerCase()}@${domainToUnicode(host)}`)).toBe(read.canonical);
      }),
    );
  });

  test('lets no injection pass, wherever it stands', () => {
    const poison = fc.constantFrom(
      ...[
        '\r',
        '\n',
        '\r\n',
        '\0',
        ',',
        ';',
        '"',
        '<',
        '>',
        '@',
        ' ',
        '\\',
        '\t',
        '\u2028',
        '\u007f',
        '\u200b',
        ':',
        '(',
        '，',
        '＠',
      ],
    );
    fc.assert(
      fc.property(address, poison, fc.nat(), (text, drop, at) => {
        fc.pre(!('fault' in readAddress(text)));
        const place = 1 + (at % (text.length - 1));
        expect(readAddress(text.slice(0, place) + drop + text.slice(place))).toHaveProperty('fault');
      }),
    );
  });

  test('gives only what an envelope and a header can carry, whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((s) => `${s}@example.com`),
        ),
        (text) => {
          const read = readAddress(text);
          fc.pre(!('fault' in read));
          expect(read.typed).toMatch(/^[^\s"(),:;<>@[\\\]\p{C}]+@[^\s"(),:;<>@[\\\]\p{C}]+$/u);
          expect(read.canonical).toMatch(/^[^\s"(),:;<>@[\\\]\p{C}]+@[a-z0-9.-]+$/u);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
