/**
 * Transcripts: conversations as plain text, played against the hub. They are the protocol's documentation as much as
 * its test, so they read from top to bottom without knowing the code.
 *
 *   # A comment.
 *   connect ann                a connection that has not registered; `connect ann in clear` is one without TLS
 *   connect ann with certificate X   the same, and it showed a certificate of that fingerprint
 *   ann arrives                connects and registers as ann; what the welcome says is passed over
 *   ann arrives with A B       the same, with the capabilities A and B
 *   ann > PRIVMSG #tea :hi     ann sends a line
 *   ann > PRIVMSG bob :h\xff   the same, but it is not UTF-8 from `\xff` on
 *   ann < :bob ...             ann gets this line; lines to one connection stand in the order they came
 *   ann < ...                  whatever else ann got so far is passed over
 *   ann < ... :bob ...         the same up to this line
 *   ann is closed              the server has ended ann's connection
 *   ann vanishes               ann's connection breaks
 *   10 s pass                  the clock goes on
 *   the server restarts        kill -9 and start from what is stored
 *   TLS is on port N           from now on, and clients are told so
 *   the server password is X   from now on; `the disk fails`, `the disk works again` likewise
 *   accounts: required         an access rule, until the next such line: `required`, `after-connect`, `closed` or `open`
 *
 * `base64(…)` stands for the base64 of what it holds, with `\0` for NUL and `x*300` for 300 times x.
 *
 * `{}` in an expected line stands for anything; `{name}` as well, but for the same thing each time in one transcript,
 * also in lines that are sent. Every line that arrives has to be expected: silence is part of a conversation.
 */
import assert from 'node:assert/strict';
import type { AccountSettings, ConnId } from '../../src/core/hub/events.ts';
import { ACCOUNTS } from '../../src/core/hub/settings.ts';
import { Host, type LogMode } from '../sim/host.ts';

interface Guest {
  conn: ConnId;
  /** How many of the lines sent to it were expected so far. */
  seen: number;
}

export function play(text: string, mode: LogMode): void {
  const host = new Host(mode);
  const guests = new Map<string, Guest>();
  const captured = new Map<string, string>();

  const guest = (name: string): Guest => {
    const found = guests.get(name);
    assert.ok(found, `nobody called ${name} has connected`);
    return found;
  };
  const linesOf = (one: Guest): string[] => host.sent.get(one.conn) ?? [];
  const expectSilence = (where: string): void => {
    for (const [name, one] of guests) {
      const extra = linesOf(one).slice(one.seen);
      assert.deepEqual(extra, [], `${where}: ${name} got lines that nobody expected`);
    }
  };
  const fill = (line: string): string =>
    encode(line.replaceAll(/\{(\w+)\}/g, (whole, name: string) => captured.get(name) ?? whole));

  const steps = text.split('\n').map((line, index) => ({ line: line.trimEnd(), where: `line ${index + 1}` }));
  for (const { line, where } of steps) {
    if (line === '' || line.startsWith('#')) continue;
    const said = /^(\w+) ([<>]) (.*)$/.exec(line);
    if (said !== null) {
      const [, name = '', way, what = ''] = said;
      if (way === '>') {
        expectSilence(`before ${where}`);
        const [head = '', bad] = fill(what).split('\\xff', 2);
        host.line(guest(name).conn, bad === undefined ? head : { fault: 'not-utf8', head });
        host.settle();
      } else {
        const one = guest(name);
        if (what === '...') {
          one.seen = linesOf(one).length;
          continue;
        }
        if (what.startsWith('... ')) {
          const found = linesOf(one).findIndex((line, at) => at >= one.seen && line === what.slice(4));
          assert.ok(found !== -1, `${where}: ${name} should get "${what.slice(4)}" some time`);
          one.seen = found + 1;
          continue;
        }
        const got = linesOf(one)[one.seen];
        assert.ok(got !== undefined, `${where}: ${name} should get "${what}" but got nothing more`);
        match(encode(what), got, captured, `${where}: ${name}`);
        one.seen += 1;
      }
      continue;
    }
    expectSilence(`before ${where}`);
    const words = line.split(' ');
    const [first = '', second] = words;
    if (first === 'connect') {
      guests.set(second ?? '', { conn: host.connect(undefined, !line.endsWith(' in clear'), words[4]), seen: 0 });
    } else if (second === 'arrives') {
      const one = { conn: host.connect(), seen: 0 };
      guests.set(first, one);
      if (words.length > 3) host.line(one.conn, `CAP REQ :${words.slice(3).join(' ')}`);
      host.line(one.conn, `NICK ${first}`);
      host.line(one.conn, `USER ${first} 0 * :${first}`);
      if (words.length > 3) host.line(one.conn, 'CAP END');
      host.settle();
      one.seen = linesOf(one).length;
    } else if (second === 'vanishes') {
      host.disconnect(guest(first).conn);
      host.settle();
    } else if (line.endsWith(' is closed')) {
      assert.ok(!host.open.has(guest(first).conn), `${where}: ${first} is still connected`);
    } else if (line.endsWith(' s pass')) {
      host.now += Number(first) * 1000;
      host.wake();
      host.settle();
    } else if (line === 'the server restarts') {
      host.crash();
      guests.clear();
    } else if (line.startsWith('the server password is ')) {
      host.feed({ kind: 'configured', at: host.now, settings: { ...host.settings, password: words.at(-1) ?? '' } });
    } else if (first === 'accounts:') {
      const accounts = { ...ACCOUNTS, ...ACCESS[second ?? ''] };
      host.feed({ kind: 'configured', at: host.now, settings: { ...host.settings, accounts } });
    } else if (line.startsWith('TLS is on port ')) {
      const sts = { port: Number(words.at(-1)), seconds: 86_400 };
      host.feed({ kind: 'configured', at: host.now, settings: { ...host.settings, sts } });
    } else if (line === 'the disk fails') {
      host.feed({ kind: 'trouble', at: host.now, why: 'the disk is full' });
    } else if (line === 'the disk works again') {
      host.feed({ kind: 'trouble', at: host.now, why: undefined });
    } else {
      assert.fail(`${where}: not a step: ${line}`);
    }
    if (second !== 'arrives') host.settle();
  }
  expectSilence('at the end');
}

const ACCESS: Readonly<Record<string, Partial<AccountSettings>>> = {
  required: { required: true },
  'after-connect': { beforeConnect: false },
  closed: { registration: false },
  open: {},
};

/** `x*300` and `base64(…)` written out. */
function encode(text: string): string {
  return text
    .replaceAll(/(\w)\*(\d+)/g, (_, letter: string, times: string) => letter.repeat(Number(times)))
    .replaceAll(/base64\((.*?)\)(?= |$)/g, (_, inner: string) =>
      Buffer.from(inner.replaceAll('\\0', '\0')).toString('base64'),
    );
}

/** Compares a line with a pattern, and remembers what its `{names}` stood for. */
function match(pattern: string, got: string, captured: Map<string, string>, where: string): void {
  const names: string[] = [];
  const source = pattern.replaceAll(/\{(\w*)\}|[.*+?^$()|[\]\\]/g, (whole, name: string | undefined) => {
    if (name === undefined) return `\\${whole}`;
    if (name === '') return '.*';
    const known = captured.get(name);
    if (known !== undefined) return known.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    names.push(name);
    return '([^ ;]+)';
  });
  const found = new RegExp(`^${source}$`).exec(got);
  assert.ok(found !== null, `${where}\n  should get: ${pattern}\n  but got:    ${got}`);
  for (const [i, name] of names.entries()) captured.set(name, found[i + 1] ?? '');
}
