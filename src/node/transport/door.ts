import type { Server } from 'node:net';
import { ParleyError } from '../../core/base/errors.ts';
import type { Link } from '../../core/ports.ts';
import { formatAddress, type Address } from '../address.ts';

/** A way in: an open port that hands over links. */
export interface Door {
  /** Where it really listens: a port 0 has become the port that the system gave. */
  readonly address: Address;
  /** Lets nobody in any more; who is in stays. */
  close(): void;
}

export interface DoorOptions extends Address {
  /** Takes a new link; must set its handlers before it returns. */
  readonly accept: (link: Link) => void;
  /**
   * Asked before any work is done for a connection; a text refuses it. TCP tells the text, a web door answers 429
   * with it, and TLS only hangs up: telling would need the handshake that is to be saved.
   */
  readonly mayConnect?: (address: string) => string | undefined;
  /** Whether a connection from there begins with a PROXY header (plain TCP only). */
  readonly trustsProxy?: (address: string) => boolean;
  /** Connections beyond it are dropped by the system's accept: the last defence of the file descriptors. */
  readonly connectionsMax?: number;
}

export type ListenFault = 'listen/port-taken' | 'listen/no-such-address' | 'listen/not-allowed' | 'listen/failed';

/** Opens the port; resolves when the system has given it. */
export function openPort(server: Server, address: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(refusal(error, address));
    server.once('error', fail);
    // Node would make `::` take IPv4 as well; a person who wants both names both, and can then see both.
    server.listen(
      { host: address.host, port: address.port, ipv6Only: address.host.includes(':'), backlog: 4096 },
      () => {
        server.off('error', fail);
        const bound = server.address();
        const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
        resolve({ host: address.host, port });
      },
    );
  });
}

function refusal(error: NodeJS.ErrnoException, address: Address): ParleyError<ListenFault> {
  const where = formatAddress(address);
  const { port } = address;
  switch (error.code) {
    case 'EADDRINUSE':
      return new ParleyError(
        'listen/port-taken',
        `Port ${port} is already in use (${where}): another server may be running; stop it or choose another port.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ParleyError(
        'listen/no-such-address',
        `${address.host} is not an address of this machine (${where}): use one that it has, 127.0.0.1 for this machine only, or 0.0.0.0 for all.`,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
      return new ParleyError(
        'listen/not-allowed',
        `Port ${port} may only be opened by an administrator (${where}): choose one above 1023.`,
        { cause: error },
      );
    default:
      return new ParleyError('listen/failed', `Could not listen on ${where} (${error.code ?? error.message}).`, {
        cause: error,
      });
  }
}
