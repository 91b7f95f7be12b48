import { Problem } from '#libs/kernel';
import type { RenderedEdition } from './edition.js';

/** Gmail hides what lies beyond 102 KB of HTML and drops the styles with it; the rest is room for the merged slots. */
export const HTML_BYTES_LIMIT = 100_000;

const NAMES = { 'zh-Hant': 'Traditional Chinese', 'zh-Hans': 'Simplified Chinese', en: 'English' } as const;

/** What must be mended before this mail can be approved; empty when nothing must. */
export function mailProblems(rendered: RenderedEdition): readonly Problem[] {
  const field = `${NAMES[rendered.language]} edition`;
  const problems: Problem[] = [];
  if (rendered.htmlBytes > HTML_BYTES_LIMIT) {
    problems.push(
      new Problem({
        code: 'rendering.mail.too-large',
        field,
        message: `The mail is ${rendered.htmlBytes.toLocaleString('en')} bytes of HTML; Gmail cuts mails off near ${HTML_BYTES_LIMIT.toLocaleString('en')}.`,
        remedy: 'Shorten the text or move tables and notes to a linked document.',
      }),
    );
  }
  for (const gap of rendered.gaps)
    problems.push(gap.what === 'picture' ? pictureMissing(gap.name, field) : senderMissing(gap.name));
  return problems;
}

function pictureMissing(caption: string, field: string): Problem {
  return new Problem({
    code: 'rendering.mail.picture-missing',
    field,
    message: `The picture "${caption}" is not stored, so the mail would show its caption alone.`,
    remedy: 'Upload the picture again or take the figure out.',
  });
}

function senderMissing(name: string): Problem {
  return new Problem({
    code: 'rendering.mail.sender-incomplete',
    field: name,
    message: `The sender has no ${name}; Hong Kong's UEMO wants the sender's name and address in Chinese and in English in every mail.`,
    remedy: `Fill in the ${name} in the organisation's settings.`,
  });
}
