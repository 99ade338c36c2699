import { connect, createServer, type Socket } from 'node:net';
import type { Link, Peer } from '../../core/ports.ts';
import { FROM_CLIENT, FROM_SERVER } from '../../core/wire/line-reader.ts';
import { plainAddress, type Address } from '../address.ts';
import { dialled } from './dialled.ts';
import { openPort, type Door, type DoorOptions } from './door.ts';
import { afterProxyHeader } from './proxy-header.ts';
import { SocketLink } from './socket-link.ts';

export async function listenTcp(options: DoorOptions): Promise<Door> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = peerOf(socket);
    if (options.trustsProxy?.(peer.address) !== true) welcome(socket, peer, options);
    else
      afterProxyHeader(socket, ({ address, secure }) =>
        welcome(socket, { ...peer, secure, address: address === '' ? peer.address : address }, options),
      );
  });
  if (options.connectionsMax !== undefined) server.maxConnections = options.connectionsMax;
  const address = await openPort(server, options);
  return { address, close: () => void server.close() };
}

function welcome(socket: Socket, peer: Peer, { mayConnect, accept }: DoorOptions): void {
  const refused = mayConnect?.(peer.address);
  if (refused === undefined) accept(new SocketLink(socket, peer, FROM_CLIENT));
  else refuse(socket, refused);
}

/** Resolves to an open link; rejects with a ParleyError. Lines wait until `onLines` is set. */
export async function dialTcp(to: Address, options: { readonly signal?: AbortSignal } = {}): Promise<Link> {
  const socket = connect({ ...to, allowHalfOpen: true, noDelay: true });
  await dialled(socket, 'connect', to, options.signal);
  return new SocketLink(socket, peerOf(socket), FROM_SERVER);
}

function peerOf(socket: Socket): Peer {
  return { address: plainAddress(socket.remoteAddress), kind: 'tcp', secure: false };
}

function refuse(socket: Socket, reason: string): void {
  socket.on('error', () => {}); // the other end may be gone already; there is nobody to tell
  socket.end(`ERROR :${reason}\r\n`, () => socket.destroy());
}
