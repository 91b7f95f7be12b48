import { displayWidth } from './display-width.js';
import { oneLine } from './escape.js';
import { textIn } from './locale.js';
import type { Mail } from './mail.js';
import { aboutLines, contactLines, footerLines, pictureLines } from './text-back-matter.js';
import { blockLines, bodyLines, headingLines, rule, wrapped } from './text-blocks.js';
import { TEXT_COLUMNS } from './wrap-text.js';

/** The plain-text part, written from the document itself: same order, same facts as the HTML. */
export function textPart(mail: Mail): string {
  const greeting = mail.slots.place('greeting', 'text', 'text', { after: '\n\n' });
  const [first = '', ...rest] = title(mail, { dated: true });
  return joined([opening(mail), [greeting + first, ...rest], ...story(mail), footerLines(mail)]);
}

/** The release alone, as a text file offers it: nobody's greeting, links or reasons, and no T, which may still move. */
export function storyText(mail: Mail): string {
  return joined([title(mail, { dated: false }), ...story(mail)]);
}

function story(mail: Mail): readonly (readonly string[])[] {
  return [bodyLines(mail), endMark(mail), ...notes(mail), pictureLines(mail), contactLines(mail), aboutLines(mail)];
}

function joined(parts: readonly (readonly string[])[]): string {
  const text = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
  // no-break spaces did their work when the lines were broken; copied into a story they would be a nuisance
  return `${text.replaceAll('\u00a0', ' ')}\n`;
}

/** Test mark, who writes, and the embargo before anything it covers. */
function opening(mail: Mail): readonly string[] {
  const { wording, embargo, input, language, chinese } = mail;
  const gap = chinese ? '　' : ' · ';
  const sender = [textIn(input.sender.name, language).text, textIn(input.sender.desk, language).text];
  const lines = wrapped(sender.filter(Boolean).map(oneLine).join(gap), mail);
  const test = input.test ? [...wrapped(`*** ${wording.test} ***`, mail), ''] : [];
  if (input.variant === 'at_t') return [...test, ...lines];
  const banner = [embargo.until, embargo.terms, embargo.elsewhere.join(gap)].flatMap((text) => wrapped(text, mail));
  return [...test, ...lines, '', ...banner];
}

function title(mail: Mail, { dated }: { readonly dated: boolean }): readonly string[] {
  const { outline, wording, embargo, input, chinese } = mail;
  const released = input.variant === 'at_t';
  const label = outline.label || wording.pressRelease;
  const urgency = released ? outline.immediate || embargo.immediate : embargo.tag;
  return [
    ...wrapped(chinese ? `【${label}｜${urgency}】` : `${label} | ${urgency}`, mail),
    ...(released && dated ? wrapped(embargo.stamp, mail) : []),
    '',
    ...wrapped(outline.headline, mail),
    ...outline.subheadlines.flatMap((text) => ['', ...wrapped(text, mail)]),
    rule(),
  ];
}

function endMark(mail: Mail): readonly string[] {
  const mark = oneLine(mail.outline.endMark);
  if (mark === '') return [];
  const space = Math.max(0, Math.floor((TEXT_COLUMNS - displayWidth(mark, mail.language)) / 2));
  return [' '.repeat(space) + mark];
}

function notes(mail: Mail): readonly (readonly string[])[] {
  return mail.outline.notes.map((node) => [
    ...headingLines(oneLine(node.attrs.title), mail),
    ...node.content.flatMap((block, place) => [...(place > 0 ? [''] : []), ...blockLines(block, mail)]),
  ]);
}
