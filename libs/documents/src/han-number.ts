const DIGITS: Readonly<Record<string, number>> = {
  〇: 0,
  零: 0,
  '○': 0,
  一: 1,
  二: 2,
  两: 2,
  兩: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/** Reads 十二, 二十三, 廿三, 二〇二六 or plain digits; null when it is neither. Covers 0-99 and digit by digit. */
export function readHanNumber(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text);
  const plain = text.replace('廿', '二十').replace('卅', '三十');
  if (!/^[〇零○一二两兩三四五六七八九十]+$/.test(plain)) return null;
  if (!plain.includes('十')) return Number([...plain].map((digit) => DIGITS[digit]).join(''));
  const [tens = '', ones = ''] = plain.split('十');
  return (tens === '' ? 1 : (DIGITS[tens] ?? 0)) * 10 + (ones === '' ? 0 : (DIGITS[ones] ?? 0));
}
