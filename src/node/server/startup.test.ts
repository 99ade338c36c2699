import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startupText, type Ready } from './startup.ts';

const LOCAL: Ready = {
  version: '1.2.3',
  irc: [
    { host: '127.0.0.1', port: 6667 },
    { host: '::1', port: 6667 },
  ],
  ircTls: [],
  web: [
    { host: '127.0.0.1', port: 7667 },
    { host: '::1', port: 7667 },
  ],
  webIsSecure: false,
  data: '/home/ann/.local/share/parley',
  inviteKey: undefined,
  fingerprints: undefined,
  ownAddresses: [],
  webIsBuilt: true,
};

test('a person on this computer is told all they need', () => {
  const { text, scan } = startupText(LOCAL);
  assert.equal(
    text,
    `Parley 1.2.3 is running.

  In a browser    http://localhost:7667/
  Any IRC client  localhost:6667  (without TLS)
  Messages        kept in /home/ann/.local/share/parley

Only this computer can connect. To let in your network: parley serve --lan
Ctrl-C stops the server.

`,
  );
  assert.equal(scan, undefined);
});

test('for a network the link has the address that others see, and the key', () => {
  const { text, scan } = startupText({
    ...LOCAL,
    ircTls: [{ host: '0.0.0.0', port: 6697 }],
    web: [
      { host: '0.0.0.0', port: 7667 },
      { host: '::', port: 7667 },
    ],
    webIsSecure: true,
    inviteKey: 'abcd-efgh-jkmn',
    fingerprints: { certificate: 'AA:BB', key: 'CC:DD' },
    ownAddresses: ['192.0.2.7', '2001:db8::7'],
  });
  assert.equal(scan, 'https://192.0.2.7:7667/#k=abcd-efgh-jkmn');
  assert.match(text, /In a browser +https:\/\/192\.0\.2\.7:7667\/#k=abcd-efgh-jkmn\n/);
  assert.match(text, /IRC with TLS +192\.0\.2\.7:6697\n/);
  assert.match(text, /IRC, this computer +localhost:6667/);
  assert.match(text, /SHA-256 AA:BB[\s\S]*SHA-256 CC:DD/);
  assert.match(text, /Others can connect/);
});

test('nothing is promised that is not there', () => {
  const { text } = startupText({ ...LOCAL, irc: [], data: undefined, webIsBuilt: false });
  assert.doesNotMatch(text, /IRC client/);
  assert.match(text, /gone when the server stops/);
  assert.match(text, /npm run build:web/);
});
