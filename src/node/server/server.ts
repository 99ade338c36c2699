/**
 * The shell around the hub: turns links, the clock and the store into its events, and performs its effects. It knows
 * no concrete transport, log or store.
 */
import { Hub } from '../../core/hub/hub.ts';
import type { ConnId, HubEvent, HubSettings } from '../../core/hub/events.ts';
import type { Link, Log, Outgoing, Records, Vault } from '../../core/ports.ts';
import { cloak } from './cloak.ts';
import { Gate, type GateLimits } from './gate.ts';
import { afterWebirc, type Gateway, gatewaysAt } from './gateway.ts';
import { Peer, type PeerHost } from './peer.ts';
import { Turns, type Said } from './turn.ts';

/** For a stop: storing what is pending and telling everybody takes no longer, whatever the disk and the network do. */
const STOP_MS_MAX = 4_500;

/** How soon to look again whether the disk has caught up. */
const HOLDING_MS = 1_000;

export interface ServerSettings {
  readonly hub: HubSettings;
  readonly gate: GateLimits;
  readonly floodControl: boolean;
  /** Who may say whom they bring (WEBIRC). */
  readonly gateways?: readonly Gateway[];
}

export interface ServerOptions {
  readonly settings: ServerSettings;
  readonly log: Log;
  readonly records: Records;
  /** Without one nobody can register or log in. */
  readonly vault?: Vault;
  /** Hides addresses; see cloak.ts. */
  readonly cloakKey: Uint8Array;
  /** The time of day, as the log has it. */
  readonly now: () => number;
  /** Hears every event that the hub takes, in order. */
  readonly record?: (event: HubEvent) => void;
  /** Hears what operators did. */
  readonly onAudit?: (text: string) => void;
  /** An operator wants the configuration read again. */
  readonly onReload?: () => void;
  /** Hears that the store fails, and (undefined) that it works again. */
  readonly onTrouble?: (why: string | undefined) => void;
}

export class Server implements PeerHost {
  readonly #options: ServerOptions;
  readonly #hub: Hub;
  readonly #turns: Turns;
  readonly #gate: Gate;
  readonly #peers = new Map<ConnId, Peer>();
  #settings: ServerSettings;
  #connected = 0;
  /** Peers that stopped reading because the disk is behind. */
  #stalledPeers: Peer[] = [];
  /** Peers with lines that flood control holds back. */
  #slowed = new Set<Peer>();
  #slowedUntil = Infinity;
  #timer: NodeJS.Timeout | undefined;
  /** Monotonic; when the timer goes off. */
  #timerAt = Infinity;
  #stopping = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#hub = new Hub(options.settings.hub, options.records.restored);
    this.#gate = new Gate(options.settings.gate);
    this.#turns = new Turns({
      hub: this.#hub,
      log: options.log,
      records: options.records,
      vault: options.vault,
      now: options.now,
      perform: (said) => this.#perform(said),
      setReading: (conn, reading) => {
        const peer = this.#peers.get(conn);
        if (reading) peer?.resume();
        else peer?.pause();
      },
      onAudit: (text) => options.onAudit?.(text),
      onReload: () => options.onReload?.(),
      onTurn: () => this.#setTimer(),
      onUnstalled: () => {
        const peers = this.#stalledPeers;
        this.#stalledPeers = [];
        for (const peer of peers) peer.resumeStalled();
      },
      ...(options.record !== undefined && { record: options.record }),
    });
    options.records.onTrouble = (why) => {
      options.onTrouble?.(why);
      this.#turns.push({ kind: 'trouble', at: options.now(), why });
    };
  }

  get counts(): Hub['counts'] {
    return this.#hub.counts;
  }

  /** For a door's `mayConnect`. */
  knock(address: string): string | undefined {
    return this.#gate.knock(address, this.monotonic());
  }

  /** Takes a link that a door hands over. */
  accept(link: Link): void {
    const gateways = gatewaysAt(this.#settings.gateways ?? [], link.peer.address);
    if (gateways.length === 0) this.#take(link);
    else afterWebirc(link, gateways, (brought) => this.#take(brought));
  }

  #take(link: Link): void {
    const { address } = link.peer;
    const refused = this.#stopping ? 'Server is stopping' : this.#gate.enter(address);
    if (refused !== undefined) {
      link.onLines = () => {};
      link.send({ text: `ERROR :${refused}\r\n` });
      link.close(refused);
      return;
    }
    const conn = ++this.#connected;
    const peer = new Peer(conn, link, this, this.#settings.floodControl);
    this.#peers.set(conn, peer);
    const host = cloak(address, this.#options.cloakKey);
    this.#turns.push({ kind: 'opened', at: this.now(), conn, peer: link.peer, host });
  }

  /** The settings were read again. Nobody is dropped: a lower limit counts for those who come. */
  configure(settings: ServerSettings): void {
    this.#settings = settings;
    this.#gate.configure(settings.gate);
    for (const peer of this.#peers.values()) peer.setFloodControl(settings.floodControl);
    this.#turns.push({ kind: 'configured', at: this.now(), settings: settings.hub });
  }

  /**
   * Ends in order: no more is heard, what was heard is stored and answered, everybody is told, then the store closes.
   * The doors must be closed already.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS_MAX).unref());
    for (const peer of this.#peers.values()) peer.link.pause();
    await Promise.race([deadline, new Promise<void>((resolve) => this.#turns.whenLeft(resolve))]);
    this.#turns.close();
    const reason = 'Server is stopping';
    const goodbye: Outgoing = { text: `ERROR :${reason}\r\n` };
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    for (const peer of this.#peers.values()) {
      peer.send(goodbye);
      peer.link.close(reason);
    }
    if (this.#peers.size > 0) await Promise.race([deadline, empty]);
    clearTimeout(this.#timer);
    await Promise.race([deadline, this.#options.records.close()]);
  }

  #perform(said: Said): void {
    if (said.kind === 'close') {
      this.#peers.get(said.conn)?.close(said.reason);
      return;
    }
    // Bytes are worth keeping only when several links write them.
    const lines: Outgoing = said.to.length === 1 ? { text: said.text } : { text: said.text, encoded: [] };
    for (const conn of said.to) this.#peers.get(conn)?.send(lines);
  }

  // ------------------------------------------------------------------------------------------ time

  /** One timer for the hub and for flood control. It is set again only when it would go off too late. */
  #setTimer(): void {
    const { wakeAt } = this.#hub;
    const hubAt = wakeAt === undefined ? Infinity : this.monotonic() + Math.max(0, wakeAt - this.now());
    const at = Math.min(hubAt, this.#slowedUntil);
    if (at >= this.#timerAt || this.#stopping) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#wake(), Math.max(1, at - this.monotonic()));
  }

  #wake(): void {
    this.#timerAt = Infinity;
    if (this.#slowedUntil <= this.monotonic()) {
      const peers = this.#slowed;
      this.#slowed = new Set();
      this.#slowedUntil = Infinity;
      for (const peer of peers) peer.release();
    }
    const { wakeAt } = this.#hub;
    if (wakeAt === undefined || wakeAt > this.now()) return this.#setTimer();
    // A ping that waits for a slow disk is no reason to drop who has not answered it.
    if (this.#turns.holding) this.#wakeAgain();
    else this.#turns.push({ kind: 'woke', at: this.now() });
  }

  #wakeAgain(): void {
    this.#timerAt = this.monotonic() + HOLDING_MS;
    this.#timer = setTimeout(() => this.#wake(), HOLDING_MS);
  }

  // ------------------------------------------------------------------------------------------ what peers ask

  push(event: HubEvent): void {
    this.#turns.push(event);
  }

  whenLeft(then: () => void): void {
    this.#turns.whenLeft(then);
  }

  now(): number {
    return this.#options.now();
  }

  monotonic(): number {
    return performance.now();
  }

  get stalled(): boolean {
    return this.#turns.stalled;
  }

  stall(peer: Peer): void {
    this.#stalledPeers.push(peer);
  }

  waits(peer: Peer, until: number): void {
    this.#slowed.add(peer);
    this.#slowedUntil = Math.min(this.#slowedUntil, until);
    this.#setTimer();
  }

  left(peer: Peer): void {
    this.#peers.delete(peer.conn);
    this.#slowed.delete(peer);
    this.#gate.leave(peer.link.peer.address);
    if (this.#peers.size === 0) this.#onEmpty?.();
  }
}
