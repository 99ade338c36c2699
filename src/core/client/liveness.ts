/** Ask this often; more often while somebody waits for an answer. */
const PING_MS = 15_000;
const PING_MS_BUSY = 5_000;
/** An answer this late is shown to the person, counting. */
const SILENT_MS = 5_000;
/** And this late, the link is given up: a browser that went offline never says that its socket is dead. */
const DEAD_MS = 20_000;
/** After the machine slept or the network changed, the link is most likely dead: a short patience finds out. */
const DEAD_MS_PROBE = 5_000;
const ROUND_TRIPS = 5;

/**
 * Is the other end there, and how far away? Every PING carries a number of its own. Only one is under way at a time;
 * any line is a sign of life, but only the answer is a measurement.
 */
export class Liveness {
  private n = 0;
  private sentAt = 0;
  private waiting = false;
  private heardAt = 0;
  private nextAt = 0;
  private patience = DEAD_MS;
  private readonly trips: number[] = [];

  /** The number of the newest PING. */
  get newest(): number {
    return this.n;
  }

  /** True while a PING has no answer. */
  get asking(): boolean {
    return this.waiting;
  }

  opened(at: number): void {
    this.waiting = false;
    this.heardAt = at;
    this.nextAt = at;
    this.trips.length = 0;
  }

  heard(at: number): void {
    this.heardAt = at;
  }

  /** The PING to be sent now; undefined when it is not yet time. `now` asks at once. */
  ask(at: number, busy: boolean, now = false): string | undefined {
    if (this.waiting || (!now && at < this.dueAt(busy))) return undefined;
    this.waiting = true;
    this.sentAt = at;
    this.nextAt = at + PING_MS;
    this.patience = DEAD_MS;
    return `parley-${++this.n}`;
  }

  /** Asks for an answer within a short time. */
  probe(at: number): string | undefined {
    const token = this.ask(at, true, true);
    this.patience = DEAD_MS_PROBE;
    if (token === undefined) this.sentAt = Math.max(this.sentAt, at);
    return token;
  }

  /** The number of the PING this answers, or undefined when it answers none. */
  answered(token: string, at: number): number | undefined {
    const n = /^parley-(\d{1,15})$/.exec(token)?.[1];
    if (n === undefined || Number(n) > this.n) return undefined;
    if (Number(n) === this.n && this.waiting) {
      this.waiting = false;
      this.trips.push(Math.max(0, at - this.sentAt));
      if (this.trips.length > ROUND_TRIPS) this.trips.shift();
    }
    return Number(n);
  }

  /** The median of the last round trips. */
  get lagMs(): number | undefined {
    const sorted = this.trips.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** How long an answer has been overdue; 0 while all is well. */
  silentMs(at: number): number {
    if (!this.waiting) return 0;
    const silent = at - Math.max(this.sentAt, this.heardAt);
    return silent >= SILENT_MS ? silent : 0;
  }

  isDead(at: number): boolean {
    return this.waiting && at - Math.max(this.sentAt, this.heardAt) >= this.patience;
  }

  wakeAt(at: number, busy: boolean): number {
    if (!this.waiting) return this.dueAt(busy);
    const from = Math.max(this.sentAt, this.heardAt);
    const dead = from + this.patience;
    // Once overdue, the number that is shown counts the seconds.
    const silent = at < from + SILENT_MS ? from + SILENT_MS : at + 1_000 - ((at - from) % 1_000);
    return Math.min(dead, silent);
  }

  private dueAt(busy: boolean): number {
    return busy ? Math.min(this.nextAt, this.sentAt + PING_MS_BUSY) : this.nextAt;
  }
}
