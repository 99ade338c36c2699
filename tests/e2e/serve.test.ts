/** `parley serve` and `parley replay` as processes: what they print, what they refuse, how they stop. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { endAfter } from './kit/cleanup.ts';
import { PARLEY } from './kit/server.ts';

const MS_MAX = 20_000;

interface Event {
  readonly event: string;
  readonly irc?: readonly string[];
  readonly ircTls?: readonly string[];
  readonly web?: readonly string[];
  readonly why?: string;
}

/** A server whose events are read. */
class Serving {
  readonly child: ChildProcess;
  readonly events: Event[] = [];
  readonly exited: Promise<number | null>;
  stderr = '';
  readonly #changed = new EventEmitter();

  constructor(t: TestContext, ...flags: string[]) {
    this.child = spawn(process.execPath, [PARLEY, 'serve', '--json', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    endAfter(t, this.child);
    this.exited = once(this.child, 'close').then(([code]) => code as number | null);
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    assert.ok(this.child.stdout);
    createInterface(this.child.stdout).on('line', (line) => {
      this.events.push(JSON.parse(line) as Event);
      this.#changed.emit('change');
    });
  }

  async event(name: string): Promise<Event> {
    for (;;) {
      const found = this.events.find(({ event }) => event === name);
      if (found !== undefined) return found;
      await once(this.#changed, 'change', { signal: AbortSignal.timeout(MS_MAX) });
    }
  }
}

/** A person with a bare socket. */
class Wire {
  readonly socket: Socket;
  text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.text += chunk.toString();
      socket.emit('more');
    });
    socket.on('error', () => {}); // the server may be gone
  }

  static to(address: string | undefined): Wire {
    return new Wire(connect({ ...place(address), allowHalfOpen: true }));
  }

  say(...lines: string[]): void {
    this.socket.write(`${lines.join('\r\n')}\r\n`);
  }

  async hears(part: string): Promise<void> {
    while (!this.text.includes(part)) await once(this.socket, 'more', { signal: AbortSignal.timeout(MS_MAX) });
  }
}

function place(address: string | undefined): { host: string; port: number } {
  const found = /^\[?(.*?)\]?:(\d+)$/.exec(address ?? '');
  assert.ok(found, `no address: ${address}`);
  return { host: found[1] ?? '', port: Number(found[2]) };
}

function scratch(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'parley-serve-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Runs to its end; for what must be refused. */
function refused(...args: string[]): string {
  const run = spawnSync(process.execPath, [PARLEY, ...args], { encoding: 'utf8', timeout: MS_MAX });
  assert.equal(run.status, 1, run.stderr);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /^parley: [^\n]+[.?]\n$/, 'one sentence, no stack');
  return run.stderr;
}

test('every listener is there, in the first line, with the port that it really got', async (t) => {
  const listeners = [
    '--irc',
    '127.0.0.1:0',
    '--irc',
    '127.0.0.1:0',
    '--irc-tls',
    '127.0.0.1:0',
    '--web',
    'localhost:0',
  ];
  const serving = new Serving(t, '--memory', ...listeners);
  const { irc = [], ircTls = [], web = [] } = await serving.event('listening');
  assert.equal(serving.events[0]?.event, 'listening');
  assert.equal(new Set([...irc, ...ircTls]).size, 3);
  for (const address of [...irc, ...ircTls, ...web]) assert.match(address, /^(127\.0\.0\.1|\[::1\]):[1-9]\d+$/);

  const wires = [
    Wire.to(irc[0]),
    Wire.to(irc[1]),
    new Wire(connectTls({ ...place(ircTls[0]), rejectUnauthorized: false })),
  ];
  for (const [i, wire] of wires.entries()) {
    wire.say(`NICK p${i}`, 'USER p 0 * :p', 'JOIN #tea');
    await wire.hears(`366 p${i} #tea`);
  }
  wires[0]?.say('PRIVMSG #tea :hello over all doors');
  for (const wire of wires.slice(1)) await wire.hears('PRIVMSG #tea :hello over all doors');
  const page = await fetch(`http://${web[0]}/healthz`);
  assert.equal(await page.text(), 'ok\n');
});

test('a stop tells everybody, ends with 0, and the next start finds what was said', async (t) => {
  const data = scratch(t);
  const flags = ['--data', data, '--irc', '127.0.0.1:0', '--web', 'none'];
  const first = new Serving(t, ...flags);
  const ann = Wire.to((await first.event('listening')).irc?.[0]);
  ann.say(
    'CAP REQ :echo-message',
    'NICK ann',
    'USER ann 0 * :Ann',
    'CAP END',
    'JOIN #tea',
    'PRIVMSG #tea :remember me',
  );
  await ann.hears('PRIVMSG #tea :remember me');
  ann.socket.on('end', () => ann.socket.end());
  first.child.kill('SIGTERM');
  await ann.hears('ERROR :Server is stopping');
  assert.equal(await first.exited, 0);
  assert.deepEqual(
    first.events.map(({ event }) => event),
    ['listening', 'stopping', 'stopped'],
  );
  const second = new Serving(t, ...flags);
  const bob = Wire.to((await second.event('listening')).irc?.[0]);
  bob.say('CAP REQ :draft/chathistory batch', 'NICK bob', 'USER bob 0 * :Bob', 'CAP END', 'JOIN #tea');
  await bob.hears('366 bob #tea');
  bob.say('CHATHISTORY LATEST #tea * 10');
  await bob.hears(':remember me');
});

test('who asks twice to stop means it', async (t) => {
  const serving = new Serving(t, '--memory', '--irc', '127.0.0.1:0', '--web', 'none');
  // Half-open, and never ends its own side: the server waits for it until its time is up.
  const wire = Wire.to((await serving.event('listening')).irc?.[0]);
  wire.say('NICK ann', 'USER ann 0 * :Ann');
  await wire.hears(' 001 ann ');
  const started = performance.now();
  serving.child.kill('SIGINT');
  await wire.hears('ERROR :Server is stopping');
  serving.child.kill('SIGINT');
  assert.equal(await serving.exited, 1);
  assert.ok(performance.now() - started < 4_000);
  wire.socket.destroy();
});

test('HUP reads the configuration again; a broken one changes nothing; nobody is dropped', async (t) => {
  const config = join(scratch(t), 'parley.toml');
  writeFileSync(config, '[server]\nmotd = ["first"]\n');
  const serving = new Serving(t, '--memory', '--config', config, '--irc', '127.0.0.1:0', '--web', 'none');
  const ann = Wire.to((await serving.event('listening')).irc?.[0]);
  ann.say('NICK ann', 'USER ann 0 * :Ann');
  await ann.hears(':- first');
  writeFileSync(config, '[server]\nmotd = ["second"]\n');
  serving.child.kill('SIGHUP');
  await serving.event('reloaded');
  ann.say('MOTD');
  await ann.hears(':- second');
  writeFileSync(config, '[server]\nmodt = ["third"]\n');
  serving.child.kill('SIGHUP');
  assert.match((await serving.event('reload-failed')).why ?? '', /line 2: "modt" is not a setting/);
  ann.say('PING still-here');
  await ann.hears('still-here');
});

test('the next one is told that the server is full', async (t) => {
  const serving = new Serving(t, '--memory', '--max-clients', '1', '--irc', '127.0.0.1:0', '--web', 'none');
  const { irc } = await serving.event('listening');
  const ann = Wire.to(irc?.[0]);
  ann.say('NICK ann', 'USER ann 0 * :Ann');
  await ann.hears(' 001 ann ');
  const bob = Wire.to(irc?.[0]);
  await bob.hears('ERROR :Server is full');
  if (!bob.socket.readableEnded) await once(bob.socket, 'end', { signal: AbortSignal.timeout(MS_MAX) });
  bob.socket.destroy();
});

test('an open network needs the key, and has TLS', async (t) => {
  const data = scratch(t);
  const flags = ['--lan', '--data', data, '--irc', 'none', '--irc-tls', '*:0', '--web', '*:0'];
  const serving = new Serving(t, ...flags, '--password', 'abcd-efgh');
  const { ircTls, web } = await serving.event('listening');
  const dial = () =>
    new Wire(connectTls({ host: '127.0.0.1', port: place(ircTls?.[0]).port, rejectUnauthorized: false }));
  const stranger = dial();
  stranger.say('NICK eve', 'USER eve 0 * :Eve');
  await stranger.hears('464 eve');
  const guest = dial();
  guest.say('PASS abcd-efgh', 'NICK ann', 'USER ann 0 * :Ann');
  await guest.hears(' 001 ann ');
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const at = { host: '127.0.0.1', port: place(web?.[0]).port, path: '/healthz', rejectUnauthorized: false };
    request(at, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });
  assert.equal(status, 200);
});

test('what cannot be is refused in one sentence that says what to do', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  assert.match(
    refused('serve', '--memory', '--web', 'none', '--irc', `127.0.0.1:${port}`),
    /already in use.*another port/,
  );
  assert.match(refused('serve', '--memory', '--irc', '192.0.2.99:6667'), /not an address of this machine/);
  assert.match(refused('serve', '--memory', '--irc', 'everywhere'), /HOST:PORT/);
  assert.match(refused('serve', '--data', '/dev/null/parley'), /cannot write.*--data/);
  assert.match(refused('serve', '--memory', '--irc', 'none', '--web', 'none'), /Every listener is switched off/);
  assert.match(refused('serve', '--memory', '--config', '/nowhere.toml'), /there is no such file/);
  assert.match(refused('serve', '--memory', '--tls-cert', 'a.pem'), /--tls-key is missing/);
  assert.match(refused('serve', '--memory', '--max-clients', 'many'), /whole number/);

  const data = scratch(t);
  const flags = ['--data', data, '--irc', '127.0.0.1:0', '--web', 'none'];
  await new Serving(t, ...flags).event('listening');
  assert.match(refused('serve', ...flags), /Another Parley .*--data/);
});

test('a recorded session replays to the same effects', async (t) => {
  const file = join(scratch(t), 'events');
  const serving = new Serving(t, '--memory', '--record', file, '--irc', '127.0.0.1:0', '--web', 'none');
  const ann = Wire.to((await serving.event('listening')).irc?.[0]);
  ann.say('NICK ann', 'USER ann 0 * :Ann', 'JOIN #tea', 'PRIVMSG #tea :for the record', 'TOPIC #tea :Tea', 'QUIT');
  await ann.hears('ERROR');
  serving.child.kill('SIGTERM');
  ann.socket.destroy();
  assert.equal(await serving.exited, 0);
  const replay = (...flags: string[]) => {
    const run = spawnSync(process.execPath, [PARLEY, 'replay', file, ...flags], { encoding: 'utf8', timeout: MS_MAX });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  };
  const summary = replay();
  assert.match(summary, /^events \d+\n(?:[a-z]+ \d+\n)+hash [0-9a-f]{64}\n$/);
  assert.match(summary, /^commit [1-9]/m);
  assert.equal(replay(), summary);
  assert.match(replay('--print'), /^1 > PRIVMSG #tea :for the record$/m);
  assert.match(refused('replay', join(file, 'nothing')), /cannot be read/);
});

test('the version and the help are there at once', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [PARLEY, ...args], { encoding: 'utf8', timeout: MS_MAX });
  assert.match(run('--version').stdout, /^\d+\.\d+\.\d+\n$/);
  assert.match(run('--help').stdout, /parley serve --lan/);
  assert.match(run('serve', '--help').stdout, /--irc-tls/);
  const wrong = run('serve', '--bogus');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /--bogus\nTry: parley serve --help\n/);
});
