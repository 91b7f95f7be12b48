import type { ManuscriptBuilder } from './manuscript.js';

/** Radicals that PDF viewers put on the clipboard in place of the character; Unicode gives them no decomposition. */
const RADICALS: Readonly<Record<string, string>> = {
  '⺎': '兀',
  '⺟': '母',
  '⺠': '民',
  '⻁': '虎',
  '⻄': '西',
  '⻅': '见',
  '⻆': '角',
  '⻉': '贝',
  '⻋': '车',
  '⻑': '長',
  '⻓': '长',
  '⻔': '门',
  '⻘': '青',
  '⻙': '韦',
  '⻚': '页',
  '⻛': '风',
  '⻜': '飞',
  '⻝': '食',
  '⻢': '马',
  '⻣': '骨',
  '⻤': '鬼',
  '⻥': '鱼',
  '⻦': '鸟',
  '⻩': '黄',
  '⻬': '齐',
  '⻰': '龙',
};

const ODD =
  /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\u2e80-\u2fdf\ufb00-\ufb06\ud800-\udfff\ufffd]/g;

/**
 * Notes how characters read that are not what they seem: radicals and ligatures from a PDF as ordinary letters, invisible
 * and control characters as nothing. The source keeps them as they are.
 */
export function readOddCharacters(builder: ManuscriptBuilder, text: string, from: number): void {
  for (const match of text.matchAll(ODD)) {
    const unit = match[0];
    const code = unit.charCodeAt(0);
    if (code >= 0xd800 && code <= 0xdfff && isPaired(text, match.index)) continue;
    if (code >= 0x2e80 && code <= 0x2fdf) {
      builder.readings.set(from + match.index, RADICALS[unit] ?? unit.normalize('NFKC'));
      builder.warnings.add('radicals-replaced');
    } else if (code >= 0xfb00 && code <= 0xfb06) {
      builder.readings.set(from + match.index, unit.normalize('NFKC'));
    } else if (code !== 0xfffd) {
      builder.readings.set(from + match.index, '');
      if (![0x200b, 0x2060, 0xfeff].includes(code)) builder.warnings.add('control-characters');
    }
    if (code === 0xfffd) builder.warnings.add('replacement-characters');
  }
}

function isPaired(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const other = text.charCodeAt(code < 0xdc00 ? at + 1 : at - 1);
  return code < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other < 0xdc00;
}
