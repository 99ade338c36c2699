/** One client and a server played by the test, line by line. */
import assert from 'node:assert/strict';
import { Client } from '../../src/core/client/client.ts';
import type { Action, ClientEffect, ClientEvent, ClientSettings } from '../../src/core/client/events.ts';
import type { RoomView, SaidItem } from '../../src/core/client/view.ts';
import { Random } from '../../src/core/base/random.ts';
import { fold } from '../../src/core/wire/casemap.ts';

export const START = Date.UTC(2026, 10, 20, 12);

export class Talk {
  now = START;
  client: Client;
  /** Lines the client sent and the test has not looked at. */
  sent: string[] = [];
  effects: ClientEffect[] = [];
  readonly kept = new Map<string, string>();
  /** False to hold back what is to be kept. */
  keeps = true;

  constructor(settings: Partial<ClientSettings> = {}, kept: ReadonlyMap<string, string> = new Map()) {
    const random = new Random(1);
    this.client = new Client({ nick: 'ann', realname: 'Ann', rooms: [], ...settings }, () => random.fraction());
    this.do({ kind: 'started', at: this.now, kept });
  }

  get view(): Client['view'] {
    return this.client.view;
  }

  do(event: ClientEvent): void {
    const effects = this.client.handle(event);
    let keep = 0;
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.kind === 'send') this.sent.push(...effect.text.split('\r\n').slice(0, -1));
      if (effect.kind !== 'keep') continue;
      keep = effect.n;
      if (effect.value === null) this.kept.delete(effect.key);
      else this.kept.set(effect.key, effect.value);
    }
    if (keep > 0 && this.keeps) this.do({ kind: 'kept', at: this.now, n: keep });
  }

  /** The server says these lines. */
  hear(...lines: string[]): void {
    this.do({ kind: 'lines', at: this.now, lines });
  }

  act(action: Action): void {
    this.do({ kind: 'acted', at: this.now, action });
  }

  enter(room: string, text: string): void {
    this.act({ do: 'enter', room: fold(room), text });
  }

  open(): void {
    this.do({ kind: 'opened', at: this.now, secure: true });
  }

  close(reason = 'Connection reset'): void {
    this.do({ kind: 'closed', at: this.now, reason });
  }

  /** Time passes; the client is woken when it wants to be. */
  pass(ms: number): void {
    const end = this.now + ms;
    while (this.client.wakeAt !== undefined && this.client.wakeAt <= end) {
      this.now = Math.max(this.now, this.client.wakeAt);
      const { wakeAt } = this.client;
      this.do({ kind: 'woke', at: this.now });
      if (this.client.wakeAt !== undefined && this.client.wakeAt <= wakeAt)
        assert.fail('the client wants to be woken for ever');
    }
    this.now = end;
  }

  /** The lines since the last look. */
  look(): string[] {
    return this.sent.splice(0);
  }

  /** Opens and registers with a server that offers these capabilities. */
  welcome(caps = '', isupport = 'CHANTYPES=# PREFIX=(ov)@+'): void {
    this.open();
    if (caps === '') this.hear(':srv 421 * CAP :Unknown command');
    else {
      this.hear(`:srv CAP * LS :${caps}`);
      const asked = this.sent.findLast((line) => line.startsWith('CAP REQ '));
      if (asked !== undefined) this.hear(`:srv CAP * ACK ${asked.slice('CAP REQ '.length)}`);
    }
    this.hear(
      `:srv 001 ${this.view.nick} :Welcome`,
      `:srv 005 ${this.view.nick} ${isupport} :are supported`,
      ':srv 422 ann :No MOTD',
    );
  }

  room(name: string): RoomView {
    const room = this.view.rooms.find(({ id }) => id === fold(name));
    assert(room !== undefined, `there is no ${name}`);
    return room;
  }

  said(name: string): SaidItem[] {
    return this.room(name).items.filter((item) => item.kind === 'said');
  }

  /** The sentences of what happened in a room. */
  told(name: string): string[] {
    return this.room(name).items.flatMap((item) => (item.kind === 'happened' ? [item.text] : []));
  }
}
