import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { inlineText, type BlockNode, type InlineNode, type PressDocument, type PressNode } from './document.js';
import { importRelease, type ImportedRelease } from './import-release.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);
const files = readdirSync(FIXTURES).filter((name) => /\.(txt|md|html|docx)$/.test(name));

/** The release as flat as a person would write down what should come out. */
function outline({ document, report, figures }: ImportedRelease): Record<string, unknown> {
  const parts = (type: PressNode['type']) => document.content.filter((part) => part.type === type);
  return {
    language: document.attrs.language,
    label: lines(document, 'label')[0] ?? null,
    urgency: urgencyOf(document),
    headline: lines(document, 'headline')[0],
    subheadlines: lines(document, 'subheadline'),
    dateline: parts('dateline').map((part) => (part as { attrs: object }).attrs)[0],
    body: bodyOf(document).map(blockOutline),
    endMark: parts('endMark').map((part) => (part as { attrs: { text: string } }).attrs.text)[0] ?? null,
    notes: parts('notes').map(sectionOutline),
    downloads: parts('imageDownload').map((part) => (part as { attrs: object }).attrs),
    captions: document.content
      .slice(bodyEnd(document))
      .filter((part) => part.type === 'figure')
      .map(blockOutline),
    contacts: parts('mediaContact').map((part) => (part as { attrs: object }).attrs),
    boilerplates: parts('boilerplate').map(sectionOutline),
    website: parts('website').map((part) => (part as { attrs: object }).attrs)[0] ?? null,
    leftovers: report.entries
      .filter(({ became }) => became === 'leftover')
      .map(({ lines: [line], source }) => `${line}: ${source.trim()}`),
    warnings: [...report.warnings].sort(),
    pictures: figures.length,
  };
}

function lines(document: PressDocument, type: 'label' | 'headline' | 'subheadline'): string[] {
  return document.content.flatMap((part) => (part.type === type ? [inlineText(part.content)] : []));
}

function urgencyOf(document: PressDocument): unknown {
  const urgency = document.content.find((part) => part.type === 'urgency');
  return urgency ? { ...urgency.attrs, text: inlineText(urgency.content) } : null;
}

function bodyEnd(document: PressDocument): number {
  const tail = ['endMark', 'notes', 'imageDownload', 'mediaContact', 'boilerplate', 'website'];
  const end = document.content.findIndex(({ type }) => tail.includes(type));
  return end < 0 ? document.content.length : end;
}

function bodyOf(document: PressDocument): readonly BlockNode[] {
  const start = document.content.findIndex(({ type }) => type === 'dateline') + 1;
  return document.content.slice(start, bodyEnd(document)) as BlockNode[];
}

function blockOutline(node: PressNode): unknown {
  switch (node.type) {
    case 'subhead':
      return `# ${inlineText(node.content)}`;
    case 'pressQuote':
      return { quote: node.content.map(({ content }) => inlineText(content)), ...node.attrs };
    case 'bulletList':
    case 'orderedList':
      return {
        [node.type]: node.content.map(({ content }) => content.map((each) => inlineText(each.content)).join('\n')),
      };
    case 'table':
      return {
        table: node.content.map((row) =>
          row.content.map((cell) => cell.content.map((each) => inlineText(each.content)).join('\n')),
        ),
      };
    case 'figure':
      return { caption: node.attrs.caption, credit: node.attrs.credit, alt: node.attrs.alt, href: node.attrs.href };
    default:
      return 'content' in node ? inlineText(node.content as readonly InlineNode[]) : node;
  }
}

function sectionOutline(node: PressNode): unknown {
  const { attrs, content } = node as { attrs: { title: string }; content: readonly PressNode[] };
  return { title: attrs.title, text: content.map(blockOutline) };
}

describe('a release of another house', () => {
  test('has a hand-checked expectation for each of at least fifteen fixtures', () => {
    expect(files.length).toBeGreaterThanOrEqual(15);
  });

  test.each(files)('comes out right in every field: %s', async (name) => {
    const expected: unknown = JSON.parse(
      readFileSync(new URL(`${name.replace(/\.\w+$/, '')}.expected.json`, FIXTURES), 'utf8'),
    );
    const imported = await importRelease(readFileSync(new URL(name, FIXTURES)), { fileName: name });
    expect(outline(imported)).toEqual(expected);
  });
});
