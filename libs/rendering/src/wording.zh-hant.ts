import { chineseSum, fileSize, hanNumber, pixels } from './amounts.js';
import type { Wording } from './wording.js';

export const HONG_KONG: Wording = {
  pressRelease: '新聞稿',
  test: '測試郵件，內容未經批准，請勿刊用',
  webVersion: '網上版',
  greeting: (name) => `${name}，您好：`,
  dashBeforeSpeaker: '——',
  comma: '，',
  colon: '：',
  endOfText: '全文完',
  pictures: '新聞圖片',
  picture: (number) => `圖${hanNumber(number)}`,
  credit: (name) => `（${name}）`,
  download: (number) => (number === 0 ? '下載高解像度圖片' : `下載圖${hanNumber(number)}高解像度版本`),
  file: (format, width, height, bytes) => `${format}，${pixels(width, height)}\u00a0像素，${fileSize(bytes)}`,
  kit: (bytes) => `下載全部素材（ZIP，${fileSize(bytes)}）`,
  kitHolds: '內有高解像度圖片、圖片說明及全文。',
  contacts: '傳媒查詢',
  about: '關於我們',
  newsroom: '新聞室',
  why: (organisation) => ['本電郵寄往 ', `，因為此地址在${organisation}的傳媒名單上。`],
  preferences: '更改語言或收件設定',
  sender: '發送者',
  release: (number, version) => `稿件\u00a0${number}，第\u00a0${version}\u00a0版`,
  brings: (pictures, contacts) =>
    chineseSum('兩', '及', [
      ['高解像度圖片', pictures, '張'],
      ['聯絡人', contacts, '位'],
    ]),
};

/** The same trade in Taiwan's words. */
export const TAIWAN: Wording = {
  ...HONG_KONG,
  test: '測試信件，內容未經核准，請勿刊用',
  webVersion: '線上版',
  download: (number) => (number === 0 ? '下載高解析度圖片' : `下載圖${hanNumber(number)}高解析度版本`),
  file: (format, width, height, bytes) => `${format}，${pixels(width, height)}\u00a0畫素，${fileSize(bytes)}`,
  kitHolds: '內含高解析度圖片、圖說及全文。',
  contacts: '媒體聯絡人',
  why: (organisation) => ['本信寄至 ', `，因為此信箱在${organisation}的媒體名單上。`],
  preferences: '變更語言或收信設定',
  sender: '寄件單位',
  release: (number, version) => `新聞稿編號\u00a0${number}，第\u00a0${version}\u00a0版`,
  brings: (pictures, contacts) =>
    chineseSum('兩', '及', [
      ['高解析度圖片', pictures, '張'],
      ['聯絡人', contacts, '位'],
    ]),
};
