import type { BoilerplateNode, MediaContactNode } from '#libs/documents';
import { oneLine } from './escape.js';
import { latinLang, paragraphsHtml } from './inline.mjml.js';
import { mailtoHref, telHref } from './links.js';
import type { Mail } from './mail.js';
import { readOn } from './read-on.js';
import { LIGHT } from './theme.js';

/** An address longer than this is cut at 600 px when two contacts stand side by side. */
const LONGEST_BESIDE = 36;

/** Contacts two a row (three cut addresses at 600 px), one a row where an address needs it; they stack on phones. */
export function contactsMjml(mail: Mail): string {
  const { contacts } = mail.outline;
  if (contacts.length === 0) return '';
  const rows: string[] = [];
  for (let place = 0; place < contacts.length; place += 2) {
    const pair = contacts.slice(place, place + 2);
    const beside = pair.flatMap((contact) => contact.attrs.emails).every((email) => email.length <= LONGEST_BESIDE);
    rows.push(...(beside ? [row(pair, '50%', mail)] : pair.map((contact) => row([contact], '100%', mail))));
  }
  const heading = `<h2 style="font-size:18px;line-height:28px;font-weight:700;margin:0">${mail.wording.contacts}</h2>`;
  const title = `<mj-section css-class="panel pad" background-color="${LIGHT.panel}" padding="22px 36px 8px"><mj-column><mj-text>${heading}</mj-text></mj-column></mj-section>`;
  return [title, ...rows].join('\n');
}

function row(contacts: readonly MediaContactNode[], width: string, mail: Mail): string {
  const columns = contacts.map(
    (contact) =>
      `<mj-column width="${width}" padding="0 12px 18px" css-class="gut"><mj-text mj-class="small" css-class="soft wrap">${card(contact, mail)}</mj-text></mj-column>`,
  );
  return `<mj-section css-class="panel pad" background-color="${LIGHT.panel}" padding="0 24px">${columns.join('')}</mj-section>`;
}

/** Name and role, organisation, numbers, addresses, the rest: every line its own. */
function card(contact: MediaContactNode, mail: Mail): string {
  const { leaves } = mail;
  const { organisation, name, role, note, phones, emails } = contact.attrs;
  const lead = oneLine(name) || oneLine(organisation);
  const number = mail.input.release.number;
  const heading = `<strong class="name" style="font-size:16px;line-height:26px;color:${LIGHT.ink}"${latinLang(lead, mail)}>${leaves.text(lead)}</strong>`;
  const beside = oneLine(role) === '' ? '' : `${mail.chinese ? '&emsp;' : ', '}${leaves.text(oneLine(role))}`;
  return [
    `${heading}${beside}`,
    oneLine(name) !== '' && oneLine(organisation) !== '' ? leaves.text(oneLine(organisation)) : '',
    ...phones.map((phone) => leaves.link(telHref(phone), leaves.text(oneLine(phone)), ' style="white-space:nowrap"')),
    ...emails.map((email) => leaves.link(mailtoHref(email, number), addressHtml(oneLine(email), mail))),
    oneLine(note) === '' ? '' : leaves.text(oneLine(note)),
  ]
    .filter((line) => line !== '')
    .join('<br />');
}

/** A long address breaks before its @ rather than at some hyphen, where a reader could not tell whether the hyphen belongs to it. */
export function addressHtml(address: string, mail: Mail): string {
  const at = address.lastIndexOf('@');
  if (address.length <= 30 || at < 1) return mail.leaves.text(address);
  const halves = [address.slice(0, at), address.slice(at)];
  return halves
    .map((half) => `<span style="display:inline-block;text-decoration:underline">${mail.leaves.text(half)}</span>`)
    .join('');
}

/** Who the organisation is, and where to read on. */
export function boilerplatesMjml(mail: Mail): string {
  const { outline, leaves } = mail;
  const texts = outline.boilerplates.map((boilerplate, place) => about(boilerplate, place === 0, mail));
  const links = readOn(mail).map(([href, words]) =>
    leaves.link(href, leaves.text(words), ' style="white-space:nowrap"'),
  );
  const last =
    links.length > 0
      ? `<mj-text mj-class="small" css-class="soft wrap" padding="2px 0 0">${links.join('&emsp; ')}</mj-text>`
      : '';
  if (texts.length === 0 && last === '') return '';
  return `<mj-section css-class="card pad" padding="26px 36px 30px"><mj-column>${texts.join('')}${last}</mj-column></mj-section>`;
}

function about(boilerplate: BoilerplateNode, first: boolean, mail: Mail): string {
  const title = oneLine(boilerplate.attrs.title) || mail.wording.about;
  const heading = `<h2 style="font-size:16px;line-height:26px;font-weight:700;margin:0 0 4px">${mail.leaves.text(title)}</h2>`;
  return (
    `<mj-text padding="${first ? 0 : 12}px 0 0">${heading}</mj-text>` +
    `<mj-text mj-class="small" css-class="rel soft">${paragraphsHtml(boilerplate.content, mail, 8)}</mj-text>`
  );
}
