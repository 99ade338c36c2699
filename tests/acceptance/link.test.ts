/** The suite of link.suite.ts over every carrier that there is. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { Link } from '../../src/core/ports.ts';
import { makeCertificate } from '../../src/node/identity/certificate.ts';
import type { Door } from '../../src/node/transport/door.ts';
import { memoryPair } from '../../src/node/transport/memory.ts';
import { dialTcp, listenTcp } from '../../src/node/transport/tcp.ts';
import { dialTls, listenTls } from '../../src/node/transport/tls.ts';
import { listenWeb } from '../../src/node/transport/web.ts';
import { BINARY_PROTOCOL, dialWebSocket, TEXT_PROTOCOL } from '../../src/node/transport/websocket.ts';
import { linkSuite, type RawPair } from './link.suite.ts';

const doors: Door[] = [];
after(() => {
  for (const door of doors) door.close();
});

/** A door and the link that it let in last. */
async function open<D extends Door>(listen: (accept: (link: Link) => void) => Promise<D>) {
  const waiting: ((link: Link) => void)[] = [];
  const door = await listen((link) => waiting.shift()?.(link));
  doors.push(door);
  return {
    port: door.address.port,
    /** The server's end of the next connection. */
    next: () => new Promise<Link>((resolve) => waiting.push(resolve)),
  };
}

const local = { host: '127.0.0.1', port: 0 };
const bytes = (line: Uint8Array) => Buffer.concat([line, Buffer.from('\r\n')]);

/** `carrying` is the TCP connection under the socket. */
async function rawPair(socket: Socket, accepted: Promise<Link>, carrying = socket): Promise<RawPair> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
    socket.emit('more');
  });
  socket.on('error', () => {}); // the other end may be cut while we write
  socket.setNoDelay(true);
  return {
    server: await accepted,
    write: (chunk) => void socket.write(chunk),
    end: () => void socket.end(),
    vanish: () => void (carrying.destroyed || carrying.resetAndDestroy()),
    received: async (expected) => {
      while (!text.includes(expected)) await once(socket, 'more', { signal: AbortSignal.timeout(10_000) });
    },
  };
}

// ------------------------------------------------------------------------------------------------- memory

linkSuite({
  name: 'memory',
  open: async () => memoryPair(),
  openRaw: async () => {
    const { client, server } = memoryPair();
    return {
      server,
      write: (chunk) => client.sendBytes(Buffer.from(chunk)),
      end: () => client.close('end'),
      vanish: () => client.close('gone'),
      received: () => Promise.reject(new Error('memory has no half-open end')),
    };
  },
  frame: bytes,
  skips: { 'who has said everything still gets the answer': 'both directions of a memory link end together' },
});

// ------------------------------------------------------------------------------------------------- TCP and TLS

const tcp = await open((accept) => listenTcp({ ...local, accept }));

linkSuite({
  name: 'tcp',
  open: async () => {
    const accepted = tcp.next();
    const client = await dialTcp({ ...local, port: tcp.port });
    return { client, server: await accepted };
  },
  openRaw: async () => {
    const accepted = tcp.next();
    return rawPair(connect({ ...local, port: tcp.port, allowHalfOpen: true }), accepted);
  },
  frame: bytes,
});

const certificate = await makeCertificate(['localhost', '127.0.0.1'], Date.now());
const tls = await open((accept) => listenTls({ ...local, accept, certificate }));

linkSuite({
  name: 'tls',
  open: async () => {
    const accepted = tls.next();
    const client = await dialTls({ ...local, port: tls.port }, { trust: () => true });
    return { client, server: await accepted };
  },
  openRaw: async () => {
    const accepted = tls.next();
    const carrying = connect({ ...local, port: tls.port, allowHalfOpen: true });
    carrying.on('error', () => {}); // it is reset under the TLS socket
    return rawPair(connectTls({ socket: carrying, ca: certificate.cert, servername: 'localhost' }), accepted, carrying);
  },
  frame: bytes,
});

// ------------------------------------------------------------------------------------------------- WebSocket

const web = await open((accept) => listenWeb({ ...local, accept, onRequest: (_, response) => response.end() }));

/** Masked with zeros, which is a mask like any other and leaves the bytes readable (RFC 6455 §5.3). */
function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const length = payload.length;
  const header = length < 126 ? [0x80 | opcode, 0x80 | length] : [0x80 | opcode, 0xfe, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), Buffer.alloc(4), payload]);
}

async function rawWebSocket(protocol: string): Promise<RawPair> {
  const accepted = web.next();
  const socket = connect({ ...local, port: web.port, allowHalfOpen: true });
  socket.write(
    `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
  );
  const pair = await rawPair(socket, accepted);
  await pair.received('101 Switching Protocols');
  await pair.received(`Sec-WebSocket-Protocol: ${protocol}`);
  return pair;
}

for (const [name, protocol, opcode] of [
  ['websocket text', TEXT_PROTOCOL, 1],
  ['websocket binary', BINARY_PROTOCOL, 2],
] as const) {
  linkSuite({
    name,
    open: async () => {
      const accepted = web.next();
      const client = await dialWebSocket(`ws://127.0.0.1:${web.port}/anything`, { protocol });
      return { client, server: await accepted };
    },
    openRaw: () => rawWebSocket(protocol),
    frame: (line) => maskedFrame(opcode, line),
    skips: {
      'who has said everything still gets the answer': 'a WebSocket ends in both directions (RFC 6455 §1.4)',
      'who has said everything and hears nobody is let go': 'the same',
      ...(opcode === 1 && {
        'what is not UTF-8 is a fault in its place': 'a text frame that is not UTF-8 ends the link (RFC 6455 §8.1)',
      }),
    },
  });
}
