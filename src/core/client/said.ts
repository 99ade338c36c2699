/** What people say: messages, notices, actions; and the small things beside: reactions, typing. */
import { fold } from '../wire/casemap.ts';
import type { Message } from '../wire/message.ts';
import { parseHostmask } from '../wire/names.ts';
import { arrived } from './attention.ts';
import { SEND_ID_TAG } from './capabilities.ts';
import { clean, cleanName, cleanPlain } from './clean.ts';
import { answerCtcp, readCtcp } from './ctcp.ts';
import type { Engine } from './engine.ts';
import { timeOf } from './lines.ts';
import { mentions } from './mention.ts';
import type { Echo } from './outbox.ts';
import { eventItem, isShown } from './people.ts';
import type { Room } from './room.ts';
import { keyOf } from './timeline.ts';
import type { Item, SaidItem } from './view.ts';

/** After this long without a sign, nobody is typing (https://ircv3.net/specs/client-tags/typing). */
const TYPING_MS = 6_000;
const TYPING_PAUSED_MS = 30_000;
/** Kinds of reactions on one message, and people of one kind: what a line of a screen can show, many times over. */
const REACTIONS_MAX = 30;
const REACTORS_MAX = 200;
/** Messages that were reacted to and are not loaded. */
const ORPHANS_MAX = 200;

interface Said {
  readonly room: Room;
  readonly item: SaidItem;
  readonly echo: Echo;
}

/** PRIVMSG and NOTICE, as they happen. */
export function said(engine: Engine, message: Message): void {
  const { source, params, command } = message;
  const [target = '', text = ''] = params;
  const { nick } = parseHostmask(source);
  if (isServerNotice(engine, source, target)) {
    engine.happened(
      engine.rooms.server,
      { what: 'info', who: cleanName(nick), text: cleanPlain(text), at: engine.serverNow },
      false,
    );
    return;
  }
  const own = engine.isMe(nick);
  const ctcp = readCtcp(text);
  if (ctcp !== undefined && ctcp.command !== 'ACTION') {
    if (!own && engine.isMe(target)) answerCtcp(engine, nick, command, ctcp);
    return;
  }
  const room = roomFor(engine, command, own || engine.outbox.knows(message.tags.get(SEND_ID_TAG)), nick, target);
  if (room === undefined) return;
  const read = readSaid(engine, room, message, true);
  if (engine.outbox.echoed(read.echo)) return;
  if (!room.timeline.add(read.item)) return;
  if (room.stopTyping(engine.facts.fold(nick))) room.version++;
  if (room.kind === 'direct') room.joined = true;
  if (room.kind === 'direct') engine.keeper.mark(room);
  engine.rooms.raise(room);
  if (!own) arrived(engine, room, read.item);
  engine.touch(room);
}

/** The server itself speaks: before we have a name, from a name with a dot, or to all of a server. */
function isServerNotice(engine: Engine, source: string, target: string): boolean {
  if (source === '' || target === '*' || target.startsWith('$')) return true;
  return !source.includes('!') && (source.includes('.') || !engine.online);
}

/** Where a message belongs: its room, or the conversation with the other person. */
function roomFor(engine: Engine, command: string, own: boolean, nick: string, target: string): Room | undefined {
  const name = engine.facts.roomOf(target);
  if (engine.facts.isRoom(name)) return engine.rooms.get(name);
  const peer = own ? target : nick;
  const known = engine.rooms.get(peer);
  // Services answer commands by notices; they are shown where one looks, not in a conversation of their own.
  if (known !== undefined || command === 'PRIVMSG') return known ?? engine.rooms.open(peer);
  return engine.rooms.server;
}

function readSaid(engine: Engine, room: Room, message: Message, live: boolean): Said {
  const { tags, source, params, command } = message;
  const { nick } = parseHostmask(source);
  const at = timeOf(engine, message);
  const ctcp = readCtcp(params[1] ?? '');
  const action = ctcp?.command === 'ACTION';
  const text = clean(action ? ctcp.text : (params[1] ?? ''));
  const own = engine.isMe(nick);
  const form = action ? 'action' : command === 'NOTICE' ? 'notice' : 'message';
  const msgid = msgidOf(tags);
  const replied = tags.get('+reply') ?? tags.get('+draft/reply');
  const item: SaidItem = {
    kind: 'said',
    key: msgid === undefined ? unnamedKey(engine, message, at) : keyOf(msgid),
    msgid,
    at,
    from: cleanName(nick),
    own,
    form,
    text,
    mentionsMe: !own && mentions(text, engine.view.nick),
    delivery: SENT,
    replyTo: replied === undefined || replied === '' ? undefined : engine.quote(room, replied),
    reactions: NO_REACTIONS,
  };
  const [label, sendId] = [engine.batches.labelOf(message), tags.get(SEND_ID_TAG)];
  return { room, item, echo: { room: room.id, live, own, from: item.from, label, sendId, form, text, msgid, at } };
}

const SENT = { state: 'sent' } as const;
const NO_REACTIONS: SaidItem['reactions'] = new Map();

/** A message id longer than this is not one; keys of it would fill the memory. */
const MSGID_LENGTH_MAX = 200;

export function msgidOf(tags: Message['tags']): string | undefined {
  const msgid = tags.get('msgid');
  return msgid === undefined || msgid === '' || msgid.length > MSGID_LENGTH_MAX ? undefined : msgid;
}

/** Without a msgid, a replayed line is known by what it says; a live one is always another. */
function unnamedKey(engine: Engine, message: Message, at: number): string {
  if (message.tags.get('batch') === undefined) return `n${engine.nextNumber()}`;
  return `h${at} ${message.source} ${(message.params[1] ?? '').slice(0, 200)}`;
}

// -------------------------------------------------------------------------------------------------- History

/** What a page of history holds: items, and lines that concern items of this or earlier pages. */
export function readPage(engine: Engine, room: Room, lines: readonly Message[]): { items: Item[]; late: Message[] } {
  const items: Item[] = [];
  const late: Message[] = [];
  for (const line of lines) {
    if (line.command === 'TAGMSG') late.push(line);
    else if (line.command !== 'PRIVMSG' && line.command !== 'NOTICE') {
      const item = eventItem(engine, line, timeOf(engine, line));
      if (item !== undefined && isShown(room, item)) items.push(item);
    } else {
      const ctcp = readCtcp(line.params[1] ?? '');
      if (ctcp !== undefined && ctcp.command !== 'ACTION') continue;
      const read = readSaid(engine, room, line, false);
      if (!engine.outbox.echoed(read.echo)) items.push(read.item);
    }
  }
  return { items, late };
}

/** Reactions come behind their message; when that is on an older page, they wait for it. */
export function applyLate(engine: Engine, room: Room, fresh: readonly Item[], lines: readonly Message[]): void {
  for (const line of lines) react(engine, room, line);
  if (room.orphans.size === 0) return;
  for (const item of fresh) {
    const msgid = room.timeline.msgidOf(item) ?? '';
    const waiting = room.orphans.get(msgid);
    if (waiting === undefined) continue;
    room.orphans.delete(msgid);
    for (const line of waiting) react(engine, room, line);
  }
}

function keepOrphan(room: Room, msgid: string, message: Message): void {
  const waiting = room.orphans.get(msgid);
  if (waiting !== undefined) {
    if (waiting.length < REACTORS_MAX) waiting.push(message);
  } else if (room.orphans.size < ORPHANS_MAX) room.orphans.set(msgid, [message]);
}

// ------------------------------------------------------------------------------------- Reactions and typing

/** TAGMSG, as it happens. */
export function tagged(engine: Engine, message: Message): void {
  const { nick } = parseHostmask(message.source);
  const target = engine.facts.roomOf(message.params[0] ?? '');
  const own = engine.isMe(nick);
  const room = engine.rooms.get(engine.facts.isRoom(target) || own ? target : nick);
  if (room === undefined) return;
  react(engine, room, message);
  const typing = message.tags.get('+typing') ?? message.tags.get('+draft/typing');
  if (typing === undefined || own) return;
  const folded = engine.facts.fold(nick);
  const changed =
    typing === 'active' || typing === 'paused'
      ? room.setTyping(folded, cleanName(nick), engine.at + (typing === 'active' ? TYPING_MS : TYPING_PAUSED_MS))
      : room.stopTyping(folded);
  if (changed) engine.touch(room);
}

function react(engine: Engine, room: Room, message: Message): void {
  const { tags, source } = message;
  const msgid = tags.get('+reply') ?? tags.get('+draft/reply');
  const added = tags.get('+react') ?? tags.get('+draft/react');
  const removed = tags.get('+unreact') ?? tags.get('+draft/unreact');
  const emoji = added ?? removed;
  if (msgid === undefined || emoji === undefined || emoji === '') return;
  const item = room.timeline.withMsgid(msgid);
  if (item === undefined) keepOrphan(room, msgid, message);
  if (item?.kind !== 'said') return;
  setReaction(engine, room, item, cleanName(emoji), cleanName(parseHostmask(source).nick), added !== undefined);
}

export function setReaction(
  engine: Engine,
  room: Room,
  item: SaidItem,
  emoji: string,
  nick: string,
  on: boolean,
): void {
  const before = item.reactions.get(emoji) ?? [];
  const has = before.some((other) => fold(other) === fold(nick));
  if (has === on) return;
  if (on && (before.length >= REACTORS_MAX || (before.length === 0 && item.reactions.size >= REACTIONS_MAX))) return;
  const reactions = new Map(item.reactions);
  const after = on ? [...before, nick] : before.filter((other) => fold(other) !== fold(nick));
  if (after.length === 0) reactions.delete(emoji);
  else reactions.set(emoji, after);
  room.timeline.replace({ ...item, reactions });
  engine.touch(room);
}
