import type { Language } from '#libs/kernel';
import type { AddressFault } from './address.js';
import { FIELD_NAMES, type ImportField } from './import-field.js';
import type { LineFault } from './line-text.js';

export type RejectionReason =
  | `address-${AddressFault}`
  | LineFault
  | 'too-many-cells'
  | 'language-missing'
  | 'language-unknown'
  | 'language-ambiguous'
  | 'list-is-filter'
  | 'zone-unknown'
  | 'date-unknown'
  | 'date-ambiguous';

/** One row that was not imported, and the first thing found wrong with it. */
export interface Rejection {
  /** Line of the CSV file or row of the sheet, the first is 1; `lastLine` differs when a cell runs over several. */
  readonly line: number;
  readonly lastLine: number;
  readonly field: ImportField;
  readonly reason: RejectionReason;
  /** The cell, cut to 80 characters, with control characters made visible. Personal data: for the officer's eyes, not for logs. */
  readonly value: string;
}

type Sentence = Readonly<Record<Language, string>>;

const SENTENCES: Readonly<Record<RejectionReason, Sentence>> = {
  'address-empty': {
    'zh-Hant': '沒有電郵地址，請補上。',
    'zh-Hans': '没有邮箱地址，请补上。',
    en: 'There is no address; add one.',
  },
  'address-line-break': {
    'zh-Hant': '地址內有換行，請改成一行一個地址。',
    'zh-Hans': '地址内有换行，请改成一行一个地址。',
    en: 'The address holds a line break; write one address on one line.',
  },
  'address-hidden-character': {
    'zh-Hant': '地址內有看不見的字元，請用鍵盤重新輸入。',
    'zh-Hans': '地址内有看不见的字符，请用键盘重新输入。',
    en: 'The address holds a character that cannot be seen; type it by hand.',
  },
  'address-space': {
    'zh-Hant': '地址內有空格，請刪去。',
    'zh-Hans': '地址内有空格，请删去。',
    en: 'The address holds a space; take it out.',
  },
  'address-several': {
    'zh-Hant': '地址內有逗號、冒號或分號，一行只可填一個地址。',
    'zh-Hans': '地址内有逗号、冒号或分号，一行只可填一个地址。',
    en: 'The address holds a comma, colon or semicolon; give one address a row.',
  },
  'address-quoted': {
    'zh-Hant': '地址內有引號或反斜線，請刪去。',
    'zh-Hans': '地址内有引号或反斜线，请删去。',
    en: 'The address holds a quotation mark or backslash; take it out.',
  },
  'address-brackets': {
    'zh-Hant': '地址內有括號，請只留括號內的地址。',
    'zh-Hans': '地址内有括号，请只留括号内的地址。',
    en: 'The address holds brackets; keep only the address between them.',
  },
  'address-at-sign': {
    'zh-Hant': '地址須有一個且只有一個 @。',
    'zh-Hans': '地址须有一个且只有一个 @。',
    en: 'An address has exactly one @.',
  },
  'address-full-width': {
    'zh-Hant': '地址內有全形或特殊字體，請改用半形字母、數字和 @。',
    'zh-Hans': '地址内有全角或特殊字体，请改用半角字母、数字和 @。',
    en: 'The address holds full-width or decorative characters; type half-width ones.',
  },
  'address-local-part': {
    'zh-Hant': '@ 之前不是有效的信箱名稱，請檢查句點和符號。',
    'zh-Hans': '@ 之前不是有效的邮箱名称，请检查句点和符号。',
    en: 'The part before the @ is no mailbox name; check its dots and characters.',
  },
  'address-domain': {
    'zh-Hant': '@ 之後不是有效的網域，請檢查拼法。',
    'zh-Hans': '@ 之后不是有效的域名，请检查拼写。',
    en: 'The part after the @ is no domain; check the spelling.',
  },
  'address-too-long': {
    'zh-Hant': '地址太長，可能是兩格連在一起。',
    'zh-Hans': '地址太长，可能是两格连在一起。',
    en: 'The address is too long; two cells may have run together.',
  },
  undecodable: {
    'zh-Hant': '有無法解讀的字元，請檢查編碼，或在原檔改正此格。',
    'zh-Hans': '有无法解读的字符，请检查编码，或在原文件改正此格。',
    en: 'Some characters cannot be read; check the encoding or mend the cell in the file.',
  },
  'line-break': {
    'zh-Hant': '此格內有換行，請改成一行。',
    'zh-Hans': '此格内有换行，请改成一行。',
    en: 'The cell holds a line break; write it on one line.',
  },
  'hidden-character': {
    'zh-Hant': '有看不見或無法顯示的字元，請重新輸入此格。',
    'zh-Hans': '有看不见或无法显示的字符，请重新输入此格。',
    en: 'The cell holds a character that cannot be seen or shown; type it again.',
  },
  'cell-error': {
    'zh-Hant': '試算表公式出錯，請改正公式或填上文字。',
    'zh-Hans': '电子表格公式出错，请改正公式或填上文字。',
    en: 'The spreadsheet formula failed; mend it or type the text.',
  },
  'too-long': {
    'zh-Hant': '文字太長，請縮短。',
    'zh-Hans': '文字太长，请缩短。',
    en: 'The text is too long; shorten it.',
  },
  'too-many-cells': {
    'zh-Hant': '此行的格數比標題多，可能有逗號未加引號，各欄或已錯位。',
    'zh-Hans': '此行的格数比标题多，可能有逗号未加引号，各列或已错位。',
    en: 'The row has more cells than there are headings; a comma without quotation marks may have shifted them.',
  },
  'language-missing': {
    'zh-Hant': '沒有語言，請填繁體中文、简体中文或 English，或為整個檔案選定一種。',
    'zh-Hans': '没有语言，请填繁體中文、简体中文或 English，或为整个文件选定一种。',
    en: 'No language is given; write 繁體中文, 简体中文 or English, or choose one for the whole file.',
  },
  'language-unknown': {
    'zh-Hant': '不認識這種語言，請填繁體中文、简体中文或 English。',
    'zh-Hans': '不认识这种语言，请填繁體中文、简体中文或 English。',
    en: 'The language is not known; write 繁體中文, 简体中文 or English.',
  },
  'language-ambiguous': {
    'zh-Hant': '只說中文，未說繁體還是簡體，請填明。',
    'zh-Hans': '只说中文，未说繁体还是简体，请填明。',
    en: 'Chinese, but Traditional or Simplified? Write which.',
  },
  'list-is-filter': {
    'zh-Hant': '這個名單按條件自動產生，不能加入人，請改用其他名單。',
    'zh-Hans': '这个名单按条件自动生成，不能加入人，请改用其他名单。',
    en: 'This list finds its journalists by a filter; name another list.',
  },
  'zone-unknown': {
    'zh-Hant': '不認識這個時區，請填 Asia/Hong_Kong 這類名稱。',
    'zh-Hans': '不认识这个时区，请填 Asia/Shanghai 这类名称。',
    en: 'The time zone is not known; write a name such as Asia/Hong_Kong.',
  },
  'date-unknown': {
    'zh-Hant': '看不出是哪一天，請寫成 2026-11-23。',
    'zh-Hans': '看不出是哪一天，请写成 2026-11-23。',
    en: 'This is no day that exists; write it as 2026-11-23.',
  },
  'date-ambiguous': {
    'zh-Hant': '分不清日和月，請寫成 2026-11-23。',
    'zh-Hans': '分不清日和月，请写成 2026-11-23。',
    en: 'Day and month cannot be told apart; write it as 2026-11-23.',
  },
};

/** One line for people: where, which field, what is wrong and what to do. */
export function describeRejection(rejection: Rejection, language: Language): string {
  const lines = rejection.lastLine > rejection.line ? `${rejection.line}–${rejection.lastLine}` : `${rejection.line}`;
  const where = { 'zh-Hant': `第 ${lines} 行`, 'zh-Hans': `第 ${lines} 行`, en: `Line ${lines}` }[language];
  const field = FIELD_NAMES[rejection.field][language];
  const colon = language === 'en' ? ': ' : '：';
  return `${where} · ${field}${colon}${SENTENCES[rejection.reason][language]}`;
}
