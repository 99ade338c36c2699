/** Opens all ports of a server, and keeps their certificate fresh. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { assert } from '../core/base/assert.ts';
import type { Link } from '../core/ports.ts';
import { isInNetwork, parseNetwork } from '../core/wire/network.ts';
import { readCertificate, watchCertificate } from '../node/identity/certificate-files.ts';
import type { Events } from '../node/server/events.ts';
import { mayUse } from '../node/server/origins.ts';
import type { Address } from '../node/address.ts';
import type { Door } from '../node/transport/door.ts';
import { openDoors } from '../node/transport/listen.ts';
import { listenTcp } from '../node/transport/tcp.ts';
import type { Fingerprints } from '../node/identity/certificate.ts';
import type { KeyPair } from '../node/identity/key-pair.ts';
import { listenTls, type SecureDoor } from '../node/transport/tls.ts';
import { listenWeb } from '../node/transport/web.ts';
import type { ServeSettings } from './serve-settings.ts';

/** Connections that are still being told that the server is full. */
const REFUSED_AT_ONCE = 200;

export interface DoorsOptions {
  readonly settings: ServeSettings;
  readonly lan: boolean;
  /** For the server's own certificate. */
  readonly directory: string | undefined;
  readonly accept: (link: Link) => void;
  readonly mayConnect: (address: string) => string | undefined;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  readonly events: Events;
}

export interface Doors {
  readonly irc: readonly Address[];
  readonly ircTls: readonly Address[];
  readonly web: readonly Address[];
  readonly webIsSecure: boolean;
  /** When the certificate is the server's own. */
  readonly fingerprints: Fingerprints | undefined;
  /** Looks at once whether there is another certificate. */
  renewCertificate(): Promise<void>;
  close(): void;
}

export async function openAllDoors(options: DoorsOptions): Promise<Doors> {
  const { settings, lan, directory, accept, mayConnect, onRequest, events } = options;
  const webIsSecure = settings.certificate !== undefined || lan;
  const needed = settings.ircTls.length > 0 || (webIsSecure && settings.web.length > 0);
  const files = settings.certificate;
  let pair: KeyPair | undefined = !needed
    ? undefined
    : files !== undefined
      ? readCertificate(files)
      : await ownPair(directory);

  const shared = { accept, mayConnect, connectionsMax: settings.server.gate.maxClients + REFUSED_AT_ONCE };
  const proxies = settings.proxies.flatMap((text) => parseNetwork(text) ?? []);
  const trustsProxy = (address: string): boolean => {
    const from = proxies.length === 0 ? undefined : parseNetwork(address);
    return from !== undefined && proxies.some((network) => isInNetwork(network, from));
  };
  const opened: Door[] = [];
  const secured: SecureDoor[] = [];
  const open = async <D extends Door>(at: readonly Address[], listen: (address: Address) => Promise<D>) => {
    const doors = (await Promise.all(at.map((address) => openDoors(address, listen)))).flat();
    opened.push(...doors);
    return doors;
  };
  const close = () => {
    for (const door of opened) door.close();
  };
  try {
    const [irc, ircTls, web] = await Promise.all([
      open(settings.irc, (at) => listenTcp({ ...shared, ...at, trustsProxy })),
      open(settings.ircTls, (at) => listenTls({ ...shared, ...at, certificate: certain(pair) })),
      open(settings.web, (at) =>
        listenWeb({
          ...shared,
          ...at,
          onRequest,
          mayUse: (origin) => mayUse(origin, at.host, settings.origins),
          ...(webIsSecure && { certificate: certain(pair) }),
        }),
      ),
    ]);
    secured.push(...ircTls, ...(webIsSecure ? web : []));
    const change = (fresh: KeyPair) => {
      pair = fresh;
      for (const door of secured) door.setCertificate(fresh);
      events.tell('certificate-changed');
      events.info('the certificate was renewed');
    };
    const watching =
      files === undefined || pair === undefined
        ? undefined
        : watchCertificate(files, pair, change, (error) =>
            events.warn(`${error.message} The one before stays in use.`),
          );
    return {
      irc: irc.map(({ address }) => address),
      ircTls: ircTls.map(({ address }) => address),
      web: web.map(({ address }) => address),
      webIsSecure,
      fingerprints: pair === undefined || files !== undefined ? undefined : await fingerprintsOf(pair),
      renewCertificate: async () => {
        watching?.look();
        if (files !== undefined || pair === undefined) return;
        const fresh = await ownPair(directory);
        if (fresh.cert !== pair.cert && directory !== undefined) change(fresh);
      },
      close: () => {
        watching?.close();
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}

function certain(pair: KeyPair | undefined): KeyPair {
  assert(pair !== undefined, 'a secure door was asked for without a certificate');
  return pair;
}

/** Only TLS needs the code for it. */
async function ownPair(directory: string | undefined): Promise<KeyPair> {
  const { ownCertificate } = await import('../node/identity/own-certificate.ts');
  return ownCertificate(directory, Date.now());
}

async function fingerprintsOf(pair: KeyPair): Promise<Fingerprints> {
  const { fingerprints } = await import('../node/identity/certificate.ts');
  return fingerprints(pair.cert);
}
