import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A self-signed certificate and its key, PEM. Trust it by giving it as a certificate authority. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** Host names it is good for; `localhost` when not given. 127.0.0.1 is always in unless `names` is given. */
  readonly names?: readonly string[];
  /** ms since 1970; an hour ago to tomorrow when not given. */
  readonly from?: number;
  readonly until?: number;
}

/** Makes an X.509 certificate (RFC 5280) with a new P-256 key, so that no key has to lie in the repository. */
export function makeCertificate(options: CertificateOptions = {}): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const now = Date.now();
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from('Dateline test relay')))));
  const names = (options.names ?? ['localhost']).map((host) => der(0x82, Buffer.from(host)));
  const addresses = options.names ? [] : [der(0x87, Buffer.from([127, 0, 0, 1]))];
  const extensions = der(
    0xa3,
    der(
      0x30,
      der(0x30, oid('551d11'), der(0x04, der(0x30, ...names, ...addresses))),
      der(0x30, oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, der(0x30, der(0x01, Buffer.from([0xff]))))),
    ),
  );
  const ecdsaWithSha256 = der(0x30, oid('2a8648ce3d040302'));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), createHash('sha256').update(spki).digest().subarray(0, 8)])),
    ecdsaWithSha256,
    name,
    der(0x30, time(options.from ?? now - 3_600_000), time(options.until ?? now + 86_400_000)),
    name,
    spki,
    extensions,
  );
  const certificate = der(0x30, body, ecdsaWithSha256, bits(sign('sha256', body, privateKey)));
  const lines = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), content);
}

function time(ms: number): Buffer {
  return der(
    0x18,
    Buffer.from(
      new Date(ms)
        .toISOString()
        .replace(/[-:T]/g, '')
        .replace(/\.\d+Z$/, 'Z'),
    ),
  );
}
