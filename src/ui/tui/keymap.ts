/**
 * Which key does what: one registry. The face looks keys up here, and the help overlay is generated from it, so that
 * what is written about a key is what it does.
 */
import type { Edit } from './input-line.ts';

/** What the keys go to. */
export type Mode = 'talk' | 'choose' | 'react' | 'paste' | 'list' | 'quit' | 'password';

export type Deed =
  | Edit
  | 'send'
  | 'newline'
  | 'complete'
  | 'complete-back'
  | 'up'
  | 'down'
  | 'escape'
  | 'next-activity'
  | 'room-before'
  | 'room-after'
  | 'first-unread'
  | 'page-up'
  | 'page-down'
  | 'oldest'
  | 'newest'
  | 'toggle-rooms'
  | 'help'
  | 'members'
  | 'redraw'
  | 'suspend'
  | 'interrupt'
  | 'delete-or-quit'
  | 'reply'
  | 'react'
  | 'retry'
  | 'discard'
  | 'copy'
  | 'open-gap'
  | 'paste-text'
  | 'paste-code';

export interface Binding {
  readonly mode: Mode;
  /** Names as `keys.ts` gives them; a printable character stands for itself. */
  readonly keys: readonly string[];
  readonly does: Deed;
  /** For the help; empty for keys that explain themselves. */
  readonly help: string;
}

const talk = (keys: string, does: Deed, help = ''): Binding => ({ mode: 'talk', keys: keys.split(' '), does, help });
const choose = (keys: string, does: Deed, help = ''): Binding => ({
  mode: 'choose',
  keys: keys.split(' '),
  does,
  help,
});

export const BINDINGS: readonly Binding[] = [
  talk('enter', 'send', 'send'),
  talk('alt-enter ctrl-j', 'newline', 'begin another line'),
  talk('tab', 'complete', 'complete a nick, #room or /command; again for the next'),
  talk('shift-tab', 'complete-back'),
  talk('up', 'up', 'with nothing typed: choose a message; else the line you sent before'),
  talk('down', 'down'),
  talk('ctrl-r', 'older', 'the line you sent before'),
  talk('escape', 'escape', 'close what is open'),

  talk('alt-a', 'next-activity', 'next room with something new'),
  talk('alt-up ctrl-p', 'room-before', 'room above'),
  talk('alt-down ctrl-n', 'room-after', 'room below'),
  talk('alt-b', 'toggle-rooms', 'with nothing typed: show or hide the list of rooms'),

  talk('alt-u', 'first-unread', 'first unread message'),
  talk('pageup', 'page-up', 'older messages, from the server when needed'),
  talk('pagedown', 'page-down', 'newer messages'),
  talk('end', 'newest', 'with nothing typed: the newest message'),
  talk('home', 'oldest', 'with nothing typed: the oldest message that is loaded'),

  talk('left ctrl-b', 'left'),
  talk('right ctrl-f', 'right'),
  talk('ctrl-left', 'word-left', 'one word back (also Alt-b)'),
  talk('ctrl-right alt-f', 'word-right', 'one word on'),
  talk('ctrl-a', 'line-start', 'start of the line'),
  talk('ctrl-e', 'line-end', 'end of the line'),
  talk('backspace', 'delete-left'),
  talk('delete', 'delete-right'),
  talk('ctrl-w alt-backspace', 'kill-word-left', 'cut the word before the cursor'),
  talk('alt-d', 'kill-word-right', 'cut the word behind the cursor'),
  talk('ctrl-u', 'kill-to-start', 'cut to the start of the line'),
  talk('ctrl-k', 'kill-to-end', 'cut to the end of the line'),
  talk('ctrl-y', 'yank', 'put back what was cut'),
  talk('ctrl-t', 'swap', 'exchange two characters'),

  talk('f1', 'help', 'this help'),
  talk('f2', 'members', 'who is here'),
  talk('ctrl-l', 'redraw', 'draw the screen again'),
  talk('ctrl-z', 'suspend', 'to the shell; `fg` comes back'),
  talk('ctrl-c', 'interrupt', 'clear the line; with nothing typed, twice: quit'),
  talk('ctrl-d', 'delete-or-quit'),

  choose('up', 'up', 'message before'),
  choose('down', 'down', 'message behind'),
  choose('r', 'reply', 'reply'),
  choose('+', 'react', 'react'),
  choose('y', 'copy', 'copy the text'),
  choose('t', 'retry', 'try again to send'),
  choose('x', 'discard', 'discard a message that was not sent'),
  choose('enter', 'open-gap', 'load the messages missing here'),
  choose('escape ctrl-c', 'escape', 'back to the input'),

  { mode: 'react', keys: ['enter'], does: 'send', help: '' },
  { mode: 'react', keys: ['escape', 'ctrl-c'], does: 'escape', help: '' },
  { mode: 'react', keys: ['backspace'], does: 'delete-left', help: '' },

  { mode: 'password', keys: ['enter'], does: 'send', help: '' },
  { mode: 'password', keys: ['escape'], does: 'escape', help: '' },
  { mode: 'password', keys: ['backspace'], does: 'delete-left', help: '' },
  { mode: 'password', keys: ['ctrl-u', 'ctrl-w'], does: 'kill-to-start', help: '' },
  { mode: 'password', keys: ['ctrl-c'], does: 'interrupt', help: '' },

  { mode: 'paste', keys: ['enter'], does: 'paste-text', help: '' },
  { mode: 'paste', keys: ['c'], does: 'paste-code', help: '' },
  { mode: 'paste', keys: ['escape', 'ctrl-c'], does: 'escape', help: '' },

  { mode: 'list', keys: ['up'], does: 'up', help: '' },
  { mode: 'list', keys: ['down'], does: 'down', help: '' },
  { mode: 'list', keys: ['pageup'], does: 'page-up', help: '' },
  { mode: 'list', keys: ['pagedown', ' '], does: 'page-down', help: '' },
  { mode: 'list', keys: ['escape', 'f1', 'f2', 'q', 'enter', 'ctrl-c'], does: 'escape', help: '' },

  { mode: 'quit', keys: ['ctrl-c', 'ctrl-d', 'q', 'y', 'enter'], does: 'interrupt', help: '' },
  { mode: 'quit', keys: ['escape', 'w', 'n'], does: 'escape', help: '' },
];

/** Keys that work in every mode. */
const ALWAYS: ReadonlySet<string> = new Set(['ctrl-l', 'ctrl-z']);

const table = new Map(BINDINGS.flatMap(({ mode, keys, does }) => keys.map((key) => [`${mode} ${key}`, does] as const)));

export function deedOf(mode: Mode, key: string): Deed | undefined {
  return table.get(`${mode} ${key}`) ?? (ALWAYS.has(key) ? table.get(`talk ${key}`) : undefined);
}

/** `Alt-Enter`, `Ctrl-A`, `PgUp`: the name on the keyboard. */
export function keyLabel(key: string): string {
  const parts = key.split('-').filter((part) => part !== '');
  const last = parts.pop() ?? key;
  const name = LABELS[last] ?? (parts.length > 0 ? last.toUpperCase().slice(0, 1) + last.slice(1) : last);
  const modifiers = parts.map((part) => part[0]?.toUpperCase() + part.slice(1));
  // Alt-a is typed without Shift, Ctrl-A is written that way everywhere.
  return [...modifiers, modifiers.includes('Alt') && last.length === 1 ? last : name].join('-');
}

const LABELS: Readonly<Record<string, string>> = {
  enter: 'Enter',
  tab: 'Tab',
  escape: 'Esc',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  backspace: 'Backspace',
  delete: 'Delete',
  f1: 'F1',
  f2: 'F2',
  ' ': 'Space',
};
