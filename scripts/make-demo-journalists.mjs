#!/usr/bin/env node
/**
 * Writes the demo's media list as an office in Hong Kong would hand it over: Big5, CRLF, one sheet grown over years, with
 * people met twice and rows nobody can use. All names, outlets and addresses are invented; the same file every time.
 *
 *   node scripts/make-demo-journalists.mjs    writes journalists.big5.csv, journalists.expected.json and suppressed.txt
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainToASCII, fileURLToPath } from 'node:url';
import iconv from 'iconv-lite';

const demo = join(import.meta.dirname, '..', 'apps', 'standalone', 'demo');
const HEADINGS = ['姓名', '電郵', '媒體', '線口', '語言', '時區', '來源', '同意日期', '名單', '備註'];
const SOURCES = ['記者會登記', '名片交換', '網上登記表格', '電話確認', '開放日登記', '編輯部轉介', ''];
const NOTES = [
  '專訪須預約',
  '只收電郵，勿致電',
  '請於上午聯絡',
  '+852 0000 4417 直線',
  '逢星期一休假',
  '圖片請附英文說明',
  '稱呼"阿晴"即可, 同組可代轉',
];

/** Draws that come out the same every time (mulberry32); a list that changed with each run could not be reviewed. */
class Draw {
  constructor(seed) {
    this.state = seed;
  }

  below(limit) {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  of(list) {
    return list[this.below(list.length)];
  }

  shuffled(list) {
    const rest = [...list];
    return list.map(() => rest.splice(this.below(rest.length), 1)[0]);
  }
}

const draw = new Draw(1852);

/** 240 journalists, each with an address of their own. */
function journalists() {
  const { groups } = JSON.parse(readFileSync(join(demo, 'journalists.words.json'), 'utf8'));
  const people = groups.flatMap((group) => {
    const pairs = group.families.flatMap((family) => group.givens.map((given) => [family, given]));
    return draw
      .shuffled(pairs)
      .slice(0, group.count)
      .map(([family, given]) => journalist(group, family.split(' '), given.split(' ')));
  });
  return draw.shuffled(people).map(withHabits);
}

function journalist(group, family, given) {
  const [outlet, domain] = draw.of(group.outlets);
  const [familyWord, familyRoman = family[0].toLowerCase()] = family;
  const [givenWord, givenRoman = given[0].toLowerCase()] = given;
  return {
    language: group.language,
    name: group.givenFirst ? `${givenWord} ${familyWord}` : `${familyWord}${givenWord}`,
    address: `${group.givenFirst ? `${givenRoman}.${familyRoman}` : `${familyRoman}.${givenRoman}`}@${domain}`,
    outlet,
    beats: draw.shuffled(group.beats).slice(0, 1 + draw.below(2)),
    languageWord: draw.of(group.languageWords),
    zone: draw.of(group.zones),
    source: draw.of(SOURCES),
    date: writtenDate(group),
    lists: ['維港聲音', ...(draw.below(4) === 0 ? [group.list] : [])],
    note: draw.below(5) === 0 ? draw.of(NOTES) : '',
  };
}

/** A day of consent in one of the ways people of that place write it. */
function writtenDate({ dates }) {
  const [year, month, day] = [2021 + draw.below(5), 1 + draw.below(12), 13 + draw.below(15)];
  const two = (number) => String(number).padStart(2, '0');
  return {
    iso: `${year}-${two(month)}-${two(day)}`,
    slashes: `${year}/${month}/${day}`,
    han: `${year}年${month}月${day}日`,
    roc: `民國${year - 1911}年${month}月${day}日`,
    'day-first': `${day}/${month}/${year}`,
    words: `${day} ${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][month - 1]} ${year}`,
    none: '',
  }[draw.of(dates)];
}

/** What addresses on grown lists look like: capitals, plus tags, desks without a person, notes that look like formulas. */
function withHabits(person, index) {
  if (index % 31 === 7) return { ...person, address: person.address.toUpperCase() };
  if (index % 31 === 13)
    return { ...person, address: person.address.replace(/^[^.]+/, (first) => first[0].toUpperCase() + first.slice(1)) };
  if (index % 48 === 20)
    return { ...person, address: person.address.replace('@', `+${draw.of(['news', 'press', 'culture'])}@`) };
  if (index % 80 === 41) return { ...person, name: '', address: person.address.replace(/^[^@]+/, 'newsdesk') };
  if (index % 90 === 55) return { ...person, note: '=分機218，三樓編輯部' };
  return person;
}

const cellsOf = (p) => [
  p.name,
  p.address,
  p.outlet,
  p.beats.join('、'),
  p.languageWord,
  p.zone,
  p.source,
  p.date,
  p.lists.join('、'),
  p.note,
];

/**
 * People met twice: rows that change nothing, and rows that add an outlet, a beat or a consent. None takes anything back,
 * so that importing the file again finds everybody unchanged.
 */
function secondMeetings(people) {
  const plain = people.filter(({ name, address }) => name !== '' && /^[a-z.]+@[a-z.-]+$/.test(address));
  const [same, louder, moved, wider] = draw.shuffled(plain.slice(20, 120));
  const renewed = plain.find(({ source, date }) => source === '' && date === '');
  const abroad = people.find(({ address }) => /@[^@]*[^\0-\x7f]/.test(address));
  const [local, domain] = abroad.address.split('@');
  return {
    unchanged: [cellsOf(same), cellsOf({ ...louder, address: louder.address.toUpperCase() })],
    merged: [
      cellsOf({ ...moved, outlet: '聽岸播客' }),
      cellsOf({ ...wider, beats: ['專題'] }),
      cellsOf({ ...renewed, source: '書面同意', date: '2026-10-05' }),
      cellsOf({ ...abroad, address: `${local}@${domainToASCII(domain)}`, note: '以轉換後的網域收信' }),
    ],
  };
}

/** Rows nobody can use, one for each way that lists go wrong, and what is to be said of them. */
function spoiltRows() {
  const row = (name, address, { language = '繁', date = '2024-05-20', outlet = '浪花日報' } = {}) => [
    name,
    address,
    outlet,
    '港聞',
    language,
    '香港',
    '名片交換',
    date,
    '維港聲音',
    '待覆核',
  ];
  return [
    { field: 'address', reason: 'address-empty', cells: row('戚沛文', '') },
    { field: 'address', reason: 'address-at-sign', cells: row('蒲樂游', 'pulokyau@@longfa.example.com') },
    { field: 'address', reason: 'address-space', cells: row('舒以航', 'shu yihong@longfa.example.com') },
    {
      field: 'address',
      reason: 'address-several',
      cells: row('藍靜川', 'lam.ching@longfa.example.com, lamcc@ferrypoint.example.net'),
    },
    { field: 'address', reason: 'address-line-break', cells: row('倪可津', 'ngai.hochun@\r\nlongfa.example.com') },
    { field: 'address', reason: 'address-full-width', cells: row('仇思汀', 'sau.szeting＠longfa.example.com') },
    {
      field: 'address',
      reason: 'address-brackets',
      cells: row('喬望', '=HYPERLINK("https://longfa.example.com","電郵")'),
    },
    {
      field: 'address',
      reason: 'too-many-cells',
      cells: row('杭雅瀾', 'hong.ngalan@longfa.example.com', { outlet: '浪花日報, 港聞版' }),
      unquoted: true,
    },
    {
      field: 'language',
      reason: 'language-unknown',
      cells: row('Odile Marchand', 'odile.marchand@pierledger.example.com', { language: '法文' }),
    },
    {
      field: 'language',
      reason: 'language-ambiguous',
      cells: row('尹卓然', 'wan.cheukyin@longfa.example.com', { language: '中文' }),
    },
    {
      field: 'consentDate',
      reason: 'date-unknown',
      cells: row('閔海晴', 'man.hoiching@longfa.example.com', { date: '2025-02-30' }),
    },
    {
      field: 'consentDate',
      reason: 'date-ambiguous',
      cells: row('匡澄', 'hong.ching@longfa.example.com', { date: '03/04/2025' }),
    },
  ];
}

const csvLine = (cells, quoted = true) =>
  cells.map((cell) => (quoted && /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');

/** Bad rows and second meetings spread over the sheet; a second meeting always after the first. */
function sheet(people, second, spoilt) {
  const rows = people.map((person) => ({ line: csvLine(cellsOf(person)) }));
  spoilt.forEach((bad, index) => {
    rows.splice(9 + index * 19, 0, { line: csvLine(bad.cells, !bad.unquoted), field: bad.field, reason: bad.reason });
  });
  [...second.unchanged, ...second.merged].forEach((cells, index) => {
    rows.splice(rows.length - index * 7, 0, { line: csvLine(cells) });
  });
  return rows;
}

/** Where each bad row stands, as a text editor counts: a cell with a line break makes its row two lines long. */
function rejections(rows) {
  let line = 2;
  return rows.flatMap((row) => {
    const at = line;
    line += row.line.split('\r\n').length;
    return row.reason ? [{ line: at, field: row.field, reason: row.reason }] : [];
  });
}

/** Six who said no before this file came: three of 繁, two of 簡, one of 英, as they once wrote their addresses. */
function suppressed(people) {
  const wanting = { 'zh-Hant': 3, 'zh-Hans': 2, en: 1 };
  const chosen = people.slice(30).filter((person) => person.name !== '' && wanting[person.language]-- > 0);
  return chosen.map(({ address }) => address.toLowerCase());
}

/** The three files as bytes and texts. */
export function makeDemoJournalists() {
  const people = journalists();
  const second = secondMeetings(people);
  const rows = sheet(people, second, spoiltRows());
  const gone = suppressed(people);
  const text = [csvLine(HEADINGS), ...rows.map((row) => row.line)].join('\r\n') + '\r\n';
  const csv = iconv.encode(text, 'big5');
  if (iconv.decode(csv, 'big5') !== text) throw new Error('Big5 cannot hold a character of this list.');
  const byLanguage = (language) => people.filter((person) => person.language === language).length;
  const expected = {
    rows: rows.length,
    created: people.length,
    merged: second.merged.length,
    unchanged: second.unchanged.length,
    rejected: rows.filter((row) => row.reason).length,
    suppressed: gone.length,
    languages: { 'zh-Hant': byLanguage('zh-Hant'), 'zh-Hans': byLanguage('zh-Hans'), en: byLanguage('en') },
    rejections: rejections(rows),
  };
  return { csv, expected, suppressed: gone };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = makeDemoJournalists();
  writeFileSync(join(demo, 'journalists.big5.csv'), made.csv);
  writeFileSync(join(demo, 'journalists.expected.json'), `${JSON.stringify(made.expected, null, 2)}\n`);
  writeFileSync(join(demo, 'suppressed.txt'), `${made.suppressed.join('\n')}\n`);
  console.log(made.expected);
}
