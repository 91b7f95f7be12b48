/** Mailboxes under many domains that one operator receives for, and counts together when we send too fast. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  google: ['gmail.com', 'googlemail.com'],
  yahoo: ['ymail.com', 'rocketmail.com', 'myyahoo.com', 'aol.com', 'aim.com', 'verizon.net'],
  microsoft: ['msn.com', 'passport.com', 'windowslive.com'],
  apple: ['icloud.com', 'me.com', 'mac.com'],
  qq: ['qq.com', 'vip.qq.com', 'foxmail.com'],
  netease: ['163.com', '126.com', 'yeah.net', '188.com', 'vip.163.com', 'vip.126.com'],
  sina: ['sina.com', 'sina.cn', 'sina.com.cn', 'vip.sina.com'],
  sohu: ['sohu.com', 'vip.sohu.com', 'sogou.com'],
  aliyun: ['aliyun.com', 'alimail.com'],
  proton: ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'],
  gmx: ['web.de', 'mail.com'],
  kakao: ['hanmail.net', 'daum.net', 'kakao.com'],
  mailru: ['mail.ru', 'inbox.ru', 'list.ru', 'bk.ru', 'internet.ru'],
};

/** Brands with a domain in each country: yahoo.com.hk, hotmail.co.uk, outlook.fr. */
const BRANDS: ReadonlyMap<string, string> = new Map([
  ['yahoo', 'yahoo'],
  ['outlook', 'microsoft'],
  ['hotmail', 'microsoft'],
  ['live', 'microsoft'],
  ['gmx', 'gmx'],
  ['yandex', 'yandex'],
]);
const BRAND_IN_COUNTRY = /^([a-z]+)\.(?:com|net|co\.[a-z]{2}|com\.[a-z]{2}|[a-z]{2})$/;
/** Another company by the same name: Yahoo Japan has mail servers of its own, live.tv is nobody's mailbox. */
const NOT_OF_THE_BRAND: ReadonlySet<string> = new Set(['yahoo.co.jp', 'live.tv']);

const FAMILY_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(FAMILIES).flatMap(([family, domains]) => domains.map((domain) => [domain, family] as const)),
);

/**
 * The lane of a domain: the family that receives for it, else the domain itself. Only what is known by name; whose servers
 * take in the mail of a company's own domain would have to be looked up, and it is the relay that knows.
 * @param domain lower case, A-labels, as addresses are kept
 */
export function familyOf(domain: string): string {
  const known = FAMILY_OF.get(domain);
  if (known) return known;
  const brand = BRAND_IN_COUNTRY.exec(domain)?.[1];
  const family = BRANDS.get(brand ?? '');
  return family === undefined || NOT_OF_THE_BRAND.has(domain) ? domain : family;
}

const NAMES: ReadonlySet<string> = new Set([...Object.keys(FAMILIES), ...BRANDS.values()]);

/** Whether this is the name of a family rather than a domain. */
export function isFamily(name: string): boolean {
  return NAMES.has(name);
}
