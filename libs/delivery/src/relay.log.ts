import { open, type FileHandle } from 'node:fs/promises';
import type { Clock } from '#libs/kernel';
import { timeOfLine } from './postfix.log.js';

const CHUNK = 256 * 1024;
/** A line longer than this is none of Postfix's. */
const LONGEST_LINE = 64 * 1024;
/** Kept of what was read last: other bytes at that place later mean that the file was cut and has grown again. */
const MARK = 64;
const NEWLINE = 0x0a;

interface Place {
  readonly file: FileHandle;
  readonly inode: number;
  /** Where the next whole line begins. */
  offset: number;
  mark: Buffer;
}

/**
 * A log file that grows, is renamed away and begins anew, or is cut to nothing: hands out its lines once each, holding one
 * chunk at most. A line without its end yet is left for the next time.
 */
export class RelayLog {
  private place: Place | undefined;

  /** @param path where lines are appended; what was rotated away last is looked for as `path.1` */
  constructor(
    readonly path: string,
    private readonly clock: Clock,
  ) {}

  /** Goes to the first line at or after `from` (ms since 1970), in the file before this one if it reaches back that far. */
  async seek(from: number): Promise<void> {
    await this.close();
    const current = await placeIn(this.path);
    if (!current) return;
    const before = (await this.beginsBefore(current, from)) ? undefined : await placeIn(`${this.path}.1`);
    this.place = before ?? current;
    if (before) await current.file.close();
    this.place.offset = await this.search(this.place, from);
    this.place.mark = await markBefore(this.place);
  }

  /**
   * Hands out what is new, line by line, about `budget` bytes at most.
   * @param gap called when lines may have been missed: what the log does not say proves nothing from there on
   * @returns whether the end of the log was reached
   */
  async read(budget: number, take: (line: string) => void, gap: () => void): Promise<boolean> {
    let left = budget;
    for (;;) {
      const taken = await this.some(take, gap);
      left -= taken;
      if (left <= 0) return false;
      if (taken === 0 && !(await this.next())) return this.place !== undefined;
    }
  }

  async close(): Promise<void> {
    const { place } = this;
    this.place = undefined;
    await place?.file.close();
  }

  /** One chunk of whole lines. Returns how many bytes. */
  private async some(take: (line: string) => void, gap: () => void): Promise<number> {
    this.place ??= await placeIn(this.path);
    const { place } = this;
    if (!place) return 0;
    if (!(await markBefore(place)).equals(place.mark)) {
      gap();
      place.offset = 0;
    }
    const chunk = await bytesAt(place.file, place.offset, CHUNK);
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    // never ends: not a line to wait for
    const length = end === 0 && chunk.length >= LONGEST_LINE ? chunk.length : end;
    for (const line of chunk.toString('utf8', 0, end).split('\n')) if (line !== '') take(line);
    place.offset += length;
    place.mark = await markBefore(place);
    return length;
  }

  /**
   * Moves on to the file that has taken this one's place. Only once that one holds something: the logger writes to one of
   * them at a time, so by then this one has all it will ever have; what came meanwhile is read first.
   */
  private async next(): Promise<boolean> {
    const { place } = this;
    const fresh = await placeIn(this.path);
    if (!place || !fresh) {
      await fresh?.file.close();
      return false;
    }
    const isNext = fresh.inode !== place.inode && (await fresh.file.stat()).size > 0;
    const grown = (await place.file.stat()).size > place.offset && (await hasLine(place));
    if (!isNext || grown) {
      await fresh.file.close();
      return isNext && grown;
    }
    await place.file.close();
    this.place = fresh;
    return true;
  }

  private async beginsBefore({ file }: Place, from: number): Promise<boolean> {
    const first = timeIn(await bytesAt(file, 0, LONGEST_LINE), 0, this.clock.now());
    return first !== undefined && first < from;
  }

  /** Halves the file until a chunk holds the place: lines are in order of time. */
  private async search({ file }: Place, from: number): Promise<number> {
    let [low, high] = [0, (await file.stat()).size];
    while (high - low > CHUNK) {
      const middle = Math.floor((low + high) / 2);
      const chunk = await bytesAt(file, middle, LONGEST_LINE);
      const time = timeIn(chunk, chunk.indexOf(NEWLINE) + 1, this.clock.now());
      if (time === undefined || time >= from) high = middle;
      else low = middle;
    }
    // from here on whole lines: the rest of the one that was cut goes
    const chunk = await bytesAt(file, low, LONGEST_LINE);
    return low === 0 ? 0 : low + chunk.indexOf(NEWLINE) + 1;
  }
}

async function placeIn(path: string): Promise<Place | undefined> {
  try {
    const file = await open(path, 'r');
    return { file, inode: (await file.stat()).ino, offset: 0, mark: Buffer.alloc(0) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function bytesAt(file: FileHandle, offset: number, most: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(most);
  const { bytesRead } = await file.read(buffer, 0, most, offset);
  return buffer.subarray(0, bytesRead);
}

function markBefore({ file, offset }: Place): Promise<Buffer> {
  const start = Math.max(0, offset - MARK);
  return offset === start ? Promise.resolve(Buffer.alloc(0)) : bytesAt(file, start, offset - start);
}

async function hasLine({ file, offset }: Place): Promise<boolean> {
  return (await bytesAt(file, offset, LONGEST_LINE)).includes(NEWLINE);
}

/** Of the first line that has one, from `start` on. */
function timeIn(chunk: Buffer, start: number, now: number): number | undefined {
  for (const line of chunk.toString('utf8', start).split('\n').slice(0, 20)) {
    const time = timeOfLine(line, now);
    if (time !== undefined) return time;
  }
  return undefined;
}
