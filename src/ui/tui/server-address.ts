/** What a person may write to say where to go: `HOST[:PORT]`, `irc(s)://`, `ws(s)://`, or the link of an invitation. */

export interface ServerAddress {
  readonly via: 'tcp' | 'tls' | 'websocket';
  readonly host: string;
  readonly port: number;
  /** For `via: 'websocket'`: the address to dial. */
  readonly url: string | undefined;
  readonly secure: boolean;
  /** An invitation's key, sent as the server's password. */
  readonly password: string | undefined;
  /** Rooms that the address names. */
  readonly rooms: readonly string[];
  /** A nick that the address names: `irc://ann@host`. */
  readonly nick: string | undefined;
}

/** IRC's ports without and with TLS (RFC 7194), and those of the web. */
const PORTS = { irc: 6667, ircs: 6697, ws: 80, wss: 443 } as const;

/** Undefined when the text is no address; `tls` overrides what a bare host means. */
export function readServerAddress(text: string, tls: boolean | undefined): ServerAddress | undefined {
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return bareAddress(text, tls);
  let url: URL;
  try {
    // Host names of schemes that the URL standard does not know are not checked by it.
    url = new URL(scheme.startsWith('irc') ? text.replace(/^irc/i, 'http') : text);
  } catch {
    return undefined;
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') return undefined;
  if (scheme === 'irc' || scheme === 'ircs') return ircAddress(url, host, scheme === 'ircs' ? true : tls === true);
  if (scheme !== 'ws' && scheme !== 'wss' && scheme !== 'http' && scheme !== 'https') return undefined;
  const secure = scheme === 'wss' || scheme === 'https';
  const key = new URLSearchParams(url.hash.slice(1));
  const room = key.get('r');
  return {
    via: 'websocket',
    host,
    port: url.port === '' ? (secure ? PORTS.wss : PORTS.ws) : Number(url.port),
    url: `${secure ? 'wss' : 'ws'}://${url.host}${url.pathname}${url.search}`,
    secure,
    password: key.get('k') ?? undefined,
    rooms: room === null || room === '' ? [] : [asRoom(room)],
    nick: undefined,
  };
}

function bareAddress(text: string, tls: boolean | undefined): ServerAddress | undefined {
  const found =
    /^(?:([^\s@/:]+)@)?(?:\[([0-9a-f:.%]+)\]|([^\s@/:[\]]+)|([0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*))(?::(\d{1,5}))?(?:\/(.*))?$/i.exec(
      text,
    );
  if (found === null) return undefined;
  const host = found[2] ?? found[3] ?? found[4] ?? '';
  const given = found[5] === undefined ? undefined : Number(found[5]);
  if (given !== undefined && (given === 0 || given > 65_535)) return undefined;
  const secure = tls ?? given === PORTS.ircs;
  return {
    via: secure ? 'tls' : 'tcp',
    host,
    port: given ?? (secure ? PORTS.ircs : PORTS.irc),
    url: undefined,
    secure,
    password: undefined,
    rooms: roomsOf(found[6] ?? ''),
    nick: found[1],
  };
}

function ircAddress(url: URL, host: string, secure: boolean): ServerAddress {
  return {
    via: secure ? 'tls' : 'tcp',
    host,
    port: url.port === '' ? (secure ? PORTS.ircs : PORTS.irc) : Number(url.port),
    url: undefined,
    secure,
    password: url.password === '' ? undefined : decode(url.password),
    rooms: roomsOf(decode(url.pathname.slice(1)) + url.hash),
    nick: url.username === '' ? undefined : decode(url.username),
  };
}

/** `irc://host/room`, `irc://host/#room,#other`. */
function roomsOf(path: string): string[] {
  return path
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(asRoom);
}

function asRoom(name: string): string {
  return /^[#&+!]/.test(name) ? name : `#${name}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
