import { describe, expect, test } from '@jest/globals';
import { looksOf, splitTitleAndName, type Looks } from './person-words.js';

function best(text: string): keyof Looks | 'nothing' {
  const looks = looksOf(text);
  const [first] = (Object.entries(looks) as [keyof Looks, number][]).sort((a, b) => b[1] - a[1]);
  return first![1] === 0 ? 'nothing' : first![0];
}

describe('a short text in a contact block', () => {
  test.each([
    ['馮曉澄', 'person'],
    ['馮曉澄 Claire Fung', 'person'],
    ['Claire Fung 馮曉澄', 'person'],
    ['歐陽靖先生', 'person'],
    ['Jo Poon', 'person'],
    ['Dr Amara Okafor', 'person'],
    ['Jean-Luc de la Tour', 'person'],
    ['世聯傳訊顧問', 'organisation'],
    ['海岸數據社', 'organisation'],
    ['云梯机器人有限公司', 'organisation'],
    ['Fenland Bus Company', 'organisation'],
    ['University of Marram', 'organisation'],
    ['Tidewater Communications', 'organisation'],
    ['新聞主任', 'role'],
    ['企業傳訊經理', 'role'],
    ['Head of Communications', 'role'],
    ['Senior Press Officer', 'role'],
  ])('%s is a %s', (text, kind) => {
    expect(best(text)).toBe(kind);
  });
});

test.each([
  ['海岸數據社總監方以晴博士', '海岸數據社總監', '方以晴博士'],
  ['島嶼書店創辦人林靖雯', '島嶼書店創辦人', '林靖雯'],
  ['云梯机器人首席执行官赵一帆', '云梯机器人首席执行官', '赵一帆'],
  ['行政總裁 Peter Lau', '行政總裁', 'Peter Lau'],
  ['陳先生', '', '陳先生'],
])('parts title and name in %s', (text, title, name) => {
  expect(splitTitleAndName(text)).toEqual({ title, name });
});
