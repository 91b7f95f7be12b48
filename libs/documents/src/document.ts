import type { Language } from '#libs/kernel';

/**
 * One edition of a release as a typed document: ProseMirror-compatible JSON, shared by import, editor, mail, text part
 * and page. Order at the top level (each part once unless marked):
 *
 *   label? urgency? headline subheadline* dateline (paragraph | subhead | pressQuote | list | table | figure)+ endMark?
 *   notes* imageDownload* figure* mediaContact* boilerplate* website?
 *
 * `document.schema.ts` holds the same rules as a ProseMirror schema; `checkDocument` says in words what is missing.
 */
export interface PressDocument {
  readonly type: 'doc';
  readonly attrs: { readonly language: Language };
  readonly content: readonly PressNode[];
}

export type PressNode =
  | LabelNode
  | UrgencyNode
  | HeadlineNode
  | SubheadlineNode
  | DatelineNode
  | BlockNode
  | EndMarkNode
  | NotesNode
  | ImageDownloadNode
  | MediaContactNode
  | BoilerplateNode
  | WebsiteNode;

/** What may stand in the body. */
export type BlockNode = ParagraphNode | SubheadNode | PressQuoteNode | ListNode | TableNode | FigureNode;

export type Mark =
  | { readonly type: 'bold' }
  /** http, https, mailto or tel only. */
  | { readonly type: 'link'; readonly attrs: { readonly href: string } };

export interface TextNode {
  readonly type: 'text';
  readonly text: string;
  readonly marks?: readonly Mark[];
}
export interface HardBreakNode {
  readonly type: 'hardBreak';
}
export type InlineNode = TextNode | HardBreakNode;

/** 新聞稿, Press release. */
export interface LabelNode {
  readonly type: 'label';
  readonly content: readonly TextNode[];
}
/** 即時發布, FOR IMMEDIATE RELEASE, 禁發至…, EMBARGOED UNTIL…: the line as written; what it asks for is in attrs. */
export interface UrgencyNode {
  readonly type: 'urgency';
  readonly attrs: {
    readonly kind: 'immediate' | 'embargo';
    /** As written, without zone arithmetic: `2026-12-02T09:00`. */
    readonly wall: string | null;
    /** IANA name, for example Asia/Hong_Kong. */
    readonly zone: string | null;
  };
  readonly content: readonly TextNode[];
}
export interface HeadlineNode {
  readonly type: 'headline';
  readonly content: readonly TextNode[];
}
export interface SubheadlineNode {
  readonly type: 'subheadline';
  readonly content: readonly TextNode[];
}
/** Printed in bold at the start of the first paragraph. `text` is what stood there, without the dash that ends it. */
export interface DatelineNode {
  readonly type: 'dateline';
  readonly attrs: { readonly place: string; /** ISO date */ readonly date: string | null; readonly text: string };
}
export interface ParagraphNode {
  readonly type: 'paragraph';
  readonly content: readonly InlineNode[];
}
export interface SubheadNode {
  readonly type: 'subhead';
  readonly attrs: { readonly level: 2 | 3 };
  readonly content: readonly TextNode[];
}
/** A quotation set off from the text. `content` is complete as the release words it, attribution included where it stood inside. */
export interface PressQuoteNode {
  readonly type: 'pressQuote';
  readonly attrs: { readonly speaker: string | null; readonly title: string | null };
  readonly content: readonly ParagraphNode[];
}
export interface ListNode {
  readonly type: 'bulletList' | 'orderedList';
  readonly content: readonly { readonly type: 'listItem'; readonly content: readonly ParagraphNode[] }[];
}
export interface TableNode {
  readonly type: 'table';
  readonly content: readonly {
    readonly type: 'tableRow';
    readonly content: readonly {
      readonly type: 'tableCell' | 'tableHeader';
      readonly content: readonly ParagraphNode[];
    }[];
  }[];
}
/** A picture. `asset` is the id of a stored asset, or null while only the caption is known; `href` is a download link elsewhere. */
export interface FigureNode {
  readonly type: 'figure';
  readonly attrs: {
    readonly asset: string | null;
    readonly alt: string;
    readonly caption: string;
    readonly credit: string;
    readonly href: string | null;
  };
}
/** ###, ENDS, 完, －完－, -30-, as written. */
export interface EndMarkNode {
  readonly type: 'endMark';
  readonly attrs: { readonly text: string };
}
/** Notes to editors, 編輯垂注, 编者注. */
export interface NotesNode {
  readonly type: 'notes';
  readonly attrs: { readonly title: string };
  readonly content: readonly (ParagraphNode | ListNode)[];
}
/** The line that offers the pictures for download, and where to. */
export interface ImageDownloadNode {
  readonly type: 'imageDownload';
  readonly attrs: { readonly text: string; readonly href: string | null };
}
export interface MediaContactNode {
  readonly type: 'mediaContact';
  readonly attrs: {
    readonly organisation: string;
    readonly name: string;
    readonly role: string;
    /** As printed, for example "(852) 0000 1234". */
    readonly phones: readonly string[];
    readonly emails: readonly string[];
    /** Hours, languages spoken, messenger: whatever else stood with the contact. */
    readonly note: string;
  };
}
export interface BoilerplateNode {
  readonly type: 'boilerplate';
  readonly attrs: { readonly title: string };
  readonly content: readonly ParagraphNode[];
}
export interface WebsiteNode {
  readonly type: 'website';
  readonly attrs: { readonly text: string; readonly href: string };
}

/** The plain text of inline content; a hard break reads as a line feed. */
export function inlineText(content: readonly InlineNode[]): string {
  return content.map((node) => (node.type === 'text' ? node.text : '\n')).join('');
}
