import type { ListNode, NotesNode, ParagraphNode, TableNode } from '#libs/documents';
import { inlineText } from '#libs/documents';
import { displayWidth } from './display-width.js';
import { figuresMjml } from './figures.mjml.js';
import { inlineHtml, latinLang, paragraphsHtml, headlineHtml } from './inline.mjml.js';
import type { Mail } from './mail.js';
import { attributionOf, type BodyText, datelineText, type NumberedFigure } from './outline.js';
import { LIGHT } from './theme.js';

/** The body: runs of text in one element each, figures between them in sections of their own. */
export function bodyMjml(mail: Mail): string {
  const sections: string[] = [];
  let html = openingHtml(mail);
  let figures: NumberedFigure[] = [];
  const closeText = () => {
    if (html !== '') sections.push(textSection(html));
    html = '';
  };
  const closeFigures = () => {
    if (figures.length > 0) sections.push(figuresMjml(figures, mail));
    figures = [];
  };
  for (const [place, block] of mail.outline.body.entries()) {
    if (!('type' in block)) {
      closeText();
      figures.push(block);
    } else {
      closeFigures();
      html +=
        place === 0 && block.type === 'paragraph'
          ? paragraphsHtml([withDateline(block)], mail, 18)
          : blockHtml(block, mail);
    }
  }
  closeText();
  closeFigures();
  return sections.join('\n') + endMark(mail);

  function withDateline(paragraph: ParagraphNode): ParagraphNode {
    const dateline = mail.outline.dateline ? datelineText(mail.outline.dateline) : '';
    if (dateline === '') return paragraph;
    return {
      ...paragraph,
      content: [{ type: 'text', text: dateline, marks: [{ type: 'bold' }] }, ...paragraph.content],
    };
  }
}

/** The dateline alone, when the body does not begin with a paragraph it could open. */
function openingHtml(mail: Mail): string {
  const first = mail.outline.body[0];
  if (!mail.outline.dateline || (first && 'type' in first && first.type === 'paragraph')) return '';
  const text = datelineText(mail.outline.dateline).replace(/ – $/u, '');
  return text === '' ? '' : `<p style="margin:0 0 18px"><strong>${mail.leaves.text(text)}</strong></p>`;
}

function textSection(html: string): string {
  return `<mj-section css-class="card pad"><mj-column><mj-text css-class="rel">${html}</mj-text></mj-column></mj-section>`;
}

function blockHtml(block: BodyText, mail: Mail): string {
  switch (block.type) {
    case 'paragraph':
      return paragraphsHtml([block], mail, 18);
    case 'subhead':
      return subheadHtml(inlineText(block.content), block.attrs.level, mail);
    case 'pressQuote':
      return quoteHtml(block, mail);
    case 'bulletList':
    case 'orderedList':
      return listHtml(block, mail, 18);
    case 'table':
      return tableHtml(block, mail);
  }
}

function subheadHtml(text: string, level: 2 | 3, mail: Mail): string {
  const { size, line } = level === 2 ? mail.theme.subhead : mail.theme.body;
  const style = `font-size:${size}px;line-height:${line}px;font-weight:700;margin:26px 0 8px`;
  return `<h${level} style="${style}">${headlineHtml(text, mail)}</h${level}>`;
}

/** A sentence or two gains from larger letters; a long statement only grows longer. */
const LARGE_QUOTE_COLUMNS = 240;

function quoteHtml(quote: Extract<BodyText, { type: 'pressQuote' }>, mail: Mail): string {
  const length = quote.content.reduce(
    (sum, paragraph) => sum + displayWidth(inlineText(paragraph.content), mail.language),
    0,
  );
  const { size, line } = length > LARGE_QUOTE_COLUMNS ? mail.theme.body : mail.theme.quote;
  const said = paragraphsHtml(quote.content, mail, 12, 0);
  const by = attributionOf(quote);
  const { small } = mail.theme;
  const title = by?.title ? `${mail.chinese ? '&emsp;' : ', '}${mail.leaves.text(by.title)}` : '';
  const attribution = by
    ? `<p class="soft" style="margin:8px 0 0;font-size:${small.size + 1}px;line-height:${small.line + 1}px;color:${LIGHT.soft}">` +
      `<strong${latinLang(by.speaker, mail)}>${mail.leaves.text(by.speaker)}</strong>${title}</p>`
    : '';
  return (
    '<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%" style="margin:6px 0 24px"><tr>' +
    `<td class="quote" style="border-left:4px solid ${mail.theme.accent.light};padding:1px 0 1px 20px;font-size:${size}px;line-height:${line}px">` +
    `<blockquote style="margin:0">${said}</blockquote>${attribution}</td></tr></table>`
  );
}

function listHtml(list: ListNode, mail: Mail, lastGap: number): string {
  const tag = list.type === 'bulletList' ? 'ul' : 'ol';
  const items = list.content.map(
    (item) =>
      `<li style="margin:0 0 6px">${item.content.map((paragraph) => inlineHtml(paragraph.content, mail)).join('<br />')}</li>`,
  );
  return `<${tag} style="margin:0 0 ${lastGap}px;padding-left:26px">${items.join('')}</${tag}>`;
}

function tableHtml(table: TableNode, mail: Mail): string {
  const { small } = mail.theme;
  const rows = table.content.map((row) => {
    const cells = row.content.map((cell, column) => {
      const tag = cell.type === 'tableHeader' ? 'th' : 'td';
      const html = cell.content.map((paragraph) => inlineHtml(paragraph.content, mail)).join('<br />');
      const ground = tag === 'th' ? `background-color:${mail.theme.accent.tint};font-weight:700;` : '';
      const align = isFigures(table, column) ? 'right' : 'left';
      const style = `${ground}border-bottom:1px solid ${LIGHT.rule};padding:8px 10px;font-size:${small.size + 1}px;line-height:${small.line}px;text-align:${align};word-break:normal`;
      const columns = displayWidth(textOf(cell), mail.language);
      const keep = columns <= 11 ? ';white-space:nowrap' : '';
      const css = `cell${tag === 'th' ? ' head' : ''}${columns > 8 ? ' mid' : ''}`;
      return `<${tag}${tag === 'th' ? ' scope="col"' : ''} class="${css}" valign="top" style="${style}${keep}">${html}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const html = `<table border="0" cellpadding="0" cellspacing="0" width="100%" style="border-collapse:collapse">${rows.join('')}</table>`;
  // a table too wide for a phone scrolls in its own box instead of widening the whole mail
  return `<div class="scroll" style="overflow-x:auto;margin:4px 0 24px">${html}</div>`;
}

function textOf(cell: TableNode['content'][number]['content'][number]): string {
  return cell.content.map((paragraph) => inlineText(paragraph.content)).join(' ');
}

/** Columns of plain numbers are set flush right, so that digits of one rank stand under each other. */
function isFigures(table: TableNode, column: number): boolean {
  const cells = table.content
    .map((row) => row.content[column])
    .filter((cell) => cell?.type === 'tableCell')
    .map((cell) => (cell ? textOf(cell) : ''));
  return cells.length > 1 && cells.every((text) => /^[\s$€£¥+−–-]*\d[\d,.]*\s*%?\s*$/u.test(text));
}

function endMark(mail: Mail): string {
  if (mail.outline.endMark === '') return '';
  const mark = `<span role="img" aria-label="${mail.wording.endOfText}">${mail.leaves.text(mail.outline.endMark)}</span>`;
  return `<mj-section css-class="card pad" padding="4px 36px 26px"><mj-column><mj-text mj-class="small" css-class="soft" align="center">${mark}</mj-text></mj-column></mj-section>`;
}

/** Notes to editors, on a panel: they are for the desk, not for print. */
export function notesMjml(notes: NotesNode, mail: Mail): string {
  const { small } = mail.theme;
  const content = notes.content
    .map((block, place) => {
      const gap = place === notes.content.length - 1 ? 0 : 10;
      return block.type === 'paragraph' ? paragraphsHtml([block], mail, gap) : listHtml(block, mail, gap);
    })
    .join('');
  const title =
    notes.attrs.title === ''
      ? ''
      : `<h2 style="font-size:16px;line-height:26px;font-weight:700;margin:0 0 6px">${mail.leaves.text(notes.attrs.title)}</h2>`;
  return (
    '<mj-section css-class="card pad" padding="0 36px 28px"><mj-column css-class="panel" background-color="' +
    `${LIGHT.panel}" padding="18px 22px"><mj-text css-class="rel" font-size="${small.size + 1}px" line-height="${small.line + 2}px">${title}${content}</mj-text></mj-column></mj-section>`
  );
}
