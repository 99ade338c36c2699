/**
 * What a person may type after a slash. One table: it drives the parsing, the usage lines, `/help` and completion, so
 * that none of them can say something else than the others.
 */
import type { Engine } from './engine.ts';
import { cleanName } from './clean.ts';
import { setReaction } from './said.ts';
import type { Room } from './room.ts';
import type { SaidItem } from './view.ts';

export interface Argument {
  readonly name: string;
  /** `text` takes the rest of the line, the others one word. */
  readonly kind: 'nick' | 'room' | 'word' | 'number' | 'text';
  readonly optional?: boolean;
}

export interface Command {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for people. */
  readonly summary: string;
  readonly args: readonly Argument[];
  /** Needs a connection; others work offline as well. */
  readonly online?: boolean;
  readonly run: (engine: Engine, room: Room, args: Args) => void;
}

/** The words given, by the names of the arguments; missing ones are empty. */
export type Args = Readonly<Record<string, string>>;

const NICK = { name: 'nick', kind: 'nick' } as const;
const ROOM = { name: 'room', kind: 'room' } as const;
const TEXT = { name: 'text', kind: 'text' } as const;
const REASON = { name: 'reason', kind: 'text', optional: true } as const;
const ROOM_MAYBE = { ...ROOM, optional: true } as const;

export const COMMANDS: readonly Command[] = [
  {
    name: 'join',
    summary: 'Go into a room',
    args: [ROOM, { name: 'key', kind: 'word', optional: true }],
    online: true,
    run: join,
  },
  { name: 'leave', aliases: ['part'], summary: 'Leave a room', args: [ROOM_MAYBE, REASON], run: leave },
  { name: 'close', summary: 'Leave and take it off the list', args: [], run: close },
  { name: 'msg', summary: 'Write to a person or room', args: [{ name: 'to', kind: 'nick' }, TEXT], run: msg },
  {
    name: 'query',
    aliases: ['direct'],
    summary: 'Open a conversation with a person',
    args: [NICK, { ...TEXT, optional: true }],
    run: query,
  },
  {
    name: 'me',
    summary: 'Say what you do',
    args: [TEXT],
    run: (engine, room, { text = '' }) => engine.say(room, text, 'action'),
  },
  {
    name: 'notice',
    summary: 'Send a notice, which nobody answers',
    args: [{ name: 'to', kind: 'nick' }, TEXT],
    run: notice,
  },
  {
    name: 'reply',
    summary: 'Answer the newest message, or the nth newest',
    args: [{ name: 'nth', kind: 'number', optional: true }, TEXT],
    run: reply,
  },
  {
    name: 'react',
    summary: 'React to the newest message, or the nth newest',
    args: [
      { name: 'emoji', kind: 'word' },
      { name: 'nth', kind: 'number', optional: true },
    ],
    online: true,
    run: react,
  },
  {
    name: 'nick',
    summary: 'Change your name',
    args: [{ name: 'name', kind: 'word' }],
    run: (engine, _room, { name = '' }) => engine.session.setNick(name),
  },
  { name: 'topic', summary: 'Show or set the topic', args: [{ ...TEXT, optional: true }], online: true, run: topic },
  {
    name: 'who',
    summary: 'Tell about the people in a room, or one of them',
    args: [{ name: 'mask', kind: 'word', optional: true }],
    online: true,
    run: (engine, room, { mask }) => askWho(engine, mask || room.target),
  },
  { name: 'names', summary: 'List who is in a room', args: [ROOM_MAYBE], online: true, run: names },
  {
    name: 'whois',
    summary: 'Tell about a person',
    args: [NICK],
    online: true,
    run: (engine, _room, { nick = '' }) => engine.send('WHOIS', nick),
  },
  {
    name: 'list',
    summary: 'List the rooms of the server',
    args: [{ name: 'mask', kind: 'word', optional: true }],
    online: true,
    run: (engine, _room, { mask }) => (mask ? engine.send('LIST', mask) : engine.send('LIST')),
  },
  {
    name: 'invite',
    summary: 'Ask a person into a room',
    args: [NICK, ROOM_MAYBE],
    online: true,
    run: (engine, room, { nick = '', room: name }) => engine.send('INVITE', nick, name || room.target),
  },
  { name: 'kick', summary: 'Remove a person from this room', args: [NICK, REASON], online: true, run: kick },
  {
    name: 'ban',
    summary: 'Keep a person or mask out of this room, or list who is',
    args: [{ name: 'mask', kind: 'nick', optional: true }],
    online: true,
    run: (engine, room, { mask }) => (mask ? mode(engine, room, '+b', toMask(mask)) : mode(engine, room, '+b')),
  },
  {
    name: 'unban',
    summary: 'Let a person or mask in again',
    args: [{ name: 'mask', kind: 'nick' }],
    online: true,
    run: (engine, room, { mask = '' }) => mode(engine, room, '-b', toMask(mask)),
  },
  {
    name: 'op',
    summary: 'Make a person an operator of this room',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => mode(engine, room, '+o', nick),
  },
  {
    name: 'deop',
    summary: 'Take the operator rank away',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => mode(engine, room, '-o', nick),
  },
  {
    name: 'voice',
    summary: 'Let a person speak in a moderated room',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => mode(engine, room, '+v', nick),
  },
  {
    name: 'devoice',
    summary: 'Take the voice away',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => mode(engine, room, '-v', nick),
  },
  {
    name: 'mode',
    summary: 'Show or change the modes of this room',
    args: [{ name: 'changes', kind: 'text', optional: true }],
    online: true,
    run: (engine, room, { changes = '' }) => mode(engine, room, ...changes.split(' ').filter(Boolean)),
  },
  {
    name: 'away',
    summary: 'Tell others that you are away',
    args: [{ ...TEXT, optional: true }],
    online: true,
    run: away,
  },
  {
    name: 'back',
    summary: 'Tell others that you are here',
    args: [],
    online: true,
    run: (engine) => engine.send('AWAY'),
  },
  { name: 'connect', summary: 'Connect now', args: [], run: (engine) => engine.session.connect() },
  {
    name: 'disconnect',
    summary: 'Go offline until /connect',
    args: [REASON],
    run: (engine, _room, { reason }) => engine.session.disconnect(reason || GOODBYE),
  },
  { name: 'clear', summary: 'Empty this view; the server keeps what was said', args: [], run: clear },
  {
    name: 'raw',
    aliases: ['quote'],
    summary: 'Send a line to the server as it is',
    args: [{ name: 'line', kind: 'text' }],
    online: true,
    run: (engine, _room, { line = '' }) => engine.sendRaw(line),
  },
  {
    name: 'help',
    summary: 'List the commands, or explain one',
    args: [{ name: 'command', kind: 'word', optional: true }],
    run: help,
  },
  { name: 'quit', summary: 'Say goodbye and end the program', args: [REASON], run: quit },
];

const GOODBYE = 'Goodbye';

const BY_NAME: ReadonlyMap<string, Command> = new Map(
  COMMANDS.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command] as const)),
);

export function commandNamed(name: string): Command | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** `/kick <nick> [reason]` */
export function usage(command: Command): string {
  const words = command.args.map(({ name, optional }) => (optional === true ? `[${name}]` : `<${name}>`));
  return [`/${command.name}`, ...words].join(' ');
}

/** Every command as help lists it. */
export const COMMAND_HELP: readonly { readonly usage: string; readonly help: string }[] = COMMANDS.map((command) => ({
  usage: usage(command),
  help: command.summary,
}));

/** Carries out a line that begins with a slash. */
export function runCommand(engine: Engine, room: Room, line: string): void {
  engine.askedFrom = room.id;
  const [, name = '', rest = ''] = /^\/(\S*)\s*([^]*)$/.exec(line) ?? [];
  const command = commandNamed(name);
  if (command === undefined) {
    const near = nearest(name);
    const hint = near === undefined ? 'Type /help for the list, or // to say a slash.' : `Did you mean /${near}?`;
    engine.tell(room, `Unknown command /${cleanName(name)}. ${hint}`, 'error');
    return;
  }
  const args = readArgs(command, rest);
  if (args === undefined) engine.tell(room, `Usage: ${usage(command)}`, 'error');
  else if (command.online === true && !engine.online) {
    engine.tell(room, `Not connected: /${command.name} works when the connection is back.`, 'error');
  } else command.run(engine, room, args);
}

/** The arguments by name, or undefined when a needed one is missing. Optional ones are skipped when they do not fit. */
export function readArgs(command: Command, text: string): Args | undefined {
  const args: Record<string, string> = {};
  let rest = text.trimStart();
  for (const { name, kind, optional } of command.args) {
    const word = kind === 'text' ? rest.trimEnd() : (/^\S*/.exec(rest)?.[0] ?? '');
    const fits =
      word !== '' &&
      (kind !== 'number' || /^\d{1,4}$/.test(word)) &&
      (kind !== 'room' || optional !== true || /^[#&+!]/.test(word));
    if (!fits) {
      if (optional !== true) return undefined;
      continue;
    }
    args[name] = word;
    rest = rest.slice(word.length).trimStart();
  }
  return args;
}

// ------------------------------------------------------------------------------------------ Rooms and people

function join(engine: Engine, _room: Room, { room: wanted = '', key = '' }: Args): void {
  for (const part of wanted.split(',').slice(0, JOINS_MAX)) {
    if (part === '') continue;
    const name = engine.facts.isRoom(part) ? part : `#${part}`;
    const known = engine.rooms.get(name);
    if (known?.joined === true) {
      engine.show(known);
      continue;
    }
    engine.goTo = engine.facts.fold(name);
    if (known !== undefined) {
      known.joining = true;
      known.key = key;
    }
    if (key === '') engine.send('JOIN', name);
    else engine.send('JOIN', name, key);
  }
}

const JOINS_MAX = 20;

function leave(engine: Engine, here: Room, { room: name, reason = '' }: Args): void {
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

function close(engine: Engine, room: Room): void {
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

function msg(engine: Engine, here: Room, { to = '', text = '' }: Args): void {
  const room = target(engine, here, to);
  if (room !== undefined) engine.say(room, text, 'message');
}

function notice(engine: Engine, here: Room, { to = '', text = '' }: Args): void {
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

function query(engine: Engine, _here: Room, { nick = '', text }: Args): void {
  const room = engine.rooms.open(nick);
  if (room === undefined) return;
  engine.show(room);
  if (text !== undefined) engine.say(room, text, 'message');
}

function kick(engine: Engine, room: Room, { nick = '', reason = '' }: Args): void {
  engine.send('KICK', room.target, nick, ...(reason === '' ? [] : [reason]));
}

function mode(engine: Engine, room: Room, ...changes: string[]): void {
  if (room.kind !== 'room') engine.tell(room, 'This works in a room.', 'error');
  else engine.send('MODE', room.target, ...changes);
}

/** A name alone means that person, wherever they come from. */
function toMask(text: string): string {
  return /[!@*?]/.test(text) ? text : `${text}!*@*`;
}

function topic(engine: Engine, room: Room, { text }: Args): void {
  if (room.kind !== 'room') return engine.tell(room, 'This works in a room.', 'error');
  if (text !== undefined) return engine.send('TOPIC', room.target, text);
  engine.asked.add(`topic ${room.id}`);
  engine.send('TOPIC', room.target);
}

function names(engine: Engine, here: Room, { room: name }: Args): void {
  const room = name === undefined ? here : engine.rooms.get(name);
  if (room?.kind !== 'room') return engine.tell(here, 'Name a room you are in: /names #room', 'error');
  engine.asked.add(`names ${room.id}`);
  engine.send('NAMES', room.target);
}

function askWho(engine: Engine, mask: string): void {
  engine.asked.delete(`who ${engine.facts.fold(mask)}`);
  engine.send('WHO', mask);
}

function away(engine: Engine, _room: Room, { text }: Args): void {
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

function reply(engine: Engine, room: Room, { nth, text = '' }: Args): void {
  const item = nthNewest(room, nth);
  if (item?.msgid === undefined) engine.tell(room, 'There is no message to answer here.', 'error');
  else engine.say(room, text, 'message', item.msgid);
}

function react(engine: Engine, room: Room, { emoji = '', nth }: Args): void {
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

function clear(engine: Engine, room: Room): void {
  room.timeline.clear();
  room.dividerKey = undefined;
  engine.touch(room);
}

function help(engine: Engine, room: Room, { command: name }: Args): void {
  if (name === undefined) {
    for (const command of COMMANDS) engine.tell(room, `${usage(command)} · ${command.summary}`);
    return;
  }
  const command = commandNamed(name.replace(/^\//, ''));
  engine.tell(
    room,
    command === undefined ? `There is no command /${cleanName(name)}.` : `${usage(command)} · ${command.summary}`,
  );
}

function quit(engine: Engine, _room: Room, { reason }: Args): void {
  engine.session.leave(reason ?? GOODBYE);
  engine.keeper.settle(true);
  engine.effects.push({ kind: 'quit' });
}

// -------------------------------------------------------------------------------------------- Near misses

/** The command that was probably meant: at most two letters off, a swap counting as one. */
export function nearest(name: string): string | undefined {
  let best: string | undefined;
  let bestDistance = name.length <= 3 ? 2 : 3;
  for (const known of BY_NAME.keys()) {
    const distance = lettersOff(name.toLowerCase(), known);
    if (distance < bestDistance) [best, bestDistance] = [known, distance];
  }
  return best;
}

/** Optimal string alignment: letters to add, remove, change, or swap with the neighbour. */
function lettersOff(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
