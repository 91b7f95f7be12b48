import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { newId, Problem, Settings, type DistributionId, type OrganisationId } from '#libs/kernel';
import { placeOf, SEAL_BYTES, Sealing } from './sealed.js';

const sealing = new Sealing(Buffer.alloc(32, 7));
const place = placeOf(newId<OrganisationId>(), newId<DistributionId>(), newId());
const bytes = fc.uint8Array({ maxLength: 3000 }).map((array) => Buffer.from(array));

function refusal(work: () => unknown): string {
  try {
    work();
    return 'taken';
  } catch (error) {
    return error instanceof Problem ? error.code : `not a problem: ${String(error)}`;
  }
}

describe('a sealed message', () => {
  test('opens to the same bytes in its own place, 33 bytes longer while it is sealed', () => {
    fc.assert(
      fc.property(bytes, fc.uuid(), (plain, what) => {
        const bound = `o/d/${what}`;
        const sealed = sealing.seal(plain, bound);
        expect(sealed.length).toBe(plain.length + SEAL_BYTES);
        expect(sealing.open(sealed, bound)).toEqual(plain);
      }),
    );
  });

  test('shows nothing of its text', () => {
    const plain = Buffer.from('Harbour Light opens in December'.repeat(40));
    const sealed = sealing.seal(plain, place);
    for (let at = 0; at + 4 <= plain.length; at += 4) expect(sealed.includes(plain.subarray(at, at + 4))).toBe(false);
  });

  test.each([
    ['another recipient', placeOf('o' as OrganisationId, 'd' as DistributionId, 'other')],
    ['another distribution', placeOf('o' as OrganisationId, 'd2' as DistributionId, 'mine')],
    ['another organisation', placeOf('o2' as OrganisationId, 'd' as DistributionId, 'mine')],
  ])('is refused in the place of %s', (_what, elsewhere) => {
    const mine = placeOf('o' as OrganisationId, 'd' as DistributionId, 'mine');
    expect(refusal(() => sealing.open(sealing.seal(Buffer.from('x'), mine), elsewhere))).toBe('message.damaged');
  });

  test('is refused with any bit changed, and cut or lengthened anywhere', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 7 }), (plain, where, bit) => {
        const sealed = sealing.seal(plain, place);
        const changed = Buffer.from(sealed);
        changed[where % sealed.length]! ^= 1 << bit;
        expect(refusal(() => sealing.open(changed, place))).toMatch(/^message\.(damaged|other-key)$/);
        const cut = sealed.subarray(0, where % sealed.length);
        expect(refusal(() => sealing.open(cut, place))).toBe('message.damaged');
        expect(refusal(() => sealing.open(Buffer.concat([sealed, Buffer.alloc(1)]), place))).toBe('message.damaged');
      }),
    );
  });

  test('of another key is told apart from a damaged one, because then no row is to blame', () => {
    const theirs = new Sealing(Buffer.alloc(32, 8));
    const sealed = theirs.seal(Buffer.from('x'), place);
    expect(refusal(() => sealing.open(sealed, place))).toBe('message.other-key');
    // even with the mark of the right key it does not open
    sealing.seal(Buffer.alloc(0), place).copy(sealed, 0, 0, 5);
    expect(refusal(() => sealing.open(sealed, place))).toBe('message.damaged');
  });

  test('never has the nonce of another, also when the same message is prepared again', () => {
    const nonces = new Set<string>();
    for (let i = 0; i < 20_000; i++) nonces.add(sealing.seal(Buffer.from('same'), place).toString('hex', 5, 17));
    expect(nonces.size).toBe(20_000);
  });

  test('opens in another worker with the same key, however many distributions it has had in hand', () => {
    const other = new Sealing(Buffer.alloc(32, 7));
    const sealed = Array.from({ length: 200 }, (_, i) => sealing.seal(Buffer.from(`${i}`), `o/${i}/x`));
    sealed.forEach((one, i) => expect(other.open(one, `o/${i}/x`).toString()).toBe(`${i}`));
  });
});

describe('the message key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dateline-sealed-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is made once and kept where only its owner can read it', () => {
    const settings = Settings.from({ DATELINE_DATA: folder });
    const sealed = Sealing.from(settings).seal(Buffer.from('x'), place);
    expect(Sealing.from(settings).open(sealed, place).toString()).toBe('x');
    const file = join(folder, 'keys', 'message.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const given = Settings.from({ DATELINE_DATA: '/none', MESSAGE_KEY_FILE: file });
    expect(Sealing.from(given).open(sealed, place).toString()).toBe('x');
    expect(readFileSync(file, 'utf8').trim()).not.toBe(given.text('DATELINE_KEY'));
  });

  test('that is too short is refused by its name, with the way to make one', () => {
    const short = Settings.from({ MESSAGE_KEY: Buffer.alloc(31).toString('base64') });
    expect(() => Sealing.from(short)).toThrow(
      expect.objectContaining({ field: 'MESSAGE_KEY', remedy: expect.stringContaining('openssl rand') }),
    );
  });
});
