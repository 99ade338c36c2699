/**
 * The server's own certificate, for networks in which nobody can vouch for a name: self-signed, made once and kept,
 * so that those who have accepted it are not asked again. ECDSA on P-256, because browsers take no Ed25519.
 */
import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { KeyPair } from './key-pair.ts';

/** Apple's systems refuse server certificates valid for more than 825 days (support.apple.com/103769). */
const VALID_DAYS = 800;
/** Renewed this long before the end. */
const RENEW_DAYS = 60;
/** Clocks of other machines may be behind ours. */
const BACKDATED_DAYS = 2;
const DAY_MS = 86_400_000;

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Names and addresses by which this machine can be reached, the likeliest first; never loopback. */
export function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const usable = all.filter(({ internal, address }) => !internal && !/^fe80:/i.test(address));
  const v4 = usable.filter(({ family }) => family === 'IPv4');
  const v6 = usable.filter(({ family }) => family === 'IPv6');
  return [...v4, ...v6].map(({ address }) => address);
}

/** What the certificate must be good for: this machine by every name it has. */
export function ownNames(): string[] {
  const host = hostname().toLowerCase();
  const named = /^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/.test(host) ? [host, `${host.split('.')[0]}.local`] : [];
  return [...new Set(['localhost', ...named, '127.0.0.1', '::1', ...ownAddresses()])];
}

/** True if the certificate will be good for a while, for all these names. */
export function stillGood(pair: KeyPair, names: readonly string[], now: number): boolean {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pair.cert);
  } catch {
    return false; // damaged; make another
  }
  if (certificate.validToDate.getTime() - now < RENEW_DAYS * DAY_MS) return false;
  return names.every((name) =>
    isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
  );
}

/** Makes a certificate; with `key` for that key, so that those who pinned the key go on trusting it. */
export async function makeCertificate(names: readonly string[], now: number, key?: string): Promise<KeyPair> {
  const x509 = await loadX509();
  const { subtle } = webcrypto;
  const keys = key === undefined ? await subtle.generateKey(CURVE, true, ['sign', 'verify']) : await keysOf(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // RFC 5280 §4.1.2.2: positive, at most 20 bytes.
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: 'CN=Parley',
    notBefore: new Date(now - BACKDATED_DAYS * DAY_MS),
    notAfter: new Date(now + (VALID_DAYS - BACKDATED_DAYS) * DAY_MS),
    signingAlgorithm: CURVE,
    keys,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const pkcs8 = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: `${certificate.toString('pem').trim()}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${(pkcs8.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}

/** SHA-256 as people compare it: browsers show that of the certificate, `parley chat` that of its public key. */
export interface Fingerprints {
  readonly certificate: string;
  readonly key: string;
}

export function fingerprints(cert: string): Fingerprints {
  const parsed = new X509Certificate(cert);
  const key = createHash('sha256')
    .update(parsed.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return { certificate: parsed.fingerprint256, key: key.toUpperCase().replace(/(..)(?!$)/g, '$1:') };
}

async function keysOf(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const privateKey = await subtle.importKey('pkcs8', der, CURVE, true, ['sign']);
  const { kty, crv, x, y } = await subtle.exportKey('jwk', privateKey);
  const jwk = {
    ...(kty !== undefined && { kty }),
    ...(crv !== undefined && { crv }),
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
  };
  return { privateKey, publicKey: await subtle.importKey('jwk', jwk, CURVE, true, ['verify']) };
}

/**
 * Loaded only when a certificate is made: it takes a tenth of a second. Its dependency container refuses to start
 * without the metadata API of decorators, and asks it for nothing that matters here, so one that knows nothing will do.
 */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  const nothing = {
    defineMetadata: () => {},
    getMetadata: () => undefined,
    getOwnMetadata: () => undefined,
    hasOwnMetadata: () => false,
    metadata: () => () => {},
  };
  for (const [name, value] of Object.entries(nothing)) {
    if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true });
  }
  return import('@peculiar/x509');
}
