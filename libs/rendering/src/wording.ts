/** Every fixed phrase of a mail in one language. Amounts hold no-break spaces. */
export interface Wording {
  readonly pressRelease: string;
  readonly test: string;
  readonly webVersion: string;
  /** The line that opens one journalist's own copy. */
  greeting(name: string): string;
  readonly dashBeforeSpeaker: string;
  readonly comma: string;
  readonly colon: string;
  readonly endOfText: string;
  readonly pictures: string;
  /** Name of the n-th picture, from 1. */
  picture(number: number): string;
  credit(name: string): string;
  /** Words of the link under a picture; `number` is 0 when the edition has only one. */
  download(number: number): string;
  /** JPEG, 4800 × 3200 pixels, 6.1 MB */
  file(format: string, width: number, height: number, bytes: number): string;
  kit(bytes: number): string;
  readonly kitHolds: string;
  readonly contacts: string;
  readonly about: string;
  readonly newsroom: string;
  /** Why this came, around the address. */
  readonly why: (organisation: string) => readonly [before: string, after: string];
  readonly preferences: string;
  readonly sender: string;
  release(number: string, version: number): string;
  /** What the mail brings besides the text, or ''. */
  brings(pictures: number, contacts: number): string;
}

/** Said in both languages in every mail, as Hong Kong's UEMO asks; the Chinese in the script of the edition. */
export const UNSUBSCRIBE = {
  hant: { statement: '如不欲再收到本機構的新聞電郵，請按此', link: '取消訂閱' },
  hans: { statement: '如不想再收到本机构的新闻邮件，请点击', link: '取消订阅' },
  en: { statement: 'To stop receiving press mail from us,', link: 'unsubscribe' },
} as const;
