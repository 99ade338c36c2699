import assert from 'node:assert/strict';
import test from 'node:test';
import type { Link, Outgoing } from '../../core/ports.ts';
import { fold } from '../../core/wire/casemap.ts';
import { type ClientShell, startClient } from './shell.ts';

/** The test's end of a link. */
class TestLink implements Link {
  readonly peer = { address: '', kind: 'memory' as const, secure: true };
  readonly queuedBytes = 0;
  readonly sent: string[] = [];
  closedWith: string | undefined;
  onLines: Link['onLines'] = () => {};
  onClosed: Link['onClosed'] = () => {};
  send({ text }: Outgoing): void {
    this.sent.push(...text.split('\r\n').slice(0, -1));
  }
  pause(): void {}
  resume(): void {}
  close(reason: string): void {
    this.closedWith = reason;
  }
}

class Bench {
  now = 1_000;
  readonly links: TestLink[] = [];
  readonly disk = new Map<string, string>();
  dial: () => Promise<Link> = async () => {
    const link = new TestLink();
    this.links.push(link);
    return link;
  };
  load = async (): Promise<Map<string, string>> => new Map(this.disk);
  puts = 0;
  put = async (values: ReadonlyMap<string, string | null>): Promise<void> => {
    this.puts++;
    for (const [key, value] of values) {
      if (value === null) this.disk.delete(key);
      else this.disk.set(key, value);
    }
  };
  timers: { at: number; fire: () => void }[] = [];
  changes = 0;
  quit = false;

  start(): ClientShell {
    return startClient({
      settings: { nick: 'ann', realname: 'Ann', rooms: ['#tea'] },
      dial: () => this.dial(),
      store: { load: () => this.load(), put: (values) => this.put(values) },
      now: () => this.now,
      setTimer: (ms, fire) => {
        const timer = { at: this.now + ms, fire };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((other) => other !== timer);
        };
      },
      chance: () => 0.5,
      onChange: () => void this.changes++,
      onNotify: () => {},
      onQuit: () => {
        this.quit = true;
      },
    });
  }

  /** Everything that waits for a promise goes on. */
  async rest(): Promise<void> {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }

  pass(ms: number): void {
    this.now += ms;
    for (const timer of this.timers.filter(({ at }) => at <= this.now)) {
      this.timers = this.timers.filter((other) => other !== timer);
      timer.fire();
    }
  }
}

function welcome(link: TestLink): void {
  link.onLines([':srv 421 * CAP :Unknown', ':srv 001 ann :Welcome', ':srv 422 ann :No MOTD', ':ann!a@h JOIN #tea']);
}

test('dials, registers, keeps what is typed and then sends it', async () => {
  const bench = new Bench();
  const shell = bench.start();
  await bench.rest();
  const [link] = bench.links;
  assert(link?.sent.includes('NICK ann') === true);
  welcome(link);
  shell.act({ do: 'enter', room: fold('#tea'), text: 'hello' });
  assert.equal(link.sent.includes('PRIVMSG #tea hello'), false);
  await bench.rest();
  assert([...bench.disk.values()].some((value) => value.includes('"hello"')));
  assert(link.sent.includes('PRIVMSG #tea hello'));
  assert(bench.changes > 0);
  assert(bench.timers.length <= 1, 'one timer');
});

test('what is typed before the store was read is not lost', async () => {
  const bench = new Bench();
  const shell = bench.start();
  shell.act({ do: 'enter', room: fold('#tea'), text: 'early' });
  await bench.rest();
  assert.equal(shell.view.unsent, 1);
});

test('values that gather during a write go together with the next', async () => {
  const bench = new Bench();
  const shell = bench.start();
  await bench.rest();
  const before = bench.puts;
  for (let i = 0; i < 50; i++) shell.act({ do: 'enter', room: fold('#tea'), text: `${i}` });
  await bench.rest();
  assert(bench.puts - before <= 2);
  assert.equal([...bench.disk.keys()].filter((key) => key.startsWith('out:')).length, 50);
});

test('a store that fails is told, and messages go all the same', async () => {
  const bench = new Bench();
  bench.load = () => Promise.reject(new Error('not allowed'));
  bench.put = () => Promise.reject(new Error('disk full'));
  const shell = bench.start();
  await bench.rest();
  const [link] = bench.links;
  welcome(link!);
  shell.act({ do: 'enter', room: fold('#tea'), text: 'hello' });
  await bench.rest();
  assert(link!.sent.includes('PRIVMSG #tea hello'));
  const told = shell.view.rooms
    .flatMap(({ items }) => items)
    .filter((item) => item.kind === 'happened' && item.what === 'error');
  assert.equal(told.length, 1);
});

test('what a failing store did not take is stored when it works again', async () => {
  const bench = new Bench();
  const { put } = bench;
  bench.put = () => Promise.reject(new Error('disk full'));
  const shell = bench.start();
  await bench.rest();
  shell.act({ do: 'enter', room: fold('#tea'), text: 'one' });
  await bench.rest();
  bench.put = put;
  shell.act({ do: 'enter', room: fold('#tea'), text: 'two' });
  await bench.rest();
  assert.equal([...bench.disk.keys()].filter((key) => key.startsWith('out:')).length, 2);
});

test('a dial that fails is tried again; lines of a link that was given up are not heard', async () => {
  const bench = new Bench();
  const good = bench.dial;
  bench.dial = () => Promise.reject(new Error('Connection refused'));
  const shell = bench.start();
  await bench.rest();
  assert.equal(shell.view.link.state === 'offline' && shell.view.link.reason, 'Connection refused');
  bench.dial = good;
  bench.pass(2_000);
  await bench.rest();
  const [first] = bench.links;
  welcome(first!);
  first!.onClosed('reset');
  bench.pass(2_000);
  await bench.rest();
  const second = bench.links[1];
  assert(second !== undefined);
  first!.onLines([':bob!b@h PRIVMSG ann :from the grave']);
  first!.onClosed('again');
  assert.equal(shell.view.link.state, 'registering');
  assert.equal(
    shell.view.rooms.some(({ name }) => name === 'bob'),
    false,
  );
});

test('a link that opens after the shell stopped is closed', async () => {
  const bench = new Bench();
  const link = new TestLink();
  let open: (link: Link) => void = () => {};
  bench.dial = () => new Promise((resolve) => (open = resolve));
  const shell = bench.start();
  await bench.rest();
  await shell.stop();
  open(link);
  await bench.rest();
  assert.notEqual(link.closedWith, undefined);
  assert.equal(bench.timers.length, 0);
});

test('stop says goodbye and keeps what there is to keep', async () => {
  const bench = new Bench();
  const shell = bench.start();
  await bench.rest();
  welcome(bench.links[0]!);
  shell.act({ do: 'enter', room: fold('#tea'), text: 'last words' });
  await shell.stop();
  assert(bench.links[0]!.sent.some((line) => line.startsWith('QUIT')));
  assert([...bench.disk.keys()].some((key) => key.startsWith('out:')));
  assert.equal(bench.timers.length, 0);
});
