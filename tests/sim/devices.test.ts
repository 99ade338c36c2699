/**
 * People on several devices, told at random with both logs: whoever has an account and wants its nick is one person, from
 * their first connection to their last, whatever else is ordered in between; and guessing passwords is held back.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/core/base/random.ts';
import { LIMITS } from '../../src/core/hub/settings.ts';
import { Host, type LogMode } from './host.ts';

const ACCOUNTS = ['ann', 'bob', 'cat'] as const;
const STEPS = 400;

/** One connection: what it was told of itself and of the room. */
interface Device {
  readonly conn: number;
  nick: string;
  inRoom: boolean;
  heard: string[];
}

function plain(name: string, password: string): string {
  return Buffer.from(`\0${name}\0${password}`).toString('base64');
}

function tell(seed: number, mode: LogMode): Host {
  const random = new Random(seed);
  const host = new Host(mode);
  const devices = new Map<number, Device>();
  host.onLine = (conn, line) => {
    const device = devices.get(conn);
    if (device !== undefined) hear(device, line);
  };
  host.onClosed = (conn) => void devices.delete(conn);
  const arrive = (name: string, password: string): void => {
    const conn = host.connect();
    devices.set(conn, { conn, nick: '', inRoom: false, heard: [] });
    host.line(conn, 'AUTHENTICATE PLAIN');
    host.line(conn, `AUTHENTICATE ${plain(name, password)}`);
    host.line(conn, `NICK ${name}`);
    host.line(conn, `USER ${name} 0 * :${name}`);
  };

  for (const name of ACCOUNTS) {
    const conn = host.connect();
    host.line(conn, `REGISTER ${name} * sesame`);
    host.settle();
    host.disconnect(conn);
  }
  for (let step = 0; step < STEPS; step++) {
    const device = random.pick([...devices.values()]);
    const account = random.pick(ACCOUNTS) ?? 'ann';
    switch (random.below(12)) {
      case 0:
      case 1:
        if (devices.size < 8) arrive(account, random.chance(0.9) ? 'sesame' : 'guess');
        break;
      case 2:
        if (device === undefined) break;
        devices.delete(device.conn);
        host.disconnect(device.conn);
        break;
      case 3:
        if (device !== undefined) host.line(device.conn, 'QUIT :bye');
        break;
      case 4:
        if (device !== undefined) host.line(device.conn, random.chance(0.7) ? 'JOIN #tea' : 'PART #tea');
        break;
      case 5:
        if (device !== undefined) host.line(device.conn, `NICK ${random.pick([...ACCOUNTS, 'dan', 'eve'])}`);
        break;
      case 6:
        host.order(1 + random.below(3));
        break;
      case 7:
        host.endTurn();
        break;
      case 8:
        host.settle();
        check(host, devices);
        break;
      default:
        if (device !== undefined) host.line(device.conn, `PRIVMSG #tea :${step}`);
    }
  }
  host.settle();
  check(host, devices);
  return host;
}

function hear(device: Device, line: string): void {
  const [, from = '', command = '', target = '', text = ''] = /^:([^ !]+)\S* (\S+) (\S+)(?: :?(.*))?$/.exec(line) ?? [];
  if (command === '001') device.nick = target;
  else if (command === 'JOIN' && from === device.nick) {
    device.inRoom = true;
    device.heard = [];
  } else if (command === 'PART' && from === device.nick) device.inRoom = false;
  else if (command === 'NICK' && from === device.nick) device.nick = target;
  else if (command === 'PRIVMSG') {
    assert.ok(device.inRoom, `${device.nick} hears "${text}" before it is shown into the room`);
    if (from !== device.nick) device.heard.push(text);
  }
}

/** Nothing is on its way: everybody's view has to agree. */
function check(host: Host, devices: ReadonlyMap<number, Device>): void {
  const here = [...devices.values()].filter(({ nick }) => nick !== '');
  const people = Map.groupBy(here, ({ nick }) => nick);
  assert.equal(host.hub.counts.people, people.size, 'as many people as nicks that devices say they have');
  for (const [nick, own] of people) {
    assert.equal(new Set(own.map(({ inRoom }) => inRoom)).size, 1, `all devices of ${nick} are in the same rooms`);
    const [longest = []] = own.map(({ heard }) => heard).sort((a, b) => b.length - a.length);
    for (const { heard } of own) {
      assert.deepEqual(heard, longest.slice(longest.length - heard.length), `devices of ${nick} hear the same`);
    }
  }
}

for (const mode of ['immediate', 'late'] as const) {
  test(`devices of one account are one person, log orders ${mode === 'late' ? 'late' : 'at once'}`, () => {
    let most = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { connections, people } = tell(seed, mode).hub.counts;
      most = Math.max(most, connections - people);
    }
    assert.ok(most > 1, 'somebody had more than one device');
  });
}

test('guessing at an account stops after some failures, and locks out neither its devices nor others', () => {
  const host = new Host();
  const token = `parley-device-${'a'.repeat(43)}`;
  const say = (conn: number, ...lines: string[]): string => {
    const before = host.sent.get(conn)?.length ?? 0;
    for (const line of lines) host.line(conn, line);
    host.settle();
    return (host.sent.get(conn) ?? []).slice(before).join('\n');
  };
  const login = (name: string, password: string, conn = host.connect()): string =>
    say(conn, 'AUTHENTICATE PLAIN', `AUTHENTICATE ${plain(name, password)}`);
  for (const name of ['ann', 'bob']) {
    const conn = host.connect();
    say(conn, `REGISTER ${name} * sesame`, `DEVICE ADD ${name === 'ann' ? token : '*'}`);
    host.disconnect(conn);
  }
  for (let i = 0; i < LIMITS.loginFailuresPerAccount; i++) assert.match(login('ann', `guess ${i}`), / 904 /);
  assert.match(login('ann', 'sesame'), / 904 /, 'the password is not tried any more');
  assert.match(login('ann', token), / 903 /, 'a device comes in');
  assert.match(login('bob', 'sesame'), / 903 /, 'so do others');
  host.now += 10 * 60_000;
  assert.match(login('ann', 'sesame'), / 903 /, 'after a while the owner does');

  const guesser = host.connect();
  for (let i = 1; i < LIMITS.loginFailures; i++) login('bob', 'guess', guesser);
  assert.ok(host.open.has(guesser));
  assert.match(login('bob', 'guess', guesser), /ERROR :Too many failed logins/);
  assert.ok(!host.open.has(guesser));
});
