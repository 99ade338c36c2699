import type { Peer } from '../ports.ts';
import type { AnnouncedCapability, CapSet } from '../wire/capabilities.ts';
import type { Received } from '../wire/line-reader.ts';
import type { Call } from './call.ts';
import type { ConnId } from './events.ts';
import { Tray } from './outbox.ts';
import type { Person } from './person.ts';

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
  /** What registration has heard so far. */
  readonly hello = { nick: '', user: '', realname: '', password: '', negotiating: false };
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
