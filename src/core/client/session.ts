/**
 * The connection and who we are on it: dial, register, stay, and come back.
 *
 *     resting -> dialing -> registering -> online -> resting (waits, dials again)
 *                                 \-> refused (waits for the person)
 *
 * After `hangup` the old link is nobody's: what still comes from it does not reach the engine (see the shell).
 */
import { backoffMs } from './backoff.ts';
import { Capabilities } from './capabilities.ts';
import { cleanPlain } from './clean.ts';
import type { Engine } from './engine.ts';
import { Liveness } from './liveness.ts';
import { ServerFacts } from './server-facts.ts';

/** A dial that neither opens nor fails, a server that does not welcome: then another try is better than waiting. */
const OPEN_MS = 20_000;
const REGISTER_MS = 30_000;
/** A connection that lasted this long was a good one: the next break begins with short waits again. */
const STEADY_MS = 10_000;
/** Names with one more `_` each that are tried before the person is asked. */
const OTHER_NICKS_MAX = 3;
/** How often, and how many times, the wanted nick is asked for again after a ghost of ours held it. */
const RECLAIM_MS = 20_000;
const RECLAIM_MAX = 15;
/** A timer that comes this late means that the machine slept. */
const SLEPT_MS = 20_000;
/** Characters of room names in one JOIN. */
const JOIN_LENGTH_MAX = 400;

type Phase = 'resting' | 'dialing' | 'registering' | 'online' | 'refused';

export class Session {
  private readonly engine: Engine;
  private readonly capabilities: Capabilities;
  readonly liveness = new Liveness();
  private phase: Phase = 'resting';
  private attempt = 0;
  private phaseSince = 0;
  private dialAt: number | undefined;
  /** The nick the person wants; what we are called may differ. */
  private wanted: string;
  private otherNicks = 0;
  private reclaims = 0;
  private reclaimAt: number | undefined;
  private readied = false;
  /** What ERROR said, or what refused us: better than what the transport can tell. */
  private lastWord = '';

  constructor(engine: Engine) {
    this.engine = engine;
    this.capabilities = new Capabilities(engine);
    this.wanted = engine.settings.nick;
  }

  /** The burst of registration is over: commands and messages may be sent. */
  get ready(): boolean {
    return this.phase === 'online' && this.readied;
  }

  get registering(): boolean {
    return this.phase === 'registering';
  }

  get wakeAt(): number | undefined {
    switch (this.phase) {
      case 'resting':
        return this.dialAt;
      case 'dialing':
        return this.phaseSince + OPEN_MS;
      case 'registering':
        return this.phaseSince + REGISTER_MS;
      case 'online':
        return Math.min(this.liveness.wakeAt(this.engine.at, this.engine.outbox.busy), this.reclaimAt ?? Infinity);
      default:
        return undefined;
    }
  }

  // ---------------------------------------------------------------------------------------------- The link

  dial(): void {
    if (this.phase !== 'resting' && this.phase !== 'refused') return;
    this.attempt++;
    this.enter('dialing');
    this.engine.view.link = { state: 'connecting', attempt: this.attempt };
    this.engine.effects.push({ kind: 'dial' });
  }

  opened(): void {
    if (this.phase !== 'dialing') return;
    this.enter('registering');
    this.lastWord = '';
    this.otherNicks = 0;
    this.readied = false;
    this.engine.facts = new ServerFacts();
    this.engine.asked.clear();
    this.engine.view.link = { state: 'registering' };
    this.engine.setNick(this.wanted);
    this.liveness.opened(this.engine.at);
    this.capabilities.opened();
    if (this.engine.settings.password !== undefined) this.engine.send('PASS', this.engine.settings.password);
    this.engine.send('NICK', this.wanted);
    this.engine.send('USER', userName(this.wanted), '0', '*', this.engine.settings.realname || this.wanted);
  }

  closed(reason: string): void {
    if (this.phase === 'resting' || this.phase === 'refused') return;
    this.over(this.lastWord || cleanPlain(reason) || 'The connection was lost.');
  }

  /** The network came back, or the person asks: no waiting. */
  nudged(): void {
    if (this.phase === 'resting' && this.dialAt !== undefined) {
      this.attempt = 0;
      this.dial();
    } else if (this.phase === 'online') this.ping(this.liveness.probe(this.engine.at));
  }

  connect(): void {
    if (this.phase !== 'resting' && this.phase !== 'refused') return;
    this.attempt = 0;
    this.dial();
  }

  /** The person wants to be offline until they say otherwise. */
  disconnect(reason: string): void {
    this.leave(reason);
    this.enter('refused');
    this.engine.view.link = { state: 'refused', reason: 'Disconnected. /connect connects again.', fix: 'none' };
  }

  /** Says goodbye and ends the link, if there is one. */
  leave(reason: string): void {
    if (this.phase === 'registering' || this.phase === 'online') {
      this.engine.send('QUIT', reason);
      this.hangup(reason);
    } else if (this.phase === 'dialing') this.hangup(reason);
  }

  private hangup(reason: string): void {
    this.engine.flushLines();
    this.engine.effects.push({ kind: 'hangup', reason });
    this.lost();
    this.enter('resting');
    this.dialAt = undefined;
  }

  /** The link is gone; the next try is planned. */
  private over(reason: string): void {
    const steady = this.phase === 'online' && this.engine.at - this.phaseSince >= STEADY_MS;
    this.engine.dropLines();
    this.lost();
    this.enter('resting');
    if (steady) this.attempt = 0;
    this.dialAt = this.engine.at + backoffMs(Math.max(1, this.attempt), this.engine.chance);
    this.engine.view.link = { state: 'offline', retryAt: this.engine.toWall(this.dialAt), reason };
  }

  /** What was true of the connection is not any more. */
  private lost(): void {
    const { engine } = this;
    if (this.ready && engine.sync.complete) engine.seenAt = engine.serverNow;
    this.readied = false;
    this.reclaimAt = undefined;
    engine.batches.clear();
    engine.sync.closed();
    engine.outbox.closed();
    for (const room of engine.rooms.list) {
      const typed = room.typing.length > 0;
      for (const nick of room.typing) room.stopTyping(engine.facts.fold(nick));
      if (!room.joined && !room.joining && !typed) continue;
      room.joined = false;
      room.joining = false;
      room.naming = undefined;
      engine.touch(room);
    }
    engine.keeper.settle(true);
  }

  private enter(phase: Phase): void {
    this.phase = phase;
    this.phaseSince = this.engine.at;
    this.dialAt = undefined;
    this.engine.view.version++;
  }

  // ------------------------------------------------------------------------------------------ Registration

  cap(params: readonly string[]): void {
    this.capabilities.handle(params);
  }

  /** RPL_WELCOME: we are in, under this name. */
  welcomed(nick: string): void {
    if (this.phase !== 'registering') return;
    this.enter('online');
    this.engine.setNick(nick);
    this.showLink();
    this.planReclaim();
    this.ping(this.liveness.ask(this.engine.at, true, true));
  }

  /** The end of the welcome: its last numeric, or the answer to a PING sent behind it. */
  burstEnded(): void {
    if (this.phase !== 'online' || this.readied) return;
    this.readied = true;
    this.joinWanted();
    for (const room of this.engine.rooms.list) {
      if (room.kind === 'room' && !room.wanted)
        this.engine.outbox.refuseRoom(room, `You are not in ${room.name} any more.`);
    }
    this.engine.sync.opened();
    for (const room of this.engine.rooms.list) {
      if (room.kind !== 'direct' || room.joined) continue;
      room.joined = true;
      this.engine.touch(room);
    }
  }

  private joinWanted(): void {
    let names: string[] = [];
    let length = 0;
    for (const room of this.engine.rooms.list) {
      if (!room.wanted || room.kind !== 'room') continue;
      room.joining = true;
      if (room.key !== '') {
        this.engine.send('JOIN', room.target, room.key);
        continue;
      }
      if (length + room.target.length > JOIN_LENGTH_MAX) {
        this.engine.send('JOIN', names.join(','));
        names = [];
        length = 0;
      }
      names.push(room.target);
      // Three bytes is the most that one UTF-16 unit takes.
      length += room.target.length * 3 + 1;
    }
    if (names.length > 0) this.engine.send('JOIN', names.join(','));
  }

  /** Our name is taken or not allowed. True when that was dealt with here. */
  nickRefused(inUse: boolean): boolean {
    if (this.phase !== 'registering') {
      // Asked for again by ourselves, it is no news; asked for by the person, it was not to be.
      if (this.reclaimAt === undefined) this.wanted = this.engine.nick;
      return this.reclaimAt !== undefined;
    }
    if (inUse && this.otherNicks < OTHER_NICKS_MAX) {
      this.otherNicks++;
      this.engine.setNick(`${this.wanted}${'_'.repeat(this.otherNicks)}`);
      this.engine.send('NICK', this.engine.nick);
      return true;
    }
    const tried = inUse ? `The name ${this.wanted} is in use.` : `The server does not allow the name ${this.wanted}.`;
    this.refused(`${tried} Choose another one.`, 'nick');
    return true;
  }

  /** The server does not want us until something changes. */
  refused(reason: string, fix: 'password' | 'nick' | 'none'): void {
    if (this.phase !== 'registering' && this.phase !== 'online') return;
    this.hangup(reason);
    this.enter('refused');
    this.engine.view.link = { state: 'refused', reason, fix };
  }

  /** ERROR: the link ends now, and this is why. */
  error(reason: string): void {
    this.lastWord = reason;
    if (/\b(banned|[kgz]-?lined?|not (?:welcome|allowed)|unauthori[sz]ed)\b/i.test(reason)) {
      this.refused(`The server does not let you in: ${reason}`, 'none');
    }
  }

  // ------------------------------------------------------------------------------------------------- Nick

  setNick(nick: string): void {
    this.wanted = nick;
    this.reclaimAt = undefined;
    this.engine.settings.nick = nick;
    if (this.phase === 'online') this.engine.send('NICK', nick);
    else {
      this.engine.setNick(nick);
      if (this.phase === 'refused') this.connect();
    }
  }

  setPassword(password: string): void {
    this.engine.settings.password = password;
    if (this.phase === 'refused') this.connect();
  }

  /** Our name changed, by our wish or the server's. */
  renamed(nick: string): void {
    this.engine.setNick(nick);
    if (this.reclaimAt === undefined) this.wanted = nick;
    this.planReclaim();
  }

  /** After a break the server may still hold our old connection, and with it our name, for a while. */
  private planReclaim(): void {
    if (this.engine.isMe(this.wanted)) this.reclaims = 0;
    const again = !this.engine.isMe(this.wanted) && this.reclaims < RECLAIM_MAX;
    this.reclaimAt = again ? this.engine.at + RECLAIM_MS : undefined;
  }

  // ------------------------------------------------------------------------------------------------- Time

  woke(): void {
    const { engine } = this;
    switch (this.phase) {
      case 'resting':
        if (this.dialAt !== undefined && engine.at >= this.dialAt) this.dial();
        break;
      case 'dialing':
        if (engine.at - this.phaseSince >= OPEN_MS) this.giveUp('The server does not answer.');
        break;
      case 'registering':
        if (engine.at - this.phaseSince >= REGISTER_MS) this.giveUp('The server did not finish the welcome.');
        break;
      case 'online':
        this.checkOnline();
        break;
      case 'refused':
        break;
    }
  }

  /** `late` tells by how much the timer was late: a machine that slept finds its link dead without having noticed. */
  slept(late: number): void {
    if (late >= SLEPT_MS) this.nudged();
  }

  private checkOnline(): void {
    const { engine } = this;
    if (this.liveness.isDead(engine.at)) {
      this.giveUp('The server stopped answering.');
      return;
    }
    this.ping(this.liveness.ask(engine.at, engine.outbox.busy));
    if (this.reclaimAt !== undefined && engine.at >= this.reclaimAt) {
      this.reclaims++;
      engine.send('NICK', this.wanted);
      this.planReclaim();
    }
    this.showLink();
  }

  private giveUp(reason: string): void {
    this.engine.dropLines();
    this.engine.effects.push({ kind: 'hangup', reason });
    this.over(reason);
  }

  /** Something was sent whose fate we want to know: ask right behind it, so that the answer tells. */
  pingNow(): void {
    if (this.phase === 'online') this.ping(this.liveness.ask(this.engine.at, true, true));
  }

  private ping(token: string | undefined): void {
    if (token !== undefined) this.engine.send('PING', token);
  }

  heard(): void {
    this.liveness.heard(this.engine.at);
  }

  ponged(token: string): void {
    const n = this.liveness.answered(token, this.engine.at);
    if (n === undefined) return;
    this.burstEnded();
    this.engine.outbox.passed(n);
    this.showLink();
  }

  showLink(): void {
    if (this.phase !== 'online') return;
    const { link } = this.engine.view;
    const lagMs = this.liveness.lagMs;
    const silentMs = this.liveness.silentMs(this.engine.at);
    if (link.state === 'online' && link.lagMs === lagMs && link.silentMs === silentMs) return;
    this.engine.view.link = { state: 'online', lagMs, silentMs };
    this.engine.view.version++;
  }
}

/** What goes into USER: letters and digits of the nick. */
function userName(nick: string): string {
  return (
    nick
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 10)
      .toLowerCase() || 'parley'
  );
}
