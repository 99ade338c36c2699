/** `parley chat --plain` and `--json`: lines in, lines out, no terminal. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { folder, freePort, Guest, homeOf, pane, chatCommand, PARLEY, serve } from './tui-world.ts';

/** A program whose lines are waited for, in order, as `expect` does it. */
class Lines {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  output = '';
  errors = '';
  #read = 0;
  #more: () => void = () => {};

  constructor(t: TestContext, home: string, ...args: string[]) {
    this.process = spawn(process.execPath, [PARLEY, 'chat', ...args], {
      stdio: 'pipe',
      env: { ...process.env, ...homeOf(home) },
    });
    t.after(() => this.process.kill('SIGKILL'));
    this.process.stdout.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
      this.#more();
    });
    this.process.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  say(line: string): void {
    this.process.stdin.write(`${line}\n`);
  }

  /** The next line that matches; those before it are passed. */
  async expect(pattern: RegExp): Promise<string> {
    for (;;) {
      for (let end = this.output.indexOf('\n', this.#read); end !== -1; end = this.output.indexOf('\n', this.#read)) {
        const line = this.output.slice(this.#read, end);
        this.#read = end + 1;
        if (pattern.test(line)) return line;
      }
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`No line ${pattern.source} in:\n${this.output}\n${this.errors}`)),
          15_000,
        );
        this.#more = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
  }

  async end(): Promise<number | null> {
    this.process.stdin.end();
    if (this.process.exitCode === null) await once(this.process, 'exit');
    return this.process.exitCode;
  }
}

test('plain: one line a message, no escape sequence, lines in are sent', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  const ana = new Lines(t, folder(t), server.address, '--nick', 'ana', '--plain');
  await ana.expect(/^-- You are in #lobby now\.$/);
  await ana.expect(/^-- Online as ana\.$/);
  ana.say('good morning');
  await ana.expect(/^\d\d:\d\d ana: good morning$/);
  await guest.hears(/PRIVMSG #lobby :good morning$/);
  guest.say('PRIVMSG #lobby :\x1b[31mdid\x1b[0m you \x02see\x02', 'PRIVMSG ana :psst');
  await ana.expect(/^\d\d:\d\d ben: \[31mdid\[0m you see$/);
  await ana.expect(/^\d\d:\d\d \[ben\] ben: psst$/);
  ana.say('/query ben');
  await ana.expect(/^-- You are in ben now\.$/);
  ana.say('yes?');
  await guest.hears(/PRIVMSG ben :yes\?$/);
  ana.say('/nonsense');
  await ana.expect(/! Unknown command \/nonsense/);
  ana.say('/quit');
  assert.equal(await ana.end(), 0);
  assert.doesNotMatch(ana.output, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});

test('a pipe says its lines and ends when they are stored', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  const home = folder(t);
  const ana = new Lines(t, home, server.address, '--nick', 'ana');
  ana.say('one');
  ana.say('two');
  assert.equal(await ana.end(), 0);
  await guest.hears(/PRIVMSG #lobby :one$/);
  await guest.hears(/PRIVMSG #lobby :two$/);
});

test('json: every line is JSON, and a message is followed by its id', async (t) => {
  const server = await serve(t, '--memory');
  const guest = await Guest.arrive(t, server.address, 'ben');
  const ana = new Lines(t, folder(t), server.address, '--nick', 'ana', '--json');
  await ana.expect(/"type":"room","room":"#lobby"/);
  ana.say('{"room":"#lobby","text":"from a program"}');
  const own = JSON.parse(await ana.expect(/"text":"from a program"/)) as { id: string; own: boolean };
  assert.equal(own.own, true);
  const stored = JSON.parse(await ana.expect(/"type":"delivery".*"state":"sent"/)) as { id: string; msgid?: string };
  assert.equal(stored.id, own.id);
  assert.ok(stored.msgid !== undefined);
  await guest.hears(/PRIVMSG #lobby :from a program$/);
  guest.say('PRIVMSG #lobby :ana: hello');
  const heard = JSON.parse(await ana.expect(/"text":"ana: hello"/)) as { from: string; mention: boolean; time: string };
  assert.deepEqual([heard.from, heard.mention, Number.isNaN(Date.parse(heard.time))], ['ben', true, false]);
  ana.process.kill('SIGTERM');
  const [code] = (await once(ana.process, 'exit')) as [number | null];
  assert.equal(code, 143);
  for (const line of ana.output.trim().split('\n')) assert.doesNotThrow(() => JSON.parse(line));
});

test('a server with its own certificate is pinned, and a changed key is refused loudly', async (t) => {
  const port = await freePort();
  const irc = ['--irc', 'none', '--irc-tls', `127.0.0.1:${port}`];
  const home = folder(t);
  const first = await serve(t, '--data', folder(t), ...irc);
  const ana = new Lines(t, home, `ircs://127.0.0.1:${port}`, '--nick', 'ana', '--plain');
  await ana.expect(/^-- First time at 127\.0\.0\.1: its key is remembered/);
  await ana.expect(/^-- Online as ana\.$/);
  assert.equal(await ana.end(), 0);
  const again = new Lines(t, home, `ircs://127.0.0.1:${port}`, '--plain');
  await again.expect(/^-- Online as ana\.$/);
  assert.doesNotMatch(again.output, /First time/);
  assert.equal(await again.end(), 0);

  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  await serve(t, '--data', folder(t), ...irc);
  const path = join(home, 'config', 'parley', 'known-servers');
  const refused = new Lines(t, home, `ircs://127.0.0.1:${port}`, '--plain');
  await refused.expect(/^! The key of 127\.0\.0\.1:\d+ is not the one seen since \d{4}-/);
  await refused.expect(/^! +known +[0-9A-F:]{95}$/);
  await refused.expect(/^! +shown +[0-9A-F:]{95}$/);
  assert.equal(await refused.end(), 1);
  assert.ok(refused.output.includes(path));

  // The full screen says the same, on the terminal that it gave back.
  const screen = pane(t, home, 110, 30);
  screen.enter(chatCommand(`ircs://127.0.0.1:${port}`));
  await screen.shows(/^The key of 127\.0\.0\.1:\d+ is not the one seen since/m);

  // Having taken out the line, the person is let in.
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^127\.0\.0\.1:.*\n/m, ''));
  const allowed = new Lines(t, home, `ircs://127.0.0.1:${port}`, '--plain');
  await allowed.expect(/^-- Online as ana\.$/);
});

test('what cannot be is said in one sentence', async (t) => {
  const home = folder(t);
  const cases: [string[], RegExp][] = [
    [['not an address'], /is no address\. Write HOST/],
    [['--nick', '1 2'], /cannot be a nick/],
    [['--password-env', 'NOT_SET_ANYWHERE'], /environment variable NOT_SET_ANYWHERE is empty/],
  ];
  for (const [args, sentence] of cases) {
    const program = new Lines(t, home, ...args, '--plain');
    assert.equal(await program.end(), 1);
    assert.match(program.errors, sentence);
    assert.equal(program.errors.trim().split('\n').length, 1);
  }
});

test('a terminal that cannot move its cursor gets lines', async (t) => {
  const server = await serve(t, '--memory');
  const dumb = pane(t, folder(t), 80, 24);
  dumb.enter(`TERM=dumb LANG=C ${chatCommand(server.address, '--nick', 'ana')}`);
  await dumb.shows(/^-- You are in #lobby now\.$/m);
  dumb.enter('grüße');
  await dumb.shows(/^\d\d:\d\d ana: grüße$/m);
});
