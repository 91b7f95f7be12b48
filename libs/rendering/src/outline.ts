import {
  type BlockNode,
  type BoilerplateNode,
  type DatelineNode,
  type FigureNode,
  type ImageDownloadNode,
  inlineText,
  type MediaContactNode,
  type NotesNode,
  type PressDocument,
  type PressNode,
  type TextNode,
  type WebsiteNode,
} from '#libs/documents';
import { oneLine } from './escape.js';

/** What the body holds besides figures. */
export type BodyText = Exclude<BlockNode, FigureNode>;

/** A figure with its number among all of the edition, from 1. */
export interface NumberedFigure {
  readonly node: FigureNode;
  readonly number: number;
}

/** The document by place in the mail, so that HTML and text part cannot disagree on order. */
export interface Outline {
  readonly label: string;
  /** "For immediate release" in the house's own words; '' where it wrote none or an embargo, whose words come from T. */
  readonly immediate: string;
  readonly headline: string;
  readonly subheadlines: readonly string[];
  readonly dateline: DatelineNode | null;
  readonly body: readonly (BodyText | NumberedFigure)[];
  readonly endMark: string;
  readonly notes: readonly NotesNode[];
  readonly imageDownloads: readonly ImageDownloadNode[];
  /** Figures after the body. */
  readonly figures: readonly NumberedFigure[];
  readonly figureCount: number;
  readonly contacts: readonly MediaContactNode[];
  readonly boilerplates: readonly BoilerplateNode[];
  readonly websites: readonly WebsiteNode[];
}

/** Sorts the parts of a document. */
export function outlineOf(document: PressDocument): Outline {
  const all = <Type extends PressNode['type']>(type: Type) =>
    document.content.filter((node): node is Extract<PressNode, { type: Type }> => node.type === type);
  const words = (nodes: readonly { readonly content: readonly TextNode[] }[]) =>
    oneLine(nodes.map((node) => inlineText(node.content)).join(' '));
  const { body, figures } = bodyAndFigures(document);
  return {
    label: words(all('label')),
    immediate: words(all('urgency').filter((node) => node.attrs.kind === 'immediate')),
    headline: words(all('headline')),
    subheadlines: all('subheadline').map((node) => words([node])),
    dateline: all('dateline')[0] ?? null,
    body,
    endMark: oneLine(all('endMark')[0]?.attrs.text ?? ''),
    notes: all('notes'),
    imageDownloads: all('imageDownload'),
    figures,
    figureCount: all('figure').length,
    contacts: all('mediaContact'),
    boilerplates: all('boilerplate'),
    websites: all('website'),
  };
}

const BODY = new Set<PressNode['type']>(['paragraph', 'subhead', 'pressQuote', 'bulletList', 'orderedList', 'table']);
const AFTER_BODY = new Set<PressNode['type']>(['endMark', 'notes', 'imageDownload', 'mediaContact', 'boilerplate']);

/** A figure belongs to the body until something that follows the body has been seen. */
function bodyAndFigures(document: PressDocument): Pick<Outline, 'body' | 'figures'> {
  const body: (BodyText | NumberedFigure)[] = [];
  const figures: NumberedFigure[] = [];
  let number = 0;
  let after = false;
  for (const node of document.content) {
    if (node.type === 'figure') (after ? figures : body).push({ node, number: (number += 1) });
    else if (isBodyText(node)) body.push(node);
    else after ||= AFTER_BODY.has(node.type);
  }
  return { body, figures };
}

function isBodyText(node: PressNode): node is BodyText {
  return BODY.has(node.type);
}

/** The dateline as printed before the first paragraph, with the dash that parts it from the text; brackets and 訊 need none. */
export function datelineText(dateline: DatelineNode): string {
  const text = oneLine(dateline.attrs.text) || [dateline.attrs.place, dateline.attrs.date].filter(Boolean).join(', ');
  if (text === '') return '';
  return /[)）\]】〕訊讯電电]$/u.test(text) ? text : `${text} – `;
}

/** Words for the reader's own account of the quotation, unless the quotation already names its speaker. */
export function attributionOf(
  quote: Extract<BlockNode, { type: 'pressQuote' }>,
): { speaker: string; title: string } | null {
  const speaker = oneLine(quote.attrs.speaker ?? '');
  const said = oneLine(quote.content.map((paragraph) => inlineText(paragraph.content)).join(' '));
  if (speaker === '' || said.includes(speaker)) return null;
  return { speaker, title: oneLine(quote.attrs.title ?? '') };
}
