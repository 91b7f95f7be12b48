import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentDisposition } from './content-disposition.js';
import { displayName, publicName } from './file-names.js';

test('keeps Chinese names for people and makes ASCII ones for addresses', () => {
  expect(displayName('C:\\新聞\\維港 夜景.JPEG', 'image/jpeg')).toBe('維港 夜景.jpeg');
  expect(publicName('C:\\新聞\\維港 夜景.JPEG', 'image/jpeg')).toBe('picture.jpg');
  expect(publicName('Müller & Söhne (final).png', 'image/png')).toBe('Mu-ller-So-hne-final.png');
});

test('gives a file the extension of what it is', () => {
  expect(displayName('invoice.exe', 'image/png')).toBe('invoice.exe.png');
  expect(publicName('notes.csv', 'text/plain')).toBe('notes.txt');
});

test('never lets an original take the name of the preview', () => {
  expect(publicName('preview.jpg', 'image/jpeg')).toBe('preview-original.jpg');
  expect(publicName('PREVIEW.JPG', 'image/jpeg')).toBe('preview-original.jpg');
});

test('lets no name climb folders, break lines or reorder what is read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const shown = displayName(name, 'image/jpeg');
      expect(shown).not.toMatch(/[\\/\p{Cc}\p{Cf}\p{Cs}<>:"|?*]|^\.|\.\./u);
      expect([...shown].length).toBeLessThanOrEqual(130);
      expect(publicName(name, 'image/jpeg')).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
      expect(contentDisposition('attachment', shown, publicName(name, 'image/jpeg'))).toMatch(/^[\x20-\x7e]+$/);
    }),
    { numRuns: 500 },
  );
});

test('says a name twice, once for old programs and once as it is', () => {
  expect(contentDisposition('attachment', "維港's.jpg", 's.jpg')).toBe(
    `attachment; filename="s.jpg"; filename*=UTF-8''%E7%B6%AD%E6%B8%AF%27s.jpg`,
  );
  expect(contentDisposition('inline', 'preview.jpg', 'preview.jpg')).toBe('inline; filename="preview.jpg"');
});
