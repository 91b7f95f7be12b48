import type { Language } from '#libs/kernel';
import { oneLine } from './escape.js';
import { headlineHtml } from './inline.mjml.js';
import { safeHref } from './links.js';
import { textIn } from './locale.js';
import type { Mail } from './mail.js';
import { LIGHT } from './theme.js';

const OWN_NAME: Readonly<Record<Language, string>> = { 'zh-Hant': '繁體', 'zh-Hans': '简体', en: 'English' };

/** Everything above the text: test mark, who writes, other languages, embargo, label, headline. */
export function mastheadMjml(mail: Mail): string {
  return [testStrip(mail), sender(mail), embargoBanner(mail), headline(mail)].filter((part) => part !== '').join('\n');
}

function testStrip(mail: Mail): string {
  if (!mail.input.test) return '';
  return `<mj-section background-color="${LIGHT.test}" padding="8px 36px" css-class="test pad"><mj-column><mj-text align="center" color="#ffffff" font-weight="700" font-size="15px" line-height="24px">${mail.wording.test}</mj-text></mj-column></mj-section>`;
}

/** The name as live text: it is there when pictures are blocked. */
function sender(mail: Mail): string {
  const { input, language, leaves } = mail;
  const name = textIn(input.sender.name, language);
  const desk = textIn(input.sender.desk, language);
  const lang = (of: Language) => (of === language ? '' : ` lang="${of}"`);
  const left =
    `<strong class="name" style="font-size:17px;color:${LIGHT.ink}"${lang(name.language)}>${leaves.text(oneLine(name.text))}</strong>` +
    (desk.text === ''
      ? ''
      : `&emsp;<span${lang(desk.language)} style="display:inline-block">${leaves.text(oneLine(desk.text))}</span>`);
  const links = [
    ...input.otherEditions
      .filter((edition) => edition.language !== language && safeHref(edition.url) !== null)
      .map((edition) =>
        leaves.link(
          edition.url,
          OWN_NAME[edition.language],
          ` lang="${edition.language}" hreflang="${edition.language}"`,
        ),
      ),
    ...(input.webUrl && safeHref(input.webUrl) !== null ? [leaves.link(input.webUrl, mail.wording.webVersion)] : []),
  ];
  const small = 'mj-class="small" css-class';
  const columns =
    links.length === 0
      ? `<mj-column><mj-text ${small}="soft">${left}</mj-text></mj-column>`
      : `<mj-column width="58%"><mj-text ${small}="soft">${left}</mj-text></mj-column>` +
        `<mj-column width="42%"><mj-text ${small}="soft langs" align="right">${links.join('&emsp;')}</mj-text></mj-column>`;
  return `<mj-section background-color="${LIGHT.page}" padding="20px 36px 13px" css-class="pre pad">${columns}</mj-section>`;
}

/** First thing after the name, in words and with a rule: colour alone would say nothing in a dark or plain mail program. */
function embargoBanner(mail: Mail): string {
  if (mail.input.variant !== 'embargo') return '';
  const { embargo, chinese } = mail;
  const amber = `color="${LIGHT.amberInk}"`;
  const cities = embargo.elsewhere
    .map((city) => `<span style="display:inline-block">${city}</span>`)
    .join(chinese ? '&emsp;' : ' &middot; ');
  return (
    `<mj-section background-color="${LIGHT.amber}" border-top="4px solid ${LIGHT.amberRule}" padding="15px 36px 16px" css-class="emb pad"><mj-column>` +
    `<mj-text font-size="18px" line-height="29px" ${amber} font-weight="700">${bracketsKept(embargo.until)}</mj-text>` +
    `<mj-text font-size="15px" line-height="25px" ${amber} css-class="wrap" padding="3px 0 0">${embargo.terms}</mj-text>` +
    `<mj-text font-size="14px" line-height="23px" ${amber} padding="3px 0 0">${cities}</mj-text></mj-column></mj-section>`
  );
}

/** Keeps the zone in its brackets on one line, so that a narrow screen breaks before it and not inside it. */
function bracketsKept(until: string): string {
  return until.replace(/（[^（）]*UTC[^（）]*）|\([^()]*UTC[^()]*\)/u, '<span style="display:inline-block">$&</span>');
}

function headline(mail: Mail): string {
  const { theme, outline, leaves, slots, embargo } = mail;
  const released = mail.input.variant === 'at_t';
  const label = outline.label || mail.wording.pressRelease;
  const urgency = released ? outline.immediate || embargo.immediate : embargo.tag;
  const parting = mail.chinese ? '｜' : ' | ';
  const greeting = slots.place('greeting', 'html', 'html-text', {
    before: `<p class="ink" style="margin:0 0 14px;font-size:${theme.body.size}px;line-height:${theme.body.line}px;color:${LIGHT.ink}">`,
    after: '</p>',
  });
  const stamp = released
    ? `${mail.chinese ? '&emsp;' : '&ensp; '}<span style="display:inline-block">${embargo.stamp}</span>`
    : '';
  const row = `${greeting}<span class="acc" style="font-weight:700;color:${theme.accent.light}">${leaves.text(label)}${parting}${leaves.text(urgency)}</span>${stamp}`;
  const h1 = `<h1 style="font-size:${theme.headline.size}px;line-height:${theme.headline.line}px;font-weight:700;margin:0">${headlineHtml(outline.headline, mail)}</h1>`;
  const standfirst = outline.subheadlines.map(
    (text) =>
      `<mj-text css-class="soft wrap head2" font-size="${theme.standfirst.size}px" line-height="${theme.standfirst.line}px" color="${LIGHT.soft}" padding="10px 0 0">${headlineHtml(text, mail)}</mj-text>`,
  );
  const rule = released ? ` border-top="4px solid ${theme.accent.light}"` : '';
  return (
    `<mj-section padding="26px 36px 22px" css-class="card top pad"${rule}><mj-column>` +
    `<mj-text mj-class="small" css-class="soft">${row}</mj-text>` +
    `<mj-text css-class="h1 wrap" padding="10px 0 0">${h1}</mj-text>${standfirst.join('')}</mj-column></mj-section>`
  );
}
