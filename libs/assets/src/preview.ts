import { Problem } from '#libs/kernel';
import type { Sharp, SharpOptions } from 'sharp';

/** Width and height as a person sees them, after the orientation the camera noted. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export interface Preview extends PictureSize {
  /** JPEG, sRGB, no metadata. */
  readonly jpeg: Buffer;
}

/** A medium-format camera makes 150 million; a picture of 30,000 × 30,000 pixels in 100 kB is there to fill our memory. */
const MOST_PIXELS = 160_000_000;
const WIDEST = 1200;
const HIGHEST = 1600;
/** Mail previews stay small on a phone's connection; the research asks for pictures well below 200 kB. */
const MOST_BYTES = 180_000;
const QUALITIES = [82, 74, 66, 58, 50, 42] as const;
const NARROWER = [1, 0.75, 0.5, 0.3] as const;

/** Throws a Problem when the bytes are no picture we can draw or hold too many pixels. */
export async function pictureSize(bytes: Buffer, fileName: string): Promise<PictureSize> {
  const metadata = await (await open(bytes)).metadata().catch((cause: unknown) => {
    throw broken(fileName, cause);
  });
  if (metadata.width * metadata.height > MOST_PIXELS) throw tooManyPixels(fileName, metadata);
  return { width: metadata.autoOrient.width, height: metadata.autoOrient.height };
}

/** A picture for mails and pages: at most 1200 pixels wide and about 180 kB, turned upright, on white. */
export async function makePreview(bytes: Buffer, fileName: string): Promise<Preview> {
  try {
    let made: Preview | undefined;
    for (const scale of NARROWER) {
      const pixels = await draw(bytes, scale);
      for (const quality of QUALITIES) {
        made = await encode(pixels, quality);
        if (made.jpeg.length <= MOST_BYTES) return made;
      }
    }
    if (!made) throw new Error('no preview was drawn');
    return made;
  } catch (cause) {
    throw broken(fileName, cause);
  }
}

interface Pixels {
  readonly data: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
}

async function draw(bytes: Buffer, scale: number): Promise<Pixels> {
  const picture = (await open(bytes))
    .autoOrient()
    .resize(Math.round(WIDEST * scale), Math.round(HIGHEST * scale), { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { data, raw: { width: info.width, height: info.height, channels: info.channels } };
}

async function encode(pixels: Pixels, quality: number): Promise<Preview> {
  const { default: sharp } = await import('sharp');
  const jpeg = await sharp(pixels.data, { raw: pixels.raw }).jpeg({ quality, mozjpeg: true }).toBuffer();
  return { jpeg, width: pixels.raw.width, height: pixels.raw.height };
}

const OPTIONS = {
  limitInputPixels: MOST_PIXELS,
  failOn: 'error',
  sequentialRead: true,
} as const satisfies SharpOptions;
let guarded = false;

/** Loaded when the first picture comes: the newsroom and the command line share this lib and rarely draw. */
async function open(bytes: Buffer): Promise<Sharp> {
  const { default: sharp } = await import('sharp');
  if (!guarded) {
    // three decoders out of the dozen in libvips; HEIF, TIFF, GIF and SVG have had holes of their own (CVE-2026-114112)
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
    });
    sharp.cache(false);
    guarded = true;
  }
  return sharp(bytes, OPTIONS);
}

function broken(fileName: string, cause: unknown): Problem {
  return new Problem({
    code: 'assets.picture.broken',
    field: fileName,
    message: `The picture ${fileName} cannot be drawn: it is damaged or cut off.`,
    remedy: 'Open it in a picture program, save it again as JPEG or PNG, and add that file.',
    cause,
  });
}

function tooManyPixels(fileName: string, size: PictureSize): Problem {
  return new Problem({
    code: 'assets.picture.too_many_pixels',
    field: fileName,
    message: `The picture ${fileName} has ${size.width} × ${size.height} pixels; at most ${MOST_PIXELS / 1e6} million are taken.`,
    remedy: 'Scale it down; 6000 pixels on the longer side print well on a double page.',
  });
}
