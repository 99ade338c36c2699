import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { KeyPair } from './key-pair.ts';
import { makeCertificate, ownNames, stillGood } from './certificate.ts';
import { keepSecret } from './secret-file.ts';

/**
 * The server's own certificate: the kept one while it is good for every name of this machine, else a new one for the
 * same key. Without a directory it lasts as long as the process.
 */
export async function ownCertificate(directory: string | undefined, now: number): Promise<KeyPair> {
  const names = ownNames();
  const kept = directory === undefined ? undefined : readKept(join(directory, 'tls.pem'));
  if (kept !== undefined && stillGood(kept, names, now)) return kept;
  const made = await makeCertificate(names, now, kept?.key);
  if (directory !== undefined) keepSecret(join(directory, 'tls.pem'), made.cert + made.key.trim());
  return made;
}

/** Both stand in one file, so that they are never of different age. */
function readKept(path: string): KeyPair | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const cert = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n/.exec(text)?.[0];
    const key = /-----BEGIN PRIVATE KEY-----[^]+?-----END PRIVATE KEY-----\n/.exec(text)?.[0];
    return cert === undefined || key === undefined ? undefined : { cert, key };
  } catch {
    return undefined; // none yet
  }
}
