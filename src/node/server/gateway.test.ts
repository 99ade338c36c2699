import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link, Outgoing } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';
import { afterWebirc, gatewaysAt } from './gateway.ts';

class FakeLink implements Link {
  readonly peer = { address: '10.0.0.1', kind: 'tls', secure: true } as const;
  onLines: (lines: readonly Received[]) => void = () => {};
  onClosed: (reason: string) => void = () => {};
  queuedBytes = 0;
  sent: string[] = [];
  closed: string[] = [];
  send({ text }: Outgoing): void {
    this.sent.push(text);
  }
  pause(): void {}
  resume(): void {}
  close(reason: string): void {
    this.closed.push(reason);
  }
}

const gateways = [{ address: '10.0.0.0/8', password: 'secret' }];

function say(...lines: string[]) {
  const link = new FakeLink();
  const heard: Received[] = [];
  let taken: Link | undefined;
  afterWebirc(link, gateways, (one) => {
    taken = one;
    one.onLines = (more) => heard.push(...more);
  });
  link.onLines(lines);
  link.onLines(['later']);
  return { link, heard, peer: taken?.peer };
}

test('a gateway is known by where it connects from', () => {
  assert.equal(gatewaysAt(gateways, '10.1.2.3').length, 1);
  assert.equal(gatewaysAt(gateways, '192.0.2.1').length, 0);
  assert.equal(gatewaysAt(gateways, '').length, 0);
});

test('it brings somebody else, whose lines follow', () => {
  const { peer, heard } = say('WEBIRC secret cgi example.org 192.0.2.7 :secure', 'NICK ann');
  assert.deepEqual(peer, { address: '192.0.2.7', kind: 'tls', secure: true });
  assert.deepEqual(heard, ['NICK ann', 'later']);
  assert.deepEqual(say('WEBIRC secret cgi h 0::1').peer, { address: '::1', kind: 'tls', secure: false });
});

test('without WEBIRC it comes as itself', () => {
  const { peer, heard } = say('NICK ann');
  assert.equal(peer?.address, '10.0.0.1');
  assert.deepEqual(heard, ['NICK ann', 'later']);
});

test('a wrong password, or what is no address, is refused', () => {
  for (const line of [
    'WEBIRC guess cgi h 192.0.2.7',
    'WEBIRC secret cgi h nowhere',
    'WEBIRC secret cgi h 192.0.2.0/24',
  ]) {
    const { link, peer } = say(line);
    assert.equal(peer, undefined);
    assert.deepEqual(link.closed.slice(0, 1), ['Gateway refused']);
  }
});
