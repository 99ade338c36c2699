/**
 * CHATHISTORY: what was said before, page by page (https://ircv3.net/specs/extensions/chathistory).
 *
 * A person reads the history of the rooms they are in and of their own conversations. History, live delivery and
 * server-time are one order, so a place in it is a time; a message id holds the time of its message.
 */
import { capBit, type CapSet, VENDOR } from '../../wire/capabilities.ts';
import { parseServerTime, formatServerTime } from '../../wire/server-time.ts';
import type { Answer, Query, Row } from '../../ports.ts';
import type { Batched, Call, Reply } from '../call.ts';
import type { Feature } from '../feature.ts';
import { type Line, line, readKeptTags } from '../line.ts';
import { messageLine } from '../many-lines.ts';
import type { State } from '../state.ts';
import { conversation, msgidTime, otherOf, Place } from '../timeline.ts';

export const history: Feature = {
  commands: {
    CHATHISTORY: { run: chathistory, params: 1, when: 'registered' },
  },
  capabilities: ['draft/chathistory', 'draft/event-playback'],
  isupport: ({ limits }) => [`CHATHISTORY=${limits.historyPage}`],
};

const BATCH = capBit('batch');
const EVENT_PLAYBACK = capBit('draft/event-playback');
const COMMAND_CAPS: Readonly<Record<string, CapSet>> = {
  TAGMSG: capBit('message-tags'),
  REDACT: capBit('draft/message-redaction'),
  EDIT: capBit(`${VENDOR}edit`),
};

/** Before the first and after the last time there can be. */
const FIRST = -1;
const LAST = Number.MAX_SAFE_INTEGER;

/** CHATHISTORY <subcommand> <target> <reference> [<reference>] <limit>; TARGETS <from> <to> <limit> */
function chathistory(call: Call, state: State): void {
  const subcommand = call.param(0).toUpperCase();
  switch (subcommand) {
    case 'LATEST':
    case 'BEFORE':
    case 'AFTER':
    case 'AROUND':
      page(call, state, subcommand);
      break;
    case 'BETWEEN':
      between(call, state);
      break;
    case 'TARGETS':
      targets(call, state);
      break;
    default:
      call.fail('INVALID_PARAMS', shown(call.param(0)), 'Unknown subcommand');
  }
}

function shown(word: string): string {
  return word === '' || word.startsWith(':') || word.includes(' ') ? '*' : word;
}

// ------------------------------------------------------------------------------------------------------ references

/** The time a reference stands for: `timestamp=…` or `msgid=…`; undefined when it is neither. */
function timeOf(reference: string): number | undefined {
  const eq = reference.indexOf('=');
  const value = reference.slice(eq + 1);
  switch (reference.slice(0, eq)) {
    case 'timestamp':
      return parseServerTime(value);
    case 'msgid':
      return msgidTime(value);
    default:
      return undefined;
  }
}

/** A checked limit: what was asked for, or as much as a page holds; undefined after telling what is wrong. */
function limitOf(call: Call, state: State, text: string): number | undefined {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    call.fail('INVALID_PARAMS', shown(call.param(0)), shown(text), 'The limit is a number from 1 up');
    return undefined;
  }
  return Math.min(Number(text), state.settings.limits.historyPage);
}

interface Source {
  readonly timeline: string;
  /** What is older is not this person's to read. */
  readonly after: number;
  /** The target as replies name it. */
  readonly name: string;
}

/** The timeline behind a target, if this person may read it; otherwise the person has been told. */
function sourceOf(call: Call, state: State, target: string): Source | undefined {
  const { person } = call;
  if (target.startsWith('#')) {
    const room = state.room(target);
    if (room?.members.has(person.id)) return { timeline: room.folded, after: room.historyAfter, name: room.name };
  } else {
    const whom = state.personNamed(target);
    const other = whom?.identity ?? state.accounts.named(target)?.id;
    if (other !== undefined)
      return { timeline: conversation(person.identity, other), after: FIRST, name: whom?.nick ?? target };
  }
  call.fail('INVALID_TARGET', call.param(0).toUpperCase(), shown(target), 'Messages there could not be retrieved');
  return undefined;
}

// ------------------------------------------------------------------------------------------------------ pages

function page(call: Call, state: State, subcommand: 'LATEST' | 'BEFORE' | 'AFTER' | 'AROUND'): void {
  if (call.message.params.length < 4) {
    call.fail('NEED_MORE_PARAMS', subcommand, 'Give a target, a reference and a limit');
    return;
  }
  const reference = call.param(2);
  const open = subcommand === 'LATEST' && reference === '*';
  const at = open ? FIRST : timeOf(reference);
  if (at === undefined) {
    call.fail('INVALID_MSGREFTYPE', subcommand, shown(reference), 'A reference is msgid=<id> or timestamp=<time>');
    return;
  }
  const limit = limitOf(call, state, call.param(3));
  const source = limit === undefined ? undefined : sourceOf(call, state, call.param(1));
  if (limit === undefined || source === undefined) return;
  if (subcommand === 'AROUND') {
    around(call, state, source, at, limit);
    return;
  }
  const range = subcommand === 'BEFORE' ? { after: FIRST, before: at } : { after: at, before: LAST };
  call.ask(query(call, source, range, limit, subcommand !== 'AFTER'), (answer) => tell(call, state, source, answer));
}

function query(
  call: Call,
  source: Source,
  range: { after: number; before: number },
  limit: number,
  newest: boolean,
): Query {
  const after = Math.max(range.after, source.after);
  const events = (call.conn.caps & EVENT_PLAYBACK) !== 0;
  return { kind: 'page', timeline: source.timeline, after, before: range.before, limit, newest, events };
}

/** Half of the page before the place, the other half from it on; when one side is short the other makes up for it. */
function around(call: Call, state: State, source: Source, at: number, limit: number): void {
  call.ask(query(call, source, { after: FIRST, before: at }, limit, true), (earlier) => {
    call.ask(query(call, source, { after: at - 1, before: LAST }, limit, false), (later) => {
      if (earlier.kind !== 'rows' || later.kind !== 'rows') {
        tell(call, state, source, earlier.kind === 'rows' ? later : earlier);
        return;
      }
      const half = Math.floor(limit / 2);
      const fromLater = Math.min(later.rows.length, Math.max(limit - half, limit - earlier.rows.length));
      const fromEarlier = Math.min(earlier.rows.length, limit - fromLater);
      const rows = [...earlier.rows.slice(earlier.rows.length - fromEarlier), ...later.rows.slice(0, fromLater)];
      tell(call, state, source, { kind: 'rows', rows });
    });
  });
}

function between(call: Call, state: State): void {
  if (call.message.params.length < 5) {
    call.fail('NEED_MORE_PARAMS', 'BETWEEN', 'Give a target, two references and a limit');
    return;
  }
  const from = timeOf(call.param(2));
  const to = timeOf(call.param(3));
  if (from === undefined || to === undefined) {
    call.fail(
      'INVALID_MSGREFTYPE',
      'BETWEEN',
      shown(call.param(from === undefined ? 2 : 3)),
      'A reference is msgid=<id> or timestamp=<time>',
    );
    return;
  }
  const limit = limitOf(call, state, call.param(4));
  const source = limit === undefined ? undefined : sourceOf(call, state, call.param(1));
  if (limit === undefined || source === undefined) return;
  // The page begins at the first reference and goes towards the second, whichever of them is later.
  const range = { after: Math.min(from, to), before: Math.max(from, to) };
  call.ask(query(call, source, range, limit, from > to), (answer) => tell(call, state, source, answer));
}

function tell(call: Call, state: State, source: Source, answer: Answer): void {
  if (answer.kind !== 'rows') {
    call.fail('MESSAGE_ERROR', shown(call.param(0)), source.name, 'The history could not be read; try again');
    return;
  }
  const { caps } = call.conn;
  const replies: Line[] = [];
  for (const row of answer.rows) {
    const reply = lineOf(row, state.incarnation);
    if (mayHear(reply.body, caps)) replies.push(reply);
  }
  call.reply({ type: 'chathistory', params: [source.name], replies });
}

/** Whether a connection with these capabilities gets lines of this command. */
function mayHear(body: string, caps: CapSet): boolean {
  const start = body.indexOf(' ') + 1;
  const required = COMMAND_CAPS[body.slice(start, body.indexOf(' ', start))] ?? 0;
  return (caps & required) === required;
}

/** A kept row as it was said. */
export function lineOf(row: Row, incarnation: string): Line {
  return messageLine(row.body, { place: new Place(row.at, row.pos, incarnation), ...readKeptTags(row.tags) });
}

// ------------------------------------------------------------------------------------------------------ targets

/** CHATHISTORY TARGETS <timestamp> <timestamp> <limit>: where something was said in that time. */
function targets(call: Call, state: State): void {
  const { person } = call;
  const from = call.param(1).startsWith('timestamp=') ? timeOf(call.param(1)) : undefined;
  const to = call.param(2).startsWith('timestamp=') ? timeOf(call.param(2)) : undefined;
  if (from === undefined || to === undefined) {
    call.fail('INVALID_PARAMS', 'TARGETS', 'Give two times as timestamp=<time> and a limit');
    return;
  }
  const limit = limitOf(call, state, call.param(3));
  if (limit === undefined) return;
  const rooms = [...person.rooms.keys()];
  const ask: Query = {
    kind: 'targets',
    timelines: rooms.map((room) => room.folded),
    identity: person.identity,
    after: Math.min(from, to),
    before: Math.max(from, to),
    limit,
  };
  call.ask(ask, (answer) => {
    if (answer.kind !== 'targets') {
      call.fail('MESSAGE_ERROR', 'TARGETS', 'The history could not be read; try again');
      return;
    }
    const names = new Map<string, string>();
    for (const { name, folded } of rooms) names.set(folded, name);
    const replies: Reply[] = [];
    for (const { timeline, at } of answer.targets) {
      const name = names.get(timeline) ?? nickOf(state, otherOf(timeline, person.identity));
      if (name !== undefined)
        replies.push(line(state.settings.serverName, 'CHATHISTORY', ['TARGETS', name, formatServerTime(at)]));
    }
    const batch: Batched = { type: 'draft/chathistory-targets', params: [], replies };
    if ((call.conn.caps & BATCH) !== 0) call.reply(batch);
    else for (const reply of replies) call.reply(reply);
  });
}

/** The nick of whoever has this identity now; conversations with people who left have no target to name. */
function nickOf(state: State, identity: string | undefined): string | undefined {
  if (identity === undefined) return undefined;
  if (identity.startsWith('~')) return state.people.get(identity.slice(1))?.nick;
  const account = state.accounts.get(identity);
  if (account === undefined) return undefined;
  if (state.personNamed(account.name)?.accountId === identity) return account.name;
  for (const person of state.people.values()) if (person.accountId === identity) return person.nick;
  return account.name;
}
