import { describe, expect, test } from '@jest/globals';
import { guessMapping, settleMapping } from './mapping.js';
import type { TableRow } from './table.js';

function rows(...cells: readonly string[][]): TableRow[] {
  return cells.map((row, at) => ({ line: at + 2, lastLine: at + 2, cells: row }));
}

function fieldsOf(headings: readonly string[], ...sample: readonly string[][]) {
  return guessMapping(headings, rows(...sample)).map((guess) => guess.field);
}

describe('guessMapping', () => {
  test.each([
    [['電郵', '姓名', '媒體', '線口', '語言', '時區', '來源', '同意日期', '名單', '備註']],
    [['邮箱', '姓名', '媒体', '版面', '语言', '时区', '来源', '同意日期', '名单', '备注']],
    [['E-mail', 'Name', 'Outlet', 'Beat', 'Language', 'Time zone', 'Source', 'Consent date', 'Tags', 'Notes']],
    [
      [
        '電子郵件地址 E-mail',
        '記者姓名',
        '所屬媒體',
        '採訪範疇',
        '偏好語言',
        '所在時區',
        '同意來源',
        '授權日期',
        '分組',
        '備注',
      ],
    ],
    [['工作邮箱', '联系人', '单位', '跑口', '语种', '时区', '授权来源', '订阅日期', '标签', '备注']],
    [
      [
        'Email Address',
        'Full Name',
        'Publication',
        'Section',
        'Preferred language',
        'TZ',
        'Consent Source',
        'Opt-in date',
        'Media lists',
        'Remarks',
      ],
    ],
  ])('knows %j', (headings) => {
    expect(fieldsOf(headings)).toEqual([
      'address',
      'name',
      'outlet',
      'beat',
      'language',
      'zone',
      'consentSource',
      'consentDate',
      'lists',
      'note',
    ]);
  });

  test('says how sure it is: a whole heading more than a part, cells that agree more than either', () => {
    const [whole, part] = guessMapping(['媒體', '採訪範疇說明'], []);
    expect(whole?.confidence).toBeGreaterThan(part?.confidence ?? 1);
    const [sure] = guessMapping(['E-mail'], rows(['a@b.example']));
    expect(sure?.confidence).toBeGreaterThan(0.95);
  });

  test('knows the column of addresses by what stands in it', () => {
    expect(fieldsOf(['Kontakt', 'Wer'], ['a@b.example', 'Ann'], ['c@d.example', 'Bob'])).toEqual(['address', null]);
  });

  test('knows columns without headings by what stands in them', () => {
    const people = [
      ['陳大文', 'a@b.example', '繁體中文', 'Asia/Hong_Kong', '1234'],
      ['王小明', 'c@d.example', '简体', 'Asia/Shanghai', '5678'],
    ];
    expect(fieldsOf(['', '', '', '', ''], ...people)).toEqual(['name', 'address', 'language', 'zone', null]);
  });

  test('gives a field to the surest of two columns and leaves the other out', () => {
    expect(fieldsOf(['聯絡電郵（私人）', '電郵'], ['x@y.example', 'a@b.example'])).toEqual([null, 'address']);
  });

  test('is not taken in by a heading whose cells are no addresses', () => {
    expect(fieldsOf(['郵箱編號', '電郵'], ['1234', 'a@b.example'])).toEqual([null, 'address']);
  });

  test('leaves phone numbers and job titles out', () => {
    expect(fieldsOf(['電郵', '電話', '職稱', 'Phone', 'Job title'])).toEqual(['address', null, null, null, null]);
  });
});

describe('settleMapping', () => {
  const guesses = guessMapping(['電郵', '姓名', '私人電郵', '組'], []);

  test('lets a person correct a guess by heading or by place', () => {
    expect(settleMapping(guesses, { 組: 'beat', '#2': null })).toEqual(['address', null, null, 'beat']);
  });

  test('moves a field to the column a person names', () => {
    expect(settleMapping(guesses, { 私人電郵: 'address' })).toEqual([null, 'name', 'address', null]);
  });

  test('refuses a file without a column of addresses, naming the columns it has', () => {
    const none = guessMapping(['姓名', '電話'], []);
    expect(() => settleMapping(none)).toThrow(
      expect.objectContaining({
        code: 'contacts.import.no-address-column',
        field: 'address',
        message: expect.stringContaining('姓名, 電話'),
      }),
    );
  });

  test('refuses a column that is not there', () => {
    expect(() => settleMapping(guesses, { Beat: 'beat' })).toThrow(
      expect.objectContaining({ code: 'contacts.import.unknown-column' }),
    );
    expect(() => settleMapping(guesses, { '#5': 'beat' })).toThrow(
      expect.objectContaining({ code: 'contacts.import.unknown-column' }),
    );
  });
});
