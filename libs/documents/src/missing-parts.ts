import { Problem } from '#libs/kernel';
import { inlineText, type PressDocument, type PressNode } from './document.js';

/** What a release still lacks. */
export interface MissingParts {
  /** Without these it cannot be submitted. */
  readonly required: readonly Problem[];
  /** Worth saying, but no obstacle. */
  readonly advised: readonly Problem[];
}

/** Tells which parts of a document are missing or empty: headline, dateline, body and media contact; boilerplate is advised. */
export function missingParts(document: PressDocument): MissingParts {
  const parts = document.content;
  const required: Problem[] = [];
  if (!parts.some((part) => part.type === 'headline' && inlineText(part.content).trim() !== '')) {
    required.push(
      missing('headline', 'The release has no headline.', 'Write one, or mark the line that is the headline.'),
    );
  }
  const dateline = parts.find((part) => part.type === 'dateline');
  if (!dateline || (dateline.attrs.place.trim() === '' && dateline.attrs.date === null)) {
    required.push(
      missing(
        'dateline',
        'The release has no dateline.',
        'Begin the first paragraph with place and date, for example “Hong Kong, 2 December 2026 –”.',
      ),
    );
  } else if (dateline.attrs.date === null) {
    required.push(missing('dateline.date', 'The dateline has no date.', 'Add day, month and year to the dateline.'));
  } else if (dateline.attrs.place.trim() === '') {
    required.push(missing('dateline.place', 'The dateline has no place.', 'Add the place to the dateline.'));
  }
  if (!parts.some(hasBodyText)) {
    required.push(missing('body', 'The release has no text.', 'Write at least one paragraph below the headline.'));
  }
  const contacts = parts.filter((part) => part.type === 'mediaContact');
  if (!contacts.some(({ attrs }) => attrs.phones.length + attrs.emails.length > 0)) {
    required.push(
      missing(
        'media contact',
        contacts.length > 0
          ? 'No media contact has a phone number or an e-mail address.'
          : 'The release has no media contact.',
        'Add a name with a phone number or an e-mail address that journalists can use.',
      ),
    );
  }
  const advised = parts.some((part) => part.type === 'boilerplate')
    ? []
    : [
        missing(
          'boilerplate',
          'The release does not say who the organisation is.',
          'Add a paragraph “About …” at the end.',
        ),
      ];
  return { required, advised };
}

function hasBodyText(part: PressNode): boolean {
  return (
    ['paragraph', 'pressQuote', 'bulletList', 'orderedList', 'table'].includes(part.type) && textOf(part).trim() !== ''
  );
}

function textOf(node: object): string {
  const { text, content } = node as { text?: string; content?: readonly object[] };
  return text ?? (content ?? []).map(textOf).join('');
}

function missing(field: string, message: string, remedy: string): Problem {
  return new Problem({ code: `document.missing.${field.replace(/[ .]/g, '-')}`, field, message, remedy });
}
