import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../core/hub/settings.ts';
import { parseConfig } from '../node/server/config.ts';
import { resolveSettings, type ServeFlags } from './serve-settings.ts';

const NONE: ServeFlags = { lan: false, memory: false, json: false };

function settings(flags: Partial<ServeFlags>, file = '', env: Record<string, string> = {}) {
  return resolveSettings({ ...NONE, ...flags }, parseConfig(file, 'parley.toml'), env, 123);
}

test('without anything said it is for this computer only, and keeps everything', () => {
  const plain = settings({});
  assert.deepEqual(plain.irc, [{ host: 'localhost', port: 6667 }]);
  assert.deepEqual(plain.ircTls, []);
  assert.deepEqual(plain.web, [{ host: 'localhost', port: 7667 }]);
  assert.equal(plain.memory, false);
  assert.equal(plain.durability, 'full');
  assert.deepEqual(plain.keep, { kind: 'forever' });
  assert.deepEqual(plain.server.hub.limits, LIMITS);
  assert.equal(plain.server.hub.password, undefined);
  assert.equal(plain.server.floodControl, true);
  assert.equal(plain.server.gate.exemptLoopback, true);
});

test('flags win over the file', () => {
  const file = `
    [server]
    name = "file.example"
    network = "File"
    password = "file"
    [listen]
    irc = ["192.0.2.1:6667", "[2001:db8::1]:6667"]
    web = "none"
    [limits]
    maxClients = 7
    nickLength = 20
    connectRate = 0
    [history]
    keep = "90d"
    maxPerRequest = 50`;
  const fromFile = settings({}, file);
  assert.equal(fromFile.server.hub.serverName, 'file.example');
  assert.equal(fromFile.server.hub.password, 'file');
  assert.equal(fromFile.irc.length, 2);
  assert.deepEqual(fromFile.web, []);
  assert.deepEqual(fromFile.server.hub.limits, { ...LIMITS, maxClients: 7, nickLength: 20, historyPage: 50 });
  assert.equal(fromFile.server.gate.exemptLoopback, false, 'limits that somebody wrote down count for everybody');
  assert.equal(fromFile.keep.kind, 'age');

  const flags = { name: 'flag.example', irc: ['none'], web: [':80'], maxClients: '9', password: 'flag' };
  const fromFlags = settings(flags, file, { PARLEY_PASSWORD: 'environment' });
  assert.equal(fromFlags.server.hub.serverName, 'flag.example');
  assert.equal(fromFlags.server.hub.networkName, 'File');
  assert.equal(fromFlags.server.hub.password, 'flag');
  assert.deepEqual(fromFlags.irc, []);
  assert.deepEqual(fromFlags.web, [{ host: '*', port: 80 }]);
  assert.equal(fromFlags.server.gate.maxClients, 9);
  assert.equal(settings({}, file, { PARLEY_PASSWORD: 'environment' }).server.hub.password, 'environment');
});

test('an open network gets TLS on all addresses, and IRC without it stays on this computer', () => {
  const lan = settings({ lan: true });
  assert.deepEqual(lan.irc, [{ host: 'localhost', port: 6667 }]);
  assert.deepEqual(lan.ircTls, [{ host: '*', port: 6697 }]);
  assert.deepEqual(lan.web, [{ host: '*', port: 7667 }]);
});

test('a port alone is on this computer', () => {
  assert.deepEqual(settings({ irc: ['7000'] }).irc, [{ host: 'localhost', port: 7000 }]);
});

const mistakes: readonly [Partial<ServeFlags>, RegExp][] = [
  [{ irc: ['everywhere'] }, /--irc everywhere: write HOST:PORT/],
  [{ irc: ['none'], web: ['none'] }, /at least one of/],
  [{ maxClients: '0' }, /--max-clients 0: write a whole number/],
  [{ name: 'two words' }, /--name two words: write one word/],
  [{ durability: 'some' }, /"full" or "relaxed"/],
  [{ tlsKey: 'key.pem' }, /--tls-cert is missing/],
  [{ memory: true, data: '/tmp/x' }, /--memory keeps nothing/],
];
for (const [flags, message] of mistakes) {
  test(`${JSON.stringify(flags)} is refused`, () =>
    assert.throws(() => settings(flags), { code: 'usage/wrong', message }));
}
