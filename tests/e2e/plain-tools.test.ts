/** What arrives is bytes: from nc, from a slow terminal, from somebody who means harm. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { cleanup, folder } from './kit/cleanup.ts';
import { unlimited } from './kit/config.ts';
import { Irc } from './kit/irc.ts';
import { run } from './kit/run.ts';
import { startServer, type Endpoint } from './kit/server.ts';
import { within } from './kit/wait.ts';

const ROOM = '#plain';
const NC_MISSING = existsSync('/usr/bin/nc') ? false : 'nc is not installed';

test('a message is one line of shell', { skip: NC_MISSING }, async (t) => {
  const { irc } = await startServer(t);
  const ann = await Irc.arrive(t, irc, 'ann', [ROOM]);
  const said = (nick: string, text: string): string =>
    `NICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\nJOIN ${ROOM}\r\nPRIVMSG ${ROOM} :${text}\r\n`;
  const address = [irc.host, String(irc.port)];

  const first = await run(t, 'nc', address, { input: `${said('bob', 'hi')}QUIT :bye\r\n` });
  assert.match(first.stdout, / 001 bob [^]* 366 bob #plain [^]*ERROR :/);
  await ann.sees(/^:bob!\S+ PRIVMSG #plain :hi$/);
  await ann.sees(/^:bob!\S+ QUIT :.*bye/);

  // -N ends the connection's own half at the end of the input: the answers come all the same, then it is over.
  const second = await run(t, 'nc', ['-N', ...address], { input: said('cat', 'hello there') });
  assert.match(second.stdout, / 001 cat [^]* 366 cat #plain /);
  await ann.sees(/^:cat!\S+ PRIVMSG #plain :hello there$/);
  await ann.sees(/^:cat!\S+ QUIT /);
});

test('bytes may come one at a time, and lines may end as they like', async (t) => {
  const { irc } = await startServer(t);
  const ann = await Irc.arrive(t, irc, 'ann', [ROOM]);
  const slow = Irc.open(t, irc, 'bob');
  const text =
    `NICK bob\nUSER bob 0 * :bob\r\n\r\n\n\rJOIN ${ROOM}\r` +
    `PRIVMSG ${ROOM} :one — ü\nPRIVMSG ${ROOM} :two\r\n\rPRIVMSG ${ROOM} :three\r\r\nprivmsg   ${ROOM}   :  four \n`;
  for (const byte of Buffer.from(text)) {
    await new Promise((resolve) => slow.socket.write(Buffer.of(byte), resolve));
  }
  await ann.sees(/four/);
  assert.deepEqual(
    ann.lines.filter(({ from, command }) => from === 'bob' && command === 'PRIVMSG').map(({ params }) => params[1]),
    ['one — ü', 'two', 'three', '  four '],
  );
});

test('what no line can be is answered, and the connection goes on', async (t) => {
  const { irc } = await startServer(t);
  const ann = await Irc.arrive(t, irc, 'ann', [ROOM]);
  const bob = await Irc.arrive(t, irc, 'bob', [ROOM], 'message-tags');
  const line = (text: string, tags = ''): string => `${tags}PRIVMSG ${ROOM} :${text}\r\n`;
  for (const [bytes, answer] of [
    [line('x'.repeat(600)), ':parley.internal 417 bob :Input line was too long'],
    [line('x', `@+x=${'y'.repeat(5_000)} `), ':parley.internal 417 bob :Input line was too long'],
    [`${'z'.repeat(1_000_000)}\r\n`, ':parley.internal 417 bob :Input line was too long'],
    [Buffer.from(line('gr\xfc\xdfe'), 'latin1'), /^:parley.internal FAIL \S+ INVALID_UTF8 :/],
    // A surrogate in UTF-8, an overlong slash, a letter cut off by the end of the line.
    [Buffer.from(line('\xed\xa0\x80'), 'latin1'), /^:parley.internal FAIL \S+ INVALID_UTF8 :/],
    [Buffer.from(line('\xc0\xaf'), 'latin1'), /^:parley.internal FAIL \S+ INVALID_UTF8 :/],
    [Buffer.from(line('cut \xe2\x82'), 'latin1'), /^:parley.internal FAIL \S+ INVALID_UTF8 :/],
    [line('nothing\0 there'), /^:parley.internal FAIL \S+ INVALID_LINE :/],
    ['\0\r\n', /^:parley.internal FAIL \S+ INVALID_LINE :/],
    ['FLY away\r\n', ':parley.internal 421 bob FLY :Unknown command'],
  ] as const) {
    bob.socket.write(bytes);
    const [first = '', ...rest] = (await bob.ask()).map(({ body }) => body);
    if (typeof answer === 'string') assert.equal(first, answer);
    else assert.match(first, answer);
    assert.equal(rest.length, 1, `one answer, then the PONG: ${rest.join('\n')}`);
  }
  bob.send(`PRIVMSG ${ROOM} :after all that`);
  await ann.sees(/after all that/);
  assert.equal(ann.lines.filter(({ command }) => command === 'PRIVMSG').length, 1, 'nothing of it reached the room');
});

test('somebody who never reads is cut, and holds up nobody', async (t) => {
  const { irc } = await startServer(t, { flags: unlimited(t) });
  const slow = await Irc.arrive(t, irc, 'slow', [ROOM], 'message-tags');
  const [ann, bob] = await Promise.all([
    Irc.arrive(t, irc, 'ann', [ROOM], 'message-tags'),
    Irc.arrive(t, irc, 'bob', [ROOM]),
  ]);
  slow.socket.pause();

  // Enough to fill what both kernels buffer for a loopback connection, and the server's queue behind that.
  const ballast = 'x'.repeat(3_900);
  const LINES = 6_000;
  const heard = new Promise<void>((resolve) => {
    let left = LINES;
    bob.onLine = ({ command }) => {
      if (command === 'PRIVMSG' && --left === 0) resolve();
    };
  });
  for (let n = 0; n < LINES; n++) ann.send(`@+x=${ballast} PRIVMSG ${ROOM} :${n}`);
  await within('bob hears everything', heard, () => `${bob.lines.length} lines so far`, 60_000);
  await bob.sees(/^:slow!\S+ QUIT :SendQ exceeded$/);
  await ann.ask();
  assert.deepEqual(
    bob.lines.filter(({ command }) => command === 'PRIVMSG').map(({ params }) => Number(params[1])),
    Array.from({ length: LINES }, (_, n) => n),
  );
});

test('noise on any port disturbs nobody', async (t) => {
  const server = await startServer(t, { data: folder(t), webPort: 0, flags: ['--irc-tls', '127.0.0.1:0'] });
  const web = webDoor(server.url);
  const noises: Buffer[] = [
    randomBytes(4_000),
    Buffer.alloc(100_000),
    Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    Buffer.from('NICK noise\r\nUSER noise 0 * :noise\r\n'),
    // The beginning of a TLS handshake: a record of type 22 that promises more than comes.
    Buffer.from([0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0x00, 0x3f, 0xfc, 0x03, 0x03]),
  ];
  for (const door of [server.irc, server.ircTls, web]) {
    for (const noise of noises) {
      const socket = open(t, door);
      socket.resume();
      await new Promise((resolve) => socket.write(noise, resolve));
      socket.destroySoon();
    }
  }
  const ann = await Irc.arrive(t, server.irc, 'ann', [ROOM]);
  const secured = connectTls({ ...server.ircTls, rejectUnauthorized: false });
  cleanup(t, () => secured.destroy());
  const bob = new Irc('bob', secured);
  await bob.register();
  await bob.join(ROOM);
  bob.send(`PRIVMSG ${ROOM} :still here`);
  await ann.sees(/^:bob!\S+ PRIVMSG #plain :still here$/);
  assert.equal(status(await ask(t, web, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')), 200);
});

const SECRET = '"devDependencies"'; // stands in package.json, which is two folders above the web client

test('no path of a request leads out of the web client', async (t) => {
  const { url } = await startServer(t, { webPort: 0 });
  for (const path of [
    '/../package.json',
    '/../../package.json',
    '/assets/../../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '/....//....//package.json',
    '//package.json',
    '/./package.json',
    '/index.html%00.json',
    '/package.json?/index.html',
    'http://localhost/../../package.json',
    'file:///etc/passwd',
    '../../package.json',
    '/etc/passwd',
    '*',
  ]) {
    const answer = await ask(t, webDoor(url), `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    assert.ok([400, 404].includes(status(answer)), `${path}: ${answer.slice(0, 300)}`);
    assert.ok(!answer.includes(SECRET) && !answer.includes('root:'), `${path}: ${answer.slice(0, 300)}`);
  }
});

test('requests that are too much are refused, each with its number', async (t) => {
  const { url } = await startServer(t, { webPort: 0 });
  const web = webDoor(url);
  const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
  assert.equal(status(await ask(t, web, `${get}X-Much: ${'x'.repeat(100_000)}\r\n\r\n`)), 431);
  assert.equal(status(await ask(t, web, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`)), 431);
  assert.equal(status(await ask(t, web, `${get}Bad Header\r\n\r\n`)), 400);
  assert.equal(
    status(await ask(t, web, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')),
    405,
  );
  assert.equal(status(await ask(t, web, 'HELLO\r\n\r\n')), 400);
  const page = await ask(t, web, `${get}Connection: close\r\n\r\n`);
  assert.equal(status(page), 200);
  assert.match(page, /content-security-policy: default-src 'self'/i);
});

function webDoor(url: string): Endpoint {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function open(t: TestContext, { host, port }: Endpoint): Socket {
  const socket = connect(port, host);
  socket.on('error', () => undefined);
  cleanup(t, () => socket.destroy());
  return socket;
}

/** Sends bytes as they are and resolves to all that comes until the server ends the connection. */
async function ask(t: TestContext, door: Endpoint, request: string): Promise<string> {
  const socket = open(t, door);
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(request);
  await within('the server answers and closes', closed, () => answer);
  return answer;
}

function status(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
}
