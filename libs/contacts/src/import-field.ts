import { LANGUAGES, type Language } from '#libs/kernel';

/** What a column of an imported file can mean. */
export const IMPORT_FIELDS = [
  'address',
  'name',
  'familyName',
  'givenName',
  'outlet',
  'beat',
  'language',
  'zone',
  'consentSource',
  'consentDate',
  'lists',
  'note',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** The field as people of each language call it: on screens, in rejections and as headings of an export. */
export const FIELD_NAMES: Readonly<Record<ImportField, Readonly<Record<Language, string>>>> = {
  address: { 'zh-Hant': '電郵', 'zh-Hans': '邮箱', en: 'E-mail' },
  name: { 'zh-Hant': '姓名', 'zh-Hans': '姓名', en: 'Name' },
  familyName: { 'zh-Hant': '姓', 'zh-Hans': '姓', en: 'Family name' },
  givenName: { 'zh-Hant': '名', 'zh-Hans': '名', en: 'Given name' },
  outlet: { 'zh-Hant': '媒體', 'zh-Hans': '媒体', en: 'Outlet' },
  beat: { 'zh-Hant': '線口', 'zh-Hans': '条线', en: 'Beat' },
  language: { 'zh-Hant': '語言', 'zh-Hans': '语言', en: 'Language' },
  zone: { 'zh-Hant': '時區', 'zh-Hans': '时区', en: 'Time zone' },
  consentSource: { 'zh-Hant': '同意來源', 'zh-Hans': '同意来源', en: 'Consent source' },
  consentDate: { 'zh-Hant': '同意日期', 'zh-Hans': '同意日期', en: 'Consent date' },
  lists: { 'zh-Hant': '名單', 'zh-Hans': '名单', en: 'Media lists' },
  note: { 'zh-Hant': '備註', 'zh-Hans': '备注', en: 'Note' },
};

/**
 * Headings seen on media lists, in the three languages. Compared after `headingKey`: no case, no blanks, no punctuation.
 * What several fields could claim (來源, tags) stands with the likelier one; a person sees the guess before it counts.
 */
const HEADINGS: Readonly<Record<ImportField, string>> = {
  address: `email emails emailaddress mail mailaddress address workemail businessemail primaryemail officeemail
    電郵 電郵地址 電子郵件 電子郵件地址 電子郵箱 電子信箱 信箱 郵箱 郵件 郵件地址 工作電郵 公司電郵 辦公電郵 聯絡電郵
    邮箱 邮箱地址 电子邮箱 电子邮件 电子邮件地址 电邮 电邮地址 邮件 邮件地址 工作邮箱 公司邮箱 联系邮箱 邮址`,
  name: `name fullname contactname contact journalist journalistname reporter reportername person displayname
    姓名 名字 名稱 稱呼 記者 記者姓名 聯絡人 聯絡人姓名 中文姓名 中文名 全名 收件人 编辑姓名
    记者 记者姓名 联系人 联系人姓名 称呼 名称 收件人姓名`,
  familyName: `familyname lastname surname last 姓 姓氏`,
  givenName: `givenname firstname forename first 名`,
  outlet: `outlet outlets media mediaoutlet mediaoutlets medianame publication publications publisher organisation organization
    company newsroom newspaper employer
    媒體 媒體名稱 媒體機構 傳媒 傳媒機構 機構 機構名稱 公司 公司名稱 單位 報社 報館 報章 刊物 所屬媒體 任職媒體 服務單位 新聞機構 平台
    媒体 媒体名称 媒体机构 传媒 机构 机构名称 公司名称 单位 报社 刊物 所属媒体 任职媒体 所在单位 新闻机构`,
  beat: `beat beats topic topics section sections desk coverage subject subjects area areas category categories specialty
    線口 線路 路線 版面 版別 採訪線 採訪路線 採訪範疇 範疇 領域 報導領域 主題 組別 類別 分類 範圍 專線
    条线 跑口 口线 线口 采访领域 采访范围 领域 报道领域 版块 栏目 组别 类别 分类 范围 行业`,
  language: `language languages lang preferredlanguage locale
    語言 語文 語系 偏好語言 首選語言 常用語言 閱讀語言 收件語言 文字 字體
    语言 语种 偏好语言 首选语言 常用语言 阅读语言 文种`,
  zone: `timezone zone tz 時區 所在時區 时区 所在时区`,
  consentSource: `consentsource consent source sourceofconsent optinsource permission legalbasis origin
    同意來源 同意 同意方式 授權來源 來源 名單來源 取得方式 資料來源 獲取途徑
    同意来源 授权来源 来源 名单来源 取得途径 数据来源 获取途径`,
  consentDate: `consentdate dateofconsent optindate optin permissiondate consentedat consenton
    同意日期 同意日 同意時間 授權日期 訂閱日期 加入日期
    同意时间 授权日期 订阅日期 加入日期`,
  lists: `list lists medialist medialists tag tags group groups label labels segment
    名單 媒體名單 清單 列表 群組 分組 標籤 標記
    名单 媒体名单 清单 群组 分组 标签 标记`,
  note: `note notes remark remarks comment comments memo 備註 備注 附註 註記 說明 备注 附注 说明 注释`,
};

const FIELD_BY_HEADING: ReadonlyMap<string, ImportField> = new Map([
  ...IMPORT_FIELDS.flatMap((field) => HEADINGS[field].split(/\s+/).map((heading) => [heading, field] as const)),
  ...IMPORT_FIELDS.flatMap((field) => LANGUAGES.map((l) => [headingKey(FIELD_NAMES[field][l]), field] as const)),
]);

/** A heading without what does not matter: case, width, blanks, punctuation. */
function headingKey(heading: string): string {
  return heading
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/**
 * What a heading says its column holds. A whole match is surer than a part: `E-mail (work)` holds `email`.
 * @returns the field and 0 to 1, or undefined when the heading says nothing
 */
export function fieldOfHeading(
  heading: string,
): { readonly field: ImportField; readonly confidence: number } | undefined {
  const key = headingKey(heading);
  const whole = FIELD_BY_HEADING.get(key);
  if (whole) return { field: whole, confidence: 0.95 };
  // 姓名 Name, 電郵 E-mail: both halves mean the same
  const halves = heading.split(/[\s/／|()（）:：]+/).map((half) => FIELD_BY_HEADING.get(headingKey(half)));
  const said = new Set(halves.filter((half) => half !== undefined));
  const [only] = said;
  if (only && said.size === 1) return { field: only, confidence: halves.includes(undefined) ? 0.75 : 0.95 };
  let longest = '';
  for (const known of FIELD_BY_HEADING.keys())
    if (known.length > 1 && key.includes(known) && known.length > longest.length) longest = known;
  const part = FIELD_BY_HEADING.get(longest);
  return part && longest.length * 2 >= key.length ? { field: part, confidence: 0.6 } : undefined;
}
