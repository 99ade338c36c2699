/**
 * What is kept of a password, as text: how it was hashed stands in it, so that a server may be told to take more care
 * and still know what it sealed before.
 *
 *   argon2id$<KiB>$<passes>$<nonce>$<tag>$scram-sha-256$<iterations>$<salt>$<stored key>$<server key>
 *
 * Numbers are decimal, the rest is base64.
 */
import { ParleyError } from '../../core/base/errors.ts';
import type { ScramKeys } from './scram.ts';

/** argon2id (RFC 9106). */
export interface Argon {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly nonce: Buffer;
  readonly tag: Buffer;
}

export interface Opened {
  readonly argon: Argon;
  readonly scram: ScramKeys;
}

const SEALED =
  /^argon2id\$(\d+)\$(\d+)\$([\w+/=]+)\$([\w+/=]+)\$scram-sha-256\$(\d+)\$([\w+/=]+)\$([\w+/=]+)\$([\w+/=]+)$/;

export function writeSealed({ argon, scram }: Opened): string {
  const bytes = (value: Buffer): string => value.toString('base64');
  return [
    'argon2id',
    ...[argon.memory, argon.passes, bytes(argon.nonce), bytes(argon.tag)],
    'scram-sha-256',
    ...[scram.iterations, bytes(scram.salt), bytes(scram.storedKey), bytes(scram.serverKey)],
  ].join('$');
}

/** Throws a `ParleyError` when the text was not written by any version of this. */
export function readSealed(text: string): Opened {
  const parts = SEALED.exec(text);
  if (parts === null) throw new ParleyError('vault/unreadable', 'A stored password cannot be read; set it again.');
  const [, memory, passes, nonce = '', tag = '', iterations, salt = '', storedKey = '', serverKey = ''] = parts;
  const bytes = (value: string): Buffer => Buffer.from(value, 'base64');
  return {
    argon: { memory: Number(memory), passes: Number(passes), nonce: bytes(nonce), tag: bytes(tag) },
    scram: {
      iterations: Number(iterations),
      salt: bytes(salt),
      storedKey: bytes(storedKey),
      serverKey: bytes(serverKey),
    },
  };
}
