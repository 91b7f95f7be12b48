import { crc32 } from 'node:zlib';
import { removeExifLocation } from './exif-location.js';
import type { MediaType } from './media-type.js';

const EXIF = Buffer.from('Exif\0\0', 'latin1');
const XMP = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const XMP_EXTENSION = Buffer.from('http://ns.adobe.com/xmp/extension/\0', 'latin1');

/**
 * The same picture without the place where it was taken: Exif GPS and XMP GPS fields go, and so does whatever was appended
 * behind the picture (phones put video clips there, with places of their own). Every pixel and every other field
 * (orientation, IPTC caption and credit, colour profile) stays as it was. A phone's photograph otherwise tells journalists,
 * and everybody after them, where somebody lives.
 */
export function withoutLocation(bytes: Buffer, type: MediaType): Buffer {
  if (type === 'image/jpeg') return cleanJpeg(Buffer.from(bytes));
  if (type === 'image/png') return cleanPng(Buffer.from(bytes));
  if (type === 'image/webp') return cleanWebp(Buffer.from(bytes));
  return bytes;
}

function cleanJpeg(bytes: Buffer): Buffer {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xd9) break;
    if (marker === 0xff) {
      at += 1; // padding before a marker
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (marker === 0xe1) cleanApp1(bytes.subarray(at + 4, end));
    at = marker === 0xda ? afterScan(bytes, end) : end;
  }
  return bytes[at] === 0xff && bytes[at + 1] === 0xd9 ? bytes.subarray(0, at + 2) : bytes;
}

/** The next marker behind a scan's pixels: stuffed zeros and restart marks belong to the pixels (ITU-T T.81, B.1.1.2). */
function afterScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

function cleanApp1(payload: Buffer): void {
  if (startsWith(payload, EXIF)) removeExifLocation(payload.subarray(EXIF.length));
  else if (startsWith(payload, XMP) || startsWith(payload, XMP_EXTENSION)) removeXmpLocation(payload);
}

/** Text chunks in which programs hide a copy of Exif or XMP, in hexadecimal or compressed. */
const HIDDEN_PROFILE = /^Raw profile type (?:exif|APP1|xmp)$/i;
const XMP_KEYWORD = 'XML:com.adobe.xmp';

function cleanPng(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 8)];
  let at = 8;
  while (at + 12 <= bytes.length) {
    const chunk = bytes.subarray(at, at + 12 + bytes.readUInt32BE(at));
    if (!isHiddenProfile(chunk)) kept.push(cleanChunk(chunk));
    if (chunk.toString('latin1', 4, 8) === 'IEND') break;
    at += chunk.length;
  }
  return Buffer.concat(kept);
}

function isHiddenProfile(chunk: Buffer): boolean {
  const type = chunk.toString('latin1', 4, 8);
  if (!['tEXt', 'zTXt', 'iTXt'].includes(type)) return false;
  const keyword = keywordOf(chunk);
  const compressed = type === 'iTXt' && chunk[8 + keyword.length + 1] === 1;
  return HIDDEN_PROFILE.test(keyword) || (keyword === XMP_KEYWORD && compressed);
}

function cleanChunk(chunk: Buffer): Buffer {
  const type = chunk.toString('latin1', 4, 8);
  const data = chunk.subarray(8, -4);
  if (type === 'eXIf') removeExifLocation(data);
  else if (type === 'iTXt' && keywordOf(chunk) === XMP_KEYWORD) removeXmpLocation(data);
  else return chunk;
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}

function keywordOf(chunk: Buffer): string {
  const end = chunk.indexOf(0, 8);
  return chunk.toString('latin1', 8, Math.min(end < 0 ? 8 : end, 8 + 79));
}

function cleanWebp(file: Buffer): Buffer {
  const bytes = file.subarray(0, 8 + file.readUInt32LE(4));
  let at = 12;
  while (at + 8 <= bytes.length) {
    const size = bytes.readUInt32LE(at + 4);
    const data = bytes.subarray(at + 8, at + 8 + size);
    const type = bytes.toString('latin1', at, at + 4);
    if (type === 'EXIF') removeExifLocation(startsWith(data, EXIF) ? data.subarray(EXIF.length) : data);
    if (type === 'XMP ') removeXmpLocation(data);
    at += 8 + size + (size % 2); // chunks begin at even places
  }
  return bytes;
}

const XMP_ATTRIBUTE = /[\w-]+:GPS\w+\s*=\s*(?:"[^"]*"|'[^']*')/g;
const XMP_ELEMENT = /<([\w-]+:GPS\w+)(?:\s[^>]*)?>[^]*?<\/\1\s*>/g;

/** Writes spaces over the fields: the packet keeps its length, so nothing around it moves. */
function removeXmpLocation(packet: Buffer): void {
  const text = packet.toString('latin1');
  const blank = (field: string) => ' '.repeat(field.length);
  packet.write(text.replace(XMP_ELEMENT, blank).replace(XMP_ATTRIBUTE, blank), 'latin1');
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix);
}
