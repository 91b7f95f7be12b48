import { createPublicKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { dkimRecord, domainOf, readRelayUrl } from '#libs/delivery';
import type { Settings } from '#libs/kernel';
import { fail, ok, warn, type Finding } from './finding.js';
import type { Answer, Lookup } from './lookup.js';

export interface Sender {
  readonly organisation: string;
  /** Where its mail comes from. */
  readonly deskAddress: string;
}

export interface SigningKey {
  readonly key: KeyObject;
  readonly selector: string;
}

const UNKNOWN = 'could not be looked up from here';
const LATER = 'Look it up from a machine that can, for example with "dig", before mail leaves for the public.';

/** What receivers look up about each sender: the key that signs, who may send, what to do with forgeries, and where bounces go. */
export async function checkSenders(
  senders: readonly Sender[],
  signing: SigningKey | undefined,
  lookup: Lookup,
): Promise<Finding[]> {
  const domains = [...new Set(senders.map((sender) => domainOf(sender.deskAddress)))];
  const found = await Promise.all(
    domains.map(async (domain) => [
      ...(signing ? [dkimFinding(domain, signing, await lookup.txt(dkimName(domain, signing)))] : []),
      spfFinding(domain, await lookup.txt(domain)),
      await dmarcFinding(domain, lookup),
      mxFinding(domain, await lookup.mx(domain)),
    ]),
  );
  return found.flat();
}

/** The record to publish, for when nothing is looked up because nothing leaves this machine. */
export function recordsToPublish(senders: readonly Sender[], signing: SigningKey): Finding[] {
  return [...new Set(senders.map((sender) => domainOf(sender.deskAddress)))].map((domain) =>
    ok('dns.dkim', `Before mail leaves for the public, publish ${published(domain, signing)}`),
  );
}

function dkimName(domain: string, { selector }: SigningKey): string {
  return `${selector}._domainkey.${domain}`;
}

function published(domain: string, signing: SigningKey): string {
  return `${dkimName(domain, signing)} TXT "${dkimRecord(signing.key)}"`;
}

function dkimFinding(domain: string, signing: SigningKey, answer: Answer): Finding {
  const name = dkimName(domain, signing);
  if (answer === 'unknown')
    return warn('dns.dkim', `DKIM: ${name} ${UNKNOWN}.`, `${LATER} It must be: ${published(domain, signing)}`);
  if (answer === 'none')
    return warn('dns.dkim', `DKIM: ${name} is not published.`, `Publish ${published(domain, signing)}`);
  const ours = keyOf(dkimRecord(signing.key));
  if (answer.some((record) => sameKey(keyOf(record), ours))) return ok('dns.dkim', `DKIM: ${name} holds our key.`);
  return fail(
    'dns.dkim',
    `DKIM: ${name} holds another key: every signature would fail.`,
    `Publish ${published(domain, signing)} or use the private key of the one that is published (DKIM_KEY, DKIM_SELECTOR).`,
  );
}

function keyOf(record: string): string {
  return /(?:^|;)\s*p=([^;]*)/i.exec(record)?.[1]?.replace(/\s+/g, '') ?? '';
}

/** By what the keys are, for one key may be written in more than one way. */
function sameKey(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return spki(one).equals(spki(other));
  } catch {
    return false;
  }
}

function spki(base64: string): KeyObject {
  return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
}

function spfFinding(domain: string, answer: Answer): Finding {
  const example = `${domain} TXT "v=spf1 include:<the relay’s own record> -all"`;
  if (answer === 'unknown') return warn('dns.spf', `SPF: ${domain} ${UNKNOWN}.`, LATER);
  const records = answer === 'none' ? [] : answer.filter((record) => /^v=spf1(\s|$)/i.test(record));
  const [record] = records;
  if (record === undefined)
    return warn('dns.spf', `SPF: ${domain} does not say who may send for it.`, `Publish ${example}`);
  if (records.length > 1)
    return warn(
      'dns.spf',
      `SPF: ${domain} has ${records.length} records, which counts as none.`,
      'Join them into one.',
    );
  if (/[\s]\+?all\b/i.test(record))
    return warn(
      'dns.spf',
      `SPF: ${domain} lets everybody send for it: ${record}`,
      `End the record in -all: ${example}`,
    );
  return ok('dns.spf', `SPF: ${domain}: ${record} (whether it names the relay’s sending address only the relay knows)`);
}

/** The domain itself, then its parents, as receivers walk (RFC 9989). */
async function dmarcFinding(domain: string, lookup: Lookup): Promise<Finding> {
  const labels = domain.split('.');
  for (let from = 0; from <= Math.max(0, labels.length - 2); from++) {
    const name = `_dmarc.${labels.slice(from).join('.')}`;
    const answer = await lookup.txt(name);
    if (answer === 'unknown') return warn('dns.dmarc', `DMARC: ${name} ${UNKNOWN}.`, LATER);
    const record = answer === 'none' ? undefined : answer.find((one) => /^v=DMARC1\b/i.test(one));
    if (record) return ok('dns.dmarc', `DMARC: ${name}: ${record}`);
  }
  return warn(
    'dns.dmarc',
    `DMARC: ${domain} has no policy; large receivers refuse bulk mail without one.`,
    `Publish _dmarc.${domain} TXT "v=DMARC1; p=none; rua=mailto:<where reports go>" and tighten it later.`,
  );
}

function mxFinding(domain: string, answer: Answer): Finding {
  if (answer === 'unknown') return warn('dns.mx', `MX: ${domain} ${UNKNOWN}.`, LATER);
  if (answer === 'none')
    return warn(
      'dns.mx',
      `MX: ${domain} takes no mail, so bounces and replies are lost, and some receivers refuse such senders.`,
      `Publish an MX record for ${domain}.`,
    );
  return ok('dns.mx', `MX: ${domain} takes mail at ${answer.slice(0, 3).join(', ')}.`);
}

/** The name behind the relay's address. What it sends from may be another address, which only its people know. */
export async function checkRelayName(settings: Settings, lookup: Lookup): Promise<Finding[]> {
  const { host } = readRelayUrl(settings.text('SMTP_URL'));
  const addresses = isIP(host) ? [host] : await lookup.addresses(host);
  if (addresses === 'none')
    return [warn('dns.ptr', `PTR: ${host} has no IPv4 address.`, 'Check the name of the relay in SMTP_URL.')];
  const [address] = addresses === 'unknown' ? [] : addresses;
  if (address === undefined) return [warn('dns.ptr', `PTR: the address of ${host} ${UNKNOWN}.`, LATER)];
  if (isOwnNetwork(address))
    return [
      ok('dns.ptr', `PTR: the relay is on our own network (${address}); what it sends from is for it to look after.`),
    ];
  const names = await lookup.names(address);
  if (names === 'unknown') return [warn('dns.ptr', `PTR: the name of ${address} ${UNKNOWN}.`, LATER)];
  if (names === 'none')
    return [
      warn(
        'dns.ptr',
        `PTR: ${address} (${host}) has no name; large receivers refuse mail from such addresses.`,
        'If the relay sends from this address, ask its provider for a PTR record.',
      ),
    ];
  return [ok('dns.ptr', `PTR: ${address} is ${names.slice(0, 2).join(', ')}.`)];
}

function isOwnNetwork(address: string): boolean {
  return /^(10\.|127\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe80:)/i.test(address);
}
