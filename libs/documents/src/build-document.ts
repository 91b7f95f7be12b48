import type { Language } from '#libs/kernel';
import type {
  BlockNode,
  BoilerplateNode,
  DatelineNode,
  EndMarkNode,
  FigureNode,
  ImageDownloadNode,
  LabelNode,
  MediaContactNode,
  NotesNode,
  PressDocument,
  PressNode,
  UrgencyNode,
  WebsiteNode,
} from './document.js';

/** The parts of a release as recognised, before they stand in order. */
export interface Parts {
  readonly label: LabelNode | null;
  readonly urgency: UrgencyNode | null;
  readonly headline: string;
  readonly subheadlines: readonly string[];
  readonly dateline: DatelineNode;
  readonly body: readonly BlockNode[];
  readonly endMark: EndMarkNode | null;
  readonly notes: readonly NotesNode[];
  readonly downloads: readonly ImageDownloadNode[];
  readonly figures: readonly FigureNode[];
  readonly contacts: readonly MediaContactNode[];
  readonly boilerplates: readonly BoilerplateNode[];
  readonly website: WebsiteNode | null;
}

/** The document in its one order. Headline, dateline and text are there even when nothing was found: empty, for the author to fill. */
export function buildDocument(language: Language, parts: Parts): PressDocument {
  const text = (words: string) => (words === '' ? [] : [{ type: 'text' as const, text: words }]);
  const content: (PressNode | null)[] = [
    parts.label,
    parts.urgency,
    { type: 'headline', content: text(parts.headline) },
    ...parts.subheadlines.map((words): PressNode => ({ type: 'subheadline', content: text(words) })),
    parts.dateline,
    ...(parts.body.length > 0 ? parts.body : [{ type: 'paragraph' as const, content: [] }]),
    parts.endMark,
    ...parts.notes,
    ...parts.downloads,
    ...parts.figures,
    ...parts.contacts,
    ...parts.boilerplates,
    parts.website,
  ];
  return { type: 'doc', attrs: { language }, content: content.filter((part) => part !== null) };
}
