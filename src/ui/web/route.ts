/**
 * Addresses of rooms: `#/r/general` is #general, `#/u/ann` is the conversation with ann, `#/server` the server's own
 * notices, each with `/m/<msgid>` behind it for one message. Invitations are `#k=KEY`, and may name a room: `#k=KEY&r=general`.
 */
export interface Route {
  /** As it is typed: `#general`, `ann`; empty for the server's notices. */
  readonly room: string;
  readonly msgid?: string;
}

/** Room names that a link may make us join: what the server would refuse is not asked for. */
const ROOM_NAME = /^#[^\s,\u0000-\u001f]{1,63}$/u;
const NICK = /^[^\s,#:@!*?$\u0000-\u001f][^\s,!@*?\u0000-\u001f]{0,63}$/u;

export function parseRoute(hash: string): Route | undefined {
  const [, kind, name, m, msgid] = hash.split('/').map(decoded);
  const message = m === 'm' && msgid !== undefined && msgid !== '' ? { msgid } : {};
  if (kind === 'server') return { room: '' };
  if (name === undefined) return undefined;
  if (kind === 'r' && ROOM_NAME.test(`#${name}`)) return { room: `#${name}`, ...message };
  if (kind === 'u' && NICK.test(name)) return { room: name, ...message };
  return undefined;
}

export function formatRoute({ room, msgid }: Route): string {
  const behind = msgid === undefined ? '' : `/m/${encodeURIComponent(msgid)}`;
  if (room === '') return '#/server';
  if (room.startsWith('#')) return `#/r/${encodeURIComponent(room.slice(1))}${behind}`;
  return `#/u/${encodeURIComponent(room)}${behind}`;
}

export interface Invitation {
  readonly key: string;
  readonly room?: string;
}

export function parseInvitation(hash: string): Invitation | undefined {
  if (!/^#(?:k|r)=/.test(hash)) return undefined;
  const given = new URLSearchParams(hash.slice(1));
  const key = given.get('k');
  const name = `#${(given.get('r') ?? '').replace(/^#/, '')}`;
  if (key === null || key === '' || key.length > 200) return undefined;
  return ROOM_NAME.test(name) ? { key, room: name } : { key };
}

/** A percent sign that stands for nothing is text, not an exception. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
