import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { withoutLocation } from './location.js';
import type { MediaType } from './media-type.js';

const PLACE = {
  GPSLatitudeRef: 'N',
  GPSLatitude: '22/1 17/1 3599/100',
  GPSLongitudeRef: 'E',
  GPSLongitude: '114/1 9/1 1/7',
};
const WITH_PLACE = { IFD0: { Copyright: 'Aurora', Software: 'camera' }, IFD3: PLACE };
/** 3599/100 as two little-endian longs, the seconds of the latitude. */
const SECONDS = Buffer.from([0x0f, 0x0e, 0, 0, 0x64, 0, 0, 0]);
const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 exif:GPSLatitude="22,17.0N" dc:format="image/jpeg"><exif:GPSLongitude>114,9.0E</exif:GPSLongitude>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">維港夜景</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>`;

function picture() {
  return sharp({ create: { width: 40, height: 20, channels: 3, background: '#3060a0' } })
    .withMetadata({ orientation: 6 })
    .withExif(WITH_PLACE)
    .withXmp(XMP);
}

const SAMPLES: readonly [MediaType, () => Promise<Buffer>][] = [
  ['image/jpeg', () => picture().jpeg().toBuffer()],
  ['image/png', () => picture().png().toBuffer()],
  ['image/webp', () => picture().webp().toBuffer()],
];

describe.each(SAMPLES)('%s', (type, make) => {
  test('loses the place where it was taken and nothing else', async () => {
    const before = await make();
    expect(before.includes(SECONDS)).toBe(true);
    expect((await sharp(before).metadata()).xmp?.toString()).toContain('22,17.0N');

    const after = withoutLocation(before, type);
    expect(after.includes(SECONDS)).toBe(false);
    expect(after.toString('latin1')).not.toMatch(/22,17\.0N|114,9\.0E|GPSL/);

    const metadata = await sharp(after).metadata();
    expect(metadata).toMatchObject({ orientation: 6, autoOrient: { width: 20, height: 40 } });
    expect(metadata.exif?.toString('latin1')).toContain('Aurora');
    expect(metadata.xmp?.toString('utf8')).toContain('維港夜景');
    expect(metadata.xmp?.toString('utf8')).not.toContain('GPSL');
    expect(await sharp(after).raw().toBuffer()).toEqual(await sharp(before).raw().toBuffer());
  });

  test('comes out unchanged when there is no place in it', async () => {
    const plain = await sharp(await make()).toBuffer();
    expect(withoutLocation(plain, type)).toEqual(plain);
  });

  test('loses what was appended behind the picture', async () => {
    const whole = withoutLocation(await make(), type);
    expect(withoutLocation(Buffer.concat([whole, Buffer.from('PK\x03\x04 a second file with a place')]), type)).toEqual(
      whole,
    );
  });

  test('never hangs or crashes on damaged files', async () => {
    const good = await make();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(good.length),
        (dents, cut) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of dents) bytes[at] = value;
          expect(withoutLocation(bytes.subarray(0, Math.max(cut, 12)), type).length).toBeLessThanOrEqual(
            good.length + 4096,
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});

test('leaves the file it was given as it is', async () => {
  const before = await picture().jpeg().toBuffer();
  const copy = Buffer.from(before);
  withoutLocation(before, 'image/jpeg');
  expect(before).toEqual(copy);
});
