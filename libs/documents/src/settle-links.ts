import type { Section } from './divide-sections.js';
import { isLinkAddress } from './document.schema.js';
import type { ImageDownloadNode, MediaContactNode, WebsiteNode } from './document.js';
import { withScheme } from './link-href.js';
import { pieceText, trimPiece, wholeOf, type Piece } from './passage.js';
import type { Sheet } from './sheet.js';

export interface LinkedParts {
  readonly downloads: readonly ImageDownloadNode[];
  readonly website: WebsiteNode | null;
}

/** Where files are shared; such an address is the pictures', not the house's. */
const SHARES =
  /(?:drive\.google|docs\.google|dropbox|wetransfer|we\.tl|onedrive|1drv|sharepoint|box\.com|icloud|mega\.(?:nz|io)|flickr|pan\.baidu|weiyun|aliyundrive|alipan|123pan|lanzou|quark|sendspace|hightail|smugmug|mediafire)/i;
const PICTURE_PATH = /(?:photo|image|picture|press-?kit|media-?kit|kit|download|gallery|asset|hi-?res|file)/i;

interface Loose {
  readonly piece: Piece;
  readonly address: string;
}

/** Gives the addresses that stand apart, usually at the very end, to the lines they belong to; the others are left over. */
export function settleLinks(
  sheet: Sheet,
  sections: readonly Section[],
  parts: LinkedParts & { readonly contacts: readonly MediaContactNode[]; readonly used: string },
): LinkedParts {
  const loose = looseLinks(sheet, sections);
  const open = loose.filter(({ piece, address }) => !settleKnown(sheet, piece, address, parts));
  const downloads = parts.downloads.map((download) => fillDownload(sheet, download, open));
  for (const download of takeShares(sheet, open)) downloads.push(download);
  const website = parts.website ?? takeWebsite(sheet, open);
  for (const { piece, address } of open) {
    const repeated = parts.used.includes(address.replace(/\/$/, ''));
    sheet.claims.take(piece, {
      became: 'leftover',
      confidence: repeated ? 'sure' : 'likely',
      why: repeated ? 'link-again' : 'link-without-place',
    });
  }
  return { downloads, website };
}

function looseLinks(sheet: Sheet, sections: readonly Section[]): Loose[] {
  const loose: Loose[] = [];
  for (const section of sections.filter(({ kind }) => kind === 'links')) {
    for (const block of section.blocks) {
      const piece = trimPiece(wholeOf(block.passage));
      const address = withScheme(pieceText(piece).replace(/^[-•*·<(\s]+|[>)\s]+$/g, ''));
      if (isLinkAddress(address)) loose.push({ piece, address });
      else sheet.claims.take(piece, { became: 'leftover', confidence: 'likely', why: 'related-links' });
    }
  }
  return loose;
}

/** A mailto: of a contact, or the web site once more. */
function settleKnown(
  sheet: Sheet,
  piece: Piece,
  address: string,
  parts: { readonly contacts: readonly MediaContactNode[]; readonly website: WebsiteNode | null },
): boolean {
  const mail = /^mailto:([^?]+)/i.exec(address)?.[1]?.toLowerCase();
  if (mail && parts.contacts.some(({ attrs }) => attrs.emails.some((email) => email.toLowerCase() === mail))) {
    sheet.claims.take(piece, { became: 'mediaContact', confidence: 'sure', why: 'link-of-contact', signpost: true });
    return true;
  }
  if (parts.website && sameSite(parts.website.attrs.href, address)) {
    sheet.claims.take(piece, { became: 'website', confidence: 'sure', why: 'link-of-website', signpost: true });
    return true;
  }
  return false;
}

function sameSite(first: string, second: string): boolean {
  const plain = (address: string) =>
    address
      .replace(/^https?:\/\/(?:www\.)?/i, '')
      .replace(/\/$/, '')
      .toLowerCase();
  return plain(first) === plain(second);
}

/** The download line without an address takes the likeliest of the loose ones. */
function fillDownload(sheet: Sheet, download: ImageDownloadNode, open: Loose[]): ImageDownloadNode {
  if (download.attrs.href !== null) return download;
  const web = open.filter(({ address }) => /^https?:/.test(address));
  const best =
    web.find(({ address }) => SHARES.test(address)) ??
    web.find(({ address }) => PICTURE_PATH.test(new URL(address).pathname)) ??
    (web.length === 1 ? web[0] : undefined);
  if (!best) return download;
  const certain = SHARES.test(best.address) || web.length === 1;
  if (!certain) sheet.warnings.add('download-link-guessed');
  open.splice(open.indexOf(best), 1);
  sheet.claims.take(best.piece, {
    became: 'imageDownload',
    confidence: certain ? 'sure' : 'guess',
    why: 'link-elsewhere',
  });
  return { ...download, attrs: { ...download.attrs, href: best.address } };
}

/** A share that no line announces still leads to the pictures, more likely than not. */
function takeShares(sheet: Sheet, open: Loose[]): ImageDownloadNode[] {
  const shares = open.filter(({ address }) => SHARES.test(address));
  return shares.map((share) => {
    open.splice(open.indexOf(share), 1);
    sheet.claims.take(share.piece, { became: 'imageDownload', confidence: 'guess', why: 'share-link' });
    return { type: 'imageDownload', attrs: { text: pieceText(share.piece), href: share.address } };
  });
}

/** With no line that names the site, a loose address without a path is it. */
function takeWebsite(sheet: Sheet, open: Loose[]): WebsiteNode | null {
  const home = open.find(({ address }) => /^https?:/.test(address) && new URL(address).pathname.length <= 1);
  if (!home) return null;
  open.splice(open.indexOf(home), 1);
  sheet.claims.take(home.piece, { became: 'website', confidence: 'likely', why: 'home-page' });
  return { type: 'website', attrs: { text: pieceText(home.piece), href: home.address } };
}
