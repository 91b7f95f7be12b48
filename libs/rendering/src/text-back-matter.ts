import { inlineText, type MediaContactNode } from '#libs/documents';
import { cleanText, oneLine } from './escape.js';
import { safeHref } from './links.js';
import { chineseText, textIn } from './locale.js';
import type { Mail } from './mail.js';
import { readOn } from './read-on.js';
import { figureLines, headingLines, parted, rule, wrapped } from './text-blocks.js';
import { UNSUBSCRIBE } from './wording.js';

/** The line that offers pictures, each picture, the kit; every address on a line of its own. */
export function pictureLines(mail: Mail): readonly string[] {
  const { outline, input, wording } = mail;
  const kit = input.kit ? safeHref(input.kit.url) : null;
  const entries = parted([
    ...outline.imageDownloads.map((node) => {
      const href = safeHref(node.attrs.href ?? '');
      return [...wrapped(oneLine(node.attrs.text), mail), ...(href === null ? [] : [href])];
    }),
    ...outline.figures.map((figure) => figureLines(figure, mail)),
    input.kit && kit !== null ? [...wrapped(wording.kit(input.kit.bytes), mail), kit] : [],
  ]);
  return entries.length === 0 ? [] : [...headingLines(wording.pictures, mail), ...entries];
}

export function contactLines(mail: Mail): readonly string[] {
  const { contacts } = mail.outline;
  if (contacts.length === 0) return [];
  return [...headingLines(mail.wording.contacts, mail), ...parted(contacts.map((contact) => card(contact, mail)))];
}

function card(contact: MediaContactNode, mail: Mail): readonly string[] {
  const { organisation, name, role, note, phones, emails } = contact.attrs;
  const lead = [name, role].map(oneLine).filter((part) => part !== '');
  return [
    lead.join(mail.chinese ? '　' : ', '),
    oneLine(organisation),
    ...phones.map(oneLine),
    ...emails.map(oneLine),
    oneLine(note),
  ]
    .filter((line) => line !== '')
    .flatMap((line) => wrapped(line, mail));
}

export function aboutLines(mail: Mail): readonly string[] {
  const { outline, wording } = mail;
  const texts = outline.boilerplates.flatMap((node) => [
    headingLines(oneLine(node.attrs.title) || wording.about, mail).slice(0, -1),
    ...node.content.map((paragraph) => wrapped(cleanText(inlineText(paragraph.content)).trim(), mail)),
  ]);
  const links = readOn(mail).map(([href, words]) => {
    const safe = safeHref(href) ?? '';
    return safe.includes(words) ? [safe] : [...wrapped(words, mail), safe];
  });
  return parted([...texts, links.flat()]);
}

/** Why this came, how to stop it (in both languages), and who sent it (in both languages). Slots stand on lines of their own. */
export function footerLines(mail: Mail): readonly string[] {
  const { input, language, wording, slots } = mail;
  const { sender, release } = input;
  const [before, after] = wording.why(oneLine(textIn(sender.name, language).text));
  const chinese = language === 'zh-Hans' ? UNSUBSCRIBE.hans : UNSUBSCRIBE.hant;
  const zh = [chineseText(sender.name, language), sender.postalAddress.zh].map(oneLine).filter(Boolean).join('　');
  const en = [sender.name.en ?? '', sender.postalAddress.en].map(oneLine).filter(Boolean).join(', ');
  return parted([
    [
      rule(),
      ...wrapped(before.trim(), mail),
      slots.place('address', 'text', 'text'),
      ...wrapped(after.trim().replace(/^，/u, ''), mail),
    ],
    [...wrapped(`${wording.preferences}${wording.colon}`.trim(), mail), slots.place('preferences', 'text', 'text')],
    [
      ...wrapped(`${chinese.statement}${chinese.link}：`, mail),
      ...wrapped(`${UNSUBSCRIBE.en.statement} ${UNSUBSCRIBE.en.link}:`, mail),
      slots.place('unsubscribe', 'text', 'text'),
    ],
    [
      ...wrapped(zh, mail),
      ...wrapped(en, mail),
      ...[sender.phone ?? '', sender.email ?? ''].map(oneLine).filter(Boolean),
      ...wrapped(wording.release(release.number, release.version), mail),
    ],
  ]);
}
