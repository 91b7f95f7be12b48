import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { makePreview, pictureSize } from './preview.js';

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#804020' } });

describe('a preview', () => {
  test('of a picture that cannot be compressed stays within 180 kB and 1200 pixels', async () => {
    const noise = sharp(randomBytes(2400 * 1800 * 3), { raw: { width: 2400, height: 1800, channels: 3 } });
    const preview = await makePreview(await noise.jpeg({ quality: 90 }).toBuffer(), 'noise.jpg');
    expect(preview.jpeg.length).toBeLessThanOrEqual(180_000);
    expect(preview.width).toBeLessThanOrEqual(1200);
    expect(await sharp(preview.jpeg).metadata()).toMatchObject({
      format: 'jpeg',
      width: preview.width,
      height: preview.height,
    });
  });

  test('stands upright and carries no metadata', async () => {
    const lying = await flat(900, 300)
      .withMetadata({ orientation: 6 })
      .withExif({ IFD0: { Copyright: 'Aurora' } })
      .jpeg()
      .toBuffer();
    expect(await pictureSize(lying, 'a.jpg')).toEqual({ width: 300, height: 900 });
    const preview = await makePreview(lying, 'a.jpg');
    const metadata = await sharp(preview.jpeg).metadata();
    expect(metadata).toMatchObject({ width: 300, height: 900 });
    expect([metadata.exif, metadata.xmp, metadata.iptc, metadata.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('of a small picture is not blown up, and what is transparent turns white', async () => {
    const clear = await sharp({
      create: { width: 30, height: 10, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const preview = await makePreview(clear, 'logo.png');
    expect(preview).toMatchObject({ width: 30, height: 10 });
    expect([...(await sharp(preview.jpeg).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255]);
  });
});

test('refuses a picture that would fill the memory, before it is drawn', async () => {
  // a PNG that claims 30,000 × 30,000 pixels in a few bytes
  const png = await flat(10, 10).png().toBuffer();
  png.writeUInt32BE(30_000, 16);
  png.writeUInt32BE(30_000, 20);
  await expect(pictureSize(png, 'bomb.png')).rejects.toMatchObject({ code: expect.stringMatching(/^assets\.picture/) });
});

test('refuses a picture that is cut off', async () => {
  const whole = await sharp(randomBytes(300 * 300 * 3), { raw: { width: 300, height: 300, channels: 3 } })
    .jpeg()
    .toBuffer();
  await expect(makePreview(whole.subarray(0, whole.length / 2), 'cut.jpg')).rejects.toMatchObject({
    code: 'assets.picture.broken',
    field: 'cut.jpg',
  });
});

test.each(['gif', 'tiff'] as const)('does not even try to read %s', async (format) => {
  const bytes = await flat(10, 10).toFormat(format).toBuffer();
  await expect(pictureSize(bytes, `a.${format}`)).rejects.toMatchObject({ code: 'assets.picture.broken' });
});
