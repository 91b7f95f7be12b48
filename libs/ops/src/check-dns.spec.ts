import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { dkimRecord } from '#libs/delivery';
import { Settings } from '#libs/kernel';
import { checkRelayName, checkSenders, type SigningKey } from './check-dns.js';
import type { Answer, Lookup } from './lookup.js';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const signing: SigningKey = { key: pair(), selector: 'dateline' };
const DKIM = 'dateline._domainkey.press.example.org';
const senders = [
  { organisation: 'harbour', deskAddress: 'desk@Press.example.org' },
  { organisation: 'harbour-kids', deskAddress: 'kids@press.example.org' },
];

/** A DNS that knows these and says of everything else that there is nothing. */
function dns(known: Record<string, Answer>): Lookup {
  const ask = (name: string) => Promise.resolve(known[name] ?? 'none');
  return { txt: ask, mx: (name) => ask(`mx ${name}`), addresses: (name) => ask(`a ${name}`), names: ask };
}

const WELL = {
  [DKIM]: [dkimRecord(signing.key)],
  'press.example.org': ['google-site-verification=x', 'v=spf1 include:relay.example -all'],
  '_dmarc.example.org': ['v=DMARC1; p=reject'],
  'mx press.example.org': ['mx.example.org'],
} satisfies Record<string, Answer>;

async function verdicts(known: Record<string, Answer>) {
  const findings = await checkSenders(senders, signing, dns(known));
  return Object.fromEntries(findings.map((one) => [one.check, one.verdict]));
}

describe('what receivers look up about a sender', () => {
  test('is well when all four stand; the policy may be the parent domain’s, and each domain is asked once', async () => {
    const findings = await checkSenders(senders, signing, dns(WELL));
    expect(findings.map((one) => one.verdict)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(findings.map((one) => one.remedy)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('fails when another key is published, for then every signature does', async () => {
    const [dkim] = await checkSenders(senders, signing, dns({ ...WELL, [DKIM]: [dkimRecord(pair())] }));
    expect(dkim).toMatchObject({ check: 'dns.dkim', verdict: 'fail' });
    expect(dkim?.remedy).toContain(`${DKIM} TXT "v=DKIM1; k=rsa; p=`);
  });

  test('knows its key in any spelling', async () => {
    const der = createPublicKey(signing.key).export({ type: 'spki', format: 'der' }).toString('base64');
    const spelled = `k=rsa ; v=DKIM1; p=${der.slice(0, 100)} ${der.slice(100)}; s=email`;
    expect(await verdicts({ ...WELL, [DKIM]: [spelled] })).toMatchObject({ 'dns.dkim': 'ok' });
    expect(await verdicts({ ...WELL, [DKIM]: ['v=DKIM1; p='] })).toMatchObject({ 'dns.dkim': 'fail' });
  });

  test('is worth a warning, with what to publish, where a record is missing, doubled or open to all', async () => {
    const findings = await checkSenders(senders, signing, dns({}));
    expect(findings.map((one) => one.verdict)).toEqual(['warn', 'warn', 'warn', 'warn']);
    expect(findings.every((one) => (one.remedy ?? '').includes('ublish'))).toBe(true);
    const spf = (...records: string[]) => verdicts({ ...WELL, 'press.example.org': records });
    expect(await spf('v=spf1 -all', 'v=spf1 ~all')).toMatchObject({ 'dns.spf': 'warn' });
    expect(await spf('v=spf1 +all')).toMatchObject({ 'dns.spf': 'warn' });
    expect(await spf('v=spf1 include:call.example ~all')).toMatchObject({ 'dns.spf': 'ok' });
  });

  test('is a warning, never a failure, when it cannot be looked up from here', async () => {
    const nobody: Lookup = {
      txt: () => Promise.resolve('unknown'),
      mx: () => Promise.resolve('unknown'),
      addresses: () => Promise.resolve('unknown'),
      names: () => Promise.resolve('unknown'),
    };
    const settings = Settings.from({ SMTP_URL: 'smtp://relay.example:587' });
    const findings = [...(await checkSenders(senders, signing, nobody)), ...(await checkRelayName(settings, nobody))];
    expect(findings).toHaveLength(5);
    expect(findings.every((one) => one.verdict === 'warn' && one.says.includes('could not be looked up'))).toBe(true);
  });
});

test('a relay without a name behind its address is worth a warning; one on our own network is not', async () => {
  const named = (url: string, known: Record<string, Answer>) =>
    checkRelayName(Settings.from({ SMTP_URL: url }), dns(known)).then(([finding]) => finding?.verdict);
  expect(await named('smtp://relay.example:587', { 'a relay.example': ['192.0.2.7'] })).toBe('warn');
  expect(
    await named('smtp://relay.example:587', { 'a relay.example': ['192.0.2.7'], '192.0.2.7': ['relay.example'] }),
  ).toBe('ok');
  expect(await named('smtp://localhost:25', { 'a localhost': ['127.0.0.1'] })).toBe('ok');
  expect(await named('smtp://10.1.2.3:25', {})).toBe('ok');
});
