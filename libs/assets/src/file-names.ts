import { MEDIA_TYPES, type MediaType } from './media-type.js';

/** The name of every preview; no original may take it. */
export const PREVIEW_NAME = 'preview.jpg';
const LONGEST = 120;

/**
 * A user's file name as it may be shown, downloaded and packed: the last part of a path, no control or reordering
 * characters, none that Windows forbids, ending in the extension of what the file really is.
 */
export function displayName(fileName: string, type: MediaType): string {
  const last = fileName.normalize('NFC').split(/[\\/]/).at(-1) ?? '';
  const clean = last
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const stem = shorten(withoutExtension(clean, type), LONGEST);
  return `${stem || 'file'}.${extensionOf(clean, type)}`;
}

/** The same in ASCII letters, digits, dots, underscores and hyphens, for URLs that any mail program leaves whole. */
export function publicName(fileName: string, type: MediaType): string {
  const stem = withoutExtension(displayName(fileName, type), type)
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 60);
  const name = `${stem || (MEDIA_TYPES[type].picture ? 'picture' : 'file')}.${MEDIA_TYPES[type].extension}`;
  return name.toLowerCase() === PREVIEW_NAME ? 'preview-original.jpg' : name;
}

const SPELLINGS: Readonly<Record<MediaType, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/png': ['png'],
  'image/webp': ['webp'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt', 'csv', 'md', 'text'],
};

function extensionOf(name: string, type: MediaType): string {
  const written = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase();
  return written && SPELLINGS[type].includes(written) ? written : MEDIA_TYPES[type].extension;
}

function withoutExtension(name: string, type: MediaType): string {
  const dot = name.lastIndexOf('.');
  const known = dot >= 0 && SPELLINGS[type].includes(name.slice(dot + 1).toLowerCase());
  return (known ? name.slice(0, dot) : name).replace(/[. ]+$/, '');
}

/** By characters, so that no surrogate pair is cut in two. */
function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most).join('').trimEnd();
}
