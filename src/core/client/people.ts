/** Who is where, and what they change: arrivals, departures, names, topics, modes. */
import type { Folded } from '../wire/casemap.ts';
import type { Message } from '../wire/message.ts';
import { parseHostmask } from '../wire/names.ts';
import { clean, cleanName, cleanPlain } from './clean.ts';
import type { Engine } from './engine.ts';
import { timeOf } from './lines.ts';
import { changeModes } from './modes.ts';
import type { Room } from './room.ts';
import { msgidOf } from './said.ts';
import { keyOf } from './timeline.ts';
import type { HappenedItem } from './view.ts';

/** In rooms with more people than this, comings and goings are no items: they would push out what is said. */
const COMINGS_SHOWN_MAX = 200;

type What = HappenedItem['what'];

/** Adds the item that `eventItem` would make of this line to a room. */
function note(engine: Engine, room: Room, message: Message): void {
  const item = eventItem(engine, message, timeOf(engine, message));
  if (item === undefined) return;
  if (isShown(room, item) && room.timeline.add(item)) engine.touch(room);
}

export function isShown(room: Room, { what }: HappenedItem): boolean {
  return room.people.size <= COMINGS_SHOWN_MAX || !COMINGS.has(what);
}

const COMINGS: ReadonlySet<What> = new Set<What>(['join', 'part', 'quit', 'nick']);

/** The sentence for an event, live or from history; undefined for lines that have none. */
export function eventItem(engine: Engine, message: Message, at: number): HappenedItem | undefined {
  const who = cleanName(parseHostmask(message.source).nick);
  const said = sentence(message, who);
  if (said === undefined) return undefined;
  const msgid = msgidOf(message.tags);
  // One QUIT or NICK is an event in several rooms, with one id: keys are unique in each room only.
  const key = msgid === undefined ? `i${engine.nextNumber()}` : keyOf(msgid);
  return { kind: 'happened', key, at, what: said.what, who, text: said.text };
}

function sentence({ command, params }: Message, who: string): { what: What; text: string } | undefined {
  const because = (reason: string | undefined): string => {
    const text = cleanPlain(reason ?? '').trim();
    return text === '' ? '' : ` (${text})`;
  };
  switch (command) {
    case 'JOIN':
      return { what: 'join', text: `${who} joined` };
    case 'PART':
      return { what: 'part', text: `${who} left${because(params[1])}` };
    case 'QUIT':
      return { what: 'quit', text: `${who} quit${because(params[0])}` };
    case 'KICK':
      return { what: 'kick', text: `${cleanName(params[1] ?? '')} was removed by ${who}${because(params[2])}` };
    case 'NICK':
      return { what: 'nick', text: `${who} is now called ${cleanName(params[0] ?? '')}` };
    case 'TOPIC': {
      const topic = cleanPlain(params[1] ?? '');
      return { what: 'topic', text: topic === '' ? `${who} removed the topic` : `${who} set the topic: ${topic}` };
    }
    case 'MODE':
      return { what: 'mode', text: `${who} set ${cleanPlain(params.slice(1).join(' '))}` };
    default:
      return undefined;
  }
}

// ----------------------------------------------------------------------------------------- Coming and going

export function joined(engine: Engine, message: Message): void {
  const { nick, user, host } = parseHostmask(message.source);
  const name = message.params[0] ?? '';
  if (nick === '' || !engine.facts.isRoom(name)) return;
  if (engine.isMe(nick)) {
    engine.user = user;
    engine.host = host;
    weJoined(engine, name, message);
    return;
  }
  const room = engine.rooms.get(name);
  if (room === undefined) return;
  note(engine, room, message);
  room.people.set(engine.facts.fold(nick), { nick: cleanName(nick), prefix: '', away: false });
  setOnline(engine, nick, true);
  engine.touch(room);
}

function weJoined(engine: Engine, name: string, message: Message): void {
  const room = engine.rooms.open(name);
  if (room === undefined) {
    engine.send('PART', name);
    return;
  }
  if (room.fresh) room.readAt = timeOf(engine, message);
  room.fresh = false;
  if (engine.goTo === room.id) room.key = engine.joinKey;
  room.joining = false;
  room.joined = true;
  room.wanted = true;
  room.target = name;
  room.name = cleanName(name);
  room.people.clear();
  room.people.set(engine.facts.fold(engine.nick), { nick: engine.view.nick, prefix: '', away: false });
  // In an empty room the first thing to see is that one is in it; later, the history speaks.
  if (!engine.sync.available && room.items.length === 0) note(engine, room, message);
  engine.keeper.mark(room, true);
  engine.asked.add(`who is away ${room.id}`);
  if (engine.view.current === engine.rooms.server.id || engine.goTo === room.id) engine.show(room);
  engine.touch(room);
  engine.sync.joined(room);
}

export function parted(engine: Engine, message: Message): void {
  const { nick } = parseHostmask(message.source);
  const room = engine.rooms.get(message.params[0] ?? '');
  if (room === undefined) return;
  note(engine, room, message);
  if (engine.isMe(nick)) weLeft(engine, room, false);
  else room.people.delete(engine.facts.fold(nick));
  if (room.stopTyping(engine.facts.fold(nick))) room.version++;
  engine.touch(room);
}

/** We are out. `wanted` says whether to come back on the next connection. */
function weLeft(engine: Engine, room: Room, wanted: boolean): void {
  room.joined = false;
  room.joining = false;
  room.wanted = wanted;
  room.people.clear();
  engine.outbox.refuseRoom(room, `You are not in ${room.name} any more.`);
  engine.keeper.mark(room, true);
}

export function kicked(engine: Engine, message: Message): void {
  const room = engine.rooms.get(message.params[0] ?? '');
  const nick = message.params[1] ?? '';
  if (room === undefined) return;
  note(engine, room, message);
  if (engine.isMe(nick)) {
    weLeft(engine, room, false);
    engine.tell(room, `You were removed from ${room.name}. /join ${room.name} to come back.`, 'error');
  } else room.people.delete(engine.facts.fold(nick));
  engine.touch(room);
}

export function quit(engine: Engine, message: Message): void {
  const { nick } = parseHostmask(message.source);
  const folded = engine.facts.fold(nick);
  for (const room of engine.rooms.list) {
    if (!room.people.has(folded) && room.id !== folded) continue;
    note(engine, room, message);
    room.people.delete(folded);
    room.stopTyping(folded);
    engine.touch(room);
  }
  setOnline(engine, nick, false);
}

/** Many left or came at once, because servers lost or found each other: one sentence a room. */
export function netsplit(engine: Engine, type: string, servers: readonly string[], lines: readonly Message[]): void {
  const counts = new Map<Room, number>();
  for (const line of lines) {
    const { nick } = parseHostmask(line.source);
    const folded = engine.facts.fold(nick);
    for (const room of engine.rooms.list) {
      const concerned =
        line.command === 'QUIT'
          ? room.people.delete(folded)
          : line.command === 'JOIN' && room === engine.rooms.get(line.params[0] ?? '');
      if (!concerned) continue;
      if (line.command === 'JOIN') room.people.set(folded, { nick: cleanName(nick), prefix: '', away: false });
      counts.set(room, (counts.get(room) ?? 0) + 1);
    }
    if (line.command === 'QUIT') setOnline(engine, nick, false);
  }
  const between = servers.slice(0, 2).map(cleanName).join(' and ');
  for (const [room, count] of counts) {
    const people = count === 1 ? '1 person' : `${count} people`;
    const text =
      type === 'netsplit' ? `${people} left: ${between} lost each other` : `${people} came back: ${between} met again`;
    engine.happened(room, { what: type === 'netsplit' ? 'quit' : 'join', who: '', text, at: engine.serverNow }, false);
  }
}

export function setOnline(engine: Engine, nick: string, online: boolean): void {
  const room = engine.rooms.get(nick);
  if (room?.kind !== 'direct' || room.joined === online) return;
  room.joined = online;
  engine.touch(room);
}

// -------------------------------------------------------------------------------------------------- Changes

export function renamed(engine: Engine, message: Message): void {
  const { nick } = parseHostmask(message.source);
  const next = message.params[0] ?? '';
  if (nick === '' || next === '') return;
  const from = engine.facts.fold(nick);
  const to = engine.facts.fold(next);
  const mine = engine.isMe(nick);
  if (mine) engine.session.renamed(next);
  for (const room of engine.rooms.list) {
    const member = room.people.get(from);
    if (member === undefined) continue;
    note(engine, room, message);
    room.people.delete(from);
    room.people.set(to, { ...member, nick: cleanName(next) });
    room.stopTyping(from);
    engine.touch(room);
  }
  if (!mine) renameConversation(engine, from, next, message);
}

function renameConversation(engine: Engine, from: Folded, next: string, message: Message): void {
  const room = engine.rooms.byKey(from);
  if (room?.kind !== 'direct') return;
  note(engine, room, message);
  if (engine.rooms.rename(room, next)) engine.outbox.renamed(from, room);
  else setOnline(engine, room.target, false);
}

export function topicSet(engine: Engine, message: Message): void {
  const room = engine.rooms.get(message.params[0] ?? '');
  if (room === undefined) return;
  note(engine, room, message);
  room.topic = clean(message.params[1] ?? '');
  engine.touch(room);
}

export function modeSet(engine: Engine, message: Message): void {
  const room = engine.rooms.get(message.params[0] ?? '');
  if (room === undefined) return;
  note(engine, room, message);
  changeModes(engine, room, message.params.slice(1));
  engine.touch(room);
}

export function away(engine: Engine, message: Message): void {
  const { nick } = parseHostmask(message.source);
  const folded = engine.facts.fold(nick);
  const isAway = message.params.length > 0;
  if (engine.isMe(nick)) engine.setAway(isAway ? cleanPlain(message.params[0] ?? '') : undefined);
  for (const room of engine.rooms.list) {
    const member = room.people.get(folded);
    if (member === undefined || member.away === isAway) continue;
    room.people.set(folded, { ...member, away: isAway });
    engine.touch(room);
  }
}

export function hostChanged(engine: Engine, message: Message): void {
  if (!engine.isMe(parseHostmask(message.source).nick)) return;
  engine.user = message.params[0] ?? '';
  engine.host = message.params[1] ?? '';
}

export function invited(engine: Engine, message: Message): void {
  const who = cleanName(parseHostmask(message.source).nick);
  const [whom = '', name = ''] = message.params;
  const shown = cleanName(name);
  if (!engine.isMe(whom)) {
    const room = engine.rooms.get(name);
    if (room !== undefined) engine.tell(room, `${who} invited ${cleanName(whom)}`);
    return;
  }
  const text = `${who} invites you to ${shown}. /join ${shown} to go there.`;
  engine.tell(engine.rooms.byKey(engine.view.current), text);
  engine.effects.push({ kind: 'notify', room: engine.view.current, from: who, text });
}
