/**
 * The arithmetic of SCRAM-SHA-256 on the server's side (RFC 5802 §3, RFC 7677). The slow part, deriving the salted
 * password, is the caller's.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a server keeps of a password: enough to check a proof and to prove itself, not enough to log in elsewhere. */
export interface ScramKeys {
  readonly salt: Buffer;
  readonly iterations: number;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

/**
 * A password as SCRAM hashes it: the parts of SASLprep (RFC 4013) that ever change one. Of two ways to write the same
 * letters one is taken, odd spaces are spaces, and what shows nothing is left out. Nothing is forbidden here: who can
 * type a password may use it.
 */
export function prepared(password: string): string {
  return password
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\p{Zs}/gu, ' ')
    .normalize('NFKC');
}

export function scramKeys(salted: Buffer, salt: Buffer, iterations: number): ScramKeys {
  const clientKey = hmac(salted, 'Client Key');
  return { salt, iterations, storedKey: sha256(clientKey), serverKey: hmac(salted, 'Server Key') };
}

/** ServerSignature if the client's proof is that of somebody who knows the password. */
export function judgeProof(
  { storedKey, serverKey }: Pick<ScramKeys, 'storedKey' | 'serverKey'>,
  authMessage: string,
  proof: Buffer,
): Buffer | undefined {
  const clientSignature = hmac(storedKey, authMessage);
  if (proof.length !== clientSignature.length) return undefined;
  const clientKey = Buffer.alloc(proof.length);
  for (let i = 0; i < proof.length; i++) clientKey[i] = (proof[i] ?? 0) ^ (clientSignature[i] ?? 0);
  return timingSafeEqual(sha256(clientKey), storedKey) ? hmac(serverKey, authMessage) : undefined;
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

export function sha256(data: Buffer | string): Buffer {
  return createHash('sha256').update(data).digest();
}
