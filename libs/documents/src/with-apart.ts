import type { WordText } from './docx-texts.js';
import type { Manuscript, SourceLine } from './manuscript.js';

/**
 * Adds texts that are no part of the release to a manuscript, as lines kept apart at its end: page headers and footers
 * always, texts of the document itself only where the reader passed over them.
 */
export function withApart(manuscript: Manuscript, texts: readonly WordText[], warnings: readonly string[]): Manuscript {
  const read = squeeze(manuscript.text);
  const missing = texts.filter(({ apart, text }) => apart !== 'not-read' || !read.includes(squeeze(text)));
  const lines: SourceLine[] = [...manuscript.lines];
  let { text } = manuscript;
  let number = manuscript.lines.at(-1)?.number ?? 0;
  for (const { apart, text: added } of missing) {
    number += 1;
    lines.push({
      number,
      from: text.length,
      to: text.length + added.length,
      hint: { kind: 'apart', block: -number, apart },
    });
    text += `${added}\n`;
  }
  const unread = missing.some(({ apart }) => apart === 'not-read') ? ['word-parts-unknown'] : [];
  return { ...manuscript, text, lines, warnings: [...new Set([...manuscript.warnings, ...warnings, ...unread])] };
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}
