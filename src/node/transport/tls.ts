import { createHash } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { ParleyError } from '../../core/base/errors.ts';
import type { Link, Peer } from '../../core/ports.ts';
import { FROM_CLIENT, FROM_SERVER } from '../../core/wire/line-reader.ts';
import { plainAddress, type Address } from '../address.ts';
import { dialled } from './dialled.ts';
import { openPort, type Door, type DoorOptions } from './door.ts';
import type { KeyPair } from '../identity/key-pair.ts';
import { HANDSHAKE_MS_MAX } from './limits.ts';
import { SocketLink } from './socket-link.ts';

export interface SecureDoor extends Door {
  /** New connections get this certificate; who is in stays. */
  setCertificate(pair: KeyPair): void;
}

export async function listenTls(options: DoorOptions & { readonly certificate: KeyPair }): Promise<SecureDoor> {
  const server = createServer(
    {
      ...options.certificate,
      allowHalfOpen: true,
      noDelay: true,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS_MAX,
      // Any certificate of a client may be an identity (SASL EXTERNAL); none has to be shown, and no authority matters.
      requestCert: true,
      rejectUnauthorized: false,
    },
    (socket) => options.accept(new SocketLink(socket, peerOf(socket), FROM_CLIENT)),
  );
  // Before Node's own listener begins the handshake.
  server.prependListener('connection', (socket) => {
    if (options.mayConnect?.(plainAddress(socket.remoteAddress)) !== undefined) socket.destroy();
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  if (options.connectionsMax !== undefined) server.maxConnections = options.connectionsMax;
  const address = await openPort(server, options);
  return {
    address,
    close: () => void server.close(),
    setCertificate: (pair) => server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' }),
  };
}

/** What the other end showed of itself. */
export interface Shown {
  /**
   * SHA-256 of the certificate's public key (its SubjectPublicKeyInfo, RFC 7469 §2.4), lower-case hex; empty for none.
   * The key and not the certificate is what to pin: a certificate is renewed, its key stays.
   */
  readonly key: string;
  /** Whether the system's authorities vouch for the certificate and its name. */
  readonly vouched: boolean;
}

export interface TlsDialOptions {
  readonly signal?: AbortSignal;
  /** Decides whether to go on. Without it only the word of the system's authorities counts. */
  readonly trust?: (shown: Shown) => boolean;
  /** Our own certificate, if the other end may know us by it. */
  readonly own?: KeyPair;
}

/** Documented for tls.connect, and missing in its types. */
const HALF_OPEN = { allowHalfOpen: true };

/** Resolves to an open link; rejects with a ParleyError. Lines wait until `onLines` is set. */
export async function dialTls(to: Address, options: TlsDialOptions = {}): Promise<Link> {
  const socket = connect({
    ...to,
    ...options.own,
    ...HALF_OPEN,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false, // judged below, so that a certificate made by the server itself can be pinned
    servername: /^[\d.]+$|:/.test(to.host) ? '' : to.host, // RFC 6066 §3: no addresses
  });
  await dialled(socket, 'secureConnect', to, options.signal);
  const peer = peerOf(socket);
  const trust = options.trust ?? (({ vouched }) => vouched);
  if (!trust(shownBy(socket))) {
    socket.destroy();
    throw new ParleyError('dial/not-trusted', `The certificate of ${to.host} is not one that is trusted here.`);
  }
  return new SocketLink(socket, peer, FROM_SERVER);
}

export function shownBy(socket: TLSSocket): Shown {
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  return {
    key: key === undefined ? '' : createHash('sha256').update(key).digest('hex'),
    vouched: socket.authorized,
  };
}

function peerOf(socket: TLSSocket): Peer {
  const shown = socket.getPeerX509Certificate();
  return {
    address: plainAddress(socket.remoteAddress),
    kind: 'tls',
    secure: true,
    ...(shown !== undefined && { certificate: createHash('sha256').update(shown.raw).digest('hex') }),
  };
}
