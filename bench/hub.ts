/**
 * The server without a network: lines are handed to links in memory, what the links are told is only encoded.
 *
 * `node bench/hub.ts [SHAPE…] [--seconds N]` gives messages and deliveries for each second of processor time (this
 * thread's, so other people's work hardly shows), for the loads of fanout.ts. It tells how much of a server's time is
 * our own code, and it is the place to try a change of that code: `node --cpu-prof bench/hub.ts rooms8`.
 */
import { parseArgs } from 'node:util';
import { resolveSettings } from '../src/cli/serve-settings.ts';
import type { Link, Outgoing } from '../src/core/ports.ts';
import type { Received } from '../src/core/wire/line-reader.ts';
import { ImmediateLog } from '../src/node/log/immediate-log.ts';
import { Server } from '../src/node/server/server.ts';
import { encodedLines } from '../src/node/transport/framing.ts';
import { median, short, table } from './figures.ts';

const CLIENTS = 1000;
const LOADS: Readonly<Record<string, { rooms: number; senders: number; window: number }>> = {
  room1: { rooms: 1, senders: 10, window: 1 },
  room16: { rooms: 1, senders: 10, window: 16 },
  rooms1: { rooms: 100, senders: CLIENTS, window: 1 },
  rooms8: { rooms: 100, senders: CLIENTS, window: 8 },
};
const BODY = 'the quick brown fox jumps over a lazy dog and then sleeps for a.';
const TURN = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class MemoryLink implements Link {
  readonly peer = { address: '127.0.0.1', kind: 'memory', secure: true } as const;
  readonly queuedBytes = 0;
  onLines: (lines: readonly Received[]) => void = () => {};
  onClosed: (reason: string) => void = () => {};
  bytes = 0;

  send(lines: Outgoing): void {
    this.bytes += encodedLines(lines).length;
  }
  pause(): void {}
  resume(): void {}
  close(): void {}
}

/** One load for some seconds; deliveries for each second of processor time. */
async function measure(name: string, seconds: number): Promise<{ deliveries: number; messages: number }> {
  const load = LOADS[name];
  if (load === undefined) throw new Error(`There is no load "${name}"; there are ${Object.keys(LOADS).join(', ')}.`);
  const { server: settings } = resolveSettings(flags, { limits: { floodControl: false } }, {}, Date.now());
  const server = new Server({
    settings: { ...settings, gate: { ...settings.gate, connectionsPerAddress: 0, connectRate: 0 } },
    log: new ImmediateLog({ pos: 0, now: Date.now }),
    // The store is measured elsewhere: here everything is durable at once and forgotten.
    records: {
      restored: { incarnation: 'bench', pos: 0, at: 0, records: [] },
      onTrouble: () => {},
      commit: (_batch, done) => queueMicrotask(done),
      ask: (_query, done) => queueMicrotask(() => done({ kind: 'rows', rows: [] })),
      retain: () => Promise.resolve(0),
      close: () => Promise.resolve(),
    },
    cloakKey: new Uint8Array(32),
    now: Date.now,
  });
  const links = Array.from({ length: CLIENTS }, () => new MemoryLink());
  for (const [i, link] of links.entries()) {
    server.accept(link);
    link.onLines([`NICK u${i}`, 'USER load 0 * :load', `JOIN #room${i % load.rooms}`]);
  }
  await TURN();
  await TURN();
  const texts = links.map((_, i) => Array<string>(load.window).fill(`PRIVMSG #room${i % load.rooms} :${BODY}`));
  const turn = async (): Promise<void> => {
    for (let i = 0; i < load.senders; i++) links[i]?.onLines(texts[i] ?? []);
    await TURN();
  };
  for (const end = performance.now() + 500 * seconds; performance.now() < end;) await turn();
  for (const link of links) link.bytes = 0;
  const before = process.threadCpuUsage();
  let turns = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; turns++) await turn();
  const used = process.threadCpuUsage(before);
  const cpu = (used.user + used.system) / 1e6;
  const messages = turns * load.senders * load.window;
  const deliveries = messages * (CLIENTS / load.rooms - 1);
  const bytes = links.reduce((sum, link) => sum + link.bytes, 0);
  if (bytes < deliveries * BODY.length) throw new Error(`${name}: only ${bytes} bytes for ${deliveries} deliveries`);
  return { deliveries: deliveries / cpu, messages: messages / cpu };
}

const flags = { lan: false, memory: true, json: true } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const seconds = values.quick ? 0.5 : Number(values.seconds);
const rows: string[][] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(LOADS)) {
  const found = [];
  for (let round = 0; round < rounds; round++) found.push(await measure(name, seconds));
  const messages = median(found.map((one) => one.messages));
  rows.push([name, short(messages), short(median(found.map((one) => one.deliveries))), (1e6 / messages).toFixed(1)]);
}
console.log(table(['load', 'messages per CPU s', 'deliveries per CPU s', 'µs per message'], rows).join('\n'));
process.exit(); // the server's timers would go on
