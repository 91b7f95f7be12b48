import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { keptSecret, Problem, type Settings } from '#libs/kernel';

/** The key that signs: DKIM_KEY, or one made once and kept in the data folder. Only the worker calls this. */
export function dkimKeyFrom(settings: Settings): { key: KeyObject; selector: string } {
  const pem = settings.text('DKIM_KEY') || keptSecret(settings.text('DATELINE_DATA'), 'dkim.pem', makePem);
  return { key: parse(pem), selector: settings.text('DKIM_SELECTOR') };
}

function makePem(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parse(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // the message of OpenSSL may quote the key; it goes nowhere
  }
  throw new Problem({
    code: 'settings.invalid',
    field: 'DKIM_KEY',
    message: 'DKIM_KEY is not an RSA private key in PEM.',
    remedy: 'Make one with: openssl genrsa 2048',
  });
}
