import { displayWidth } from './display-width.js';
import { fold } from './fold.js';

export type CueKind =
  | 'end-mark'
  | 'issued'
  | 'notes'
  | 'download'
  | 'caption'
  | 'captions'
  | 'contacts'
  | 'about'
  | 'website'
  | 'links'
  | 'source'
  | 'related';

export interface Cue {
  readonly kind: CueKind;
  /** Strong cues open a section wherever they stand; weak ones only where a line may begin. */
  readonly strong: boolean;
  /** Where the heading ends and what it announces begins, in the same line; the length of the text when nothing follows. */
  readonly rest: number;
}

const END_MARK =
  /^[\s\-–—~*=/<>([|.·•_]*(?:#(?:\s?#){2,}|\*(?:\s?\*){2,4}|\bENDS?\b|\bEnds?\b|\bends?\b|THE END|END OF (?:PRESS |NEWS |MEDIA )?RELEASE|End of (?:press |news |media )?release|全文完|本文完|(?:本)?(?:新聞|新闻)?稿?完畢?|完毕|完|終)[\s\-–—~*=/<>)\]|.。·•_!]*$/u;
const THIRTY = /^\s*[-–—]{1,2}\s*(?:30|X{3})\s*[-–—]{1,2}\s*$/;
const OFFICIAL_END = /^\s*(?:Ends|完)\s*\/\s*\S/;
const ISSUED = /^\s*(?:Issued at HKT|Issued by|NNNN\s*$|香港時間\s*\d{1,2}\s*時|香港时间\s*\d{1,2}\s*时)/;

const CONTACT_HEADING_ZH =
  /^[\s■◆●▲※*【[《<]*(?:(?:如(?:有|欲|需)|有關|有关|若有|欲)\S{0,12}?)?(?:(?:傳媒|传媒|媒體|媒体|新聞|新闻|記者|记者|公關|公关|採訪|采访|企業|企业|代理|投資者|投资者|業務|商務|活動|活动|一般|公眾|更多|其他|進一步)\S{0,4}?)?(?:查詢|查询|聯絡|联络|聯繫|联系|聯系|洽詢|洽询|垂詢|垂询|詢問|諮詢|咨询|接洽)(?:人員|人员|人|方式|方法|資料|资料|信息|資訊|窗口|專線|电话|電話|詳情|详情|處)?/u;
const CONTACT_PLEASE_ZH =
  /(?:查詢|查询|詳情|详情|資料|资料|信息|資訊|採訪|采访).{0,16}?(?:請|请)\s*(?:與|与|向|致電|致电|聯絡|联络|聯繫|联系|洽|電郵)/u;
const CONTACT_EN =
  /^[\s*■•[(]*(?:(?:for|to)\s+(?:any\s+|all\s+|the\s+)?(?:further|more|additional|press|media|interview\w*|journalist|general|enquir\w+|inquir\w+|information|request|arrange|find out|details|images|queries)\b.{0,90}?\b(?:contact|call|phone|e-?mail|reach|ring|write to|get in touch)\b|(?:(?:the\s+)?(?:press|media|news|pr|p\.r\.|public relations|agency|company|corporate|investor|editorial|general|international|local|regional|uk|us|europe\w*|asia\w*|communications?|journalist|university|trade|consumer|sales)\s*(?:and|&|\/|or)?\s*){0,3}(?:contacts?|enquir(?:y|ies)|inquir(?:y|ies)|queries)(?:\s+(?:details|information|info|persons?|for\s+(?:the\s+)?(?:media|press|journalists|editors)|us|list))?\s*(?:[:\])(*]|$|(?=\s*[-–—|]\s*\S)|(?=\s{2,}\S)|(?=\t))|(?:press|media|news)\s+(?:office|desk|team|relations)\s*(?::|$)|contact(?:s|ing)?\s*(?:person|us)?\s*:|for\s+(?:further|more|additional|press|media|general|all|any)\s*(?:press|media|other)?\s*(?:enquir\w+|inquir\w+|information|queries|details)\s*(?::|,|$|please)|(?:media|press) contact\b)/iu;

const NOTES =
  /^[\s*■◆[【(#]*(?:notes?\s+(?:to|for)\s+(?:the\s+)?(?:editors?|journalists?|media|press|newsrooms?|reporters?)|editor(?:s|'s|s'|’s|s’)?\s+notes?|media\s+notes?|notes?|background\s+(?:information|notes?)(?:\s+for\s+editors)?|background|additional\s+information|further\s+information|(?:編輯|编辑|編者|编者|傳媒|记者|記者|媒體|媒体)\s*(?:垂注|備註|备注|備注|附註|附注|須知|须知|注意|參考|参考|垂閱|請注意|按|注|註)(?:事項|事项)?|備註|备注|備注|附註|附注|註釋|注释|註解|背景資料|背景资料|背景(?=\s*[:：]?\s*$)|補充資料|补充资料|註|注)\s*(?:[\])】:]|$)/iu;

const ABOUT = /^[\s*■◆●▍|#[【《<〈]*(?:about\s+(?=\S)|(?:關於|关于|有關|有关|認識|认识)\s*(?=[^\s，,。]))/iu;
const ABOUT_OTHER =
  /^[\s*■◆#[【]*(?:(?:公司|機構|机构|主辦機構|主辦單位|主办单位|集團|集团|企業|企业|品牌)\s*(?:簡介|简介|介紹|介绍|資料|背景)|\p{Script=Han}{2,20}(?:簡介|简介)(?=\s*[\])】:]?\s*$)|company\s+(?:profile|information|background)|corporate\s+profile|boilerplate|forward[-\s]looking\s+statements?|cautionary\s+(?:note|statement)\S*(?:\s+\S+){0,6}|safe\s+harbou?r(?:\s+statement)?|disclaimers?|legal\s+notice|免責聲明|免责声明|前瞻性(?:陳述|声明|聲明|陈述)|風險提示|风险提示)\s*(?:[\])】:]|$)/iu;

const PICTURE_ZH =
  '(?:圖片|图片|照片|相片|圖像|图像|圖檔|新聞圖|新闻图|影像|影片|短片|視頻|视频|素材|高清|高像素|高解像|高解析|高畫質|高分辨率|圖片集|新聞資料袋|媒體資料)';
const DOWNLOAD_ZH = new RegExp(
  `(?:下載|下载|按此|按這裡|點擊|点击|點選|点选|連結|链接|鏈接|取用|索取|雲端|云端|網盤|网盘|提取碼|提取码).{0,30}${PICTURE_ZH}|${PICTURE_ZH}.{0,30}(?:下載|下载|連結|链接|鏈接|按此|點擊|点击|雲端|云端|網盤|网盘|https?:)`,
  'u',
);
const DOWNLOAD_EN =
  /\b(?:download\w*|click here|available|access\w*|found|link|dropbox|wetransfer|google drive)\b.{0,80}\b(?:images?|photo\w*|pictures?|hi(?:gh)?-?\s?res\w*|media\s+(?:kit|assets?|pack)|press\s+(?:kit|pack)|visuals?|b-roll|videos?|footage|artwork|logos?)\b|\b(?:images?|photo\w*|pictures?|hi(?:gh)?-?\s?res\w*|media\s+(?:kit|assets?|pack)|press\s+(?:kit|pack)|visuals?|b-roll|footage|artwork)\b.{0,80}(?:\bdownload\w*|\bavailable\b|\bhere\b|\blink\b|https?:)/iu;

const CAPTION =
  /^[\s*[【(（]*(?:(?:圖片|图片|相片|照片|附圖|附图|圖|图|相|图注)\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[A-Ha-h](?![A-Za-z]))?\s*(?:說明|说明|片說明|注|註|說)?(?:\s*[(（][^()（）]{1,10}[)）])?\s*[\])】:.、]\s*|(?:圖|图)\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s+|(?:圖說|图说)\s*(?:\d{1,2}|[一二三四五六七八九十]{1,2})?\s*[\])】:.、]?\s*|(?:photo|picture|image|figure|fig\.?|caption|photograph)(?:\s+(?:caption|note))?s?\s*(?:\d{1,2}|[A-Z]|one|two|three)?\s*(?:\((?:left|right|above|below|top|bottom)\)\s*)?[:.–—\])-]\s*)(?=\S)/iu;
const CAPTIONS_HEADING =
  /^[\s*■◆#[【]*(?:(?:photo|picture|image|figure)?\s*captions?|photos?|pictures?|images?(?: and assets)?|圖片說明|图片说明|相片說明|照片說明|圖片|图片|相片|圖說|图说|圖片及素材|附圖|附图)\s*[\])】:]*\s*$/iu;

const URL_TEXT =
  /(?:https?:\/\/|www\.)[^\s<>"'，。、；）)】」』]+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|hk|tw|cn|uk|sg|io|co|eu|mo)(?:\.[a-z]{2})?(?:\/[^\s<>"'，。、；）)】」』]*)?(?![\w@])/iu;
const WEBSITE =
  /^(?:[\s*■]*(?:(?:官方)?(?:網站|网站|網址|网址|網頁|网页|官網|官网)|website|web\s*site|web|homepage|url|internet|online)\s*:|.{0,60}?(?:詳情|详情|資料|资料|了解|瞭解|資訊|信息|查詢|查询)?.{0,30}?(?:瀏覽|浏览|請訪問|请访问|登入|登錄|登录|參閱|参阅|參考|參見|前往)|.{0,90}?\b(?:visit|see|go to|learn more|find out more|more information|further information|read more)\b)/iu;
const LINKS_ONLY = /^\s*(?:[-•*·<([]\s*)?(?:https?:\/\/|www\.|mailto:)\S+\s*$/i;

/** Where the first web address in a text stands. */
export function findUrl(text: string): { readonly from: number; readonly to: number } | null {
  const match = URL_TEXT.exec(text);
  if (!match) return null;
  const url = match[0].replace(/[.,;:!?]+$/, '');
  if (text[match.index - 1] === '@') return null;
  return { from: match.index, to: match.index + url.length };
}

/** What a line announces, if anything. Reads only the start of long lines. */
export function cueOf(text: string): Cue | null {
  const folded = fold(text.slice(0, 400));
  const width = displayWidth(folded);
  const short = text.length <= 400 && width <= 110;
  if (short && (END_MARK.test(folded) || THIRTY.test(folded) || OFFICIAL_END.test(folded)))
    return cue('end-mark', true, text.length);
  if (ISSUED.test(folded) && width <= 80) return cue('issued', true, text.length);
  if (LINKS_ONLY.test(text) && text.length <= 400) return cue('links', true, 0);
  if (
    /\b(?:visit|see|go to|at)\b|瀏覽|浏览|訪問|访问/i.test(folded) &&
    !/contact|call|@|聯絡|联系|致電|致电/i.test(folded)
  ) {
    const website = websiteCue(folded, width, text);
    if (website) return website;
  }
  return contactsCue(folded, width, text) ?? headingCue(folded, width, text) ?? lineCue(folded, width, text);
}

function contactsCue(folded: string, width: number, text: string): Cue | null {
  const zh = CONTACT_HEADING_ZH.exec(folded);
  if (zh && isContactHeading(folded, zh[0].length, width)) {
    return cue('contacts', true, restAfter(folded, zh[0].length, text));
  }
  if (width <= 60 && /(?:查詢|查询|聯絡|联络|聯繫|联系)\s*:\s*$/u.test(folded))
    return cue('contacts', true, text.length);
  if (CONTACT_PLEASE_ZH.test(folded) && width <= 160) return cue('contacts', false, restAfter(folded, 0, text));
  if (/^\s*Contact\s+(?:[A-Z]|us\b|the\b|our\b)/.test(folded) && width <= 160)
    return cue('contacts', true, folded.length - folded.replace(/^\s*Contact\s+/, '').length);
  const en = CONTACT_EN.exec(folded);
  if (en && width <= 240) return cue('contacts', width <= 100, restAfter(folded, en[0].length, text));
  return null;
}

/** 傳媒查詢 opens a section when nothing follows, or a colon, or 請聯絡; 查詢服務已升級 is a sentence. */
function isContactHeading(folded: string, end: number, width: number): boolean {
  const rest = folded.slice(end);
  return (
    /^[\])】》>\s]*(?:$|[:|,、，(]|[\s]{2,}|\t|\/|(?:請|请|敬請|歡迎|可)|[\s]*[\p{L}\d(+])/u.test(rest) &&
    width <= 160 &&
    (/[:]|請|请|^\s*$|^[\])】\s]*$|\s{2}/u.test(rest) || width <= 36)
  );
}

/** Behind the colon that closes a heading, when it has one near; 電話： or "Tel:" closes nothing. */
function restAfter(folded: string, end: number, text: string): number {
  const start = end > 0 && folded[end - 1] === ':' ? end - 1 : end;
  const colon = /^(?:[^:@(]|\([^()]*\)){0,60}?:(?!\/\/)\s*/u.exec(folded.slice(start));
  if (colon && !/\d{4}|@|(?:電話|电话|手機|手机|電郵|电邮|邮箱|tel|phone|mobile|e-?mail)\s*:\s*$/iu.test(colon[0]))
    return start + colon[0].length;
  if (end === 0) return 0;
  const plain = folded.slice(end).replace(/^[\])】》>\s|–—-]+/u, '');
  return plain === '' ? text.length : folded.length - plain.length;
}

function headingCue(folded: string, width: number, text: string): Cue | null {
  const notes = NOTES.exec(folded);
  if (notes)
    return cue(
      'notes',
      /編|编|editor|journalist|media|press|newsroom/i.test(notes[0]),
      notes[0].length >= folded.trimEnd().length ? text.length : skipSpace(folded, notes[0].length),
    );
  const other = ABOUT_OTHER.exec(folded);
  if (other)
    return cue(
      'about',
      true,
      other[0].length >= folded.trimEnd().length ? text.length : skipSpace(folded, other[0].length),
    );
  const about = ABOUT.exec(folded);
  if (about) return aboutCue(folded, about[0].length, width, text);
  if (width <= 60 && CAPTIONS_HEADING.test(folded)) return cue('captions', false, text.length);
  return null;
}

/** "About X" alone, or "About X: text", or 關於X：text. A sentence that begins with these words has no short name before its punctuation. */
function aboutCue(folded: string, end: number, width: number, text: string): Cue | null {
  const colon = /^.{1,60}?\s*(?::|\]|】|》)\s*/u.exec(folded.slice(end));
  if (/^[\s\p{P}\p{S}]*(?:有關|有关).*的|(?:已|將|将|可於|可在|請|请|刊於|上載|上载)/u.test(colon?.[0] ?? folded))
    return null;
  if (colon && displayWidth(colon[0]) <= 70 && !/[。，,;；!?]/u.test(colon[0])) {
    return cue('about', width <= 70, end + colon[0].length);
  }
  if (width <= 76 && !/[。，；;!?？]|[.]\s*$|\.\s+[A-Z]/u.test(folded.slice(end).trimEnd()))
    return cue('about', width <= 60, text.length);
  return null;
}

function lineCue(folded: string, width: number, text: string): Cue | null {
  const caption = CAPTION.exec(folded);
  if (caption) {
    const rest = caption[0].length;
    const offers =
      LINKS_ONLY.test(text.slice(rest)) ||
      /^(?:available|on request|can be|please|see |download)/i.test(text.slice(rest));
    return offers ? cue('download', false, 0) : cue('caption', false, rest);
  }
  if (width <= 220 && (DOWNLOAD_ZH.test(folded) || DOWNLOAD_EN.test(folded))) return cue('download', false, 0);
  const website = websiteCue(folded, width, text);
  if (website) return website;
  if (/^\s*(?:source|稿源|資料來源|资料来源|消息來源|新聞來源|来源|來源)\s*[:\s]/iu.test(folded) && width <= 100)
    return cue('source', false, 0);
  if (/^\s*(?:related\s+links?|相關(?:連結|鏈接|網站)|相关链接|延伸閱讀)\s*:?\s*$/iu.test(folded))
    return cue('related', true, text.length);
  return null;
}

function websiteCue(folded: string, width: number, text: string): Cue | null {
  const oneSentence = !/[。!！?？].|\.\s+\p{Lu}/u.test(folded.trim());
  return width <= 160 && oneSentence && WEBSITE.test(folded) && findUrl(text) ? cue('website', false, 0) : null;
}

function skipSpace(folded: string, at: number): number {
  return at + (folded.slice(at).length - folded.slice(at).trimStart().length);
}

function cue(kind: CueKind, strong: boolean, rest: number): Cue {
  return { kind, strong, rest };
}
