/**
 * The client: a person's end of a conversation, under every face. Synchronous and pure: it takes one event, brings the
 * view up to date and returns what must be done, in order. It has no clock, chance, socket or disk of its own.
 */
import type { Folded } from '../wire/casemap.ts';
import { unreachable } from '../base/assert.ts';
import { glanced, read } from './attention.ts';
import { sendReaction } from './deeds.ts';
import { Engine } from './engine.ts';
import type { Action, ClientEffect, ClientEvent, ClientSettings, Kept } from './events.ts';
import { isTime } from './keeper.ts';
import { heard } from './lines.ts';
import type { Room } from './room.ts';
import type { ClientView } from './view.ts';

/** Chance is handed in: a number in [0, 1). */
export type Chance = () => number;

/** One sign of typing in this time is enough (https://ircv3.net/specs/client-tags/typing). */
const TYPING_EVERY_MS = 3_000;

export class Client {
  private readonly engine: Engine;
  private toldUnkept = false;
  private typed: { room: Folded; state: string; at: number } | undefined;

  constructor(settings: ClientSettings, chance: Chance) {
    this.engine = new Engine(settings, chance);
  }

  /** One object for as long as the client lives; changed in place (see view.ts). */
  get view(): ClientView {
    return this.engine.view;
  }

  /** Takes one event; returns what must be done, in order. `view` is up to date afterwards. */
  handle(event: ClientEvent): ClientEffect[] {
    const { engine } = this;
    const { wakeAt } = this;
    const late = event.kind === 'woke' && wakeAt !== undefined ? event.at - wakeAt : 0;
    engine.tick(event.at);
    this.take(event, late);
    engine.outbox.flush();
    engine.keeper.settle();
    return engine.takeEffects();
  }

  /** When to send `woke`; undefined for never. */
  get wakeAt(): number | undefined {
    const { session, outbox, sync, keeper, rooms } = this.engine;
    let next = Infinity;
    const consider = (at: number | undefined): void => {
      if (at !== undefined && at < next) next = at;
    };
    consider(session.wakeAt);
    consider(outbox.wakeAt);
    consider(sync.wakeAt);
    consider(keeper.wakeAt);
    for (const room of rooms.list) {
      consider(room.glance?.due);
      if (room.typing.length > 0) consider(room.typingUntil);
    }
    return next === Infinity ? undefined : this.engine.toWall(next);
  }

  private take(event: ClientEvent, late: number): void {
    const { engine } = this;
    switch (event.kind) {
      case 'started':
        this.restore(event.kept);
        engine.session.dial();
        break;
      case 'opened':
        engine.session.opened();
        break;
      case 'lines':
        for (const line of event.lines) heard(engine, line);
        engine.session.showLink();
        break;
      case 'closed':
        engine.session.closed(event.reason);
        break;
      case 'kept':
        engine.keeper.safe = Math.max(engine.keeper.safe, event.n);
        this.toldUnkept = false;
        break;
      case 'unkept':
        this.unkept(event.n, event.why);
        break;
      case 'acted':
        this.act(event.action);
        break;
      case 'nudged':
        engine.session.nudged();
        break;
      case 'woke':
        engine.session.slept(late);
        engine.session.woke();
        engine.outbox.woke();
        engine.sync.woke();
        for (const room of engine.rooms.list) this.wakeRoom(room);
        break;
      default:
        unreachable(event);
    }
  }

  private unkept(n: number, why: string): void {
    const { engine } = this;
    engine.keeper.safe = Math.max(engine.keeper.safe, n);
    if (this.toldUnkept) return;
    this.toldUnkept = true;
    const text = `${why} What you write is sent, but would be lost if this program ended before.`;
    engine.tell(engine.rooms.byKey(engine.view.current), text, 'error');
  }

  private wakeRoom(room: Room): void {
    glanced(this.engine, room);
    if (room.typing.length > 0 && room.expireTyping(this.engine.at)) this.engine.touch(room);
  }

  // --------------------------------------------------------------------------------------------- Beginning

  private restore(kept: Kept): void {
    const { engine } = this;
    const outgoing: (readonly [string, string])[] = [];
    const seenAt = Number(kept.get('seen') ?? 0);
    engine.seenAt = isTime(seenAt) ? seenAt : 0;
    for (const [key, value] of kept) {
      if (key.startsWith('room:')) engine.rooms.restore(value);
      else if (key.startsWith('out:')) outgoing.push([key, value]);
    }
    for (const name of engine.settings.rooms) {
      const room = engine.facts.isRoom(name) ? engine.rooms.open(name) : undefined;
      if (room !== undefined) room.wanted = true;
    }
    outgoing.sort(([a], [b]) => (a < b ? -1 : 1));
    engine.outbox.restore(outgoing);
    const current = engine.rooms.byKey((kept.get('current') ?? '') as Folded);
    const first = engine.rooms.get(engine.settings.rooms[0] ?? '');
    engine.view.current = (current ?? first ?? engine.rooms.server).id;
  }

  // ---------------------------------------------------------------------------------------------- Actions

  private act(action: Action): void {
    const { engine } = this;
    switch (action.do) {
      case 'connect':
        return engine.session.connect();
      case 'set-nick':
        return engine.session.setNick(action.nick);
      case 'set-password':
        return engine.session.setPassword(action.password);
    }
    const room = engine.rooms.byKey(action.room);
    if (room === undefined) return;
    switch (action.do) {
      case 'enter':
        return engine.enter(room, action.text, action.replyTo);
      case 'open':
        return engine.show(room);
      case 'read':
        return read(engine, room);
      case 'older':
        return engine.sync.older(room);
      case 'fill-gap':
        return engine.sync.fillGap(room, action.key);
      case 'retry':
        return engine.outbox.retry(action.key);
      case 'discard':
        return engine.outbox.discard(action.key);
      case 'react': {
        const item = room.timeline.said(action.key);
        if (item !== undefined) sendReaction(engine, room, item, action.emoji);
        return;
      }
      case 'typing':
        return this.typing(room, action.state);
      default:
        unreachable(action);
    }
  }

  private typing(room: Room, state: 'active' | 'paused' | 'done'): void {
    const { engine, typed } = this;
    if (!engine.session.ready || !engine.caps.has('message-tags') || room.kind === 'server' || !room.joined) return;
    const same = typed?.room === room.id && typed.state === state;
    if (same && engine.at - typed.at < TYPING_EVERY_MS) return;
    this.typed = { room: room.id, state, at: engine.at };
    engine.sendTagged(new Map([['+typing', state]]), 'TAGMSG', room.target);
  }
}
