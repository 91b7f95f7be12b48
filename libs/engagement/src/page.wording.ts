import type { Language } from '#libs/kernel';

/** The fixed words of the pages behind mailed links. `address` is a hint such as m…@outlet.example. */
export interface PageWording {
  readonly stopTitle: string;
  /** Before and after the address. */
  readonly stopLead: (organisation: string) => readonly [string, string];
  readonly stopButton: string;
  readonly stopNote: string;
  readonly stoppedTitle: string;
  readonly stoppedLead: (organisation: string) => readonly [string, string];
  readonly stoppedNote: string;
  /** Before the desk's address, which follows as a link. */
  readonly resume: string;
  readonly settingsTitle: string;
  readonly settingsLead: (organisation: string) => readonly [string, string];
  readonly languageLegend: string;
  readonly saveButton: string;
  readonly saved: string;
  readonly stopAllTitle: string;
  readonly missingTitle: string;
  readonly missingLead: string;
  readonly failedTitle: string;
  readonly failedLead: string;
}

/** Languages under their own names: whoever looks for one may not read the page's. */
export const LANGUAGE_NAMES = {
  'zh-Hant': '繁體中文',
  'zh-Hans': '简体中文',
  en: 'English',
} as const satisfies Record<Language, string>;

export const PAGE_WORDING: Readonly<Record<Language, PageWording>> = {
  'zh-Hant': {
    stopTitle: '不再收取新聞稿？',
    stopLead: (organisation) => [`按下按鈕後，${organisation}不會再把新聞稿寄往 `, '。'],
    stopButton: '停止寄送',
    stopNote: '立即生效；正在排隊的郵件也會一併取消。',
    stoppedTitle: '已停止寄送',
    stoppedLead: (organisation) => [`${organisation}不會再把新聞稿寄往 `, '。'],
    stoppedNote: '按鈕按下前一刻已經寄出的郵件，仍有可能送到。',
    resume: '想重新收取，請聯絡新聞組：',
    settingsTitle: '收件設定',
    settingsLead: (organisation) => [`${organisation}把新聞稿寄往 `, '。'],
    languageLegend: '新聞稿的語言',
    saveButton: '儲存',
    saved: '已儲存。由下一份新聞稿起生效。',
    stopAllTitle: '不再收取新聞稿',
    missingTitle: '找不到這一頁',
    missingLead: '連結可能不完整、已過期，或內容現時並不公開。如要停收郵件，請直接回覆該郵件。',
    failedTitle: '暫時未能處理',
    failedLead: '請稍後再試一次。',
  },
  'zh-Hans': {
    stopTitle: '不再接收新闻稿？',
    stopLead: (organisation) => [`按下按钮后，${organisation}不会再把新闻稿发往 `, '。'],
    stopButton: '停止发送',
    stopNote: '立即生效；正在排队的邮件也会一并取消。',
    stoppedTitle: '已停止发送',
    stoppedLead: (organisation) => [`${organisation}不会再把新闻稿发往 `, '。'],
    stoppedNote: '按下按钮前一刻已经发出的邮件，仍有可能送到。',
    resume: '如需重新接收，请联系新闻组：',
    settingsTitle: '收件设置',
    settingsLead: (organisation) => [`${organisation}把新闻稿发往 `, '。'],
    languageLegend: '新闻稿的语言',
    saveButton: '保存',
    saved: '已保存。从下一份新闻稿起生效。',
    stopAllTitle: '不再接收新闻稿',
    missingTitle: '找不到此页面',
    missingLead: '链接可能不完整、已过期，或内容目前并不公开。如要停收邮件，请直接回复该邮件。',
    failedTitle: '暂时无法处理',
    failedLead: '请稍后再试一次。',
  },
  en: {
    stopTitle: 'Stop these press releases?',
    stopLead: (organisation) => [`Press the button and ${organisation} will send no more press releases to `, '.'],
    stopButton: 'Stop sending',
    stopNote: 'This takes effect at once. Mails that are waiting to leave are called back.',
    stoppedTitle: 'Stopped',
    stoppedLead: (organisation) => [`${organisation} will send no more press releases to `, '.'],
    stoppedNote: 'A mail that had already left a moment before may still arrive.',
    resume: 'To get them again, write to the press desk: ',
    settingsTitle: 'Mail settings',
    settingsLead: (organisation) => [`${organisation} sends its press releases to `, '.'],
    languageLegend: 'Language of the press releases',
    saveButton: 'Save',
    saved: 'Saved. It takes effect with the next press release.',
    stopAllTitle: 'Stop all press releases',
    missingTitle: 'Page not found',
    missingLead:
      'The link may be incomplete or expired, or what it leads to is not public at this time. To stop mails, simply reply to one of them.',
    failedTitle: 'Not possible right now',
    failedLead: 'Please try again a little later.',
  },
};
