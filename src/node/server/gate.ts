/** Who may come in: how many in all, how many from one address, and how often one address may knock. */
import { isLoopback } from '../address.ts';
import { TokenBucket } from './flood.ts';

export interface GateLimits {
  readonly maxClients: number;
  /** 0: no limit. */
  readonly connectionsPerAddress: number;
  /** Connections per address and second; 0: no limit. */
  readonly connectRate: number;
  /**
   * Whether the two limits per address leave out this machine itself. They do unless the configuration names them:
   * behind a proxy on the same machine everybody seems to come from it.
   */
  readonly exemptLoopback: boolean;
}

export const FULL = 'Server is full; try again later';
export const TOO_MANY = 'Too many connections from your address';
export const TOO_OFTEN = 'Connecting too often; wait a moment';

/** Somebody who lost the network reconnects with several programs and a few tries each. */
const BURST_SECONDS = 4;

/** Addresses that are remembered for having knocked. When there are more, those that have been quiet are forgotten. */
const KNOCKERS_MAX = 20_000;

export class Gate {
  #limits: GateLimits;
  #inside = 0;
  readonly #perAddress = new Map<string, number>();
  readonly #knocks = new Map<string, TokenBucket>();

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  configure(limits: GateLimits): void {
    if (limits.connectRate !== this.#limits.connectRate) this.#knocks.clear();
    this.#limits = limits;
  }

  /** Counts a knock; a text refuses it. `now` is of a clock that does not jump. */
  knock(address: string, now: number): string | undefined {
    const { connectRate } = this.#limits;
    if (connectRate === 0 || this.#exempt(address)) return undefined;
    const key = network(address);
    let bucket = this.#knocks.get(key);
    if (bucket === undefined) {
      if (this.#knocks.size >= KNOCKERS_MAX) this.#forgetQuiet(now);
      bucket = new TokenBucket(Math.max(1, connectRate * BURST_SECONDS), connectRate, now);
      this.#knocks.set(key, bucket);
    }
    return bucket.take(1, now) ? undefined : TOO_OFTEN;
  }

  /** Lets a connection in, or says why not. Who came in must `leave`. */
  enter(address: string): string | undefined {
    const { maxClients, connectionsPerAddress } = this.#limits;
    if (this.#inside >= maxClients) return FULL;
    const key = network(address);
    const same = this.#perAddress.get(key) ?? 0;
    if (connectionsPerAddress !== 0 && same >= connectionsPerAddress && !this.#exempt(address)) return TOO_MANY;
    this.#inside += 1;
    this.#perAddress.set(key, same + 1);
    return undefined;
  }

  leave(address: string): void {
    const key = network(address);
    const same = this.#perAddress.get(key) ?? 0;
    this.#inside -= 1;
    if (same <= 1) this.#perAddress.delete(key);
    else this.#perAddress.set(key, same - 1);
  }

  #exempt(address: string): boolean {
    return this.#limits.exemptLoopback && isLoopback(address);
  }

  /** All of them, if none has been quiet: an attack from so many addresses is not stopped by counting each. */
  #forgetQuiet(now: number): void {
    for (const [key, bucket] of this.#knocks) if (bucket.isFull(now)) this.#knocks.delete(key);
    if (this.#knocks.size >= KNOCKERS_MAX) this.#knocks.clear();
  }
}

/** One household has a whole IPv6 network of 64 bits to choose addresses from, so that is what is counted. */
export function network(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    while (groups.length + rest.length < 8) groups.push('0');
    groups.push(...rest);
  }
  return groups.slice(0, 4).join(':');
}
