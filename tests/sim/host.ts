/**
 * A server shell without a world: it runs a hub the way src/node/server does, on a clock, a log and a disk that the
 * test moves by hand. Nothing happens by itself; every run with the same steps gives the same lines.
 */
import { assert } from '../../src/core/base/assert.ts';
import type { ConnId, HubEffect, HubEvent, HubSettings } from '../../src/core/hub/events.ts';
import { Hub } from '../../src/core/hub/hub.ts';
import { LIMITS } from '../../src/core/hub/settings.ts';
import {
  type Answer,
  type Batch,
  isVaultQuery,
  type Ordered,
  type Peer,
  type Proposal,
  type Restored,
  type VaultAnswer,
} from '../../src/core/ports.ts';
import type { Received } from '../../src/core/wire/line-reader.ts';
import { MemoryTables } from '../../src/node/log/memory-tables.ts';
import { TestVault } from './vault.ts';

export const SETTINGS: HubSettings = {
  serverName: 'parley.test',
  networkName: 'Test',
  version: 'parley-test',
  motd: [],
  operators: [{ name: 'root', password: 'sesame' }],
  limits: LIMITS,
  createdAt: Date.UTC(2026, 10, 20, 12),
};

/** What leaves in one turn, once what it stands on is stored. */
interface Held {
  effects: readonly HubEffect[];
  batch: Batch | undefined;
  durable: boolean;
}

export type LogMode = 'immediate' | 'late';

export class Host {
  now = SETTINGS.createdAt;
  hub: Hub;
  /** What is on disk. */
  readonly disk = new MemoryTables();
  readonly vault = new TestVault();
  readonly timelines = new Set<string>();
  private readonly stored: Batch[] = [];
  /** What queries see: all that was committed, whether it is on disk or not. */
  private view = new MemoryTables();
  /** Batches the hub ordered stored that are not on disk yet, oldest first, and the lines that wait for them. */
  readonly held: Held[] = [];
  /** Proposals that a late log has not ordered yet. */
  readonly proposals: Proposal[] = [];
  /** Queries that were not answered yet. */
  readonly queries: { readonly query: number; readonly answer: Answer | VaultAnswer }[] = [];
  /** All lines that left, by connection, in order. */
  readonly sent = new Map<ConnId, string[]>();
  /** What operators did. */
  readonly audit: string[] = [];
  readonly open = new Set<ConnId>();
  /** Every event the hub heard, for replay. */
  readonly events: HubEvent[] = [];
  onLine: (conn: ConnId, line: string) => void = () => {};
  onClosed: (conn: ConnId, reason: string) => void = () => {};
  readonly settings: HubSettings;
  private readonly mode: LogMode;
  private pos = 0;
  private lastConn = 0;

  constructor(mode: LogMode = 'immediate', settings: Partial<HubSettings> = {}) {
    this.mode = mode;
    this.settings = { ...SETTINGS, ...settings };
    this.hub = new Hub(this.settings, this.restored());
  }

  restored(): Restored {
    return { incarnation: 'test', pos: this.disk.pos, at: this.disk.at, records: [...this.disk.puts] };
  }

  /** kill -9: connections, memory and what was not on disk are gone. Starts again from the disk. */
  crash(): void {
    this.held.length = 0;
    this.proposals.length = 0;
    this.queries.length = 0;
    this.open.clear();
    this.pos = this.disk.pos;
    this.view = new MemoryTables();
    for (const batch of this.stored) this.view.add(batch);
    this.hub = new Hub(this.settings, this.restored());
  }

  connect(address = '192.0.2.1', secure = true, certificate = ''): ConnId {
    const conn = ++this.lastConn;
    this.open.add(conn);
    this.sent.set(conn, []);
    const peer: Peer = { address, kind: 'memory', secure, ...(certificate !== '' && { certificate }) };
    this.feed({ kind: 'opened', at: this.now, conn, peer, host: 'host' });
    return conn;
  }

  line(conn: ConnId, line: Received): void {
    if (this.open.has(conn)) this.feed({ kind: 'line', at: this.now, conn, line });
  }

  disconnect(conn: ConnId, reason = 'Connection reset'): void {
    if (!this.open.delete(conn)) return;
    this.feed({ kind: 'closed', at: this.now, conn, reason });
  }

  feed(event: HubEvent): void {
    this.events.push(event);
    this.perform(this.hub.handle(event));
  }

  /** The hub's own time: pings and timeouts. */
  wake(): void {
    if (this.hub.wakeAt !== undefined && this.hub.wakeAt <= this.now) this.feed({ kind: 'woke', at: this.now });
  }

  endTurn(): void {
    const event: HubEvent = { kind: 'turn-ended', at: this.now };
    this.events.push(event);
    const effects = this.hub.handle(event);
    const commit = effects.find((effect) => effect.kind === 'commit');
    const rest = effects.filter((effect) => effect.kind !== 'commit');
    if (commit !== undefined) this.committed(commit.batch, rest);
    else if (rest.length > 0) this.held.push({ effects: rest, batch: undefined, durable: true });
  }

  private committed(batch: Batch, effects: readonly HubEffect[]): void {
    this.view.add(batch);
    this.held.push({ effects, batch, durable: false });
  }

  /** The log orders the oldest `count` proposals. */
  order(count = this.proposals.length): void {
    for (const proposal of this.proposals.splice(0, count)) this.ordered(proposal);
  }

  /** The disk stores the oldest batch that waits. */
  store(): boolean {
    const next = this.held.find((held) => !held.durable);
    if (next === undefined) return false;
    if (next.batch !== undefined) {
      this.disk.add(next.batch);
      this.stored.push(next.batch);
      for (const { timeline } of next.batch.rows) this.timelines.add(timeline);
    }
    next.durable = true;
    return true;
  }

  /** Lines leave whose batch, and all batches before it, are stored. */
  release(): void {
    while (this.held[0]?.durable === true) {
      const { effects } = this.held.shift() as Held;
      for (const effect of effects) this.leave(effect);
    }
  }

  /** Brings the oldest answer. */
  answer(): boolean {
    const next = this.queries.shift();
    if (next === undefined) return false;
    this.feed({ kind: 'answered', at: this.now, query: next.query, answer: next.answer });
    return true;
  }

  /** Everything that can happen, happens: until nothing is left to order, store, answer or say. */
  settle(): void {
    do {
      this.order();
      this.endTurn();
      while (this.store());
      this.release();
    } while (this.answer() || this.proposals.length > 0);
    this.endTurn();
    while (this.store());
    this.release();
    if (this.proposals.length > 0) this.settle();
  }

  private perform(effects: readonly HubEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'propose') {
        if (this.mode === 'late') this.proposals.push(effect.proposal);
        else this.ordered(effect.proposal);
      } else if (effect.kind === 'commit') {
        this.committed(effect.batch, []);
      } else if (effect.kind === 'query') {
        // The answer is that of this moment, as a store's queue guarantees; it only comes later.
        const { query, ask } = effect;
        this.queries.push({ query, answer: isVaultQuery(ask) ? this.vault.answer(ask) : this.view.answer(ask) });
      } else if (effect.kind === 'audit' || effect.kind === 'reload') {
        this.audit.push(effect.kind === 'audit' ? effect.text : 'reload');
      } else {
        assert(effect.kind === 'pause' || effect.kind === 'resume', `${effect.kind} outside the end of a turn`);
        this.paused(effect.conn, effect.kind === 'pause');
      }
    }
  }

  private ordered({ n, entry }: Proposal): void {
    this.pos += 1;
    const ordered: Ordered = { n, entry, pos: this.pos, at: this.now };
    this.feed({ kind: 'ordered', ordered });
  }

  /** The hub asked to stop, or go on, reading from this connection. A test that feeds lines has to heed it. */
  protected paused(_conn: ConnId, _on: boolean): void {}

  protected leave(effect: HubEffect): void {
    if (effect.kind === 'send') {
      for (const conn of effect.to) {
        if (!this.open.has(conn)) continue;
        const lines = effect.text.split('\r\n');
        assert(lines.pop() === '', 'text does not end with a line ending');
        this.say(conn, lines);
      }
    } else if (effect.kind === 'close') {
      if (!this.open.has(effect.conn)) return;
      this.onClosed(effect.conn, effect.reason);
      this.disconnect(effect.conn, effect.reason);
    }
  }

  protected say(conn: ConnId, lines: string[]): void {
    for (const line of lines) {
      this.sent.get(conn)?.push(line);
      this.onLine(conn, line);
    }
  }
}
