/**
 * The vault of a server: Node's own argon2id and PBKDF2, on its thread pool, so that no login holds anybody up.
 *
 * Who has no account gets the same work and the same kinds of answers as who has one: neither the time nor a SCRAM
 * challenge tells which names are registered.
 */
import { argon2, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ParleyError } from '../../core/base/errors.ts';
import { unreachable } from '../../core/base/assert.ts';
import type { Vault, VaultAnswer, VaultQuery } from '../../core/ports.ts';
import { hmac, judgeProof, prepared, scramKeys, sha256 } from './scram.ts';
import { readSealed, writeSealed, type Opened } from './sealed.ts';

export type HashCost = 'normal' | 'cheap';

interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly iterations: number;
}

const COSTS: Readonly<Record<HashCost, Cost>> = {
  // OWASP's first choice for argon2id; PBKDF2 is as slow as clients on phones put up with at every login.
  normal: { memory: 19 * 1024, passes: 2, iterations: 60_000 },
  // For tests. SCRAM clients refuse fewer iterations than RFC 7677 §4 asks for.
  cheap: { memory: 8, passes: 1, iterations: 4096 },
};

/** Threads of the pool that hashing may take at once: the others serve files and names. */
const RUNNING_MAX = 2;
/** At some 20 a second, longer waits than this would outlast the patience of who waits. */
const WAITING_MAX = 200;

const SALT_BYTES = 16;
const TAG_BYTES = 32;
const NONCE_BYTES = 18;

/** No l, o, 0, 1: codes are read out and typed. */
const CODE_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const CODE_LENGTH = 12;

export interface NodeVaultOptions {
  readonly cost?: HashCost;
  /** Kept with the data, so that challenges for names without an account stay the same; made anew without it. */
  readonly key?: Uint8Array;
}

export class NodeVault implements Vault {
  readonly #cost: Cost;
  readonly #key: Buffer;
  readonly #waiting: { readonly query: VaultQuery; readonly done: (answer: VaultAnswer) => void }[] = [];
  #running = 0;

  constructor({ cost = 'normal', key = randomBytes(32) }: NodeVaultOptions = {}) {
    this.#cost = COSTS[cost];
    this.#key = Buffer.from(key);
  }

  ask(query: VaultQuery, done: (answer: VaultAnswer) => void): void {
    if (this.#waiting.length >= WAITING_MAX) {
      done({ kind: 'failed', why: `${WAITING_MAX} logins are waiting` });
      return;
    }
    this.#waiting.push({ query, done });
    this.#go();
  }

  #go(): void {
    while (this.#running < RUNNING_MAX) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      void this.#answer(next.query).then((answer) => {
        this.#running -= 1;
        next.done(answer);
        this.#go();
      });
    }
  }

  async #answer(query: VaultQuery): Promise<VaultAnswer> {
    try {
      switch (query.kind) {
        case 'seal':
          return text(await this.#seal(query.password));
        case 'check':
          return await this.#check(query.password, query.sealed);
        case 'digest':
          return text(sha256(query.token).toString('base64url'));
        case 'code':
          return text(makeCode());
        case 'scram-begin':
          return text(this.#challenge(query));
        case 'scram-finish':
          return this.#finish(query);
        default:
          return unreachable(query);
      }
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      return { kind: 'failed', why: error.message };
    }
  }

  async #seal(password: string): Promise<string> {
    const { memory, passes, iterations } = this.#cost;
    const nonce = randomBytes(SALT_BYTES);
    const salt = randomBytes(SALT_BYTES);
    const tag = await argon2id(password, { memory, passes, nonce });
    const salted = await derive(prepared(password), salt, iterations, TAG_BYTES, 'sha256');
    return writeSealed({ argon: { memory, passes, nonce, tag }, scram: scramKeys(salted, salt, iterations) });
  }

  async #check(password: string, sealed: string | undefined): Promise<VaultAnswer> {
    const argon = sealed === undefined ? { ...this.#cost, nonce: this.#key, tag: undefined } : readSealed(sealed).argon;
    const tag = await argon2id(password, argon);
    const good = argon.tag !== undefined && timingSafeEqual(tag, argon.tag);
    return { kind: 'judged', good, signature: '' };
  }

  /** RFC 5802 §5.1: server-first-message. */
  #challenge({ user, nonce, sealed }: Extract<VaultQuery, { kind: 'scram-begin' }>): string {
    const { salt, iterations } = this.#scramOf(sealed, user);
    return `r=${nonce}${randomBytes(NONCE_BYTES).toString('base64')},s=${salt.toString('base64')},i=${iterations}`;
  }

  #finish({ authMessage, proof, sealed }: Extract<VaultQuery, { kind: 'scram-finish' }>): VaultAnswer {
    const signature = judgeProof(this.#scramOf(sealed, ''), authMessage, Buffer.from(proof, 'base64'));
    const good = sealed !== undefined && signature !== undefined;
    return { kind: 'judged', good, signature: good ? signature.toString('base64') : '' };
  }

  /** The keys of an account, or, for who has none, keys that nothing fits and a salt that is always the same. */
  #scramOf(sealed: string | undefined, user: string): Opened['scram'] {
    if (sealed !== undefined) return readSealed(sealed).scram;
    return {
      salt: hmac(this.#key, `salt ${user}`).subarray(0, SALT_BYTES),
      iterations: this.#cost.iterations,
      storedKey: hmac(this.#key, 'no stored key'),
      serverKey: hmac(this.#key, 'no server key'),
    };
  }
}

const derive = promisify(pbkdf2);

function argon2id(
  password: string,
  { memory, passes, nonce }: { memory: number; passes: number; nonce: Buffer },
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  argon2(
    'argon2id',
    { message: password, nonce, parallelism: 1, tagLength: TAG_BYTES, memory, passes },
    (error, tag) => (error === null ? resolve(tag) : reject(error)),
  );
  return promise;
}

function makeCode(): string {
  const letters = Array.from(randomBytes(CODE_LENGTH), (byte) => CODE_LETTERS[byte % CODE_LETTERS.length] ?? '');
  return letters.join('').replace(/(.{4})(?=.)/g, '$1-');
}

function text(value: string): VaultAnswer {
  return { kind: 'text', text: value };
}
