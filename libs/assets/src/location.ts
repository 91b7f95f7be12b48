import { removeExifLocation } from './exif-location.js';
import type { MediaType } from './media-type.js';
import { cleanPng } from './png-location.js';
import { removeXmpLocation } from './xmp-location.js';

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
  if (type === 'image/png') return cleanPng(bytes);
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

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix);
}
