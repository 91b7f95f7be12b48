import { describe, expect, test } from '@jest/globals';
import { readAttributionLine, readQuote } from './read-quote.js';

describe('a quotation', () => {
  test.each([
    [
      '海岸數據社主席方以晴博士表示︰「三個海灣的數據『屬於每一個市民』，今日起任何人都可以看到十分鐘前的海。」',
      '方以晴博士',
      '海岸數據社主席',
    ],
    ['「今日起任何人都可以看到十分鐘前的海，這是一個開始。」海岸數據社主席方以晴說。', '方以晴', '海岸數據社主席'],
    [
      '云梯机器人首席执行官赵一帆表示：“我们用了三年时间，把零件减到二十三个，成本降到八分之一。”',
      '赵一帆',
      '云梯机器人首席执行官',
    ],
    [
      '“We took three years to bring the cost down to an eighth,” said Jane Doe, Chief Executive of Fenland Bus.',
      'Jane Doe',
      'Chief Executive of Fenland Bus',
    ],
    [
      'Jane Doe, Chief Executive of Fenland Bus, said: “We took three years to bring the cost down.”',
      'Jane Doe',
      'Chief Executive of Fenland Bus',
    ],
    [
      '"Three years of work went into this," Dr Amara Okafor, lead author, said. "Now it is open to everyone."',
      'Dr Amara Okafor',
      'lead author',
    ],
    [
      'Fenland Bus chief executive Jane Doe said: “We took three years to bring the cost down.”',
      'Jane Doe',
      'Fenland Bus chief executive',
    ],
  ])('names its speaker: %s', (text, speaker, title) => {
    expect(readQuote(text)).toEqual({ speaker, title, open: false });
  });

  test('stays open at the end of a paragraph that does not close it', () => {
    expect(
      readQuote(
        '“We took three years to bring the cost down, and the town was patient,” said Jane Doe. “It paid off in the end.',
      ),
    ).toMatchObject({ open: true, speaker: 'Jane Doe' });
  });

  test.each([
    '數碼港推出「在職從業員培訓計劃」、「人才計劃」，以及「拍住上」資助計劃，涵蓋多個範疇。',
    'The “Bay Watch” programme will begin in March and run for three years in all.',
    '海岸數據社表示，三個海灣的數據今日起公開，稱之為「開放海灣」。',
    'It ends a long wait.',
  ])('is not seen in: %s', (text) => {
    expect(readQuote(text)).toBeNull();
  });

  test('may be attributed in a line of its own', () => {
    expect(readAttributionLine('——方以晴博士，澄灣海洋觀測會總監')).toEqual({
      speaker: '方以晴博士',
      title: '澄灣海洋觀測會總監',
    });
    expect(readAttributionLine('– Jane Doe, Chief Executive')).toEqual({
      speaker: 'Jane Doe',
      title: 'Chief Executive',
    });
    expect(readAttributionLine('Jane Doe')).toBeNull();
  });
});
