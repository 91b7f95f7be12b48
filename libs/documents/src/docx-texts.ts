import { Parser } from 'htmlparser2';
import type { DocxParts } from './docx-archive.js';

export interface WordText {
  readonly apart: 'page-header' | 'page-footer' | 'not-read' | 'comment';
  readonly text: string;
}

const PARTS: readonly { readonly path: RegExp; readonly apart: WordText['apart'] }[] = [
  { path: /^word\/header\d*\.xml$/, apart: 'page-header' },
  { path: /^word\/document\d*\.xml$/, apart: 'not-read' },
  { path: /^word\/footer\d*\.xml$/, apart: 'page-footer' },
  { path: /^word\/comments\.xml$/, apart: 'comment' },
];

/** The text of each paragraph of a Word file, part by part, however deep it hides (text boxes, fields, content controls). */
export function readWordTexts(parts: DocxParts): readonly WordText[] {
  const texts: WordText[] = [];
  for (const { path, apart } of PARTS) {
    for (const [name, content] of parts) {
      if (!path.test(name)) continue;
      for (const text of paragraphTexts(content.toString('utf8'))) texts.push({ apart, text });
    }
  }
  return texts;
}

/** In `mc:AlternateContent` the same text stands twice, for new and for old readers. */
function paragraphTexts(xml: string): string[] {
  const texts: string[] = [];
  const stack: string[] = [];
  let choices = 0;
  let inText = false;
  const parser = new Parser(
    {
      onopentag: (name) => {
        if (name === 'w:p') stack.push('');
        if (name === 'mc:Choice') choices += 1;
        if (name === 'w:t') inText = true;
        if ((name === 'w:tab' || name === 'w:br') && stack.length > 0) stack[stack.length - 1] += ' ';
      },
      ontext: (text) => {
        if (inText && choices === 0 && stack.length > 0) stack[stack.length - 1] += text;
      },
      onclosetag: (name) => {
        if (name === 'mc:Choice') choices -= 1;
        if (name === 'w:t') inText = false;
        if (name !== 'w:p') return;
        const text = stack.pop() ?? '';
        if (text.trim() !== '') texts.push(text.trim());
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return texts;
}
