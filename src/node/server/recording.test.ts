import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { HubEvent, HubSettings } from '../../core/hub/events.ts';
import { LIMITS } from '../../core/hub/settings.ts';
import type { Restored } from '../../core/ports.ts';
import { openRecording, Recorder } from './recording.ts';

const scratch = mkdtempSync(join(tmpdir(), 'parley-record-'));
after(() => rmSync(scratch, { recursive: true }));

const SETTINGS: HubSettings = {
  serverName: 'parley.test',
  networkName: 'Test',
  version: 'parley-0',
  password: 'secret',
  motd: ['hello'],
  operators: [{ name: 'root', password: 'toor' }],
  limits: LIMITS,
  createdAt: 1,
};
const RESTORED: Restored = {
  incarnation: 'abc',
  pos: 3,
  at: 4,
  records: [{ kind: 'room', key: '#tea', value: '{}' }],
};
const peer = { address: '192.0.2.1', kind: 'tls', secure: true, certificate: 'ab' } as const;
const EVENTS: HubEvent[] = [
  { kind: 'opened', at: 1, conn: 1, peer, host: 'x.user.parley' },
  { kind: 'line', at: 2, conn: 1, line: 'NICK ann' },
  { kind: 'line', at: 2, conn: 1, line: { fault: 'not-utf8' } },
  { kind: 'ordered', ordered: { n: 1, pos: 4, at: 5, entry: { kind: 'quit', person: 'n1', reason: 'bye' } } },
  { kind: 'answered', at: 6, query: 1, answer: { kind: 'targets', targets: [{ timeline: '#tea', at: 5 }] } },
  { kind: 'trouble', at: 7, why: 'The disk is full.' },
  { kind: 'trouble', at: 8, why: undefined },
  { kind: 'configured', at: 9, settings: SETTINGS },
  { kind: 'turn-ended', at: 9 },
  { kind: 'woke', at: 10 },
  { kind: 'closed', at: 11, conn: 1, reason: 'Connection closed' },
];

function record(name: string): string {
  const path = join(scratch, name);
  const recorder = new Recorder(path, SETTINGS, RESTORED);
  for (const event of EVENTS) recorder.record(event);
  recorder.close();
  return path;
}

/** As JSON has them: an absent `why` and an undefined one are the same. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('what was recorded is read back', async () => {
  const { settings, restored, events } = await openRecording(record('whole'));
  assert.deepEqual(settings, SETTINGS);
  assert.deepEqual(restored, RESTORED);
  const read: HubEvent[] = [];
  for await (const event of events) read.push(event);
  assert.deepEqual(plain(read), plain(EVENTS));
});

test('only its owner can read it', () => {
  assert.equal(statSync(record('private')).mode & 0o077, 0);
});

test('events are on their way to the disk when their turn is over', () => {
  const path = join(scratch, 'turns');
  const recorder = new Recorder(path, SETTINGS, RESTORED);
  recorder.record({ kind: 'woke', at: 1 });
  recorder.record({ kind: 'turn-ended', at: 1 });
  assert.equal(readFileSync(path, 'utf8').trim().split('\n').length, 3);
  recorder.close();
});

test('a file that is something else is refused', async () => {
  const path = join(scratch, 'other');
  for (const text of ['', 'hello\n', '{}\n', '{"format":"parley events 99"}\n']) {
    writeFileSync(path, text);
    await assert.rejects(openRecording(path), { code: 'replay/not-a-recording' });
  }
  await assert.rejects(openRecording(join(scratch, 'nowhere')), { code: 'replay/unreadable' });
});

test('a damaged line is named', async () => {
  const path = record('damaged');
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const read = async (text: string) => {
    writeFileSync(path, text);
    for await (const event of (await openRecording(path)).events) void event;
  };
  await assert.rejects(read(`${lines.slice(0, 3).join('\n')}\n{"kind":"li`), /line 4: not JSON/);
  await assert.rejects(read(`${lines.slice(0, 3).join('\n')}\n{"kind":"lime"}`), /line 4: .*kind/);
  await assert.rejects(read(`${lines[0]}\n{"kind":"line","at":1,"conn":1,"line":7}`), /line 2: /);
});
