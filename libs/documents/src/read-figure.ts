import { captured } from './captured.js';
import type { FigureNode } from './document.js';
import { plainText } from './inline-nodes.js';
import type { Block } from './join-lines.js';
import type { SourcePicture } from './manuscript.js';
import { pieceText, trimPiece, wholeOf, type Piece } from './passage.js';
import { cueOf } from './section-words.js';
import type { Sheet } from './sheet.js';

/** Which picture of the file each figure came from. */
export type FigureSources = Map<FigureNode, SourcePicture>;

export interface FigureReading {
  readonly node: FigureNode;
  /** Blocks it was read from: the picture, its caption, or both. */
  readonly taken: number;
}

/** Reads a picture with the caption next to it, or a caption alone; null when the block at `at` is neither. */
export function readFigure(
  sheet: Sheet,
  blocks: readonly Block[],
  at: number,
  sources: FigureSources,
): FigureReading | null {
  const block = blocks[at]!;
  const picture = pictureOf(sheet, block);
  if (!picture) return isCaption(block) ? { node: readCaption(sheet, block, false), taken: 1 } : null;
  const next = blocks[at + 1];
  sheet.claims.take(wholeOf(block.passage), { became: 'figure', confidence: 'sure', why: 'picture' });
  const below = next && isCaption(next) ? readCaption(sheet, next, false) : null;
  const node: FigureNode = {
    type: 'figure',
    attrs: {
      asset: null,
      alt: picture.alt,
      caption: below?.attrs.caption ?? '',
      credit: below?.attrs.credit ?? '',
      href: picture.href,
    },
  };
  sources.set(node, picture);
  return { node, taken: below ? 2 : 1 };
}

function pictureOf(sheet: Sheet, block: Block): SourcePicture | undefined {
  const { hint, index } = block.rows[0]!;
  return hint.kind === 'picture' ? sheet.manuscript.pictures.find(({ line }) => line === index) : undefined;
}

function isCaption(block: Block): boolean {
  const { hint, cue } = block.rows[0]!;
  return hint.kind === 'caption' || (cue?.kind === 'caption' && hint.kind !== 'heading' && hint.kind !== 'item');
}

const CREDIT =
  /\s*(?:[(（[【]\s*)?(?:(?:photo|image|picture|photograph)s?\s*(?:credit|courtesy|by)?\s*(?:of)?\s*[:：]\s*|credits?\s*[:：]\s*|©\s*|(?:圖片|图片|相片|照片|圖|图)\s*(?:來源|来源|提供|版權|版权)?\s*[:：╱／/]\s*|(?:攝影|摄影|來源|来源|鳴謝)\s*[:：]\s*)(?<credit>[^()（）[\]【】]{2,60}?)\s*(?:[)）\]】]|$)\s*$/iu;
/** （插圖：…）, （製圖：…）, (Spectrogram: …): any kind of picture, named in brackets with whom it is from. Not （左圖：舊貌）. */
const BRACKETED =
  /\s*[(（[【]\s*(?:(?![左右上下中前後后])\p{Script=Han}{0,4}(?:[圖图]片?|照片|相片|攝影|摄影|供[圖图])|(?:illustration|map|graphic|chart|diagram|drawing|artwork|spectrogram|photo(?:graph)?|image|picture)s?(?:\s(?:credit|courtesy|by|of))?)\s*[:：／/╱]\s*(?<credit>[^()（）[\]【】]{2,60}?)\s*[)）\]】]\s*$/iu;
const PROVIDED = /\s*[(（[【](?<credit>[^()（）[\]【】]{2,40}?(?:提供|圖片|图片|供圖|供图|攝|摄))[)）\]】]\s*$/u;

/** A caption, its credit parted off when it is marked as one. */
export function readCaption(sheet: Sheet, block: Block, guessed: boolean): FigureNode {
  const whole = trimPiece(wholeOf(block.passage));
  const lead = guessed ? 0 : captionLead(pieceText(whole));
  const body = trimPiece({ ...whole, from: whole.from + lead });
  const text = pieceText(body);
  const match = BRACKETED.exec(text) ?? CREDIT.exec(text) ?? PROVIDED.exec(text);
  const credited = match !== null && match.index > 8;
  const caption = credited ? trimPiece({ ...body, to: body.from + match.index }) : body;
  const confidence = guessed ? 'likely' : 'sure';
  const why = guessed ? 'below-download' : 'caption-words';
  sheet.claims.take(
    { ...whole, to: body.from },
    { became: 'figure', confidence, why: 'caption-words', signpost: true },
  );
  sheet.claims.take(caption, { became: 'figure', confidence, why });
  const credit = credited ? takeCredit(sheet, { ...body, from: caption.to }, captured(match, 'credit').trim()) : '';
  return { type: 'figure', attrs: { asset: null, alt: '', caption: plainText(caption), credit, href: null } };
}

/** The end of a caption: the credit itself, and the brackets and words around it. */
function takeCredit(sheet: Sheet, rest: Piece, credit: string): string {
  const start = rest.from + pieceText(rest).indexOf(credit);
  const end = start + credit.length;
  const signpost = { became: 'figure', confidence: 'sure', why: 'credit', signpost: true } as const;
  sheet.claims.take({ ...rest, to: start }, signpost);
  sheet.claims.take({ ...rest, from: start, to: end }, { became: 'figure', confidence: 'sure', why: 'credit' });
  sheet.claims.take({ ...rest, from: end }, signpost);
  return credit;
}

/** "Photo 1:", 圖片說明： say only that this is a caption; 圖一： is kept, for the text may point at it. */
function captionLead(text: string): number {
  const cue = cueOf(text);
  if (cue?.kind !== 'caption') return 0;
  return /^[\s[【(（]*(?:圖片說明|图片说明|相片說明|照片說明|圖說|图说|caption|photo caption|picture caption|image caption|photo|picture|image)\s*[\])】]?\s*[:：︰]/iu.test(
    text,
  )
    ? cue.rest
    : 0;
}

/** A credit on a line of its own below the caption. */
export function readCredit(sheet: Sheet, block: Block): string | null {
  const piece = trimPiece(wholeOf(block.passage));
  const match =
    /^(?:(?:photo|image|picture)\s*)?(?:credits?|courtesy(?: of)?|photo(?:graph)? by|©)\s*[:：]?\s*(?=\S)|^(?:圖片|图片|相片|照片)?(?:來源|来源|提供|攝影|摄影|版權|版权)\s*[:：︰]\s*/iu.exec(
      pieceText(piece),
    );
  if (!match || piece.to - piece.from > 120) return null;
  const from = piece.from + match[0].length;
  sheet.claims.take({ ...piece, to: from }, { became: 'figure', confidence: 'sure', why: 'credit', signpost: true });
  sheet.claims.take({ ...piece, from }, { became: 'figure', confidence: 'sure', why: 'credit' });
  return plainText({ ...piece, from });
}

export function withCredit(figure: FigureNode, credit: string, sources: FigureSources): FigureNode {
  const credited: FigureNode = { ...figure, attrs: { ...figure.attrs, credit } };
  const picture = sources.get(figure);
  if (picture) sources.set(credited, picture);
  return credited;
}
