import { VENDOR } from '../wire/capabilities.ts';
import type { Engine } from './engine.ts';

/** A resend of a message with the same id is answered with the first result (docs/ext/send-id.md). */
export const SEND_ID = `${VENDOR}send-id`;
/** The tag that carries it. Servers without the capability pass it on like any client-only tag. */
export const SEND_ID_TAG = `+${VENDOR}send-id`;

/** What this client understands, whatever the server offers. */
const WANTED: ReadonlySet<string> = new Set([
  'account-tag',
  'away-notify',
  'batch',
  'cap-notify',
  'chghost',
  'draft/chathistory',
  'draft/event-playback',
  'echo-message',
  'extended-join',
  'invite-notify',
  'labeled-response',
  'message-tags',
  'multi-prefix',
  'server-time',
  'setname',
  'standard-replies',
  SEND_ID,
]);

/** One CAP REQ, in bytes: a whole line has 510. */
const REQUEST_LENGTH_MAX = 400;
/** Capabilities of one server that are remembered while it lists them. */
const OFFERED_MAX = 500;

/**
 * Agrees with the server on what lines look like (https://ircv3.net/specs/extensions/capability-negotiation). Servers
 * that know nothing of it answer with an error or not at all, and simply welcome us.
 */
export class Capabilities {
  private readonly engine: Engine;
  private readonly offered = new Set<string>();
  /** Requests without an answer. */
  private asked = 0;
  private ended = false;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  opened(): void {
    this.engine.caps.clear();
    this.offered.clear();
    this.asked = 0;
    this.ended = false;
    this.engine.send('CAP', 'LS', '302');
  }

  /** `CAP <nick> <subcommand> [*] :<names>` */
  handle(params: readonly string[]): void {
    const more = params[2] === '*' && params.length > 3;
    const names = (params[params.length - 1] ?? '').split(' ').filter((name) => name !== '');
    switch (params[1]?.toUpperCase()) {
      case 'LS':
        for (const name of names) if (this.offered.size < OFFERED_MAX) this.offered.add(name.split('=')[0] ?? '');
        if (!more) this.request([...this.offered]);
        break;
      case 'NEW':
        this.request(names.map((name) => name.split('=')[0] ?? ''));
        break;
      case 'DEL':
        for (const name of names) this.engine.caps.delete(name);
        break;
      case 'ACK':
        for (const name of names) this.acknowledged(name);
        this.answered();
        break;
      case 'NAK':
        // All or nothing: one that the server no longer has must not cost the others.
        if (names.length > 1) for (const name of names) this.ask(name);
        this.answered();
        break;
    }
  }

  private acknowledged(name: string): void {
    if (name.startsWith('-')) this.engine.caps.delete(name.slice(1));
    else if (WANTED.has(name)) this.engine.caps.add(name);
  }

  private request(names: readonly string[]): void {
    let line = '';
    for (const name of names) {
      if (!WANTED.has(name) || this.engine.caps.has(name)) continue;
      if (line.length + name.length > REQUEST_LENGTH_MAX) {
        this.ask(line);
        line = '';
      }
      line += line === '' ? name : ` ${name}`;
    }
    if (line !== '') this.ask(line);
    this.endWhenDone();
  }

  private ask(names: string): void {
    this.asked++;
    this.engine.send('CAP', 'REQ', names);
  }

  private answered(): void {
    if (this.asked > 0) this.asked--;
    this.endWhenDone();
  }

  private endWhenDone(): void {
    if (this.asked > 0 || this.ended || this.engine.online) return;
    this.ended = true;
    this.engine.send('CAP', 'END');
  }
}
