/** What `parley serve` says to a person when it is ready. Pure text, so that it can be read in a test. */
import type { Fingerprints } from '../identity/certificate.ts';
import { formatAddress, isLoopback, type Address } from '../address.ts';

export interface Ready {
  readonly version: string;
  readonly irc: readonly Address[];
  readonly ircTls: readonly Address[];
  readonly web: readonly Address[];
  readonly webIsSecure: boolean;
  /** Where messages are kept; undefined for nowhere. */
  readonly data: string | undefined;
  /** What a newcomer must bring, if anything. */
  readonly inviteKey: string | undefined;
  /** Of the server's own certificate, when it uses that. */
  readonly fingerprints: Fingerprints | undefined;
  /** This machine as others see it, the likeliest first. */
  readonly ownAddresses: readonly string[];
  readonly webIsBuilt: boolean;
}

export interface StartupText {
  readonly text: string;
  /** The link that others may scan; undefined when only this computer can connect. */
  readonly scan: string | undefined;
}

export function startupText(ready: Ready): StartupText {
  const { web, irc, ircTls, data, inviteKey, fingerprints } = ready;
  const open = [...web, ...irc, ...ircTls].some(({ host }) => !isLoopback(host));
  const scheme = ready.webIsSecure ? 'https' : 'http';
  const key = inviteKey === undefined ? '' : `#k=${encodeURIComponent(inviteKey)}`;
  const links = reachable(web, ready.ownAddresses).map((address) => `${scheme}://${formatAddress(address)}/${key}`);
  const rows: [string, string][] = [];
  const [link] = links;
  if (link !== undefined)
    rows.push(['In a browser', ready.webIsBuilt ? link : `${link}  (not built: npm run build:web)`]);
  const [tls] = reachable(ircTls, ready.ownAddresses);
  if (tls !== undefined) rows.push(['IRC with TLS', formatAddress(tls)]);
  const [plain] = reachable(irc, ready.ownAddresses);
  if (plain !== undefined) {
    rows.push([tls === undefined ? 'Any IRC client' : 'IRC, this computer', `${formatAddress(plain)}  (without TLS)`]);
  }
  if (inviteKey !== undefined) rows.push(['Invitation key', `${inviteKey}  (IRC clients: server password)`]);
  if (fingerprints !== undefined)
    rows.push(
      ['Certificate', `this server's own; programs ask once whether to trust it`],
      ['in browsers', `SHA-256 ${fingerprints.certificate}`],
      ['in parley chat', `SHA-256 ${fingerprints.key}`],
    );
  rows.push(['Messages', data === undefined ? 'kept in memory only, gone when the server stops' : `kept in ${data}`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = [
    `Parley ${ready.version} is running.`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    open
      ? 'Others can connect by these addresses.'
      : 'Only this computer can connect. To let in your network: parley serve --lan',
    'Ctrl-C stops the server.',
    '',
  ];
  return {
    text: `${lines.join('\n')}\n`,
    scan: open ? links.find((each) => !each.includes('//localhost')) : undefined,
  };
}

/** Addresses that can be typed elsewhere: "all addresses" become this machine's own, loopback becomes a name. */
function reachable(listening: readonly Address[], own: readonly string[]): Address[] {
  const found: Address[] = [];
  for (const { host, port } of listening) {
    if (host === '0.0.0.0' || host === '::') {
      const family = host.includes(':');
      for (const each of own) if (each.includes(':') === family) found.push({ host: each, port });
      found.push({ host: 'localhost', port });
    } else if (isLoopback(host)) found.push({ host: 'localhost', port });
    else found.push({ host, port });
  }
  const unique = new Map(found.map((address) => [formatAddress(address), address]));
  // What others can use first.
  return [...unique.values()].sort((a, b) => Number(isLoopback(a.host)) - Number(isLoopback(b.host)));
}
