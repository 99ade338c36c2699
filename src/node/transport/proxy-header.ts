/**
 * The PROXY protocol, versions 1 and 2 (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt): a trusted proxy says
 * first whose connection it brings. Only whoever the configuration trusts is asked; from others it would be a lie.
 */
import type { Socket } from 'node:net';
import { plainAddress } from '../address.ts';
import { HANDSHAKE_MS_MAX } from './limits.ts';

/** Version 1 is one line of at most 107 bytes; version 2 may carry some hundreds of bytes besides the addresses. */
const HEADER_BYTES_MAX = 2048;
const V1_BYTES_MAX = 107;
const V2_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V2_FIXED_BYTES = 16;
/** Type-length-values of version 2: what the proxy saw of TLS, and its first bit. */
const TLV_SSL = 0x20;
const CLIENT_SSL = 0x01;

export interface Brought {
  /** Empty when the proxy speaks for itself (health checks). */
  readonly address: string;
  /** The proxy took TLS off. */
  readonly secure: boolean;
}

export type ProxyHeader =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad' }
  | { readonly kind: 'header'; readonly bytes: number; readonly brought: Brought };

const MORE: ProxyHeader = { kind: 'more' };
const BAD: ProxyHeader = { kind: 'bad' };

export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const known = Math.min(bytes.length, V2_SIGNATURE.length);
  if (bytes.subarray(0, known).equals(V2_SIGNATURE.subarray(0, known))) return readSecond(bytes);
  return readFirst(bytes);
}

/** `PROXY TCP4 192.0.2.7 198.51.100.1 56324 6667` */
function readFirst(bytes: Buffer): ProxyHeader {
  const end = bytes.indexOf('\r\n');
  const text = bytes.toString('latin1', 0, end === -1 ? V1_BYTES_MAX : end);
  if (!text.startsWith('PROXY '.slice(0, text.length))) return BAD;
  if (end === -1) return bytes.length > V1_BYTES_MAX ? BAD : MORE;
  const [, family, source = ''] = text.split(' ');
  if (family === 'UNKNOWN') return { kind: 'header', bytes: end + 2, brought: { address: '', secure: false } };
  const good = family === 'TCP4' ? /^[\d.]{7,15}$/ : family === 'TCP6' ? /^[\da-f:.]{2,45}$/i : undefined;
  if (good?.test(source) !== true) return BAD;
  return { kind: 'header', bytes: end + 2, brought: { address: plainAddress(source), secure: false } };
}

function readSecond(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_FIXED_BYTES) return MORE;
  const [version, family, length] = [bytes.readUInt8(12), bytes.readUInt8(13), bytes.readUInt16BE(14)];
  const total = V2_FIXED_BYTES + length;
  if (version >> 4 !== 2 || total > HEADER_BYTES_MAX) return BAD;
  if (bytes.length < total) return MORE;
  const body = bytes.subarray(V2_FIXED_BYTES, total);
  const local = (version & 0x0f) === 0;
  const addressBytes = family >> 4 === 1 ? 4 : family >> 4 === 2 ? 16 : 0;
  if (body.length < addressBytes * 2) return BAD;
  const address = local ? '' : writeAddress(body.subarray(0, addressBytes));
  const rest = body.subarray(addressBytes === 0 ? body.length : addressBytes * 2 + 4);
  return { kind: 'header', bytes: total, brought: { address, secure: !local && tookTlsOff(rest) } };
}

function writeAddress(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups: string[] = [];
  for (let i = 0; i < bytes.length; i += 2) groups.push(bytes.readUInt16BE(i).toString(16));
  return groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
}

function tookTlsOff(values: Buffer): boolean {
  for (let at = 0; at + 3 <= values.length; at += 3 + values.readUInt16BE(at + 1))
    if (values[at] === TLV_SSL) return ((values[at + 3] ?? 0) & CLIENT_SSL) !== 0;
  return false;
}

/** Reads the header of a trusted proxy, then hands over the socket as if what follows were all. */
export function afterProxyHeader(socket: Socket, take: (brought: Brought) => void): void {
  let held = Buffer.alloc(0);
  const deadline = setTimeout(() => socket.destroy(), HANDSHAKE_MS_MAX);
  const ignore = (): void => {}; // until somebody takes the socket, its end concerns nobody
  const stop = (): void => clearTimeout(deadline);
  const heard = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    const read = readProxyHeader(held);
    if (read.kind === 'more') return;
    stop();
    socket.off('data', heard).off('error', ignore).off('close', stop);
    if (read.kind === 'bad') {
      socket.destroy();
      return;
    }
    socket.pause();
    socket.unshift(held.subarray(read.bytes));
    take(read.brought);
    socket.resume();
  };
  socket.on('data', heard).on('error', ignore).on('close', stop);
}
