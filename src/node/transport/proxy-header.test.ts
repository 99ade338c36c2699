import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Link } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';
import { readProxyHeader } from './proxy-header.ts';
import { listenTcp } from './tcp.ts';

const second = (command: number, family: number, body: Buffer): Buffer => {
  const head = Buffer.from('0d0a0d0a000d0a515549540a00000000', 'hex');
  head.writeUInt8(0x20 | command, 12);
  head.writeUInt8(family, 13);
  head.writeUInt16BE(body.length, 14);
  return Buffer.concat([head, body]);
};

test('version 1 is a line', () => {
  const line = 'PROXY TCP4 192.0.2.7 198.51.100.1 56324 6667\r\n';
  const brought = { address: '192.0.2.7', secure: false };
  assert.deepEqual(readProxyHeader(Buffer.from(`${line}NICK ann`)), { kind: 'header', bytes: line.length, brought });
  assert.deepEqual(readProxyHeader(Buffer.from('PROXY TCP6 2001:db8::7 ::1 1 2\r\n')), {
    kind: 'header',
    bytes: 32,
    brought: { address: '2001:db8::7', secure: false },
  });
  assert.deepEqual(readProxyHeader(Buffer.from('PROXY UNKNOWN\r\n')), {
    kind: 'header',
    bytes: 15,
    brought: { address: '', secure: false },
  });
});

test('version 2 is bytes, and may say that there was TLS', () => {
  const addresses = Buffer.from('c0000207c633640100010002', 'hex');
  const ssl = Buffer.from('2000050100000000', 'hex');
  const header = second(1, 0x11, Buffer.concat([addresses, ssl]));
  assert.deepEqual(readProxyHeader(header), {
    kind: 'header',
    bytes: header.length,
    brought: { address: '192.0.2.7', secure: true },
  });
  const six = Buffer.concat([Buffer.from('20010db8000000000000000000000007', 'hex'), Buffer.alloc(20)]);
  const read = readProxyHeader(second(1, 0x21, six));
  assert.deepEqual(read.kind === 'header' && read.brought, { address: '2001:db8::7', secure: false });
  const own = readProxyHeader(second(0, 0, Buffer.alloc(0)));
  assert.deepEqual(own.kind === 'header' && own.brought, { address: '', secure: false });
});

test('every beginning of a header wants more, and nothing else is one', () => {
  const headers = [Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r\n'), second(1, 0x11, Buffer.alloc(12))];
  for (const header of headers)
    for (let i = 1; i < header.length; i++) assert.deepEqual(readProxyHeader(header.subarray(0, i)), { kind: 'more' });
  for (const text of [
    'NICK ann\r\n',
    'PROXY TCP4 nobody x 1 2\r\n',
    'PROXY TCP9 1.2.3.4 x 1 2\r\n',
    `PROXY ${'x'.repeat(200)}`,
  ])
    assert.deepEqual(readProxyHeader(Buffer.from(text)), { kind: 'bad' }, text);
  assert.deepEqual(readProxyHeader(second(1, 0x11, Buffer.alloc(4))), { kind: 'bad' });
});

test('a trusted proxy brings somebody, whose lines follow', async () => {
  let socket: ReturnType<typeof connect> | undefined;
  const heard = new Promise<{ link: Link; lines: readonly Received[] }>((resolve) => {
    void listenTcp({
      host: '127.0.0.1',
      port: 0,
      trustsProxy: () => true,
      accept: (link) => {
        link.onLines = (lines) => resolve({ link, lines });
        link.onClosed = () => door?.close();
      },
    }).then((opened) => {
      door = opened;
      socket = connect(opened.address.port, '127.0.0.1');
      socket.write('PROXY TCP4 192.0.2.7 198.51.100.1 56324 6667\r\nNICK ann\r\n');
    });
  });
  let door: { close(): void } | undefined;
  const { link, lines } = await heard;
  assert.equal(link.peer.address, '192.0.2.7');
  assert.deepEqual(lines, ['NICK ann']);
  link.close('done');
  socket?.destroy();
  door?.close();
});
