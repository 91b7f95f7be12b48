import { displayWidth } from './display-width.js';

/** How much a text looks like an organisation, a person or a role; 0 is not at all. */
export interface Looks {
  readonly organisation: number;
  readonly person: number;
  readonly role: number;
}

const ORGANISATION_ZH =
  /(?:公司|集團|集团|基金會|基金会|基金|協會|协会|學會|学会|商會|商会|總會|总会|聯會|联会|公會|公会|委員會|委员会|理事會|大學|大学|學院|学院|學校|学校|中學|小學|研究所|研究院|實驗室|实验室|中心|顧問|顾问|公關|公关|傳播|传播|傳訊|传讯|傳媒|传媒|醫院|医院|銀行|银行|書店|书店|出版社|博物館|博物馆|美術館|美术馆|圖書館|图书馆|劇團|剧团|樂團|乐团|科技|企業|企业|電力|电力|電訊|电讯|交易所|政府|事務所|事务所|觀測會|观测会|工作室|辦公室|办公室|聯盟|联盟|合作社|慈善|數據社|数据社|[\p{Script=Han}]{2,}(?:局|署|處|处|部|會|会|社|館|馆|團|园|園|院|所|廳|厅|港|店))$/u;
const ORGANISATION_EN =
  /\b(?:limited|ltd\.?|inc\.?|llc|llp|plc|gmbh|corp(?:oration)?\.?|co\.|company|group|holdings?|university|college|school|institute|council|foundation|trust|society|association|federation|union|agency|authority|bureau|department|ministry|office|hospital|museum|gallery|library|orchestra|theatre|theater|centre|center|laborator(?:y|ies)|labs?|bank|partners|associates|communications?|consult(?:ing|ancy|ants?)|pr|public relations|media|press|news|network|alliance|club|committee|commission|ventures|capital|technolog(?:y|ies)|systems|studios?|works|solutions|services|international|charity|initiative|observatory|desk|team)\b\.?/i;
const ROLE_ZH =
  /(?:經理|经理|主任|總監|总监|主管|發言人|发言人|專員|专员|負責人|负责人|秘書|秘书|主席|總裁|总裁|總經理|总经理|院長|院长|校長|校长|所長|處長|局長|署長|組長|组长|部長|部长|教授|助理|策劃|策划|統籌|统筹|編輯|编辑|執行官|首席\S{1,6}官|行政總裁|創辦人|创始人|幹事|干事|會長|社長|館長|店長|企業傳訊部|企業傳訊|公共事務|公關部|公共關係部?|公关部|市场部|品牌部|市場部|新聞組|新聞科|傳媒組|媒體組|行銷部?|理事長|委員)(?:[(（][^)）]{1,20}[)）])?$/u;
const ROLE_EN =
  /\b(?:manager|director|head of|officer|executive|spokes(?:person|man|woman)|lead\b|coordinator|co-ordinator|press secretary|vice[- ]president|vp|chief|editor|assistant|adviser|advisor|president|chair(?:man|woman|person)?|founder|partner|consultant|account|professor of|curator|secretary|specialist|associate director|public affairs|corporate communications|corporate affairs|media relations|investor relations|communications (?:team|department|office)|publicist|ceo|cfo|coo|cto)\b/i;

/** The two hundred surnames that cover some 96 % of Han Chinese names, in both scripts, and the common double ones. */
const SURNAMES = new Set(
  '王李張张劉刘陳陈楊杨黃黄趙赵吳吴周徐孫孙馬马朱胡郭何高林羅罗鄭郑梁謝谢宋唐許许韓韩馮冯鄧邓曹彭曾肖蕭萧田董袁潘于蔣蒋蔡余杜葉叶程蘇苏魏呂吕丁任沈姚盧卢姜崔鍾鐘钟譚谭陸陆汪范金石廖賈贾夏韋韦付傅方白鄒邹孟熊秦邱江尹薛閻阎段雷侯龍龙史陶黎賀贺顧顾毛郝龔龚邵萬万錢钱嚴严覃武戴莫孔向湯汤溫温游洪施翁柯凌關关伍簡简翟鄺邝麥麦黃霍區区岑甘祝莊庄連连歐欧古詹尤駱骆卓伊冼招阮植符辛管柳成岳齊齐包倪牛俞樊殷章魯鲁葛華华'.split(
    '',
  ),
);
const DOUBLE_SURNAME = /^(?:歐陽|欧阳|司徒|司馬|司马|上官|諸葛|诸葛|張簡|范姜)/;
const HONORIFIC_ZH = /(?:先生|女士|小姐|博士|教授|醫生|医生|太太|老師|老师|律師|律师)$/u;
const HONORIFIC_EN = /^(?:mr|mrs|ms|miss|mx|dr|prof(?:essor)?|sir|dame|rev)\b\.?\s+/i;
const LATIN_NAME =
  /^(?:\p{Lu}[\p{L}’'-]*\.?|\p{Lu}{1,4})(?:\s+(?:\p{Lu}[\p{L}’'-]*\.?|de|da|van|von|der|bin|binti|al|el|la|le|di|Mac|O’))*\s+\p{Lu}[\p{L}’'-]+(?:,?\s+(?:Jr|Sr|PhD|MBE|OBE|CBE)\.?)?$/u;

/** Judges a short text without punctuation: organisation, person or role. */
export function looksOf(text: string): Looks {
  const plain = text.trim().replace(/[:：,，]$/u, '');
  const han = plain.match(/\p{Script=Han}/gu)?.length ?? 0;
  return { organisation: organisationScore(plain, han), person: personScore(plain, han), role: roleScore(plain) };
}

/** The word that makes it an organisation stands at its end or before "of": Canal Trust, University of Marram; not "Canal Trust reopens towpath". */
export function endsAsOrganisation(text: string): boolean {
  const plain = text.trim().replace(/\s*\([^)]*\)$/, '');
  const word = [...plain.matchAll(new RegExp(ORGANISATION_EN.source, 'gi'))].at(-1);
  const first = ORGANISATION_EN.exec(plain);
  if (!word || !first) return false;
  return (
    word.index + word[0].length >= plain.length || /^\s+(?:of|for)\s/i.test(plain.slice(first.index + first[0].length))
  );
}

function organisationScore(text: string, han: number): number {
  if (han > 0 && ORGANISATION_ZH.test(text.replace(/\s*[(（][^)）]*[)）]$/u, ''))) return han >= 5 ? 3 : 2;
  if (ORGANISATION_EN.test(text)) return 2;
  if (han === 0 && /^\p{Lu}{3,}$/u.test(text)) return 1;
  return 0;
}

function personScore(text: string, han: number): number {
  if (han === 0) return latinScore(text);
  const latin = text.replace(/[\p{Script=Han}（）()]/gu, ' ').trim();
  const name = text.replace(/[A-Za-z().（）,'’·\s-]/gu, '').replace(HONORIFIC_ZH, '');
  const honoured = HONORIFIC_ZH.test(text.replace(/\s*[(（].*$/u, '').trim());
  const size = [...name].length;
  if (!/^\p{Script=Han}*$/u.test(name) || size > 4 || size < 1) return 0;
  const surname = SURNAMES.has(name[0]!) || DOUBLE_SURNAME.test(name);
  if (honoured) return surname ? 4 : 2;
  if (size < 2) return 0;
  if (latin !== '' && surname && /^[A-Z]/.test(latin)) return 4;
  return surname ? (size <= 3 || DOUBLE_SURNAME.test(name) ? 3 : 2) : size <= 3 ? 1 : 0;
}

function latinScore(text: string): number {
  const bare = text.replace(HONORIFIC_EN, '').replace(/\s*\((?:he|she|they)[^)]*\)$/i, '');
  if (bare !== text && /^\p{Lu}/u.test(bare) && bare.split(/\s+/).length <= 4) return 4;
  if (!LATIN_NAME.test(bare) || displayWidth(bare) > 40) return 0;
  const words = bare.split(/\s+/).length;
  return words <= 3 ? 2 : words === 4 ? 1 : 0;
}

function roleScore(text: string): number {
  if (displayWidth(text) > 70) return 0;
  return ROLE_ZH.test(text) || ROLE_EN.test(text) ? 3 : 0;
}

/** Splits 海岸數據社總監方以晴博士 into title and name; null when no name can be told. */
export function splitTitleAndName(text: string): { readonly title: string; readonly name: string } | null {
  const han =
    /^(?<title>.*?(?:董事長|董事长|秘書長|秘书长|書記|书记|總幹事|总干事|總編輯|总编辑|行長|行长|站長|站长|經理|经理|主任|總監|总监|主管|發言人|发言人|專員|专员|負責人|负责人|秘書|秘书|主席|總裁|总裁|院長|院长|校長|校长|所長|所长|處長|处长|局長|局长|署長|署长|組長|组长|部長|部长|教授|講師|讲师|研究員|研究员|執行官|首席\p{Script=Han}{1,6}官|創辦人|创办人|创始人|幹事|干事|會長|会长|社長|社长|館長|馆长|店長|理事長|理事长|委員|委员|代表|司長|司长|專家|专家|設計師|设计师|工程師|工程师|科學家|科学家|董事|合夥人|合伙人|導演|策展人|園長|村長|隊長|船長|老闆|經濟師|經濟學家|CEO|CTO|COO))(?:兼[^，,]{2,14}?(?:總監|总监|教授|主任|經理))?\s*(?<name>\p{Script=Han}{2,4}?(?:先生|女士|小姐|博士|教授|醫生|醫師|医生)?|[A-Z][\p{L}.’'-]+(?:\s+[A-Z][\p{L}.’'-]+){0,3}(?:\s*[(（]\p{Script=Han}{2,4}[)）])?|\p{Script=Han}{2,4}\s*[(（][A-Za-z .’'-]{3,40}[)）])$/u.exec(
      text.trim(),
    );
  if (han?.groups) return { title: han.groups['title']!, name: han.groups['name']! };
  return splitHonoured(text.trim());
}

/** 夜光攝影會黎以行先生: how long the name is, its surname tells. */
function splitHonoured(text: string): { readonly title: string; readonly name: string } | null {
  const honorific = /(?:先生|女士|小姐|博士|教授|醫生|醫師|医生)$/u.exec(text)?.[0];
  if (!honorific) return null;
  const before = text.slice(0, -honorific.length);
  const sizes = [3, 2, 4, 1].filter((size) => size <= before.length && size + 40 >= before.length);
  const named =
    sizes.find((size) => size > 1 && isHanName(before.slice(-size))) ?? sizes.find((size) => size === before.length);
  if (named === undefined || !/^\p{Script=Han}+$/u.test(before.slice(-named))) return null;
  return { title: before.slice(0, -named), name: before.slice(-named) + honorific };
}

/** True for a Han name by its surname: 方以晴, 歐陽靖. */
export function isHanName(text: string): boolean {
  const size = [...text].length;
  return (
    size >= 2 && size <= 4 && (SURNAMES.has(text[0]!) || DOUBLE_SURNAME.test(text)) && /^\p{Script=Han}+$/u.test(text)
  );
}
