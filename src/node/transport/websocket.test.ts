/** What is special about WebSocket and the web door; the rest is in tests/acceptance/link.suite.ts. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { WebSocket } from 'ws';
import type { Link } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';
import { listenWeb } from './web.ts';
import { BINARY_PROTOCOL, TEXT_PROTOCOL } from './websocket.ts';

const opened: { link: Link; lines: Received[]; reason: Promise<string> }[] = [];
let refuse: string | undefined;
const door = await listenWeb({
  host: '127.0.0.1',
  port: 0,
  onRequest: (_, response) => void response.end('page'),
  mayConnect: () => refuse,
  mayUse: (origin) => origin !== 'https://evil.example',
  accept: (link) => {
    const lines: Received[] = [];
    const reason = new Promise<string>((resolve) => (link.onClosed = resolve));
    link.onLines = (more) => {
      lines.push(...more);
      link.send({ text: more.map(() => 'heard\r\n').join('') });
    };
    opened.push({ link, lines, reason });
  },
});
after(() => door.close());

async function dial(protocols: string[] = [], headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${door.address.port}/any/path`, protocols, { headers });
  await once(socket, 'open');
  const end = opened.at(-1);
  assert.ok(end);
  return { socket, ...end };
}

const status = async (headers: Record<string, string>) => {
  const socket = new WebSocket(`ws://127.0.0.1:${door.address.port}/`, [], { headers });
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  socket.terminate();
  return response.statusCode;
};

test('text is preferred, binary is there, and no protocol is text', async () => {
  for (const [offered, chosen, isBinary] of [
    [[BINARY_PROTOCOL, TEXT_PROTOCOL], TEXT_PROTOCOL, false],
    [['other', BINARY_PROTOCOL], BINARY_PROTOCOL, true],
    [[], '', false],
  ] as const) {
    const { socket } = await dial([...offered]);
    assert.equal(socket.protocol, chosen);
    socket.send('PING x');
    const [data, binary] = (await once(socket, 'message')) as [Buffer, boolean];
    assert.equal(data.toString(), 'heard');
    assert.equal(binary, isBinary);
    socket.terminate();
  }
});

test('line endings and several lines in a frame are taken, as other servers take them', async () => {
  const { socket, lines } = await dial([TEXT_PROTOCOL]);
  const answered = new Promise<void>((resolve) => {
    let answers = 0;
    socket.on('message', () => {
      answers += 1;
      if (answers === 4) resolve();
    });
  });
  socket.send('NICK ann\r\n');
  socket.send('USER ann 0 * :Ann\nJOIN #tea\r\n');
  socket.send(Buffer.from('PING x'));
  await answered;
  assert.deepEqual(lines, ['NICK ann', 'USER ann 0 * :Ann', 'JOIN #tea', 'PING x']);
  socket.terminate();
});

test('a frame that no line can fill ends the link', async () => {
  const { socket, reason } = await dial([TEXT_PROTOCOL]);
  socket.on('error', () => {});
  socket.send('x'.repeat(20_000));
  assert.equal(await reason, 'Frame too long');
});

test('text that is not UTF-8 ends the link (RFC 6455 §8.1)', async () => {
  const { socket, reason } = await dial([TEXT_PROTOCOL]);
  socket.on('error', () => {});
  socket.send(Buffer.from([0x61, 0xff]), { binary: false });
  assert.equal(await reason, 'Text was not UTF-8');
});

test('the other end is told why', async () => {
  const { socket, link } = await dial([TEXT_PROTOCOL]);
  link.close(`Killed: ${'ü'.repeat(100)}`);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  assert.equal(code, 1000);
  assert.match(reason.toString(), /^Killed: ü+$/);
});

test('pings are answered, but not queued for who does not read', async () => {
  const { socket, link } = await dial([TEXT_PROTOCOL]);
  socket.ping('once');
  const [answer] = (await once(socket, 'pong')) as [Buffer];
  assert.equal(answer.toString(), 'once');

  socket.pause();
  const payload = Buffer.alloc(125);
  // Far more pongs than all buffers on the way take.
  for (let i = 0; i < 400 && socket.bufferedAmount < 30_000_000; i++) {
    for (let j = 0; j < 200; j++) socket.ping(payload);
    await new Promise(setImmediate);
  }
  assert.ok(link.queuedBytes < 64 * 1024, `${link.queuedBytes} bytes wait`);
  socket.terminate();
});

test('who may not connect is told by the status', async () => {
  assert.equal(await status({ origin: 'https://evil.example' }), 403);
  refuse = 'Connecting too often';
  assert.equal(await status({}), 429);
  refuse = undefined;
  const { socket } = await dial([], { origin: 'http://localhost' });
  socket.terminate();
});

test('an offer of another protocol is answered as a request', async () => {
  const socket = connect(door.address);
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 200 OK/);
  socket.destroy();
});

test('nonsense is answered or cut, and the door stays open', async () => {
  let seed = 7;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
  for (let i = 0; i < 60; i++) {
    const socket = connect(door.address);
    socket.on('error', () => {});
    socket.resume();
    if (i % 3 === 0) socket.write(Buffer.from(Array.from({ length: 300 }, () => random() % 256)));
    else if (i % 3 === 1) socket.write(`GET / HTTP/1.1\r\n${'X-Long: '.padEnd(9000, 'y')}\r\n\r\n`);
    else {
      const key = 'AAAAAAAAAAAAAAAAAAAAAA==';
      socket.write(
        `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
      );
      socket.write(Buffer.from(Array.from({ length: 300 }, () => random() % 256)));
    }
    socket.end();
    await once(socket, 'close');
  }
  const { socket } = await dial([TEXT_PROTOCOL]);
  socket.terminate();
});
