import { ManuscriptBuilder, type Manuscript } from './manuscript.js';
import { readOddCharacters } from './printable.js';

/** A text file line by line; a form feed becomes a line of its own, so that a page break stays visible. */
export function readPlainText(text: string): Manuscript {
  const builder = new ManuscriptBuilder('text');
  let number = 0;
  for (const line of text.split(/\r\n|[\n\r\u0085\u2028\u2029]/)) {
    number += 1;
    for (const part of line.split(/(\f)/)) {
      if (part === '' && line !== '') continue;
      const from = builder.add(part, number, { kind: 'line', block: builder.nextBlock() });
      readOddCharacters(builder, part, from);
    }
  }
  return builder.build();
}
