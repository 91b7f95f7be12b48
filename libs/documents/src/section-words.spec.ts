import { describe, expect, test } from '@jest/globals';
import { headerField, leadingLabel, releaseWord } from './release-words.js';
import { cueOf } from './section-words.js';

describe('words about the release', () => {
  test.each([
    ['新聞稿', 'label'],
    ['【新闻稿】', 'label'],
    ['新聞公報', 'label'],
    ['PRESS RELEASE', 'label'],
    ['Press Release No. 12/2026', 'label'],
    ['新聞稿 Press Release', 'label'],
    ['MEDIA STATEMENT', 'label'],
    ['即時發布', 'immediate'],
    ['供即時發佈', 'immediate'],
    ['请即发布', 'immediate'],
    ['FOR IMMEDIATE RELEASE', 'immediate'],
    ['For release: immediately', 'immediate'],
    ['EMBARGOED UNTIL 00:01 GMT, WEDNESDAY 2 DECEMBER 2026', 'embargo'],
    ['STRICT EMBARGO: 2 December 2026, 10:00 HKT', 'embargo'],
    ['Not for publication or broadcast before 00:01 on 2 December 2026', 'embargo-terms'],
    ['禁發至2026年12月2日上午九時（香港時間）', 'embargo'],
    ['解禁时间：2026年12月2日09:00（北京时间）', 'embargo'],
    ['請於2026年12月2日10時（台北時間）後發布', 'embargo'],
    ['2026年12月2日上午九時前請勿刊登', 'embargo'],
    ['在上述時間前，請勿刊登、播放或轉發本稿內容。', 'embargo-terms'],
    ['【禁止於2026年8月1日上午10:00前發布】', 'embargo'],
    ['本稿限2026年8月1日零時後使用', 'embargo'],
    ['供2026年8月1日（星期六）上午九時後發表', 'embargo'],
    ['2026年8月1日上午10時後方可發佈', 'embargo'],
    ['可于2026年8月1日10:00（北京时间）后发布', 'embargo'],
    ['Under embargo until 0001 BST Saturday 1 August 2026', 'embargo'],
    ['Strictly private and confidential until 7.00am, 1 August 2026', 'embargo'],
    ['For publication after 10am on 1 August 2026', 'embargo'],
    ['Hold for release until 9am HKT, Aug 1, 2026', 'embargo'],
    ['「海味地圖」2026年8月1日起公開', null],
    ['Museum to stay open until 10pm from 1 August 2026', null],
    ['Not for release, publication or distribution in the United States', null],
    ['澄灣觀測站今日啟用', null],
    ['Harbour Watch lifts the lid on its data', null],
    ['會員可於下月起領取', null],
  ])('knows %s', (text, word) => {
    expect(releaseWord(text)).toBe(word);
  });

  test('finds a label that leads a headline, and fields of a form', () => {
    expect(leadingLabel('【新聞稿】三灣浮標啟用')).toBe(5);
    expect(leadingLabel('Press release: Bay opens')).toBe(15);
    expect(leadingLabel('Press releases are dull')).toBe(0);
    expect(headerField('日期：2026年12月2日')).toEqual({ field: 'date', from: 3 });
    expect(headerField('Headline: Bay opens')).toEqual({ field: 'headline', from: 10 });
    expect(headerField('標題：三灣')).toEqual({ field: 'headline', from: 3 });
  });
});

describe('words that open a section', () => {
  test.each([
    ['###', 'end-mark'],
    ['# # #', 'end-mark'],
    ['ENDS', 'end-mark'],
    ['- Ends -', 'end-mark'],
    ['－完－', 'end-mark'],
    ['（完）', 'end-mark'],
    ['完', 'end-mark'],
    ['-30-', 'end-mark'],
    ['— 30 —', 'end-mark'],
    ['Ends/Wednesday, December 2, 2026', 'end-mark'],
    ['~ 全文完 ~', 'end-mark'],
    ['Issued at HKT 11:00', 'issued'],
    ['傳媒查詢，請聯絡︰', 'contacts'],
    ['傳媒查詢', 'contacts'],
    ['媒体联系人：', 'contacts'],
    ['新聞聯絡人', 'contacts'],
    ['【媒體聯絡】', 'contacts'],
    ['如有查詢，請聯絡：', 'contacts'],
    ['Media contact:', 'contacts'],
    ['MEDIA CONTACTS', 'contacts'],
    ['Contact: Jo Poon, +44 0000 000000, jo@example.org', 'contacts'],
    ['For further information, please contact:', 'contacts'],
    ['For media enquiries:', 'contacts'],
    ['Press enquiries', 'contacts'],
    ['Notes to editors', 'notes'],
    ['Notes to Editors:', 'notes'],
    ["Editor's note:", 'notes'],
    ['編輯垂注', 'notes'],
    ['编者注：', 'notes'],
    ['備註：', 'notes'],
    ['關於數據社', 'about'],
    ['关于海岸数据社', 'about'],
    ['About Harbour Watch', 'about'],
    ['About Harbour Watch: Harbour Watch is a society.', 'about'],
    ['關於觀測會：虛構機構。', 'about'],
    ['Forward-looking statements', 'about'],
    ['免责声明', 'about'],
    ['請按此處下載高解像度新聞圖片。', 'download'],
    ['图片下载：https://example.org/p', 'download'],
    ['High-resolution images can be downloaded here', 'download'],
    ['圖一：首個浮標', 'caption'],
    ['圖片說明：首個浮標', 'caption'],
    ['Caption: the first buoy', 'caption'],
    ['Photo 2: the first buoy', 'caption'],
    ['詳情請瀏覽 www.example.org', 'website'],
    ['For more information, visit https://www.example.org.', 'website'],
    ['https://files.example.org/kit', 'links'],
    ['mailto:jo@example.org', 'links'],
  ])('%s opens %s', (text, kind) => {
    expect(cueOf(text)?.kind).toBe(kind);
  });

  test.each([
    '查詢服務已升級為二十四小時運作，市民可隨時使用。',
    'The contacts between the two bodies began in 2019 and have grown since.',
    'About half of the buoys are made of recycled nets, the society said.',
    '關於新的收費，委員會表示仍在研究之中，預計明年公布。',
    'It ends a long wait.',
    '完善創科生態圈',
    'Weekend opening hours',
    '圖書館下月開放',
  ])('%s opens nothing', (text) => {
    expect(cueOf(text)).toBeNull();
  });

  test('leaves what follows the heading on the same line', () => {
    const text = 'Media contact: Jo Poon';
    expect(text.slice(cueOf(text)!.rest)).toBe('Jo Poon');
    const about = '關於觀測會：虛構機構。';
    expect(about.slice(cueOf(about)!.rest)).toBe('虛構機構。');
  });
});
