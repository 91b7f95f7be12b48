import { chineseSum, fileSize, hanNumber, pixels } from './amounts.js';
import type { Wording } from './wording.js';

export const SIMPLIFIED: Wording = {
  pressRelease: '新闻稿',
  test: '测试邮件，内容未经批准，请勿刊用',
  webVersion: '网页版',
  greeting: (name) => `${name}，您好：`,
  dashBeforeSpeaker: '——',
  comma: '，',
  colon: '：',
  endOfText: '全文完',
  pictures: '新闻图片',
  picture: (number) => `图${hanNumber(number)}`,
  credit: (name) => `（${name}）`,
  download: (number) => (number === 0 ? '下载高清原图' : `下载图${hanNumber(number)}高清原图`),
  file: (format, width, height, bytes) => `${format}，${pixels(width, height)}\u00a0像素，${fileSize(bytes)}`,
  kit: (bytes) => `下载全部素材（ZIP，${fileSize(bytes)}）`,
  kitHolds: '内有高清图片、图片说明及全文。',
  contacts: '媒体联系人',
  about: '关于我们',
  newsroom: '新闻中心',
  why: (organisation) => ['本邮件发往 ', `，因为该地址在${organisation}的媒体名单上。`],
  preferences: '更改语言或接收设置',
  sender: '发件人',
  release: (number, version) => `稿件\u00a0${number}，第\u00a0${version}\u00a0版`,
  brings: (pictures, contacts) =>
    chineseSum('两', '及', [
      ['高清图片', pictures, '张'],
      ['联系人', contacts, '位'],
    ]),
};
