/**
 * Accounts: who may prove to be whom. An account has a name, which is a nick and reserved for it; a password, or none;
 * and devices, each with a token or a certificate of its own (docs/ext/device.md).
 *
 * Private history belongs to an account's id, not to its name: an id is never used twice, so whoever registers a name
 * that was free again does not read what was said to somebody else.
 */
import type { Sealed } from '../ports.ts';
import { fold, type Folded } from '../wire/casemap.ts';

/** The position of the registration, in base 36, behind `@`, which no nick begins with. */
export type AccountId = string;

export interface Device {
  /** Unique within the account: the position of its entry, in base 36. */
  readonly id: string;
  /** What its owner calls it; may be empty. */
  readonly name: string;
  readonly by: 'token' | 'certificate';
  /** Of a token the digest, of a certificate the fingerprint. */
  readonly hash: string;
  readonly addedAt: number;
  readonly seenAt: number;
}

export interface Account {
  readonly id: AccountId;
  /** As it was registered. */
  readonly name: string;
  readonly folded: Folded;
  readonly registeredAt: number;
  /** Absent when only devices can log in. */
  readonly sealed?: Sealed;
  readonly devices: readonly Device[];
}

/** All accounts of this server, found by everything that names one. An account is a value; `put` replaces it. */
export class Accounts {
  private readonly byId = new Map<AccountId, Account>();
  private readonly byName = new Map<Folded, Account>();
  private readonly byHash = new Map<string, Account>();

  get size(): number {
    return this.byId.size;
  }

  get(id: AccountId): Account | undefined {
    return this.byId.get(id);
  }

  named(name: string): Account | undefined {
    return this.byName.get(fold(name));
  }

  /** By the hash of a device's token or certificate, and the device. */
  withDevice(hash: string): { account: Account; device: Device } | undefined {
    const account = this.byHash.get(hash);
    const device = account?.devices.find((one) => one.hash === hash);
    return account === undefined || device === undefined ? undefined : { account, device };
  }

  all(): Iterable<Account> {
    return this.byId.values();
  }

  remove(account: Account): void {
    this.byId.delete(account.id);
    this.byName.delete(account.folded);
    for (const { hash } of account.devices) this.byHash.delete(hash);
  }

  put(account: Account): void {
    for (const { hash } of this.byId.get(account.id)?.devices ?? []) this.byHash.delete(hash);
    this.byId.set(account.id, account);
    this.byName.set(account.folded, account);
    for (const { hash } of account.devices) this.byHash.set(hash, account);
  }
}

export function writeAccount({ folded: _, ...record }: Account): string {
  return JSON.stringify(record);
}

/** Reads what `writeAccount` wrote; it comes from our own store, so it is not checked again. */
export function readAccount(text: string): Account {
  const record = JSON.parse(text) as Omit<Account, 'folded'>;
  return { ...record, folded: fold(record.name) };
}

// ------------------------------------------------------------------------------------------------------ failures

/** How long a failed login counts. */
const FAILURE_MS = 10 * 60_000;
/** Names, and addresses, that are remembered; beyond it the oldest are forgotten. */
const COUNTED_MAX = 10_000;

/**
 * Counts what somebody did within a time: failed logins by name, registrations by address. The counts are this server's
 * own and need no order.
 */
export class Counter {
  private readonly counts = new Map<string, { since: number; count: number }>();
  private readonly windowMs: number;

  constructor(windowMs: number = FAILURE_MS) {
    this.windowMs = windowMs;
  }

  count(key: string, now: number): number {
    const found = this.counts.get(key);
    return found === undefined || now - found.since >= this.windowMs ? 0 : found.count;
  }

  add(key: string, now: number): void {
    const count = this.count(key, now);
    if (count > 0) {
      const found = this.counts.get(key);
      if (found !== undefined) found.count += 1;
      return;
    }
    this.counts.delete(key);
    this.counts.set(key, { since: now, count: 1 });
    if (this.counts.size <= COUNTED_MAX) return;
    for (const oldest of this.counts.keys()) {
      this.counts.delete(oldest);
      break;
    }
  }
}
