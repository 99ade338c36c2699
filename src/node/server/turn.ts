/**
 * One queue, one turn. Everything that arrived in one iteration of the event loop is handled together: the hub takes
 * one event after the other, what it proposes is ordered, and at the end of the turn it says what there is to store
 * and what to send.
 *
 * Stored before sent: what a turn says leaves when its batch is durable and everything said before has left. Turns
 * are pipelined: the next is handled while the disk works on the one before. A turn that stores nothing waits only
 * for those before it.
 *
 * ```
 *   events → [turn 7] → commit 7 ─┐           turn 7 leaves when 7 is durable,
 *   events → [turn 8] (no commit) ├ departing turn 8 with it,
 *   events → [turn 9] → commit 9 ─┘           turn 9 when 9 is durable too
 * ```
 */
import { unreachable } from '../../core/base/assert.ts';
import type { Hub } from '../../core/hub/hub.ts';
import type { ConnId, HubEffect, HubEvent } from '../../core/hub/events.ts';
import { type Answer, isVaultQuery, type Log, type Records, type Vault, type VaultAnswer } from '../../core/ports.ts';

/** What leaves: the part of the effects that others can see. */
export type Said = Extract<HubEffect, { kind: 'send' | 'close' }>;

export interface TurnOptions {
  readonly hub: Pick<Hub, 'handle'>;
  readonly log: Log;
  readonly records: Pick<Records, 'commit' | 'ask'>;
  /** Without one nobody can log in. */
  readonly vault?: Vault | undefined;
  readonly now: () => number;
  /** Performs what has become safe to say, in order. */
  readonly perform: (said: Said) => void;
  /** Stops or goes on reading from a connection, at once. */
  readonly setReading: (conn: ConnId, reading: boolean) => void;
  /** Hears what operators did. */
  readonly onAudit?: (text: string) => void;
  /** An operator wants the configuration read again. */
  readonly onReload?: () => void;
  /** After every turn. */
  readonly onTurn: () => void;
  /** Enough of what waited has left; see `stalled`. */
  readonly onUnstalled: () => void;
  /** Hears every event that the hub takes, in order. */
  readonly record?: (event: HubEvent) => void;
}

/**
 * What may wait for the disk. A disk that stands still for some seconds is normal (a sleeping laptop drive, a busy
 * virtual machine); beyond this we stop reading and let the network hold people back.
 */
const HELD_CHARS_MAX = 32 * 1024 * 1024;
const HELD_TURNS_MAX = 20_000;

/** What one turn says. */
interface Departing {
  readonly said: Said[];
  readonly after: (() => void)[];
  chars: number;
  /** Batches that are not durable yet. */
  pending: number;
}

export class Turns {
  readonly #options: TurnOptions;
  #events: HubEvent[] = [];
  #after: (() => void)[] = [];
  #scheduled = false;
  /** The turn being handled. */
  #current: Departing | undefined;
  /** What was said and has not left, oldest first. */
  readonly #departing: Departing[] = [];
  #heldChars = 0;
  #stalled = false;
  #closed = false;

  constructor(options: TurnOptions) {
    this.#options = options;
    options.log.onOrdered = (ordered) => {
      // A log that orders at once calls back inside `propose`; the hub hears it before the next line.
      if (this.#current !== undefined) this.#handle({ kind: 'ordered', ordered }, this.#current);
      else this.push({ kind: 'ordered', ordered });
    };
  }

  /** True while too much waits for the disk. */
  get stalled(): boolean {
    return this.#stalled;
  }

  /** True while something that was said waits for the disk. */
  get holding(): boolean {
    return this.#departing.length > 0;
  }

  /** Puts an event into the coming turn. */
  push(event: HubEvent): void {
    this.#events.push(event);
    this.#schedule();
  }

  /** Calls back when what the coming turn says has left. */
  whenLeft(then: () => void): void {
    this.#after.push(then);
    this.#schedule();
  }

  /** No turn is handled any more; what was said and is not durable leaves no more either. */
  close(): void {
    this.#closed = true;
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    // After the poll phase, in which every socket that has something delivers it.
    setImmediate(() => this.#run());
  }

  #run(): void {
    if (this.#closed) return;
    const events = this.#events;
    const turn: Departing = { said: [], after: this.#after, chars: 0, pending: 0 };
    this.#events = [];
    this.#after = [];
    this.#scheduled = false;
    this.#current = turn;
    for (const event of events) this.#handle(event, turn);
    this.#handle({ kind: 'turn-ended', at: this.#options.now() }, turn);
    this.#current = undefined;
    this.#departing.push(turn);
    this.#heldChars += turn.chars;
    this.#leave();
    this.#options.onTurn();
  }

  #handle(event: HubEvent, turn: Departing): void {
    this.#options.record?.(event);
    for (const effect of this.#options.hub.handle(event)) this.#perform(effect, turn);
  }

  #perform(effect: HubEffect, turn: Departing): void {
    const { log, records, setReading } = this.#options;
    switch (effect.kind) {
      case 'send':
        turn.chars += effect.text.length;
        turn.said.push(effect);
        break;
      case 'close':
        turn.said.push(effect);
        break;
      case 'propose':
        log.propose(effect.proposal);
        break;
      case 'commit':
        turn.pending += 1;
        records.commit(effect.batch, () => {
          turn.pending -= 1;
          this.#leave();
        });
        break;
      case 'query':
        this.#ask(effect);
        break;
      case 'audit':
        this.#options.onAudit?.(effect.text);
        break;
      case 'reload':
        this.#options.onReload?.();
        break;
      case 'pause':
        setReading(effect.conn, false);
        break;
      case 'resume':
        setReading(effect.conn, true);
        break;
      default:
        unreachable(effect);
    }
  }

  #ask({ query, ask }: Extract<HubEffect, { kind: 'query' }>): void {
    const { records, vault, now } = this.#options;
    const answered = (answer: Answer | VaultAnswer) => this.push({ kind: 'answered', at: now(), query, answer });
    if (!isVaultQuery(ask)) records.ask(ask, answered);
    else if (vault !== undefined) vault.ask(ask, answered);
    else answered({ kind: 'failed', why: 'this server has no vault' });
  }

  /** Lets go of what is durable, oldest first. */
  #leave(): void {
    for (let turn = this.#departing[0]; turn?.pending === 0; turn = this.#departing[0]) {
      this.#departing.shift();
      this.#heldChars -= turn.chars;
      for (const said of turn.said) this.#options.perform(said);
      for (const then of turn.after) then();
    }
    const held = this.#departing.length;
    if (!this.#stalled) {
      this.#stalled = held > HELD_TURNS_MAX || this.#heldChars > HELD_CHARS_MAX;
    } else if (held * 2 < HELD_TURNS_MAX && this.#heldChars * 2 < HELD_CHARS_MAX) {
      this.#stalled = false;
      this.#options.onUnstalled();
    }
  }
}
