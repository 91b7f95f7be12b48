import { Problem } from '#libs/kernel';
import { Node } from 'prosemirror-model';
import type { PressDocument } from './document.js';
import { pressSchema, refuseControls } from './document.schema.js';

/** Names of the parts as the user knows them. */
const NAMES: Readonly<Record<string, string>> = {
  doc: 'document',
  subhead: 'subhead',
  pressQuote: 'quote',
  bulletList: 'list',
  orderedList: 'list',
  listItem: 'list item',
  tableRow: 'table row',
  tableCell: 'table cell',
  tableHeader: 'table cell',
  endMark: 'end mark',
  imageDownload: 'image download',
  mediaContact: 'media contact',
  website: 'web site',
  text: 'text',
  hardBreak: 'line break',
};

/** More than this is no press release; the whole text of a long annual report stays below it. */
const LARGEST_JSON = 2_000_000;

/**
 * Checks that something is a press document and answers it in its one canonical form (attributes in the order of the
 * schema, nothing else), so that equal documents have equal JSON.
 * @throws Problem `document.*`; its field is the part that is wrong
 */
export function checkDocument(json: unknown): PressDocument {
  if (JSON.stringify(json ?? null).length > LARGEST_JSON) {
    throw problem(
      'document.too-large',
      'document',
      'The document is larger than a press release can be.',
      'Shorten it, or move material to the press kit.',
    );
  }
  checkAttributes(json, 'document', 0);
  const node = nodeFrom(json);
  if (node.type.name !== 'doc') {
    throw problem('document.shape', 'document', 'This is not a press document.', 'Import the release again.');
  }
  checkOrder(node);
  return canonical(node.toJSON()) as PressDocument;
}

function nodeFrom(json: unknown): Node {
  try {
    return Node.fromJSON(pressSchema, json);
  } catch (cause) {
    throw shape('document', plain(cause), cause);
  }
}

/** A document is six deep (table, row, cell, paragraph, text); far deeper is an attack on the stack. */
const DEEPEST = 12;

/** Types, attributes and characters of every node, before ProseMirror sees them, so that the Problem can name the part. */
function checkAttributes(json: unknown, path: string, depth: number): void {
  const { type, attrs, content, text, marks } = (json ?? {}) as Record<string, unknown>;
  const known =
    typeof type === 'string' && Object.hasOwn(pressSchema.nodes, type) ? pressSchema.nodes[type] : undefined;
  if (!known || depth > DEEPEST) throw shape(path, `a part of type ${String(type)}`);
  if (content !== undefined && !Array.isArray(content)) throw shape(path, 'content that is no list');
  for (const [key, spec] of Object.entries(known.spec.attrs ?? {})) {
    const given = (attrs as Record<string, unknown> | undefined)?.[key];
    if (given === undefined && spec.default !== undefined) continue;
    const validate = spec.validate as (value: unknown) => void;
    guard(() => validate(given), `${path}.${key}`, `The ${key} of the ${path}`);
  }
  for (const mark of Array.isArray(marks) ? (marks as Record<string, unknown>[]) : []) checkMark(mark, path);
  if (text !== undefined) {
    guard(() => refuseControls(String(text).replaceAll('\t', ' ')), path, `The text of the ${path}`);
  }
  for (const child of (content as unknown[] | undefined) ?? []) {
    const childType = (child as { type?: unknown } | null)?.type;
    checkAttributes(child, childType === 'text' ? path : nameOf(String(childType)), depth + 1);
  }
}

function checkMark(mark: Record<string, unknown>, path: string): void {
  if (mark['type'] === 'bold') return;
  if (mark['type'] !== 'link') throw shape(path, `a mark of type ${String(mark['type'])}`);
  const validate = pressSchema.marks.link.spec.attrs?.['href']?.validate;
  if (typeof validate !== 'function') throw new Error('The schema lost the rule for links.');
  guard(
    () => validate((mark['attrs'] as Record<string, unknown> | undefined)?.['href']),
    `${path}.link`,
    `A link in the ${path}`,
  );
}

function shape(part: string, what: string, cause?: unknown): Problem {
  return problem(
    'document.shape',
    part,
    `The ${part} holds something no press document has: ${what}.`,
    'Import the release again, or take that part out.',
    cause,
  );
}

function guard(check: () => void, field: string, what: string): void {
  try {
    check();
  } catch (cause) {
    throw problem('document.field', field, `${what} ${plain(cause)}.`, 'Correct that part of the release.', cause);
  }
}

function checkOrder(root: Node): void {
  try {
    root.check();
  } catch (cause) {
    const part = misplaced(root) ?? 'document';
    throw problem(
      'document.order',
      part,
      `The ${part} is missing, doubled or in the wrong place.`,
      'Keep this order: label, urgency, headline, subheadlines, dateline, text, end mark, notes, image download, pictures, media contacts, boilerplate, web site.',
      cause,
    );
  }
}

/** The part to name: one that must be there and is not, or else the first child that its parent does not take at that place. */
function misplaced(node: Node): string | null {
  let match = node.type.contentMatch;
  let unexpected: string | null = null;
  const present = new Set<string>();
  for (let at = 0; at < node.childCount; at += 1) {
    const child = node.child(at);
    present.add(child.type.name);
    const next = unexpected === null ? match.matchType(child.type) : null;
    if (next) match = next;
    else unexpected ??= child.type.name;
    const inside = child.isLeaf ? null : misplaced(child);
    if (inside) return inside;
  }
  const absent = node.type.name === 'doc' ? ['headline', 'dateline'].find((part) => !present.has(part)) : undefined;
  if (absent) return absent;
  if (unexpected) return nameOf(unexpected);
  return match.validEnd ? null : node.type.name === 'doc' ? 'body' : nameOf(node.type.name);
}

function canonical(node: unknown): unknown {
  const { type, attrs, content, text, marks } = node as Record<string, unknown>;
  const leaf = pressSchema.nodes[type as string]?.isLeaf ?? true;
  return {
    type,
    ...(attrs ? { attrs: { ...attrs } } : {}),
    ...(leaf ? {} : { content: ((content as unknown[] | undefined) ?? []).map(canonical) }),
    ...(text === undefined ? {} : { text }),
    ...(marks ? { marks: structuredClone(marks) } : {}),
  };
}

function nameOf(type: string): string {
  return NAMES[type] ?? type;
}

function plain(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '').slice(0, 200);
}

function problem(code: string, field: string, message: string, remedy: string, cause?: unknown): Problem {
  return new Problem({ code, field, message, remedy, cause });
}
