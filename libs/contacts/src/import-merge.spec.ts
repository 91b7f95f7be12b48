import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Language } from '#libs/kernel';
import { mergeDraft, type ImportDefaults, type JournalistState, type LabelIds } from './import-merge.js';
import { RowReader, type JournalistDraft } from './import-row.js';
import type { Rejection } from './rejection.js';
import { describeRejection } from './rejection.js';
import type { ColumnMapping } from './mapping.js';

const DEFAULTS: ImportDefaults = { language: 'zh-Hant', zone: 'Asia/Hong_Kong', consentSource: 'press club' };
const MAPPING: ColumnMapping = ['address', 'name', 'language', 'consentDate', 'zone', 'outlet', 'note', null];

function read(...cells: readonly string[]): JournalistDraft | Rejection {
  return new RowReader(MAPPING, undefined).read({ line: 7, lastLine: 7, cells });
}

function draft(...cells: readonly string[]): JournalistDraft {
  const one = read(...cells);
  if ('reason' in one) throw new Error(`rejected: ${one.reason}`);
  return one;
}

function stateOf(one: JournalistDraft, known?: JournalistState, ids: Partial<LabelIds> = {}): JournalistState {
  const merged = mergeDraft(known, one, { outlets: [], beats: [], lists: [], ...ids }, DEFAULTS);
  if (merged.outcome === 'rejected') throw new Error('rejected');
  return merged.state;
}

describe('RowReader', () => {
  test.each([
    [['a@b.example\r\nBcc: x@y.example'], 'address', 'address-line-break'],
    [['a@b.example, c@d.example'], 'address', 'address-several'],
    [['"a@b"@c.example'], 'address', 'address-quoted'],
    [[''], 'address', 'address-empty'],
    [['a@b.example', '陳\r\n大文'], 'name', 'line-break'],
    [['a@b.example', '陳\ufffd'], 'name', 'undecodable'],
    [['a@b.example', '#REF!'], 'name', 'cell-error'],
    [['a@b.example', '', 'Klingon'], 'language', 'language-unknown'],
    [['a@b.example', '', '中文'], 'language', 'language-ambiguous'],
    [['a@b.example', '', '', '03/04/2026'], 'consentDate', 'date-ambiguous'],
    [['a@b.example', '', '', '2026-02-30'], 'consentDate', 'date-unknown'],
    [['a@b.example', '', '', '', 'UTC+8'], 'zone', 'zone-unknown'],
    [['a@b.example', '', '', '', '', 'a\0b'], 'outlet', 'hidden-character'],
    [['a@b.example', '', '', '', '', '', 'x'.repeat(4_001)], 'note', 'too-long'],
    [['a@b.example', 'Chan', '', '', '', '', '', '', 'shifted'], 'address', 'too-many-cells'],
  ])('rejects %j: %s %s', (cells, field, reason) => {
    expect(read(...cells)).toMatchObject({ line: 7, field, reason });
  });

  test('makes control characters in a rejected cell visible, so that they do nothing on a terminal', () => {
    expect(read('a@b.example\r\n\u001b[2J')).toMatchObject({ value: 'a@b.example␍␊␛[2J' });
  });

  test('reads "Chinese" as the script the whole file is said to be in', () => {
    const reader = new RowReader(MAPPING, 'zh-Hans');
    expect(reader.read({ line: 1, lastLine: 1, cells: ['a@b.example', '', '中文'] })).toMatchObject({
      language: 'zh-Hans',
    });
  });

  test('joins family and given name as their script wants', () => {
    const reader = new RowReader(['address', 'familyName', 'givenName'], undefined);
    const name = (...cells: string[]) => reader.read({ line: 1, lastLine: 1, cells: ['a@b.example', ...cells] });
    expect(name('陳', '大文')).toMatchObject({ name: '陳大文' });
    expect(name('Chan', 'Tai Man')).toMatchObject({ name: 'Tai Man Chan' });
    expect(name('', 'May')).toMatchObject({ name: 'May' });
  });

  test('takes the apostrophe of an export off again', () => {
    expect(draft("'+852@b.example", "'=SUM(A1)")).toMatchObject({ canonical: '+852@b.example', name: '=SUM(A1)' });
  });
});

describe('describeRejection', () => {
  test('says line, field and what to do in the three languages', () => {
    const rejection = read('a@b@c') as Rejection;
    const says = (language: Language) => describeRejection(rejection, language);
    expect(says('en')).toBe('Line 7 · E-mail: An address has exactly one @.');
    expect(says('zh-Hant')).toBe('第 7 行 · 電郵：地址須有一個且只有一個 @。');
    expect(says('zh-Hans')).toBe('第 7 行 · 邮箱：地址须有一个且只有一个 @。');
    expect(describeRejection({ ...rejection, lastLine: 9 }, 'en')).toContain('Line 7–9');
  });
});

describe('mergeDraft', () => {
  const words = fc.constantFrom('', '甲', '乙', 'C');
  const anyDraft = fc
    .tuple(words, fc.constantFrom('', 'en', 'zh-Hans'), fc.constantFrom('', '2026-01-02', '2025-03-04'), words)
    .map(([name, language, date, note]) => draft('a@b.example', name, language, date, '', '', note));
  const anyIds = fc
    .tuple(fc.subarray(['o1', 'o2', 'o3']), fc.subarray(['b1', 'b2']), fc.subarray(['l1', 'l2']))
    .map(([outlets, beats, lists]) => ({ outlets, beats, lists }));

  test('never lets an empty cell overwrite what is known', () => {
    fc.assert(
      fc.property(anyDraft, anyIds, anyDraft, anyIds, (first, firstIds, second, secondIds) => {
        const known = stateOf(first, undefined, firstIds);
        const after = stateOf(second, known, secondIds);
        for (const field of ['name', 'language', 'zone', 'consentSource', 'consentDate', 'note'] as const) {
          if (known[field]) expect(after[field]).toBeTruthy();
          if (field in second && second[field as 'name']) expect(after[field]).toBe(second[field as 'name']);
        }
        for (const set of ['outlets', 'beats', 'lists'] as const) {
          expect(after[set]).toEqual([...new Set([...firstIds[set], ...secondIds[set]])].sort());
        }
      }),
    );
  });

  test('says that the same row changes nothing the second time', () => {
    fc.assert(
      fc.property(anyDraft, anyIds, (one, ids) => {
        const known = stateOf(one, undefined, ids);
        expect(mergeDraft(known, one, ids, DEFAULTS)).toEqual({ outcome: 'unchanged', state: known });
      }),
    );
  });

  test('keeps the spelling of an address it knows', () => {
    const known = stateOf(draft('May.Chan@b.example'));
    expect(
      mergeDraft(known, draft('may.chan@B.example'), { outlets: [], beats: [], lists: [] }, DEFAULTS).outcome,
    ).toBe('unchanged');
  });

  test('gives defaults to new journalists only', () => {
    const known = { ...stateOf(draft('a@b.example', '', 'en')), zone: 'Europe/London' };
    expect(stateOf(draft('a@b.example', '甲'), known)).toMatchObject({ language: 'en', zone: 'Europe/London' });
  });

  test('rejects a new journalist without a language rather than guess one', () => {
    const { language: _language, ...without } = DEFAULTS;
    expect(mergeDraft(undefined, draft('a@b.example'), { outlets: [], beats: [], lists: [] }, without).outcome).toBe(
      'rejected',
    );
  });
});
