import { describe, expect, test } from '@jest/globals';
import { inlineText, type MediaContactNode, type PressDocument } from './document.js';
import { importRelease } from './import-release.js';

async function read(text: string): Promise<PressDocument> {
  return (await importRelease(Buffer.from(text), { fileName: 'a.txt' })).document;
}

async function contacts(lines: string, language: 'en' | 'zh' = 'en'): Promise<string[]> {
  const story =
    language === 'en'
      ? 'PRESS RELEASE\n\nBay opens data\n\nCORK, 2 December 2026 – The bay opened its data to everyone today.\n\nENDS\n\n'
      : '新聞稿\n\n三灣公開數據\n\n香港，2026年12月2日 – 海岸數據社今日公開三個海灣的水質數據。\n\n完\n\n';
  const { content } = await read(`${story}${lines}\n`);
  return content
    .filter((part): part is MediaContactNode => part.type === 'mediaContact')
    .map(({ attrs }) =>
      [attrs.organisation, attrs.name, attrs.role, ...attrs.phones, ...attrs.emails, attrs.note]
        .map((part) => part || '-')
        .join(' | '),
    );
}

describe('media contacts', () => {
  test('stacked, one below the other, the house named once', async () => {
    expect(
      await contacts(
        'Media contacts\nBay Data Society\nJo Poon, Press Officer\n+353 00 000 0101\njo@example.org\n\nSam Wren, Director\n+353 00 000 0102\nsam@example.org',
      ),
    ).toEqual([
      'Bay Data Society | Jo Poon | Press Officer | +353 00 000 0101 | jo@example.org | -',
      'Bay Data Society | Sam Wren | Director | +353 00 000 0102 | sam@example.org | -',
    ]);
  });

  test('side by side in three columns', async () => {
    expect(
      await contacts(
        '傳媒聯絡\n東海大學傳訊處        南灣理工學院            西嶺大學公共關係部\n周映彤                關家樂                  Ms Rita Souza\n+852 0000 1111        +853 0000 2222          +886 2 0000 3333\nyt@e.example.org    kl@n.example.org    rita@x.example.org',
        'zh',
      ),
    ).toEqual([
      '東海大學傳訊處 | 周映彤 | - | +852 0000 1111 | yt@e.example.org | -',
      '南灣理工學院 | 關家樂 | - | +853 0000 2222 | kl@n.example.org | -',
      '西嶺大學公共關係部 | Ms Rita Souza | - | +886 2 0000 3333 | rita@x.example.org | -',
    ]);
  });

  test('on one line, with strokes, dashes or commas', async () => {
    expect(
      await contacts(
        'Press contact: Tom Birch | Press Officer | Mobility Institute | T: 020 0000 1234 | M: 07700 900 111 | E: tom@example.org',
      ),
    ).toEqual(['Mobility Institute | Tom Birch | Press Officer | 020 0000 1234 | 07700 900 111 | tom@example.org | -']);
    expect(
      await contacts(
        'Press contacts:\nLantern Health – Mia Clarke – mia@example.org – +44 7700 900 222\nHarbour Ventures – Joe Finch – joe@example.org – +44 7700 900 333',
      ),
    ).toEqual([
      'Lantern Health | Mia Clarke | - | +44 7700 900 222 | mia@example.org | -',
      'Harbour Ventures | Joe Finch | - | +44 7700 900 333 | joe@example.org | -',
    ]);
  });

  test('inside a sentence, in English and Chinese', async () => {
    expect(
      await contacts(
        'For more information contact Keith Amory, Head of Press at Canal Trust, on 0000 345 678 or email keith@example.org.',
      ),
    ).toEqual(['Canal Trust | Keith Amory | Head of Press | 0000 345 678 | keith@example.org | -']);
    expect(
      await contacts(
        '傳媒如有查詢，請致電0000 7788與珠江大學傳訊處高級經理唐詠珊女士聯絡，或電郵至press@example.org。',
        'zh',
      ),
    ).toEqual(['- | 唐詠珊女士 | 珠江大學傳訊處高級經理 | 0000 7788 | press@example.org | -']);
    expect(
      await contacts('媒體查詢，請聯絡夜光攝影會黎以行先生（電話：(852) 0000 6767／電郵：hang@example.org）。', 'zh'),
    ).toEqual(['夜光攝影會 | 黎以行先生 | - | (852) 0000 6767 | hang@example.org | -']);
  });

  test('with labels, several numbers, an extension, fax and messenger', async () => {
    expect(
      await contacts(
        '新聞聯絡人\n單位：星橋電力集團\n姓名：常樂 專案經理\n電話：02-0000-3300 分機 12\n手機：0900-000-123\n傳真：02-0000-3301\nLINE：starbridge\n電郵：le@example.org',
        'zh',
      ),
    ).toEqual([
      '星橋電力集團 | 常樂 | 專案經理 | 02-0000-3300 分機 12 | 0900-000-123 | le@example.org | 傳真：02-0000-3301; LINE：starbridge',
    ]);
  });

  test('of an agency that names its client', async () => {
    expect(
      await contacts(
        'For media enquiries, please contact Farah Lim (+65 0000 4410, f@example.org) or Desmond Oh (+65 0000 4411, d@example.org) of Quayside Communications.',
      ),
    ).toEqual([
      'Quayside Communications | Farah Lim | - | +65 0000 4410 | f@example.org | -',
      'Quayside Communications | Desmond Oh | - | +65 0000 4411 | d@example.org | -',
    ]);
  });

  test('of a desk without a person, and of one person in two scripts', async () => {
    expect(await contacts('Press office\nTel: 0000 000 2200 (24 hours)\nEmail: press@example.org')).toEqual([
      '- | Press office | - | 0000 000 2200 | press@example.org | 24 hours',
    ]);
    expect(
      await contacts('傳媒查詢：\n街坊文化實驗室\n陸詠詩小姐 / Wing Luk\nTel: 0000 1122 / 0000 3344', 'zh'),
    ).toEqual(['街坊文化實驗室 | 陸詠詩小姐 Wing Luk | - | 0000 1122 | 0000 3344 | -']);
  });
});

describe('a headline', () => {
  async function headline(head: string): Promise<string[]> {
    const han = /\p{Script=Han}/u.test(head);
    const story = han
      ? '香港，2026年12月2日 – 海岸數據社今日公開三個海灣的水質數據。'
      : 'CORK, 2 December 2026 – The bay opened its data to everyone today.';
    const { content } = await read(`${head}\n\n${story}\n`);
    return content.flatMap((part) =>
      part.type === 'headline' || part.type === 'subheadline' ? [inlineText(part.content)] : [],
    );
  }

  test('over several lines is one, whatever cut it', async () => {
    expect(await headline('新聞稿\n\n北島電力公司完成全港首個海底電纜熱\n能回收項目及供暖工程')).toEqual([
      '北島電力公司完成全港首個海底電纜熱能回收項目及供暖工程',
    ]);
    expect(await headline('新聞稿\n\n三灣海水浮標網絡啟用\n逐十分鐘公開水質數據')).toEqual([
      '三灣海水浮標網絡啟用 逐十分鐘公開水質數據',
    ]);
    expect(
      await headline('PRESS RELEASE\n\nHospital radio station wins national award for its\nnight-time programme'),
    ).toEqual(['Hospital radio station wins national award for its night-time programme']);
    expect(await headline('NIGHT BUSES RETURN TO THE FENS\nAFTER SIXTEEN YEARS')).toEqual([
      'NIGHT BUSES RETURN TO THE FENS AFTER SIXTEEN YEARS',
    ]);
  });

  test('ends where a subheadline begins: after a gap, at a dash, a bullet or a new sentence', async () => {
    expect(await headline('新聞稿\n\n三灣浮標啟用\n\n四十八個浮標同步上線')).toEqual([
      '三灣浮標啟用',
      '四十八個浮標同步上線',
    ]);
    expect(await headline('新聞稿\n三灣浮標啟用\n——四十八個浮標同步上線')).toEqual([
      '三灣浮標啟用',
      '——四十八個浮標同步上線',
    ]);
    expect(await headline('Bay opens its data\nAnyone can now see what the water does')).toEqual([
      'Bay opens its data',
      'Anyone can now see what the water does',
    ]);
    expect(await headline('BAY OPENS ITS DATA\n- Ten years of readings\n- Free to use')).toEqual([
      'BAY OPENS ITS DATA',
      'Ten years of readings',
      'Free to use',
    ]);
  });

  test('is not the letterhead, the address, the reference or the subject of a mail', async () => {
    expect(
      await headline(
        'ACME OCEAN TRUST\n14 Pier Street, Port Ellery PE1 0AA\n\nNews release\nNo. 44/2026\n\nBay opens its data',
      ),
    ).toEqual(['Bay opens its data']);
    expect(await headline('珠江大學新聞稿\n二〇二六年十二月二日\n\n三灣浮標啟用')).toEqual(['三灣浮標啟用']);
    expect(await headline('Subject: Press release: bay data\nFrom: press@example.org\n\nBay opens its data')).toEqual([
      'Bay opens its data',
    ]);
    expect(await headline('標題：三灣浮標啟用\n副題：四十八個浮標同步上線\n日期：2026年12月2日')).toEqual([
      '三灣浮標啟用',
      '四十八個浮標同步上線',
    ]);
  });
});

describe('joining lines', () => {
  async function body(...lines: string[]): Promise<string[]> {
    const { content } = await read(
      `PRESS RELEASE\n\nBay opens data\n\nCORK, 2 December 2026 – The bay opened its data today.\n\n${lines.join('\n')}\n\nThe end of the story is told in this paragraph, which is long.\n`,
    );
    return content.flatMap((part) => (part.type === 'paragraph' ? [inlineText(part.content)] : [])).slice(1, -1);
  }
  const filler = [
    'The society has kept a record of every reading since the first',
    'buoy went in and publishes all of them on the day they are made,',
  ];

  test('takes back the hyphen of a broken word and keeps that of a compound', async () => {
    expect(
      await body(
        ...filler,
        'so that manufacturers and fishermen can compare what the re-',
        'searchers measured with what they see from their own long-',
        'line boats, and with the notes of the long-line fleet of 1961.',
      ),
    ).toEqual([
      `${filler.join(' ')} so that manufacturers and fishermen can compare what the researchers measured with what they see from their own long-line boats, and with the notes of the long-line fleet of 1961.`,
    ]);
  });

  test('puts an address together that was cut at a stroke', async () => {
    expect(
      await body(
        ...filler,
        'and all of it can be had at https://data.example.org/bays/',
        'three/today by anyone who wants to use it in their own work.',
      ),
    ).toEqual([
      `${filler.join(' ')} and all of it can be had at https://data.example.org/bays/three/today by anyone who wants to use it in their own work.`,
    ]);
  });

  test('goes on across a page number inside a sentence', async () => {
    expect(
      await body(
        ...filler,
        'which makes it the longest open record of its kind on the',
        '',
        '',
        '2',
        '',
        '',
        'coast, and the only one that a school class could repeat.',
      ),
    ).toEqual([
      `${filler.join(' ')} which makes it the longest open record of its kind on the coast, and the only one that a school class could repeat.`,
    ]);
  });
});
