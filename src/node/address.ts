/** A place to listen on or to dial: a name or address, without brackets, and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `192.0.2.7:6667`, `[2001:db8::1]:6667`, `localhost:6667`. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads what `formatAddress` writes; `:PORT` and `*:PORT` are all addresses (`*`); undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const found = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]/@]*)):(\d{1,5})$/.exec(text);
  if (found === null) return undefined;
  const port = Number(found[3]);
  if (port > 65_535) return undefined;
  const host = found[1] ?? found[2] ?? '';
  return { host: host === '' ? '*' : host, port };
}

/** An IPv4 address that arrived over an IPv6 socket is an IPv4 address. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** True for this machine itself. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(address);
}
