/**
 * What is kept of a password, as text: how it was hashed stands in it, so that a server may be told to take more care
 * and still know what it sealed before.
 */
import * as v from 'valibot';
import { ParleyError } from '../../core/base/errors.ts';
import type { ScramKeys } from './scram.ts';

/** argon2id (RFC 9106): memory in KiB, passes. */
export interface Argon {
  readonly memory: number;
  readonly passes: number;
  readonly nonce: Buffer;
  readonly tag: Buffer;
}

export interface Opened {
  readonly argon: Argon;
  readonly scram: ScramKeys;
}

const bytes = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64')),
);
const number = v.pipe(v.number(), v.integer(), v.minValue(1));
const SEALED = v.strictObject({
  argon2id: v.strictObject({ memory: number, passes: number, nonce: bytes, tag: bytes }),
  scramSha256: v.strictObject({ salt: bytes, iterations: number, storedKey: bytes, serverKey: bytes }),
});

export function writeSealed({ argon, scram }: Opened): string {
  const text = (value: Buffer): string => value.toString('base64');
  return JSON.stringify({
    argon2id: { memory: argon.memory, passes: argon.passes, nonce: text(argon.nonce), tag: text(argon.tag) },
    scramSha256: {
      salt: text(scram.salt),
      iterations: scram.iterations,
      storedKey: text(scram.storedKey),
      serverKey: text(scram.serverKey),
    },
  });
}

/** Throws a `ParleyError` when the text was not written by any version of this. */
export function readSealed(text: string): Opened {
  const read = v.safeParse(SEALED, asJson(text));
  if (!read.success) throw new ParleyError('vault/unreadable', 'A stored password cannot be read; set it again.');
  return { argon: read.output.argon2id, scram: read.output.scramSha256 };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
