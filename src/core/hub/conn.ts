import type { Peer, Sealed } from '../ports.ts';
import type { AnnouncedCapability, CapSet } from '../wire/capabilities.ts';
import type { Folded } from '../wire/casemap.ts';
import type { Received } from '../wire/line-reader.ts';
import type { AccountId } from './accounts.ts';
import type { Call } from './call.ts';
import type { ConnId } from './events.ts';
import type { OpenBatch } from './features/multiline.ts';
import { Tray } from './outbox.ts';
import type { Person } from './person.ts';

/** How a connection proved whose it is. */
export interface Login {
  readonly account: AccountId;
  /** The device whose token or certificate it showed; empty when it gave the account's password. */
  readonly device: string;
  readonly at: number;
}

/** A login that is under way (IRCv3 sasl). */
export interface SaslExchange {
  readonly mechanism: string;
  /** What has arrived of a message that comes in pieces. */
  said: string;
  /** What SCRAM has to remember between its messages. */
  scram: ScramExchange | undefined;
}

export interface ScramExchange {
  readonly user: string;
  readonly account: AccountId;
  readonly sealed: Sealed | undefined;
  readonly gs2Header: string;
  /** The client's first message without its header. */
  readonly first: string;
  readonly challenge: string;
  proved: boolean;
}

/** One connection: registering, or one of a person's devices. */
export class Conn {
  readonly id: ConnId;
  readonly peer: Peer;
  /** What others see as its host. */
  readonly host: string;
  readonly openedAt: number;
  caps: CapSet = 0;
  /** Requested capabilities that change nothing in what is sent. */
  announced: ReadonlySet<AnnouncedCapability> = new Set();
  /** 302 or higher when it asked so: such clients take values in CAP LS and know cap-notify. */
  capVersion = 0;
  /** Set once registered. */
  person: Person | undefined = undefined;
  /** What registration has heard so far; `refused` is the nick that somebody else has. */
  readonly hello = {
    nick: '',
    refused: '',
    user: '',
    realname: '',
    away: '',
    password: '',
    metadata: new Map<string, string>(),
    negotiating: false,
  };
  login: Login | undefined = undefined;
  sasl: SaslExchange | undefined = undefined;
  loginFailures = 0;
  /** The command that is being carried out; the next one waits until it has its answer. */
  call: Call | undefined = undefined;
  /** Lines that wait for `call`. */
  waiting: Received[] = [];
  paused = false;
  closing = false;
  heardAt: number;
  /** When a PING was sent that has no answer yet; 0 for none. */
  pingedAt = 0;
  batches = 0;
  /** Keys of METADATA it wants to hear of. */
  readonly subscriptions = new Set<string>();
  /** A message of several lines that has begun (features/multiline.ts). */
  batch: OpenBatch | undefined = undefined;
  /** Whom it wants to hear of (MONITOR), as it wrote them. */
  readonly monitored = new Map<Folded, string>();
  readonly tray = new Tray();

  constructor(id: ConnId, peer: Peer, host: string, at: number) {
    this.id = id;
    this.peer = peer;
    this.host = host;
    this.openedAt = at;
    this.heardAt = at;
  }

  /** How replies address it: its nick, or `*` before it has one. */
  get name(): string {
    return this.person?.nick ?? (this.hello.nick === '' ? '*' : this.hello.nick);
  }
}
