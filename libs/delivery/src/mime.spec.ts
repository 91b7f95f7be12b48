import { createPrivateKey, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { simpleParser } from 'mailparser';
import { dkimRecord, generateDkimKey, relaxedBody, type DkimIdentity } from './dkim.js';
import { buildSkeleton, packSkeleton, unpackSkeleton, type Letter, type LetterSlot } from './mime.js';
import { messageSha256, packPieces, piecesOf, stitch, unpackPieces, type Addressee } from './pieces.js';
import { encodeQuotedPrintable } from './quoted-printable.js';

let key: KeyObject;
let identity: DkimIdentity;

beforeAll(async () => {
  key = createPrivateKey(await generateDkimKey());
  identity = { domain: 'press.example.org', selector: 'dateline', key };
});

const T = Date.UTC(2026, 11, 1, 16, 1, 0);

function letter(parts: Partial<Letter> = {}): Letter {
  return {
    subject: '【禁發至 12 月 2 日 00:01】長青醫學中心啟用全港首部質子治療系統，料每年可服務八百名病人',
    from: { name: '長青醫學中心 傳訊部', address: 'press@press.example.org' },
    replyTo: { name: 'Media desk', address: 'desk@example.org' },
    date: T,
    language: 'zh-Hant',
    list: { label: '長青醫學中心 新聞稿', id: 'releases.press.example.org' },
    feedbackId: 'd-77:o-1:release:dateline',
    html: '<p>@@n.greeting@@</p>\n<p>內文</p>\n<a href="@@n.link@@">取消訂閱</a>\n',
    text: '@@n.greeting.t@@\n\n內文\n.\n..dots\nFrom here\n@@n.link.t@@\n',
    slots: [
      slot('greeting', 'html', '@@n.greeting@@'),
      slot('link', 'html', '@@n.link@@'),
      slot('greeting', 'text', '@@n.greeting.t@@'),
      slot('link', 'text', '@@n.link.t@@'),
    ],
    ...parts,
  };
}

function slot(name: string, part: 'html' | 'text', token: string): LetterSlot {
  return { name, part, token, context: part };
}

function addressee(values: Record<string, string> = {}): Addressee {
  return {
    deliveryId: '0b1c9f0e-6d53-4b7e-9d0f-1f0a2b3c4d5e',
    to: { name: '陳大文', address: 'tm.chan+news@outlet.example' },
    unsubscribe: { link: 'https://news.example.org/u/AbC-123_xyz', address: 'unsubscribe+abc123@press.example.org' },
    values: { greeting: '陳大文先生：', link: 'https://news.example.org/u/AbC-123_xyz', ...values },
  };
}

const asIs = (_slot: LetterSlot, value: string) => value;

async function compose(of: Letter, to: Addressee = addressee()): Promise<Buffer> {
  const skeleton = buildSkeleton(of);
  return Buffer.concat(stitch(skeleton, await piecesOf(skeleton, to, asIs, identity)));
}

function spliced(part: 'html' | 'text', of: Letter, to: Addressee): string {
  const source = of[part].endsWith('\n') ? of[part] : `${of[part]}\n`;
  const pieces = of.slots.filter((s) => s.part === part);
  return pieces.reduce((text, s) => text.split(s.token).join(to.values[s.name]), source);
}

/** Texts as a decoder gives them: one kind of line break, no lone surrogates. */
const decoded = (text: string) => Buffer.from(text.replace(/\r\n|\r/g, '\n'), 'utf8').toString('utf8');

/** Quoted-printable decoded by its definition alone (RFC 2045 section 6.7), to check the encoder without a mail parser. */
function decode(encoded: string): string {
  const bytes = encoded
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

async function verify(message: Buffer) {
  const record = dkimRecord(key);
  return dkimVerify(message, {
    resolver: async (name: string, type: string) => {
      if (name !== 'dateline._domainkey.press.example.org' || type !== 'TXT')
        throw new Error(`unexpected query ${name} ${type}`);
      return [[record.slice(0, 250), record.slice(250)]];
    },
  });
}

function expectLawfulLines(message: Buffer): void {
  const text = message.toString('latin1');
  expect(text.endsWith('\r\n')).toBe(true);
  expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/);
  const bodyFrom = text.indexOf('\r\n\r\n') + 4;
  for (const line of text.slice(0, bodyFrom).split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  for (const line of text.slice(bodyFrom).split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(76);
    expect(line.startsWith('.')).toBe(false);
    expect(line).not.toMatch(/[ \t]$/);
  }
}

const awkward = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.constantFrom('.', '..', '\n', '\r\n', '=', '=\n', ' ', '\t', 'From ', '字', '😀', '--', 'a'.repeat(75)), {
      maxLength: 60,
    })
    .map((words) => words.join('')),
);

describe('quoted-printable', () => {
  test('gives back every text, in lines of 76 at most, none beginning with a dot or ending in white space', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const encoded = encodeQuotedPrintable(text).toString('latin1');
        expect(decode(encoded).replace(/\r\n/g, '\n')).toBe(decoded(text));
        for (const line of encoded.split('\r\n')) expect(line).toMatch(/^(?!\.|From )[\t\x20-\x7e]{0,76}(?<![ \t])$/);
        expect(encoded === '' || encoded.endsWith('\r\n')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('never cuts a character with a soft break', () => {
    for (let shift = 0; shift < 12; shift++) {
      const lines = encodeQuotedPrintable('x'.repeat(shift) + '鬱😀'.repeat(40))
        .toString('latin1')
        .split('=\r\n');
      for (const line of lines) expect(decode(line)).not.toContain('\ufffd');
    }
  });
});

describe('a letter', () => {
  test('reads back as it was written, with everything a mail program shows', async () => {
    const of = letter();
    const to = addressee();
    const parsed = await simpleParser(await compose(of, to));
    expect(parsed.subject).toBe(of.subject);
    expect(parsed.from?.value).toEqual([of.from]);
    expect(parsed.replyTo?.value).toEqual([of.replyTo]);
    expect(Array.isArray(parsed.to) ? [] : parsed.to?.value).toEqual([to.to]);
    expect(parsed.date?.getTime()).toBe(T);
    expect(parsed.messageId).toBe(`<${to.deliveryId}@press.example.org>`);
    expect(parsed.html).toBe(spliced('html', of, to));
    expect(parsed.text).toBe(spliced('text', of, to));
    expect(parsed.headers.get('content-language')).toBe('zh-Hant');
    expect(parsed.headers.get('feedback-id')).toBe(of.feedbackId);
    expect(parsed.headers.get('list')).toMatchObject({
      unsubscribe: { url: to.unsubscribe.link, mail: `${to.unsubscribe.address}?subject=unsubscribe` },
      'unsubscribe-post': { name: 'List-Unsubscribe=One-Click' },
      id: { id: 'releases.press.example.org' },
    });
  });

  test('keeps lines, texts and signature lawful for every text and every value', async () => {
    await fc.assert(
      fc.asyncProperty(awkward, awkward, awkward, awkward, awkward, async (before, between, after, greeting, link) => {
        const of = letter({
          html: `<html><body>${before}@@n.greeting@@${between}@@n.link@@@@n.greeting@@${after}`,
          text: `${before}@@n.greeting.t@@@@n.link.t@@${between}`,
        });
        const to = addressee({ greeting, link });
        const message = await compose(of, to);
        expectLawfulLines(message);
        const body = message.toString('latin1').split('Content-Transfer-Encoding: quoted-printable\r\n\r\n');
        expect(decode(body[1]!.split('\r\n--=_')[0]!).replace(/\r\n/g, '\n')).toBe(
          decoded(spliced('text', piecewise(of), valuewise(to))),
        );
        expect(decode(body[2]!.split('\r\n--=_')[0]!).replace(/\r\n/g, '\n')).toBe(
          decoded(spliced('html', piecewise(of), valuewise(to))),
        );
        const { results } = await verify(message);
        expect(results[0]?.status.result).toBe('pass');
      }),
      { numRuns: 120 },
    );
  });

  test('decodes in mailparser to exactly the html and text, whatever the values', async () => {
    const word = fc
      .string({ unit: 'grapheme', maxLength: 120 })
      .map((text) => text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g, ''));
    await fc.assert(
      fc.asyncProperty(word, word, async (greeting, link) => {
        const of = letter();
        const to = addressee({ greeting, link });
        const parsed = await simpleParser(await compose(of, to), { skipTextToHtml: true });
        expect(parsed.html).toBe(decoded(spliced('html', of, to)));
        expect(parsed.text).toBe(decoded(spliced('text', of, to)));
      }),
      { numRuns: 100 },
    );
  });

  test('is the same bytes every time it is composed, also from stored pieces', async () => {
    const skeleton = buildSkeleton(letter());
    const pieces = await piecesOf(skeleton, addressee(), asIs, identity);
    const stored = packPieces(pieces);
    const again = stitch(unpackSkeleton(packSkeleton(skeleton)), unpackPieces(stored));
    expect(messageSha256(again)).toEqual(messageSha256(stitch(skeleton, pieces)));
    expect(Buffer.concat(again).equals(await compose(letter()))).toBe(true);
    expect(stored.length).toBeLessThan(1700);
  });

  test('refuses stored bytes that are cut short or of another format', async () => {
    const skeleton = buildSkeleton(letter());
    const stored = packPieces(await piecesOf(skeleton, addressee(), asIs, identity));
    for (const cut of [0, 6, 9, stored.length - 1])
      expect(() => unpackPieces(stored.subarray(0, cut))).toThrow(/pieces/);
    expect(() => unpackPieces(Buffer.concat([Buffer.from([2]), stored.subarray(1)]))).toThrow(/format 1/);
    expect(() => unpackSkeleton(packSkeleton(skeleton).subarray(0, -1))).toThrow(/cut short/);
  });

  test('refuses an edition whose slot has no place and a recipient without a value', async () => {
    expect(() => buildSkeleton(letter({ html: '<p>no gap</p>' }))).toThrow(/no place for "greeting"/);
    const { greeting: _left, ...values } = addressee().values;
    const skeleton = buildSkeleton(letter());
    await expect(piecesOf(skeleton, { ...addressee(), values }, asIs, identity)).rejects.toThrow(
      /"greeting" has no value/,
    );
  });
});

describe('headers', () => {
  test('carry every subject and desk name through encoded words without loss', async () => {
    const words = fc
      .oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 150 }),
        fc
          .array(fc.constantFrom('=?utf-8?B?eA==?=', '=?', '?=', '質子', '😀', ' ', '"', '\\', 'x'.repeat(80), ','), {
            minLength: 1,
            maxLength: 20,
          })
          .map((p) => p.join('')),
      )
      .map((text) => text.replace(/[\x00-\x1f\x7f\u2028\u2029]/g, '').trim())
      .filter((text) => text !== '');
    await fc.assert(
      fc.asyncProperty(words, words, async (subject, name) => {
        const message = await compose(letter({ subject, from: { name, address: 'press@press.example.org' } }));
        expectLawfulLines(message);
        const head = message.toString('latin1').split('\r\n\r\n')[0]!;
        for (const line of head.split('\r\n')) {
          const own = line.replace(/List-Un.*/, '');
          // only a word that is longer by itself may stretch a line: there is no space to fold it at (RFC 5322 section 2.2.3)
          const longest = own.split(' ').some((word) => word.length > 190) ? 998 : 200;
          expect(own).toMatch(/^[\t\x20-\x7e]*$/);
          expect(own.length).toBeLessThanOrEqual(longest);
        }
        expect(decodeWords(headerOf(head, 'Subject'))).toBe(decoded(subject));
        const from = headerOf(head, 'From').replace(/ <press@press\.example\.org>$/, '');
        expect(decodeWords(from.replace(/^"(.*)"$/, (_all, text: string) => text.replace(/\\(.)/g, '$1')))).toBe(
          decoded(name),
        );
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['subject', { subject: 'News\r\nBcc: everyone@example.org' }],
    ['subject', { subject: 'News\u0000' }],
    ['sender name', { from: { name: 'Desk\nX: y', address: 'press@press.example.org' } }],
    ['sender', { from: { name: 'Desk', address: 'press@press.example.org, evil@example.net' } }],
    ['reply address', { replyTo: { name: '', address: 'a@b@c' } }],
    ['list label', { list: { label: 'a\rb', id: 'x.example.org' } }],
    ['list id', { list: { label: 'a', id: 'x>y' } }],
    ['feedback id', { feedbackId: 'a b' }],
  ] as const)('refuse a forged %s', (field, parts) => {
    expect(() => buildSkeleton(letter(parts))).toThrow(expect.objectContaining({ name: 'Problem', field }));
  });

  test.each([
    ['recipient', { to: { name: '', address: 'a@b.example\r\nBcc: x@y.example' } }],
    ['recipient', { to: { name: '', address: '"evil@example.net"@b.example' } }],
    ['recipient name', { to: { name: 'x\r\n\r\nbody', address: 'a@b.example' } }],
    ['delivery id', { deliveryId: 'x@y>' }],
    ['unsubscribe link', { unsubscribe: { link: 'https://x.example/>,<mailto:a@b', address: 'u@example.org' } }],
    ['unsubscribe address', { unsubscribe: { link: 'https://x.example/', address: 'u@example.org?bcc=x@y.example' } }],
  ] as const)('refuse a forged %s of a recipient', async (field, parts) => {
    const skeleton = buildSkeleton(letter());
    await expect(piecesOf(skeleton, { ...addressee(), ...parts }, asIs, identity)).rejects.toMatchObject({
      name: 'Problem',
      field,
    });
  });
});

describe('the signature', () => {
  test('covers both List-Unsubscribe fields and everything a reader sees', async () => {
    const { results } = await verify(await compose(letter()));
    expect(results[0]).toMatchObject({
      signingDomain: 'press.example.org',
      selector: 'dateline',
      status: { result: 'pass' },
    });
    const covered = results[0]!.signingHeaders!.keys.toLowerCase().split(/:\s*/);
    expect(covered).toEqual(
      expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'message-id', 'to', 'date']),
    );
  });

  test.each([
    ['a changed character of the body', (text: string) => text.replace('=E5=85=A7', '=E5=85=A8')],
    ['a changed value of one recipient', (text: string) => text.replace('AbC-123_xyz=', 'AbC-123_xyy=')],
    ['another From before the signed one', (text: string) => `From: Someone <a@b.example>\r\n${text}`],
    ['a Cc that nobody wrote', (text: string) => `Cc: a@b.example\r\n${text}`],
    ['a List-Unsubscribe-Post taken out', (text: string) => text.replace(/List-Unsubscribe-Post: .*\r\n/, '')],
    ['an unsubscribe link led elsewhere', (text: string) => text.replace('<https://news.', '<https://evil.')],
  ])('breaks with %s', async (_what, change) => {
    const message = (await compose(letter())).toString('latin1');
    const changed = change(message);
    expect(changed).not.toBe(message);
    const { results } = await verify(Buffer.from(changed, 'latin1'));
    expect(results[0]?.status.result).not.toBe('pass');
  });

  test('reads a body as RFC 6376 section 3.4.4 says: runs of white space as one space, none at the end of a line', () => {
    const canonical = relaxedBody(Buffer.from(' a \t b\t\r\nc\td \r\n\t\r\ne\r\n')).toString();
    expect(canonical).toBe(' a b\r\nc d\r\n\r\ne\r\n');
  });

  test('survives a relay that refolds white space', async () => {
    const message = (await compose(letter())).toString('latin1');
    const [head, ...body] = message.split('\r\n\r\n');
    const refolded = [head!.replace(/\r\n[ \t]+(?!-)/g, '\r\n\t  ').replace(/^To: /m, 'TO:   '), ...body].join(
      '\r\n\r\n',
    );
    expect(refolded).not.toBe(message);
    const { results } = await verify(Buffer.from(refolded, 'latin1'));
    expect(results[0]?.status.result).toBe('pass');
  });
});

/** The letter with each text between slots brought to one kind of line break, as the encoder sees them piece by piece. */
function piecewise(of: Letter): Letter {
  return { ...of, html: of.html.replace(/\r\n|\r/g, '\n'), text: of.text.replace(/\r\n|\r/g, '\n') };
}

/** Each value is encoded by itself: a CR that ends one is a line break, whatever comes after it. */
function valuewise(to: Addressee): Addressee {
  const values = Object.entries(to.values).map(([name, value]) => [name, value.replace(/\r\n|\r/g, '\n')]);
  return { ...to, values: Object.fromEntries(values) as Record<string, string> };
}

function headerOf(head: string, name: string): string {
  const found = head
    .replace(/\r\n[ \t]/g, ' ')
    .split('\r\n')
    .filter((line) => line.startsWith(`${name}: `));
  expect(found).toHaveLength(1);
  return found[0]!.slice(name.length + 2);
}

/** RFC 2047 by its definition: white space between two encoded words is not shown. */
function decodeWords(value: string): string {
  const joined = value.replace(/\?= +=\?/g, '?==?');
  const parts = joined.split(/(=\?utf-8\?[BQ]\?[^?]*\?=)/i);
  const bytes = parts.map((part) => {
    const word = /^=\?utf-8\?([BQ])\?([^?]*)\?=$/i.exec(part);
    if (!word) return Buffer.from(part, 'latin1');
    expect(part.length).toBeLessThanOrEqual(75);
    const raw =
      word[1] === 'B'
        ? Buffer.from(word[2]!, 'base64')
        : Buffer.from(
            word[2]!
              .replace(/_/g, ' ')
              .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            'latin1',
          );
    expect(raw.toString('utf8')).not.toMatch(/\ufffd$/);
    return raw;
  });
  return Buffer.concat(bytes).toString('utf8');
}
