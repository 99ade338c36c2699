import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { KnownServers } from './known-servers.ts';
import { placesOf } from './places.ts';
import { isNick, rememberedNick, rememberNick, suggestedNick } from './remembered-nick.ts';
import { readServerAddress } from './server-address.ts';
import { ChatStore, storePath } from './store.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'parley-store-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('what was put is there after opening again, and null removes', async (t) => {
  const path = join(folder(t), 'deep', 'chat.db');
  const store = new ChatStore(path);
  await store.put(
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
  );
  await store.put(
    new Map([
      ['a', null],
      ['b', '3'],
    ]),
  );
  store.close();
  const again = new ChatStore(path);
  assert.deepEqual(await again.load(), new Map([['b', '3']]));
  again.close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('two programs write to one file without losing anything', async (t) => {
  const path = join(folder(t), 'chat.db');
  const [one, two] = [new ChatStore(path), new ChatStore(path)];
  for (let n = 0; n < 50; n += 1) {
    await one.put(new Map([[`one ${n}`, 'x']]));
    await two.put(new Map([[`two ${n}`, 'y']]));
  }
  assert.equal(one.loadNow().size, 100);
  one.close();
  two.close();
});

test('a file that is no store, or one of a later version, is told with what to do', (t) => {
  const path = join(folder(t), 'chat.db');
  writeFileSync(path, 'this is a letter to somebody, and no database at all');
  assert.throws(() => new ChatStore(path), /cannot be used/);
  rmSync(path);
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  assert.throws(() => new ChatStore(path), /newer Parley/);
});

test('every server and nick has a file of its own, inside the folder', () => {
  const names = new Map<string, string>();
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (server, nick) => {
      const path = storePath('/state', server, nick);
      assert.match(path, /^\/state\/[^/]+\.db$/);
      const who = JSON.stringify([server.toLowerCase(), nick.toLowerCase()]);
      assert.equal(names.get(path) ?? who, who);
      names.set(path, who);
    }),
  );
});

const [ONE, OTHER] = ['a'.repeat(64), 'b'.repeat(64)];

test('a key is remembered when it is first seen, and refused when it changes', (t) => {
  const path = join(folder(t), 'config', 'known-servers');
  const known = new KnownServers(path);
  assert.deepEqual(known.judge('h:6697', ONE, false, '2026-11-20'), { trust: true, firstTime: true });
  assert.deepEqual(known.judge('h:6697', ONE, false, '2026-11-21'), { trust: true, firstTime: false });
  assert.match(readFileSync(path, 'utf8'), new RegExp(`^h:6697 ${ONE} 2026-11-20$`, 'm'));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  for (const vouched of [false, true]) {
    const judgement = known.judge('h:6697', OTHER, vouched, '2026-11-22');
    assert.ok(!judgement.trust);
    assert.match(judgement.why, /seen since 2026-11-20/);
    assert.match(judgement.why, /AA:AA[^]*BB:BB/);
    assert.ok(judgement.why.includes(path));
  }
  assert.equal(known.judge('h:6698', OTHER, false, '2026-11-22').trust, true);
});

test('a key that the system vouches for is not remembered', (t) => {
  const known = new KnownServers(join(folder(t), 'known-servers'));
  assert.deepEqual(known.judge('h:6697', ONE, true, '2026-11-20'), { trust: true, firstTime: false });
  assert.deepEqual(known.judge('h:6697', OTHER, true, '2026-11-20'), { trust: true, firstTime: false });
});

test('the nick is remembered; what is no nick is not believed', (t) => {
  const path = folder(t);
  assert.equal(rememberedNick(path), undefined);
  rememberNick(path, 'ana');
  assert.equal(rememberedNick(path), 'ana');
  writeFileSync(join(path, 'nick'), 'two words\r\nQUIT\n');
  assert.equal(rememberedNick(path), undefined);
  assert.ok(isNick(suggestedNick()));
});

test('settings and state lie where each system wants them', () => {
  assert.deepEqual(placesOf('linux', { XDG_CONFIG_HOME: '', XDG_STATE_HOME: '/s' }, '/home/a'), {
    config: '/home/a/.config/parley',
    state: '/s/parley',
  });
  assert.match(placesOf('darwin', {}, '/Users/a').state, /Application Support\/Parley\/state$/);
});

const ADDRESSES: readonly (readonly [string, boolean | undefined, string])[] = [
  ['localhost', undefined, 'tcp localhost 6667'],
  ['chat.example:7000', undefined, 'tcp chat.example 7000'],
  ['chat.example:6697', undefined, 'tls chat.example 6697'],
  ['chat.example', true, 'tls chat.example 6697'],
  ['chat.example:6697', false, 'tcp chat.example 6697'],
  ['::1', undefined, 'tcp ::1 6667'],
  ['[2001:db8::1]:7000', undefined, 'tcp 2001:db8::1 7000'],
  ['ana@chat.example/tea', undefined, 'tcp chat.example 6667 nick=ana rooms=#tea'],
  ['irc://chat.example/#tea,ops', undefined, 'tcp chat.example 6667 rooms=#tea,#ops'],
  ['ircs://ana:secret@chat.example:7000/tea', undefined, 'tls chat.example 7000 password=secret nick=ana rooms=#tea'],
  ['ws://chat.example:7667/', undefined, 'websocket chat.example 7667 ws://chat.example:7667/'],
  [
    'https://10.0.0.2:7667/#k=a%2Bb&r=tea',
    undefined,
    'websocket 10.0.0.2 7667 wss://10.0.0.2:7667/ password=a+b rooms=#tea',
  ],
  ['http://chat.example/', undefined, 'websocket chat.example 80 ws://chat.example/'],
];

for (const [text, tls, read] of ADDRESSES) {
  test(`reads the address ${text}${tls === undefined ? '' : ` with tls ${tls}`}`, () => {
    const found = readServerAddress(text, tls);
    assert.ok(found !== undefined);
    const { via, host, port, url, password, nick, rooms } = found;
    const parts = [
      via,
      host,
      port,
      url,
      password && `password=${password}`,
      nick && `nick=${nick}`,
      rooms.length > 0 && `rooms=${rooms.join()}`,
    ];
    assert.equal(parts.filter(Boolean).join(' '), read);
  });
}

test('what is no address is none, and nothing throws', () => {
  for (const text of ['', 'a b', 'host:0', 'host:70000', 'ftp://host', 'irc://', 'javascript:alert(1)', 'http://']) {
    assert.equal(readServerAddress(text, undefined), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => void readServerAddress(text, undefined)));
  fc.assert(
    fc.property(
      fc.constantFrom('irc://', 'ircs://', 'https://'),
      fc.string(),
      (scheme, text) => void readServerAddress(scheme + text, undefined),
    ),
  );
});
