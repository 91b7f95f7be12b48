import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { LANGUAGES } from '#libs/kernel';
import { describeReport } from './describe-report.js';
import { importRelease } from './import-release.js';
import { WHY_WORDS } from './report-words.js';
import { WARNING_WORDS } from './warning-words.js';

const SOURCE = new URL('.', import.meta.url);
const code = readdirSync(SOURCE)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => readFileSync(new URL(name, SOURCE), 'utf8'))
  .join('\n');

describe('a mapping report in words', () => {
  test('tells line, part, confidence and reason in each of our languages', async () => {
    const { report } = await importRelease(
      Buffer.from('新聞稿\n三灣浮標啟用\n香港，2026年12月2日 – 海岸數據社今日公布水質數據。\n'),
      { fileName: 'a.txt' },
    );
    expect(describeReport(report, 'zh-Hant').lines[0]).toEqual({
      line: '1',
      source: '新聞稿',
      part: '稿件標示',
      confidence: '確定',
      why: '稿件標示的字眼',
    });
    expect(describeReport(report, 'en').lines.map(({ part }) => part)).toEqual([
      'label',
      'headline',
      'dateline',
      'paragraph',
    ]);
    expect(describeReport(report, 'zh-Hans').summary).toBe('共 4 行；未采用 0 处，需核对 0 处。');
  });

  test('has words for every reason and warning the importer can give', () => {
    const whys = [...code.matchAll(/why: '([a-z-]+)'/g)].map(([, key]) => key!);
    const warnings = [...code.matchAll(/warnings\.(?:add|push)\(\s*'([a-z-]+)'/g)].map(([, key]) => key!);
    expect(whys.length).toBeGreaterThan(30);
    expect(whys.filter((key) => key !== '' && !(key in WHY_WORDS))).toEqual([]);
    expect(warnings.filter((key) => !(key in WARNING_WORDS))).toEqual([]);
    for (const words of [...Object.values(WHY_WORDS), ...Object.values(WARNING_WORDS)]) {
      for (const language of LANGUAGES) expect(words[language]).not.toBe('');
    }
  });
});
