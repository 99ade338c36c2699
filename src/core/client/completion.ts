/** What could stand where the cursor is: a nick, a room, a command, an emoji. The same for every face. */
import { fold, type Folded } from '../wire/casemap.ts';
import { COMMANDS, commandNamed, usage, type Argument } from './commands.ts';
import { emojiNamed } from './emoji.ts';
import type { ClientView, RoomView } from './view.ts';

export interface Candidate {
  /** What is put in place of the part between `from` and `to`, with the space or colon behind it. */
  readonly text: string;
  readonly label: string;
  readonly hint: string;
}

export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly kind: 'nick' | 'room' | 'command' | 'emoji';
  /** Best first; may be empty when only `usage` is known. */
  readonly candidates: readonly Candidate[];
  /** How the command at hand is used, and what it does; empty for none. */
  readonly usage: string;
  readonly about: string;
}

/** As many as fit a popup with some scrolling. */
const CANDIDATES_MAX = 50;
/** How far back speakers are looked for: whom one answers has spoken lately. */
const SPEAKERS_LOOK = 300;
/** An emoji name of one letter would match everything, and `:)` nothing. */
const EMOJI_LETTERS_MIN = 2;

/** The completions at the cursor, or undefined when nothing there can be completed. */
export function complete(view: ClientView, room: Folded, text: string, cursor: number): Completion | undefined {
  const before = text.slice(0, cursor);
  const from = before.search(/\S*$/);
  const word = before.slice(from);
  const here = view.rooms.find(({ id }) => id === room);
  const none = { from, to: cursor, usage: '', about: '' };

  if (from === 0 && word.startsWith('/') && !word.startsWith('//')) return commandNames(word.slice(1), none);
  if (text.startsWith('/') && !text.startsWith('//')) return argument(view, here, before, word, none);
  const plain = nickRoomOrEmoji(view, here, word, from === 0 ? ': ' : ' ');
  return plain === undefined ? undefined : { ...none, ...plain };
}

type Place = Pick<Completion, 'from' | 'to' | 'usage' | 'about'>;
type Found = Pick<Completion, 'kind' | 'candidates'>;

function commandNames(prefix: string, place: Place): Completion | undefined {
  const wanted = prefix.toLowerCase();
  const candidates = COMMANDS.flatMap((command) =>
    [command.name, ...(command.aliases ?? [])]
      .filter((name) => name.startsWith(wanted))
      .slice(0, 1)
      .map((name) => ({ text: `/${name} `, label: `/${name}`, hint: command.summary })),
  );
  const exact = commandNamed(wanted);
  if (candidates.length === 0) return undefined;
  const told = exact === undefined ? {} : { usage: usage(exact), about: exact.summary };
  return { ...place, kind: 'command', candidates, ...told };
}

/** Inside a command: its usage, and candidates for the argument at the cursor. */
function argument(
  view: ClientView,
  here: RoomView | undefined,
  before: string,
  word: string,
  place: Place,
): Completion | undefined {
  const [name = '', ...given] = before.slice(1).split(/\s+/);
  const command = commandNamed(name);
  if (command === undefined) return undefined;
  const spec = command.args[Math.min(given.length, command.args.length) - 1];
  const found = spec === undefined ? undefined : candidatesFor(view, here, spec, command.name, word);
  const kind = found?.kind ?? 'command';
  return { ...place, kind, candidates: found?.candidates ?? [], usage: usage(command), about: command.summary };
}

function candidatesFor(
  view: ClientView,
  here: RoomView | undefined,
  spec: Argument,
  command: string,
  word: string,
): Found | undefined {
  if (command === 'help') {
    const candidates = COMMANDS.filter(({ name }) => name.startsWith(word)).map(({ name, summary }) => ({
      text: name,
      label: name,
      hint: summary,
    }));
    return { kind: 'command', candidates };
  }
  if (spec.name === 'emoji') return { kind: 'emoji', candidates: emoji(word.replace(/^:/, '')) };
  switch (spec.kind) {
    case 'nick':
      return word.startsWith('#')
        ? { kind: 'room', candidates: rooms(view, word) }
        : { kind: 'nick', candidates: nicks(view, here, word, ' ') };
    case 'room':
      return { kind: 'room', candidates: rooms(view, word) };
    case 'text':
      return nickRoomOrEmoji(view, here, word, ' ');
    default:
      return undefined;
  }
}

function nickRoomOrEmoji(view: ClientView, here: RoomView | undefined, word: string, after: string): Found | undefined {
  if (word === '') return undefined;
  if (word.startsWith('#')) return some('room', rooms(view, word));
  if (word.startsWith(':')) return word.length > EMOJI_LETTERS_MIN ? some('emoji', emoji(word.slice(1))) : undefined;
  return some('nick', nicks(view, here, word.replace(/^@/, ''), after));
}

function some(kind: Completion['kind'], candidates: readonly Candidate[]): Found | undefined {
  return candidates.length === 0 ? undefined : { kind, candidates };
}

function rooms(view: ClientView, word: string): Candidate[] {
  const wanted = fold(word);
  return view.rooms
    .filter(({ kind, id }) => kind === 'room' && id.startsWith(wanted))
    .slice(0, CANDIDATES_MAX)
    .map(({ name, topic }) => ({ text: `${name} `, label: name, hint: topic.slice(0, 100) }));
}

function emoji(prefix: string): Candidate[] {
  return emojiNamed(prefix, CANDIDATES_MAX).map(({ name, glyph }) => ({
    text: `${glyph} `,
    label: `${glyph} :${name}:`,
    hint: '',
  }));
}

/** Those who spoke last come first, then members, then people one has conversations with. */
function nicks(view: ClientView, here: RoomView | undefined, word: string, after: string): Candidate[] {
  const wanted = fold(word);
  const names = new Map<Folded, string>();
  const consider = (nick: string): void => {
    const folded = fold(nick);
    if (names.size < CANDIDATES_MAX && folded.startsWith(wanted) && folded !== fold(view.nick)) {
      if (!names.has(folded)) names.set(folded, nick);
    }
  };
  const items = here?.items ?? [];
  for (let i = items.length - 1; i >= 0 && i >= items.length - SPEAKERS_LOOK; i--) {
    const item = items[i]!;
    if (item.kind === 'said' && !item.own) consider(item.from);
  }
  for (const { nick } of here?.members ?? []) consider(nick);
  for (const { kind, name } of view.rooms) if (kind === 'direct') consider(name);
  return [...names.values()].map((nick) => ({ text: `${nick}${after}`, label: nick, hint: '' }));
}
