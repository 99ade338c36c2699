/**
 * A story: people talk over a network that breaks, with a log that orders when it likes, a disk that is slow and
 * fails, a clock that jumps, and a server that is killed. One seed is one story; the same seed tells it again.
 */
import assert from 'node:assert/strict';
import { Random } from '../../src/core/base/random.ts';
import { LIMITS } from '../../src/core/hub/settings.ts';
import type { Row } from '../../src/core/ports.ts';
import { writeMsgid } from '../../src/core/hub/timeline.ts';
import { formatServerTime } from '../../src/core/wire/server-time.ts';
import { Actor, ROOMS } from './actor.ts';
import { Host, type LogMode } from './host.ts';

/** Faults planted to see that somebody notices. */
export type Fault =
  | 'none'
  | 'acknowledge before storing'
  | 'lose a stored batch'
  | 'say a line twice'
  | 'swap two lines'
  | 'tell somebody outside'
  | 'skip a line'
  | 'forget send ids'
  | 'answer out of order'
  | 'ignore pause';

const PEOPLE = 5;
/** Lines a peer's kernel may deliver at once, before a pause takes hold. */
const CHUNK_LINES = 40;

export function tell(seed: number, mode: LogMode, steps: number, fault: Fault = 'none'): Host {
  const random = new Random(seed);
  const host = new FaultyHost(mode, fault, random);
  const actors = Array.from({ length: PEOPLE }, (_, i) => new Actor(`p${i}`, random));
  const conns = new Map<number, Actor>();
  const paused = new Set<number>();
  const connOf = (actor: Actor): number | undefined => [...conns].find(([, one]) => one === actor)?.[0];

  for (const actor of actors) {
    actor.onAcknowledged = ({ msgid, text }) => {
      const stored = rowsOf(host).some((row) => idOf(row) === msgid);
      assert.ok(stored, `${text} was acknowledged but is not stored`);
    };
  }
  host.onLine = (conn, line) => conns.get(conn)?.hear(line);
  host.onClosed = (conn) => {
    conns.get(conn)?.disconnected();
    conns.delete(conn);
  };
  host.onPause = (conn, on) => {
    if (on && fault !== 'ignore pause') paused.add(conn);
    else paused.delete(conn);
  };

  const vanish = (actor: Actor): void => {
    const conn = connOf(actor);
    if (conn === undefined) return;
    conns.delete(conn);
    actor.disconnected();
    host.disconnect(conn);
  };
  const deliver = (actor: Actor): void => {
    const conn = connOf(actor);
    if (conn === undefined || paused.has(conn)) return;
    const lines = actor.outgoing.splice(0, 1 + random.below(CHUNK_LINES));
    for (const line of lines) host.line(conn, line);
    const { waitingMost } = host.hub.counts;
    assert.ok(waitingMost <= LIMITS.waitingLines + CHUNK_LINES, `${waitingMost} lines wait inside the hub`);
  };

  for (let step = 0; step < steps; step++) {
    const actor = random.pick(actors) ?? assert.fail();
    switch (random.below(20)) {
      case 0:
        if (random.chance(0.15)) vanish(actor);
        break;
      case 1:
        if (random.chance(0.04)) {
          host.crash();
          for (const one of actors) one.disconnected();
          conns.clear();
          paused.clear();
          checkStored(host, actors);
        }
        break;
      case 2:
        host.now += random.pick([1, 5, 50, 2_000, -3_000] as const);
        break;
      case 3:
        host.failing = random.chance(0.2);
        break;
      case 4:
      case 5:
        host.order(1 + random.below(4));
        break;
      case 6:
      case 7:
        host.endTurn();
        break;
      case 8:
      case 9:
        host.tryStore();
        break;
      case 10:
      case 11:
        host.release();
        break;
      case 12:
        if (!host.failing) host.answer();
        break;
      case 13:
      case 14:
        deliver(actor);
        break;
      default:
        if (!actor.connected) {
          actor.connect();
          conns.set(host.connect(), actor);
        } else if (random.chance(0.05)) {
          for (let i = 0; i < 150; i++) actor.act(); // somebody types faster than anybody reads
        } else {
          actor.act();
        }
    }
  }

  host.failing = false;
  host.tryStore();
  for (let round = 0; round < 50; round++) {
    for (const actor of actors)
      while (actor.outgoing.length > 0 && connOf(actor) !== undefined && !paused.has(connOf(actor) ?? 0))
        deliver(actor);
    host.settle();
  }
  for (const actor of actors) if (actor.connected) actor.finished();
  checkStored(host, actors);
  checkOrder(host, actors);
  return host;
}

/** A host whose disk fails when told to, and that can be made to break the promises. */
class FaultyHost extends Host {
  failing = false;
  private troubled = false;
  onPause: (conn: number, on: boolean) => void = () => {};
  private readonly fault: Fault;
  private readonly random: Random;

  constructor(mode: LogMode, fault: Fault, random: Random) {
    super(mode);
    this.fault = fault;
    this.random = random;
  }

  tryStore(): void {
    if (this.failing !== this.troubled) {
      this.troubled = this.failing;
      this.feed({ kind: 'trouble', at: this.now, why: this.failing ? 'the disk is full' : undefined });
    }
    if (!this.failing) this.store();
  }

  override crash(): void {
    super.crash();
    this.troubled = false;
  }

  protected override paused(conn: number, on: boolean): void {
    this.onPause(conn, on);
  }

  override store(): boolean {
    const next = this.held.find((held) => !held.durable);
    if (this.fault === 'lose a stored batch' && next?.batch !== undefined && this.random.chance(0.1)) {
      next.batch = { ...next.batch, rows: [] };
    }
    if (this.fault === 'forget send ids' && next?.batch !== undefined) {
      next.batch = { ...next.batch, rows: next.batch.rows.map(({ sendId: _, ...row }) => row) };
    }
    return super.store();
  }

  override release(): void {
    if (this.fault === 'acknowledge before storing') {
      for (const held of this.held) {
        if (held.durable) continue;
        for (const effect of held.effects) this.leave(effect);
        held.effects = [];
      }
    }
    super.release();
  }

  protected override say(conn: number, lines: string[]): void {
    const talk = lines.findIndex((line) => line.includes(' PRIVMSG #'));
    if (talk !== -1 && this.random.chance(0.05)) {
      const line = lines[talk] ?? '';
      if (this.fault === 'say a line twice') lines.splice(talk, 0, line);
      if (this.fault === 'skip a line') lines.splice(talk, 1);
      if (this.fault === 'swap two lines' && lines.length > talk + 1) lines.push(...lines.splice(talk, 1));
      if (this.fault === 'tell somebody outside')
        for (const other of this.open) if (other !== conn) this.onLine(other, line.replace('#a', '#b'));
    }
    if (this.fault === 'answer out of order')
      lines.sort((a, b) => Number(b.includes(' PONG ')) - Number(a.includes(' PONG ')));
    super.say(conn, lines);
  }
}

function rowsOf(host: Host): readonly Row[] {
  return ROOMS.flatMap((room) => pageOf(host, room)).concat(conversationsOf(host));
}

function pageOf(host: Host, timeline: string): readonly Row[] {
  const answer = host.disk.answer({
    kind: 'page',
    timeline,
    after: -1,
    before: Number.MAX_SAFE_INTEGER,
    limit: 1_000_000,
    newest: false,
    events: false,
  });
  assert.equal(answer.kind, 'rows');
  return answer.kind === 'rows' ? answer.rows : [];
}

function conversationsOf(host: Host): readonly Row[] {
  return [...host.timelines]
    .filter((timeline) => timeline.startsWith('='))
    .flatMap((timeline) => pageOf(host, timeline));
}

function idOf(row: Row): string {
  return writeMsgid(row.at, row.pos, 'test');
}

function textOf(row: Row): string {
  return row.body.slice(row.body.indexOf(' :') + 2);
}

/** What was acknowledged is on disk, once; and nothing is on disk twice. */
function checkStored(host: Host, actors: readonly Actor[]): void {
  const stored = new Map<string, Row>();
  for (const row of rowsOf(host)) {
    if (!row.body.includes(' PRIVMSG ')) continue;
    const text = textOf(row);
    assert.ok(!stored.has(text), `${text} is stored twice`);
    stored.set(text, row);
  }
  for (const actor of actors) {
    for (const { text, msgid } of actor.acknowledged) {
      const row = stored.get(text);
      assert.ok(row !== undefined, `${text} was acknowledged and is not in history`);
      assert.equal(idOf(row), msgid, `${text} has another id in history`);
    }
  }
}

/** Who was in the room heard everything, in the order and at the times that history tells. */
function checkOrder(host: Host, actors: readonly Actor[]): void {
  for (const room of ROOMS) {
    const rows = pageOf(host, room).filter((row) => row.body.includes(' PRIVMSG '));
    const order = rows.map(idOf);
    for (const actor of actors) {
      const stay = actor.stays.get(room);
      if (!actor.connected || stay === undefined) continue;
      const due = rows.filter(
        (row) => formatServerTime(row.at) > stay.since && (actor.echoes || !row.body.startsWith(`:${actor.name}`)),
      );
      assert.deepEqual(
        stay.heard.filter((id) => order.includes(id)),
        due.map(idOf),
        `${actor.name} heard something else in ${room} than history tells`,
      );
    }
  }
}
