/**
 * What every implementation of `Link` promises. Run by link.test.ts over each of them. Nothing here sleeps: every wait
 * is for a line or an end.
 */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import type { Link, Outgoing } from '../../src/core/ports.ts';
import type { Received } from '../../src/core/wire/line-reader.ts';

export interface Pair {
  readonly client: Link;
  readonly server: Link;
}

/** A server's end whose other end is bare bytes. */
export interface RawPair {
  readonly server: Link;
  /** Writes bytes as they are. */
  readonly write: (bytes: Uint8Array) => void;
  /** Says that it sends no more, and reads on. */
  readonly end: () => void;
  /** Is gone without a word. */
  readonly vanish: () => void;
  /** Resolves when this was received. */
  readonly received: (bytes: string) => Promise<void>;
}

export interface Carrier {
  readonly name: string;
  open(): Promise<Pair>;
  openRaw(): Promise<RawPair>;
  /** A client's bytes for one line. */
  frame(line: Uint8Array): Uint8Array;
  /** Why a case cannot be run over this carrier. */
  readonly skips?: Readonly<Record<string, string>>;
}

/** Hears one end of a link. */
export class Ear {
  readonly heard: Received[] = [];
  readonly reasons: string[] = [];
  ended = 0;
  readonly #changed = new EventEmitter();

  constructor(link: Link, { half = false } = {}) {
    link.onLines = (lines) => {
      assert.ok(lines.length > 0, 'lines never come as an empty list');
      assert.equal(this.reasons.length, 0, 'nothing comes after the end');
      this.heard.push(...lines);
      this.#changed.emit('change');
    };
    link.onClosed = (reason) => {
      this.reasons.push(reason);
      this.#changed.emit('change');
    };
    if (half) {
      link.onEnded = () => {
        this.ended += 1;
        this.#changed.emit('change');
      };
    }
  }

  async until(true_: () => boolean): Promise<void> {
    while (!true_()) await once(this.#changed, 'change', { signal: AbortSignal.timeout(10_000) });
  }

  async lines(count: number): Promise<readonly Received[]> {
    await this.until(() => this.heard.length >= count);
    return this.heard;
  }

  async closed(): Promise<string> {
    await this.until(() => this.reasons.length > 0);
    return this.reasons[0] ?? '';
  }
}

export function linkSuite(carrier: Carrier): void {
  const run = (name: string, body: (pair: Pair) => Promise<void>) => {
    test(`${carrier.name}: ${name}`, skipped(carrier, name), async () => {
      const pair = await carrier.open();
      try {
        await body(pair);
      } finally {
        pair.client.close('done');
        pair.server.close('done');
      }
    });
  };
  const runRaw = (name: string, body: (pair: RawPair) => Promise<void>) => {
    test(`${carrier.name}: ${name}`, skipped(carrier, name), async () => {
      const pair = await carrier.openRaw();
      try {
        await body(pair);
      } finally {
        pair.vanish();
        pair.server.close('done');
      }
    });
  };

  run('lines arrive whole, once and in order, both ways', async ({ client, server }) => {
    const c = new Ear(client);
    const s = new Ear(server);
    const up: string[] = [];
    const down: string[] = [];
    for (let i = 0; i < 500; i++) {
      up.push(`PRIVMSG #tea :up ${i} ${'ä'.repeat(i % 150)}`);
      down.push(`:ann PRIVMSG #tea :down ${i} ${'x'.repeat(i % 300)}`);
      client.send({ text: `${up[i]}\r\n` });
      server.send({ text: `${down[i]}\r\n` });
    }
    assert.deepEqual(await s.lines(500), up);
    assert.deepEqual(await c.lines(500), down);
  });

  run('several lines go out as one text, and one text to many links is encoded once', async ({ client, server }) => {
    const c = new Ear(client);
    new Ear(server);
    const lines: Outgoing = {
      encoded: [],
      text: `one\r\n${'2'.repeat(125)}\r\n${'3'.repeat(126)}\r\n${'4'.repeat(509)}\r\nfünf 🫖\r\n`,
    };
    server.send(lines);
    const kept = lines.encoded?.filter((slot) => slot !== undefined);
    server.send(lines);
    const expected = lines.text.trimEnd().split('\r\n');
    assert.deepEqual(await c.lines(10), [...expected, ...expected]);
    const again = lines.encoded?.filter((slot) => slot !== undefined);
    assert.ok((kept?.length ?? 0) > 0);
    assert.ok(
      again?.every((bytes, index) => bytes === kept?.[index]),
      'the second link got the same bytes',
    );
  });

  run('lines with tags are longer than lines without', async ({ client, server }) => {
    const s = new Ear(server);
    const c = new Ear(client);
    const up = `@+a=${'t'.repeat(4090)} PRIVMSG #tea :${'b'.repeat(496)}`;
    const down = `@a=${'t'.repeat(8186)} PRIVMSG #tea :${'b'.repeat(496)}`;
    client.send({ text: `${up}\r\n` });
    server.send({ text: `${down}\r\n` });
    assert.deepEqual(await s.lines(1), [up]);
    assert.deepEqual(await c.lines(1), [down]);
  });

  run('what is too long is a fault in its place', async ({ client, server }) => {
    const s = new Ear(server);
    client.send({ text: `before\r\n${'x'.repeat(1100)}\r\nbetween\r\n@${'t'.repeat(5000)} x\r\nafter\r\n` });
    assert.deepEqual(await s.lines(5), [
      'before',
      { fault: 'line-too-long' },
      'between',
      { fault: 'tags-too-long' },
      'after',
    ]);
  });

  runRaw('what is not UTF-8 is a fault in its place', async ({ server, write }) => {
    const s = new Ear(server);
    write(carrier.frame(Buffer.from('before')));
    write(carrier.frame(Buffer.from([0x61, 0xff, 0x62])));
    write(carrier.frame(Buffer.from('after')));
    assert.deepEqual(await s.lines(3), ['before', { fault: 'not-utf8', head: 'a' }, 'after']);
  });

  runRaw('bytes may be cut anywhere', async ({ server, write }) => {
    const s = new Ear(server);
    const lines = ['NICK ann', 'PRIVMSG #tea :ümläut 🫖', 'x'.repeat(300)];
    const bytes = Buffer.concat(lines.map((line) => carrier.frame(Buffer.from(line))));
    for (let size = 1; size < bytes.length; size = size * 2 + 1) {
      const before = s.heard.length;
      for (let i = 0; i < bytes.length; i += size) {
        write(bytes.subarray(i, i + size));
        // Lets the pieces travel one by one; where the kernel joins some of them it is a cut all the same.
        await new Promise(setImmediate);
      }
      assert.deepEqual((await s.lines(before + 3)).slice(before), lines);
    }
  });

  run('close sends what is queued; both ends hear of the end once', async ({ client, server }) => {
    const c = new Ear(client);
    const s = new Ear(server);
    for (let i = 0; i < 200; i++) server.send({ text: `line ${i} ${'.'.repeat(400)}\r\n` });
    server.close('Ping timeout');
    assert.equal(await s.closed(), 'Ping timeout');
    await c.closed();
    assert.equal(c.heard.length, 200);
    server.close('again');
    client.close('again');
    await new Promise(setImmediate);
    assert.equal(s.reasons.length, 1);
    assert.equal(c.reasons.length, 1);
  });

  run('after close nothing is sent and nothing is heard', async ({ client, server }) => {
    const c = new Ear(client);
    const s = new Ear(server);
    server.close('Over');
    server.send({ text: 'too late\r\n' });
    client.send({ text: 'nobody listens\r\n' });
    await s.closed();
    await c.closed();
    assert.deepEqual(c.heard, []);
    assert.deepEqual(s.heard, []);
  });

  runRaw('a peer that vanishes is a reason for people', async ({ server, write, vanish }) => {
    const s = new Ear(server);
    write(carrier.frame(Buffer.from('hello')));
    await s.lines(1);
    vanish();
    assert.match(await s.closed(), /^Connection [a-z ]+$/);
    assert.equal(s.reasons.length, 1);
  });

  runRaw('who has said everything still gets the answer', async ({ server, write, end, received }) => {
    const s = new Ear(server, { half: true });
    write(carrier.frame(Buffer.from('QUIT')));
    end();
    await s.until(() => s.ended === 1);
    assert.deepEqual(s.heard, ['QUIT']);
    assert.deepEqual(s.reasons, []);
    server.send({ text: 'ERROR :bye\r\n' });
    server.close('Quit');
    await received('ERROR :bye\r\n');
    assert.equal(await s.closed(), 'Quit');
  });

  runRaw('who has said everything and hears nobody is let go', async ({ server, write, end }) => {
    const s = new Ear(server);
    write(carrier.frame(Buffer.from('QUIT')));
    end();
    assert.equal(await s.closed(), 'Connection closed');
    assert.deepEqual(s.heard, ['QUIT']);
  });

  run('a paused link hears nothing and holds the other back', async ({ client, server }) => {
    const s = new Ear(server);
    new Ear(client);
    server.pause();
    const line = `PRIVMSG #tea :${'x'.repeat(480)}\r\n`;
    const chunk = { text: line.repeat(200) };
    // More than any buffer on the way takes: what the kernel does not take is counted as queued.
    let sent = 0;
    while (client.queuedBytes < 1_000_000 && sent < 300) {
      client.send(chunk);
      sent += 1;
      await new Promise(setImmediate);
    }
    assert.ok(client.queuedBytes >= 1_000_000, 'the sender can see that it must wait');
    assert.deepEqual(s.heard, []);
    server.resume();
    assert.equal((await s.lines(sent * 200)).length, sent * 200);
    assert.equal(client.queuedBytes, 0);
  });

  run('pausing inside onLines holds back the rest', async ({ client, server }) => {
    new Ear(client);
    let heard = 0;
    let paused = false;
    let all: () => void = () => {};
    const done = new Promise<void>((resolve) => (all = resolve));
    server.onClosed = () => {};
    server.onLines = (lines) => {
      assert.equal(paused, false, 'a paused link says nothing');
      heard += lines.length;
      if (heard === 3000) return all();
      server.pause();
      paused = true;
      setImmediate(() => {
        paused = false;
        server.resume();
      });
    };
    for (let i = 0; i < 30; i++) client.send({ text: 'PING x\r\n'.repeat(100) });
    await done;
  });
}

function skipped(carrier: Carrier, name: string): { skip?: string } {
  const skip = carrier.skips?.[name];
  return skip === undefined ? {} : { skip };
}
