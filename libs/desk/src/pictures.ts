import type { FigureNode, PressDocument, PressNode } from '#libs/documents';

/** A stored picture and what an edition says of it. */
export interface EditionPicture {
  readonly asset: string;
  readonly alt: string;
  readonly caption: string;
  readonly credit: string;
}

/** What may stand before the figures at the end of a document; contacts, boilerplate and web site come after them. */
const AFTER_FIGURES: readonly PressNode['type'][] = ['mediaContact', 'boilerplate', 'website'];

/**
 * Puts pictures into an edition, in order: first into figures that the release names by their caption only (its own
 * caption stays), then as new figures before the media contacts.
 */
export function withPictures(document: PressDocument, pictures: readonly EditionPicture[]): PressDocument {
  const waiting = [...pictures];
  const filled = document.content.map((node) => {
    if (node.type !== 'figure' || node.attrs.asset !== null) return node;
    const picture = waiting.shift();
    if (!picture) return node;
    const { alt, caption, credit } = node.attrs;
    return figure(
      { ...picture, alt: alt || picture.alt, caption: caption || picture.caption, credit: credit || picture.credit },
      node.attrs.href,
    );
  });
  const at = filled.findIndex((node) => AFTER_FIGURES.includes(node.type));
  const rest = waiting.map((picture) => figure(picture, null));
  const content = at === -1 ? [...filled, ...rest] : [...filled.slice(0, at), ...rest, ...filled.slice(at)];
  return { ...document, content };
}

function figure(picture: EditionPicture, href: string | null): FigureNode {
  return { type: 'figure', attrs: { ...picture, href } };
}
