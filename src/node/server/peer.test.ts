import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HubEvent } from '../../core/hub/events.ts';
import type { Link, Outgoing } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';
import { BURST_LINES, LINES_PER_SECOND } from './flood.ts';
import { Peer, SEND_QUEUE_BYTES_MAX, SEND_QUEUE_FULL, type PeerHost } from './peer.ts';

class FakeLink implements Link {
  readonly peer = { address: '192.0.2.1', kind: 'memory', secure: false } as const;
  onLines: (lines: readonly Received[]) => void = () => {};
  onClosed: (reason: string) => void = () => {};
  onEnded?: () => void;
  queuedBytes = 0;
  sent: string[] = [];
  closed: string[] = [];
  reading = true;
  send(lines: Outgoing): void {
    this.sent.push(lines.text);
    this.queuedBytes += lines.text.length;
  }
  pause(): void {
    this.reading = false;
  }
  resume(): void {
    this.reading = true;
  }
  close(reason: string): void {
    this.closed.push(reason);
  }
}

class FakeHost implements PeerHost {
  time = 0;
  stalled = false;
  events: HubEvent[] = [];
  whenTurnLeft: (() => void)[] = [];
  waiting: number[] = [];
  stalledPeers: Peer[] = [];
  gone: Peer[] = [];
  push(event: HubEvent): void {
    this.events.push(event);
  }
  whenLeft(then: () => void): void {
    this.whenTurnLeft.push(then);
  }
  now(): number {
    return 1_000_000 + this.time;
  }
  monotonic(): number {
    return this.time;
  }
  stall(peer: Peer): void {
    this.stalledPeers.push(peer);
  }
  waits(_peer: Peer, until: number): void {
    this.waiting.push(until);
  }
  left(peer: Peer): void {
    this.gone.push(peer);
  }
  get lines(): Received[] {
    return this.events.flatMap((event) => (event.kind === 'line' ? [event.line] : []));
  }
  get closings(): string[] {
    return this.events.flatMap((event) => (event.kind === 'closed' ? [event.reason] : []));
  }
}

function meet(floodControl: boolean) {
  const link = new FakeLink();
  const host = new FakeHost();
  return { link, host, peer: new Peer(7, link, host, floodControl) };
}

const numbered = (from: number, count: number) => Array.from({ length: count }, (_, i) => `PING ${from + i}`);

test('a burst passes, the rest follows at a steady pace and in order', () => {
  const { link, host, peer } = meet(true);
  const lines = numbered(0, BURST_LINES + 10);
  link.onLines(lines);
  assert.equal(host.lines.length, BURST_LINES);
  for (let i = 0; host.lines.length < lines.length; i++) {
    host.time = host.waiting.at(-1) ?? 0;
    peer.release();
    assert.ok(i < 20, 'each wait lets at least one line through');
  }
  assert.deepEqual(host.lines, lines);
  assert.ok(host.time >= (10 * 1000) / LINES_PER_SECOND - 1);
});

test('what comes while others wait does not overtake them', () => {
  const { link, host, peer } = meet(true);
  link.onLines(numbered(0, BURST_LINES + 1));
  host.time = 10_000;
  link.onLines(['LAST']);
  peer.release();
  assert.deepEqual(host.lines, [...numbered(0, BURST_LINES + 1), 'LAST']);
});

test('who floods on and on is not read until half of it is through', () => {
  const { link, host, peer } = meet(true);
  let sent = 0;
  while (link.reading && sent < 2_000) {
    link.onLines(numbered(sent, 50));
    sent += 50;
  }
  assert.ok(sent < 1_000, 'reading stops');
  while (!link.reading) {
    host.time += 1_000;
    peer.release();
  }
  assert.ok(host.lines.length > sent / 3 && host.lines.length < sent, 'reading goes on before all is through');
  assert.deepEqual(host.lines, numbered(0, host.lines.length));
  assert.deepEqual(link.closed, []);
});

test('long lines stop reading by their size, not only by their number', () => {
  const { link } = meet(true);
  const line = `@+x=${'x'.repeat(4000)} TAGMSG #tea`;
  let sent = 0;
  for (; link.reading && sent < 100; sent++) link.onLines([line]);
  assert.ok(sent < 100);
});

test('without flood control everything passes at once', () => {
  const { link, host } = meet(false);
  link.onLines(numbered(0, 5000));
  assert.equal(host.lines.length, 5000);
});

test('flood control that is switched on or off counts from then on', () => {
  const { link, host, peer } = meet(true);
  link.onLines(numbered(0, BURST_LINES + 5));
  peer.setFloodControl(false);
  peer.release();
  assert.equal(host.lines.length, BURST_LINES + 5);
});

test('a slow reader is cut when its queue is full', () => {
  const { link, host, peer } = meet(false);
  const text = 'x'.repeat(100_000);
  for (let i = 0; i < 20; i++) peer.send({ text });
  assert.deepEqual(link.closed, [SEND_QUEUE_FULL]);
  assert.deepEqual(host.closings, [SEND_QUEUE_FULL]);
  assert.equal(link.sent.length, Math.floor(SEND_QUEUE_BYTES_MAX / text.length) + 1, 'nothing is queued after that');
});

test('a paused peer keeps what had come already, in order', () => {
  const { link, host, peer } = meet(false);
  peer.pause();
  assert.equal(link.reading, false);
  link.onLines(['a']);
  assert.deepEqual(host.lines, []);
  peer.resume();
  assert.equal(link.reading, true);
  link.onLines(['b']);
  assert.deepEqual(host.lines, ['a', 'b']);
});

test('while the disk is behind, who speaks is held back', () => {
  const { link, host, peer } = meet(false);
  host.stalled = true;
  link.onLines(['a']);
  assert.equal(link.reading, false);
  assert.deepEqual(host.stalledPeers, [peer]);
  host.stalled = false;
  peer.resumeStalled();
  assert.equal(link.reading, true);
  assert.deepEqual(host.lines, ['a']);
});

test('who has said everything gets its answers before the end', () => {
  const { link, host, peer } = meet(true);
  link.onLines(numbered(0, BURST_LINES + 1));
  link.onEnded?.();
  assert.equal(host.whenTurnLeft.length, 0, 'a line still waits');
  host.time = 10_000;
  peer.release();
  assert.equal(host.lines.length, BURST_LINES + 1);
  assert.deepEqual(link.closed, []);
  for (const then of host.whenTurnLeft) then();
  assert.deepEqual(link.closed, ['Connection closed']);
  assert.deepEqual(host.closings, ['Connection closed']);
});

test('a link that breaks is told to the hub at once, and its waiting lines are dropped', () => {
  const { link, host, peer } = meet(true);
  link.onLines(numbered(0, BURST_LINES + 5));
  link.onClosed('Connection reset by peer');
  host.time = 10_000;
  peer.release();
  assert.equal(host.lines.length, BURST_LINES);
  assert.deepEqual(host.closings, ['Connection reset by peer']);
});
