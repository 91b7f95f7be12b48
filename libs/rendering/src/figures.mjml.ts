import { captionOf } from './captions.js';
import type { Picture } from './edition.js';
import { oneLine } from './escape.js';
import { hostOf, safeHref } from './links.js';
import type { Mail } from './mail.js';
import type { NumberedFigure } from './outline.js';
import { LIGHT } from './theme.js';

/** Widths in pixels inside the 640 px mail: one picture across, or two with a gutter of 24. */
const WHOLE = 568;
const HALF = 272;
/** A single upright picture higher than this would push the text off the screen. */
const TALLEST = 560;

/** Figures two a row; one alone takes the whole width, the odd one of three or more takes half. */
export function figuresMjml(figures: readonly NumberedFigure[], mail: Mail): string {
  if (figures.length === 1 && figures[0]) return single(figures[0], mail);
  const rows: string[] = [];
  for (let place = 0; place < figures.length; place += 2) {
    const columns = figures.slice(place, place + 2).map((figure) => column(figure, mail));
    rows.push(`<mj-section css-class="card pad" padding="6px 24px 0">${columns.join('')}</mj-section>`);
  }
  return rows.join('\n');
}

function single(figure: NumberedFigure, mail: Mail): string {
  const picture = pictureOf(figure, mail);
  const ratio = picture ? picture.previewWidth / Math.max(1, picture.previewHeight) : 1;
  const width = Math.round(Math.min(WHOLE, picture?.previewWidth ?? WHOLE, TALLEST * ratio));
  return `<mj-section css-class="card pad" padding="6px 36px 24px"><mj-column>${image(figure, picture, width, mail)}${caption(figure, picture, mail)}</mj-column></mj-section>`;
}

function column(figure: NumberedFigure, mail: Mail): string {
  const picture = pictureOf(figure, mail);
  return `<mj-column width="50%" padding="0 12px 24px" css-class="gut">${image(figure, picture, HALF, mail)}${caption(figure, picture, mail)}</mj-column>`;
}

function pictureOf(figure: NumberedFigure, mail: Mail): Picture | undefined {
  return figure.node.attrs.asset === null ? undefined : mail.input.pictures.get(figure.node.attrs.asset);
}

function image(figure: NumberedFigure, picture: Picture | undefined, width: number, mail: Mail): string {
  const source = picture ? safeHref(picture.previewUrl) : null;
  if (!picture || source === null) return '';
  const href = safeHref(picture.downloadUrl);
  const alt = oneLine(figure.node.attrs.alt) || oneLine(figure.node.attrs.caption);
  const link = href === null ? '' : ` href="${mail.leaves.text(href)}"`;
  return `<mj-image src="${mail.leaves.text(source)}" alt="${mail.leaves.text(alt)}" width="${width}px" align="left" fluid-on-mobile="true"${link} />`;
}

/** Caption with credit, then the download link in words that differ from picture to picture, then what it brings. */
function caption(figure: NumberedFigure, picture: Picture | undefined, mail: Mail): string {
  const { wording, outline, leaves } = mail;
  const number = outline.figureCount > 1 ? figure.number : 0;
  const name = number === 0 ? '' : `<strong>${wording.picture(number)}</strong>${mail.chinese ? '&emsp;' : '. '}`;
  const href = picture?.downloadUrl ?? figure.node.attrs.href;
  const { text, credit } = captionOf(figure, wording);
  const by =
    credit === ''
      ? ''
      : `${mail.chinese ? '' : ' '}<span style="display:inline-block">${leaves.text(credit.trim())}</span>`;
  const lines = [
    `${name}${leaves.text(text)}${by}`,
    href === null || safeHref(href) === null
      ? ''
      : `${leaves.link(href, wording.download(number), ' style="font-weight:700"')}${picture ? '' : `&ensp;(${leaves.text(hostOf(href))})`}`,
    picture ? wording.file(leaves.text(oneLine(picture.format)), picture.width, picture.height, picture.bytes) : '',
  ].filter((line) => line !== '');
  return `<mj-text mj-class="small" css-class="soft wrap" padding="10px 0 0">${lines.join('<br />')}</mj-text>`;
}

/** The pictures after the text: the line that offers them, the pictures, the button for everything. */
export function picturesMjml(mail: Mail): string {
  const { outline, input, wording, leaves } = mail;
  if (outline.figures.length + outline.imageDownloads.length === 0 && !input.kit) return '';
  const heading = `<mj-text><h2 style="font-size:18px;line-height:28px;font-weight:700;margin:0">${wording.pictures}</h2></mj-text>`;
  const offers = outline.imageDownloads.map((node) => {
    const text = oneLine(node.attrs.text);
    const host = node.attrs.href === null ? '' : hostOf(safeHref(node.attrs.href) ?? '');
    const shown = host === '' || text.includes(host) ? '' : `&ensp;<span>(${leaves.text(host)})</span>`;
    return `<p style="margin:8px 0 0">${leaves.link(node.attrs.href, leaves.text(text || wording.download(0)), ' style="font-weight:700"')}${shown}</p>`;
  });
  const offer = offers.length > 0 ? `<mj-text css-class="rel soft" mj-class="small">${offers.join('')}</mj-text>` : '';
  const head =
    outline.figures.length + offers.length > 0
      ? `<mj-section css-class="card pad" padding="0 36px 14px"><mj-column><mj-divider border-width="1px" border-color="${LIGHT.rule}" padding="0 0 20px" css-class="rule" />${heading}${offer}</mj-column></mj-section>`
      : '';
  return [head, figuresMjml(outline.figures, mail), kitMjml(mail)].filter((part) => part !== '').join('\n');
}

function kitMjml(mail: Mail): string {
  const { input, wording, theme, leaves } = mail;
  const href = input.kit ? safeHref(input.kit.url) : null;
  if (!input.kit || href === null) return '';
  return (
    `<mj-section css-class="card pad" padding="2px 36px 30px"><mj-column><mj-button css-class="btn" href="${leaves.text(href)}" align="left" padding="0" background-color="${theme.accent.light}" color="#ffffff" font-size="16px" line-height="22px" font-weight="700" inner-padding="12px 26px" border-radius="4px">${wording.kit(input.kit.bytes)}</mj-button>` +
    `<mj-text mj-class="small" css-class="soft" padding="8px 0 0">${wording.kitHolds}</mj-text></mj-column></mj-section>`
  );
}
