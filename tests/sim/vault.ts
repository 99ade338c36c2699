/**
 * A vault without chance and without waiting: what it seals and says is the same in every run. SCRAM is the real one,
 * with the salt and the nonces of the example in RFC 7677 §3, so that its messages can be written into a transcript.
 */
import { pbkdf2Sync } from 'node:crypto';
import { unreachable } from '../../src/core/base/assert.ts';
import type { VaultAnswer, VaultQuery } from '../../src/core/ports.ts';
import { judgeProof, prepared, scramKeys, sha256, type ScramKeys } from '../../src/node/accounts/scram.ts';

const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const NONCE = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const ITERATIONS = 4096;

export class TestVault {
  private codes = 0;

  answer(query: VaultQuery): VaultAnswer {
    switch (query.kind) {
      case 'seal':
        return { kind: 'text', text: `sealed:${query.password}` };
      case 'check':
        return { kind: 'judged', good: query.sealed === `sealed:${query.password}`, signature: '' };
      case 'digest':
        return { kind: 'text', text: sha256(query.token).toString('base64url') };
      case 'code':
        this.codes += 1;
        return { kind: 'text', text: `code-${this.codes}` };
      case 'scram-begin':
        return { kind: 'text', text: `r=${query.nonce}${NONCE},s=${SALT.toString('base64')},i=${ITERATIONS}` };
      case 'scram-finish': {
        const signature = judgeProof(keysOf(query.sealed), query.authMessage, Buffer.from(query.proof, 'base64'));
        return { kind: 'judged', good: signature !== undefined, signature: signature?.toString('base64') ?? '' };
      }
      default:
        return unreachable(query);
    }
  }
}

function keysOf(sealed: string | undefined): ScramKeys {
  const password = prepared(sealed?.replace('sealed:', '') ?? 'nobody has this password');
  return scramKeys(pbkdf2Sync(password, SALT, ITERATIONS, 32, 'sha256'), SALT, ITERATIONS);
}
