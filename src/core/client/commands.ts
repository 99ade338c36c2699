/**
 * What a person may type after a slash. One table: it drives the parsing, the usage lines, `/help` and completion, so
 * that none of them can say something else than the others.
 */
import { cleanName } from './clean.ts';
import * as deeds from './deeds.ts';
import type { Engine } from './engine.ts';
import { lettersOff } from './letters-off.ts';
import type { Room } from './room.ts';

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
    run: deeds.join,
  },
  { name: 'leave', aliases: ['part'], summary: 'Leave a room', args: [ROOM_MAYBE, REASON], run: deeds.leave },
  { name: 'close', summary: 'Leave and take it off the list', args: [], run: deeds.close },
  { name: 'msg', summary: 'Write to a person or room', args: [{ name: 'to', kind: 'nick' }, TEXT], run: deeds.msg },
  {
    name: 'query',
    aliases: ['direct'],
    summary: 'Open a conversation with a person',
    args: [NICK, { ...TEXT, optional: true }],
    run: deeds.query,
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
    run: deeds.notice,
  },
  {
    name: 'reply',
    summary: 'Answer the newest message, or the nth newest',
    args: [{ name: 'nth', kind: 'number', optional: true }, TEXT],
    run: deeds.reply,
  },
  {
    name: 'react',
    summary: 'React to the newest message, or the nth newest',
    args: [
      { name: 'emoji', kind: 'word' },
      { name: 'nth', kind: 'number', optional: true },
    ],
    online: true,
    run: deeds.react,
  },
  {
    name: 'nick',
    summary: 'Change your name',
    args: [{ name: 'name', kind: 'word' }],
    run: (engine, _room, { name = '' }) => engine.session.setNick(name),
  },
  {
    name: 'topic',
    summary: 'Show or set the topic',
    args: [{ ...TEXT, optional: true }],
    online: true,
    run: deeds.topic,
  },
  {
    name: 'who',
    summary: 'Tell about the people in a room, or one of them',
    args: [{ name: 'mask', kind: 'word', optional: true }],
    online: true,
    run: (engine, room, { mask }) => deeds.askWho(engine, mask || room.target),
  },
  { name: 'names', summary: 'List who is in a room', args: [ROOM_MAYBE], online: true, run: deeds.names },
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
  { name: 'kick', summary: 'Remove a person from this room', args: [NICK, REASON], online: true, run: deeds.kick },
  {
    name: 'ban',
    summary: 'Keep a person or mask out of this room, or list who is',
    args: [{ name: 'mask', kind: 'nick', optional: true }],
    online: true,
    run: (engine, room, { mask }) =>
      mask ? deeds.mode(engine, room, '+b', deeds.toMask(mask)) : deeds.mode(engine, room, '+b'),
  },
  {
    name: 'unban',
    summary: 'Let a person or mask in again',
    args: [{ name: 'mask', kind: 'nick' }],
    online: true,
    run: (engine, room, { mask = '' }) => deeds.mode(engine, room, '-b', deeds.toMask(mask)),
  },
  {
    name: 'op',
    summary: 'Make a person an operator of this room',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => deeds.mode(engine, room, '+o', nick),
  },
  {
    name: 'deop',
    summary: 'Take the operator rank away',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => deeds.mode(engine, room, '-o', nick),
  },
  {
    name: 'voice',
    summary: 'Let a person speak in a moderated room',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => deeds.mode(engine, room, '+v', nick),
  },
  {
    name: 'devoice',
    summary: 'Take the voice away',
    args: [NICK],
    online: true,
    run: (engine, room, { nick = '' }) => deeds.mode(engine, room, '-v', nick),
  },
  {
    name: 'mode',
    summary: 'Show or change the modes of this room',
    args: [{ name: 'changes', kind: 'text', optional: true }],
    online: true,
    run: (engine, room, { changes = '' }) => deeds.mode(engine, room, ...changes.split(' ').filter(Boolean)),
  },
  {
    name: 'away',
    summary: 'Tell others that you are away',
    args: [{ ...TEXT, optional: true }],
    online: true,
    run: deeds.away,
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
    run: (engine, _room, { reason }) => engine.session.disconnect(reason || deeds.GOODBYE),
  },
  { name: 'clear', summary: 'Empty this view; the server keeps what was said', args: [], run: deeds.clear },
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
  { name: 'quit', summary: 'Say goodbye and end the program', args: [REASON], run: deeds.quit },
];

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
