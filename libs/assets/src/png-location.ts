import { crc32, inflateSync } from 'node:zlib';
import { removeExifLocation } from './exif-location.js';
import { removeXmpLocation } from './xmp-location.js';

/** Text chunks in which programs hide a copy of Exif or XMP, in hexadecimal. Nobody needs them beside the real ones. */
const HIDDEN_PROFILE = /^Raw profile type (?:exif|APP1|xmp)$/i;
const XMP_KEYWORD = 'XML:com.adobe.xmp';
const LONGEST_PACKET = 8 * 1024 * 1024;

/** A PNG without Exif GPS and XMP GPS fields and without what follows its end; its pixels and other chunks as they were. */
export function cleanPng(file: Buffer): Buffer {
  const kept: Buffer[] = [file.subarray(0, 8)];
  for (let at = 8; at + 12 <= file.length;) {
    const chunk = file.subarray(at, at + 12 + file.readUInt32BE(at));
    const type = chunk.toString('latin1', 4, 8);
    kept.push(...cleanChunk(type, chunk));
    if (type === 'IEND') break;
    at += chunk.length;
  }
  return Buffer.concat(kept);
}

/** The chunk as it may stay: itself, a changed copy, or nothing. */
function cleanChunk(type: string, chunk: Buffer): readonly Buffer[] {
  const data = chunk.subarray(8, -4);
  if (type === 'eXIf') {
    const exif = Buffer.from(data);
    removeExifLocation(exif);
    return [exif.equals(data) ? chunk : makeChunk('eXIf', exif)];
  }
  if (!['tEXt', 'zTXt', 'iTXt'].includes(type)) return [chunk];
  const keyword = data.toString('latin1', 0, Math.max(0, data.indexOf(0)));
  if (HIDDEN_PROFILE.test(keyword)) return [];
  return keyword === XMP_KEYWORD ? cleanXmp(type, chunk) : [chunk];
}

function cleanXmp(type: string, chunk: Buffer): readonly Buffer[] {
  const packet = packetOf(type, chunk.subarray(8, -4));
  if (!packet) return [];
  const clean = Buffer.from(packet);
  removeXmpLocation(clean);
  if (clean.equals(packet)) return [chunk];
  // keyword, not compressed, no language, no translated keyword (PNG 3rd edition, 11.3.3.4)
  return [makeChunk('iTXt', Buffer.concat([Buffer.from(`${XMP_KEYWORD}\0\0\0\0\0`, 'latin1'), clean]))];
}

/** The XMP text of a chunk, or undefined when it cannot be read. */
function packetOf(type: string, data: Buffer): Buffer | undefined {
  const after = XMP_KEYWORD.length + 1;
  try {
    if (type === 'tEXt') return data.subarray(after);
    if (type === 'zTXt') return inflateSync(data.subarray(after + 1), { maxOutputLength: LONGEST_PACKET });
    const text = data.subarray(data.indexOf(0, data.indexOf(0, after + 2) + 1) + 1);
    return data[after] === 1 ? inflateSync(text, { maxOutputLength: LONGEST_PACKET }) : text;
  } catch {
    return undefined;
  }
}

function makeChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}
