import type { FigureNode } from '#libs/documents';
import type { EditionInput, Gap, RenderedEdition } from './edition.js';
import { compileMail } from './edition.mjml.js';
import { oneLine } from './escape.js';
import { chineseText } from './locale.js';
import { type Mail, mailFrom } from './mail.js';
import { preheaderFor } from './preheader.js';
import { SlotSheet } from './slots.js';
import { subjectFor } from './subject.js';
import { storyText, textPart } from './text-part.js';

/**
 * Writes one mail: HTML and plain text of one edition in one variant, complete but for the slots. To be called once per
 * version, language and variant, never per recipient.
 * Throws RangeError for an unknown zone, Error for a nonce that is not 16 to 80 letters and digits.
 */
export async function renderEdition(input: EditionInput): Promise<RenderedEdition> {
  for (let attempt = 0; ; attempt += 1) {
    // a document can only hold a mark of ours if its writer knew the nonce; then the next one serves
    const slots = new SlotSheet(input.slotNonce + (attempt === 0 ? '' : `x${attempt}`));
    const rendered = await renderWith(slots, input);
    if (slots.owns('html', rendered.html) && slots.owns('text', rendered.text)) return rendered;
    if (attempt === 20) throw new Error('No mark for the slots was found that does not stand in the document.');
  }
}

async function renderWith(slots: SlotSheet, input: EditionInput): Promise<RenderedEdition> {
  const mail = mailFrom(input, slots);
  const { headline } = mail.outline;
  const subject = subjectFor({
    headline,
    language: mail.language,
    ...(input.market ? { market: input.market } : {}),
    variant: input.variant,
    instant: input.instant,
    test: input.test ?? false,
  });
  const preheader = preheaderFor(mail.outline, picturesAtHand(mail), mail.language, mail.wording);
  const html = await compileMail(mail, subject, preheader);
  return {
    language: mail.language,
    subject,
    preheader,
    html,
    text: textPart(mail),
    story: storyText(mail),
    htmlBytes: Buffer.byteLength(html),
    slots: slots.slots(),
    gaps: gapsOf(mail),
  };
}

/** Figures whose picture this mail shows or links to. */
function picturesAtHand(mail: Mail): number {
  const figures = mail.input.document.content.filter((node): node is FigureNode => node.type === 'figure');
  return figures.filter(
    ({ attrs }) => attrs.href !== null || (attrs.asset !== null && mail.input.pictures.has(attrs.asset)),
  ).length;
}

function gapsOf(mail: Mail): readonly Gap[] {
  const { document, pictures, sender } = mail.input;
  const missing = document.content
    .filter((node): node is FigureNode => node.type === 'figure')
    .filter(({ attrs }) => attrs.asset !== null && !pictures.has(attrs.asset))
    .map(({ attrs }): Gap => ({
      what: 'picture',
      name: oneLine(attrs.caption) || oneLine(attrs.alt) || 'without caption',
    }));
  const asked: readonly (readonly [name: string, value: string])[] = [
    ['Chinese name', chineseText(sender.name, mail.language)],
    ['English name', sender.name.en ?? ''],
    ['Chinese postal address', sender.postalAddress.zh],
    ['English postal address', sender.postalAddress.en],
  ];
  const empty = asked.filter(([, value]) => value.trim() === '').map(([name]): Gap => ({ what: 'sender', name }));
  return [...missing, ...empty];
}
