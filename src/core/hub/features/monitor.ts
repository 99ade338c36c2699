/**
 * MONITOR: hearing when somebody comes and goes without sharing a room (https://ircv3.net/specs/extensions/monitor),
 * and with extended-monitor what else changes about them (https://ircv3.net/specs/extensions/extended-monitor).
 *
 * A list belongs to a connection, as the specification has it, and ends with it.
 */
import { fold, type Folded } from '../../wire/casemap.ts';
import { isNick } from '../../wire/names.ts';
import {
  ERR_MONLISTFULL,
  ERR_NEEDMOREPARAMS,
  RPL_ENDOFMONLIST,
  RPL_MONLIST,
  RPL_MONOFFLINE,
  RPL_MONONLINE,
} from '../../wire/numerics.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { Feature } from '../feature.ts';
import type { Fold } from '../fold.ts';
import { line } from '../line.ts';
import type { Person } from '../person.ts';
import type { State } from '../state.ts';

export const monitor: Feature = {
  commands: {
    MONITOR: { run: command, params: 1, when: 'registered' },
  },
  capabilities: ['extended-monitor'],
  isupport: ({ limits }) => [`MONITOR=${limits.monitored}`],
  gone: forget,
};

/** What one reply lists: 510 bytes less the server's name, the numeric and a nick. */
const LIST_BYTES_MAX = 380;

/** MONITOR <+|-> <nick>{,<nick>}, MONITOR C to clear, L to list, S for who is here. */
function command(call: Call, state: State): void {
  const { conn } = call;
  switch (call.param(0).toUpperCase()) {
    case '+':
      add(call, state);
      break;
    case '-':
      for (const nick of call.param(1).split(',')) unwatch(state, conn, fold(nick));
      break;
    case 'C':
      forget(conn, state);
      break;
    case 'L':
      tell(call, RPL_MONLIST, [...conn.monitored.values()]);
      call.numeric(RPL_ENDOFMONLIST, 'End of MONITOR list');
      break;
    case 'S':
      tellStatus(call, state, [...conn.monitored.values()]);
      break;
    default:
      call.numeric(ERR_NEEDMOREPARAMS, 'MONITOR', 'Say +, -, C, L or S');
  }
}

function add(call: Call, state: State): void {
  const { conn } = call;
  const { monitored, nickLength } = state.settings.limits;
  // Masks are not nicks: nobody is to be followed through their nick changes.
  const nicks = call
    .param(1)
    .split(',')
    .filter((nick) => isNick(nick, nickLength));
  const added: string[] = [];
  for (const [i, nick] of nicks.entries()) {
    const folded = fold(nick);
    if (conn.monitored.has(folded)) continue;
    if (conn.monitored.size >= monitored) {
      call.numeric(ERR_MONLISTFULL, String(monitored), nicks.slice(i).join(','), 'Your MONITOR list is full');
      break;
    }
    conn.monitored.set(folded, nick);
    let watchers = state.watchers.get(folded);
    if (watchers === undefined) state.watchers.set(folded, (watchers = new Set()));
    watchers.add(conn);
    added.push(nick);
  }
  tellStatus(call, state, added);
}

function unwatch(state: State, conn: Conn, folded: Folded): void {
  conn.monitored.delete(folded);
  const watchers = state.watchers.get(folded);
  watchers?.delete(conn);
  if (watchers?.size === 0) state.watchers.delete(folded);
}

function forget(conn: Conn, state: State): void {
  for (const folded of [...conn.monitored.keys()]) unwatch(state, conn, folded);
}

function tellStatus(call: Call, state: State, nicks: readonly string[]): void {
  const here = nicks.flatMap((nick) => state.personNamed(nick) ?? []);
  tell(
    call,
    RPL_MONONLINE,
    here.map(({ prefix }) => prefix),
  );
  tell(
    call,
    RPL_MONOFFLINE,
    nicks.filter((nick) => state.personNamed(nick) === undefined),
  );
}

/** In as many lines as it takes. */
function tell(call: Call, code: string, words: readonly string[]): void {
  let text = '';
  for (const word of words) {
    if (text !== '' && text.length + word.length >= LIST_BYTES_MAX) {
      call.numeric(code, text);
      text = '';
    }
    text += text === '' ? word : `,${word}`;
  }
  if (text !== '') call.numeric(code, text);
}

/** Somebody arrived or took this nick. */
export function appeared(f: Fold, { folded, prefix }: Person): void {
  tellWatchers(f, folded, RPL_MONONLINE, prefix);
}

/** Nobody has this nick any more. */
export function vanished(f: Fold, { folded, nick }: Pick<Person, 'folded' | 'nick'>): void {
  tellWatchers(f, folded, RPL_MONOFFLINE, nick);
}

function tellWatchers({ state, out }: Fold, folded: Folded, code: string, text: string): void {
  const watchers = state.watchers.get(folded);
  if (watchers === undefined) return;
  for (const conn of watchers) out.to(conn, line(state.settings.serverName, code, [conn.name, text]));
}
