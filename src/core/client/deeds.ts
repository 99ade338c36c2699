/** What the commands do, each with its arguments by name; the table of them is in commands.ts. */
import { cleanName } from './clean.ts';
import type { Args } from './commands.ts';
import type { Engine } from './engine.ts';
import type { Room } from './room.ts';
import { setReaction } from './said.ts';
import type { SaidItem } from './view.ts';

/** Said to others when we go without a word. */
export const GOODBYE = 'Goodbye';
/** Rooms of one /join. */
const JOINS_MAX = 20;

export function join(engine: Engine, _room: Room, { room: wanted = '', key = '' }: Args): void {
  for (const part of wanted.split(',').slice(0, JOINS_MAX)) {
    if (part === '') continue;
    const name = engine.facts.isRoom(part) ? part : `#${part}`;
    const known = engine.rooms.get(name);
    if (known?.joined === true) {
      engine.show(known);
      continue;
    }
    engine.goTo = engine.facts.fold(name);
    if (known !== undefined) known.joining = true;
    const given = key === '' ? (known?.key ?? '') : key;
    engine.joinKey = given;
    engine.send('JOIN', name, ...(given === '' ? [] : [given]));
  }
}

export function leave(engine: Engine, here: Room, { room: name, reason = '' }: Args): void {
  const room = name === undefined ? here : engine.rooms.get(name);
  if (room?.kind === 'room') {
    room.wanted = false;
    engine.keeper.mark(room, true);
    if (engine.online && room.joined) engine.send('PART', room.target, ...(reason === '' ? [] : [reason]));
    else engine.tell(room, `You are not in ${room.name}. /close takes it off the list.`);
  } else if (room?.kind === 'direct') close(engine, room);
  else
    engine.tell(
      here,
      name === undefined ? 'There is nothing to leave here.' : `You are not in ${cleanName(name)}.`,
      'error',
    );
}

export function close(engine: Engine, room: Room): void {
  if (room.kind === 'server') return engine.tell(room, 'This page stays: the server speaks here.', 'error');
  const waiting = engine.outbox.waitsIn(room);
  if (waiting > 0) {
    const text = `${waiting} of your messages here are not sent yet. Send or discard them first.`;
    return engine.tell(room, text, 'error');
  }
  if (engine.online && room.joined && room.kind === 'room') engine.send('PART', room.target);
  engine.sync.forget(room);
  engine.rooms.close(room);
}

export function msg(engine: Engine, here: Room, { to = '', text = '' }: Args): void {
  const room = target(engine, here, to);
  if (room !== undefined) engine.say(room, text, 'message');
}

export function notice(engine: Engine, here: Room, { to = '', text = '' }: Args): void {
  const room = target(engine, here, to);
  if (room !== undefined) engine.say(room, text, 'notice');
}

function target(engine: Engine, here: Room, name: string): Room | undefined {
  const known = engine.rooms.get(name);
  if (known !== undefined) return known;
  if (!engine.facts.isRoom(name)) return engine.rooms.open(name);
  engine.tell(here, `You are not in ${cleanName(name)}. /join ${cleanName(name)} first.`, 'error');
  return undefined;
}

export function query(engine: Engine, _here: Room, { nick = '', text }: Args): void {
  const room = engine.rooms.open(nick);
  if (room === undefined) return;
  engine.show(room);
  if (text !== undefined) engine.say(room, text, 'message');
}

export function kick(engine: Engine, room: Room, { nick = '', reason = '' }: Args): void {
  engine.send('KICK', room.target, nick, ...(reason === '' ? [] : [reason]));
}

export function mode(engine: Engine, room: Room, ...changes: string[]): void {
  if (room.kind !== 'room') engine.tell(room, 'This works in a room.', 'error');
  else engine.send('MODE', room.target, ...changes);
}

/** A name alone means that person, wherever they come from. */
export function toMask(text: string): string {
  return /[!@*?]/.test(text) ? text : `${text}!*@*`;
}

export function topic(engine: Engine, room: Room, { text }: Args): void {
  if (room.kind !== 'room') return engine.tell(room, 'This works in a room.', 'error');
  if (text !== undefined) return engine.send('TOPIC', room.target, text);
  engine.asked.add(`topic ${room.id}`);
  engine.send('TOPIC', room.target);
}

export function names(engine: Engine, here: Room, { room: name }: Args): void {
  const room = name === undefined ? here : engine.rooms.get(name);
  if (room?.kind !== 'room') return engine.tell(here, 'Name a room you are in: /names #room', 'error');
  engine.asked.add(`names ${room.id}`);
  engine.send('NAMES', room.target);
}

export function askWho(engine: Engine, mask: string): void {
  engine.asked.delete(`who ${engine.facts.fold(mask)}`);
  engine.send('WHO', mask);
}

export function away(engine: Engine, _room: Room, { text }: Args): void {
  engine.awayText = text ?? 'away';
  engine.send('AWAY', engine.awayText);
}

// ------------------------------------------------------------------------------------------------- Messages

/** The nth newest message that was said by somebody and has a name on the server. */
function nthNewest(room: Room, nth: string | undefined): SaidItem | undefined {
  let left = Number(nth ?? '1');
  for (let i = room.items.length - 1; i >= 0; i--) {
    const item = room.items[i]!;
    if (item.kind === 'said' && item.msgid !== undefined && --left <= 0) return item;
  }
  return undefined;
}

export function reply(engine: Engine, room: Room, { nth, text = '' }: Args): void {
  const item = nthNewest(room, nth);
  if (item?.msgid === undefined) engine.tell(room, 'There is no message to answer here.', 'error');
  else engine.say(room, text, 'message', item.msgid);
}

export function react(engine: Engine, room: Room, { emoji = '', nth }: Args): void {
  const item = nthNewest(room, nth);
  if (item === undefined) engine.tell(room, 'There is no message to react to here.', 'error');
  else sendReaction(engine, room, item, emoji);
}

/** Sets our reaction, or takes it back when it is there. */
export function sendReaction(engine: Engine, room: Room, item: SaidItem, emoji: string): void {
  if (!engine.online || !engine.caps.has('message-tags') || item.msgid === undefined) {
    engine.tell(room, 'Reactions need a connection to a server that passes them on.', 'error');
    return;
  }
  const shown = cleanName(emoji);
  const on = item.reactions.get(shown)?.some((nick) => engine.isMe(nick)) !== true;
  const tags = new Map([
    [on ? '+draft/react' : '+draft/unreact', shown],
    ['+draft/reply', item.msgid],
  ]);
  engine.sendTagged(tags, 'TAGMSG', room.target);
  if (!engine.caps.has('echo-message')) setReaction(engine, room, item, shown, engine.view.nick, on);
}

// -------------------------------------------------------------------------------------------- The program

export function clear(engine: Engine, room: Room): void {
  room.timeline.clear();
  room.dividerKey = undefined;
  engine.touch(room);
}

export function quit(engine: Engine, _room: Room, { reason }: Args): void {
  engine.session.leave(reason ?? GOODBYE);
  engine.keeper.settle(true);
  engine.effects.push({ kind: 'quit' });
}
