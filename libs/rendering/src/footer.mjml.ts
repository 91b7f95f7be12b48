import { addressHtml } from './contacts.mjml.js';
import { oneLine } from './escape.js';
import { mailtoHref, telHref } from './links.js';
import { chineseText, textIn } from './locale.js';
import type { Mail } from './mail.js';
import { LIGHT } from './theme.js';
import { UNSUBSCRIBE } from './wording.js';

/**
 * Why this came, how to stop it, and who sent it. Hong Kong's Unsolicited Electronic Messages Ordinance (Cap. 593) wants
 * the sender's name and address and the unsubscribe statement in Chinese and in English, whatever the mail is written in.
 */
export function footerMjml(mail: Mail): string {
  const style = `font-size="13px" line-height="22px" color="${LIGHT.soft}" css-class="wrap"`;
  const parts = [why(mail), unsubscribe(mail), identity(mail)];
  const texts = parts.map(
    (html, place) => `<mj-text ${style} padding="${place === 0 ? 0 : 10}px 0 0">${html}</mj-text>`,
  );
  return `<mj-section background-color="${LIGHT.page}" padding="22px 36px 36px" css-class="foot pad"><mj-column>${texts.join('')}</mj-column></mj-section>`;
}

function why(mail: Mail): string {
  const { slots, leaves, wording } = mail;
  const [before, after] = wording.why(oneLine(textIn(mail.input.sender.name, mail.language).text));
  const address = `<strong>${slots.place('address', 'html', 'html-text')}</strong>`;
  const preferences = `<a href="${slots.place('preferences', 'html', 'html-url')}">${wording.preferences}</a>`;
  return `${leaves.text(before)}${address}${leaves.text(after)}<br />${preferences}`;
}

function unsubscribe(mail: Mail): string {
  const chinese = mail.language === 'zh-Hans' ? UNSUBSCRIBE.hans : UNSUBSCRIBE.hant;
  const href = mail.slots.place('unsubscribe', 'html', 'html-url');
  const second = mail.slots.place('unsubscribe', 'html', 'html-url');
  return (
    `<span lang="${mail.language === 'zh-Hans' ? 'zh-Hans' : 'zh-Hant'}">${chinese.statement}<a href="${href}">${chinese.link}</a>。</span><br />` +
    `<span lang="en">${UNSUBSCRIBE.en.statement} <a href="${second}">${UNSUBSCRIBE.en.link}</a>.</span>`
  );
}

function identity(mail: Mail): string {
  const { sender, release } = mail.input;
  const { leaves, language, wording } = mail;
  const zh = [chineseText(sender.name, language), sender.postalAddress.zh].map(oneLine).filter(Boolean);
  const en = [sender.name.en ?? '', sender.postalAddress.en].map(oneLine).filter(Boolean);
  const reach = [
    sender.phone ? leaves.link(telHref(sender.phone), leaves.text(oneLine(sender.phone))) : '',
    sender.email ? leaves.link(mailtoHref(sender.email, release.number), addressHtml(oneLine(sender.email), mail)) : '',
  ].filter(Boolean);
  return [
    `<span lang="${language === 'zh-Hans' ? 'zh-Hans' : 'zh-Hant'}">${zh.map((text) => leaves.text(text)).join('&emsp;')}</span>`,
    `<span lang="en">${en.map((text) => leaves.text(text)).join(', ')}</span>`,
    reach.join('&emsp;'),
    wording.release(leaves.text(release.number), release.version),
  ]
    .filter((line) => line !== '')
    .join('<br />');
}
