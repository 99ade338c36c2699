/**
 * Why a link ended, in words that may be shown to everybody in a room (`QUIT :Connection reset by peer`): never an
 * address, a path or text of the other end's choosing.
 */
export const ENDED = 'Connection closed';

const REASONS: Readonly<Record<string, string>> = {
  ECONNRESET: 'Connection reset by peer',
  ECONNABORTED: 'Connection aborted',
  EPIPE: 'Connection closed',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network unreachable',
  ENETDOWN: 'Network down',
  ECONNREFUSED: 'Connection refused',
  ENOTFOUND: 'No such host',
  EAI_AGAIN: 'Host name lookup failed',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'Frame too long',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'Frame in too many pieces',
  WS_ERR_INVALID_UTF8: 'Text was not UTF-8',
};

export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return 'Connection error';
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (code.startsWith('WS_ERR_')) return 'WebSocket protocol error';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'TLS error';
  return 'Connection error';
}
