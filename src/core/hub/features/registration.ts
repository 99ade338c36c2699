/**
 * From an open connection to a person on the network and back: PASS, NICK, USER, welcome, nick changes, PING, QUIT
 * (RFC 2812 §3.1, https://modern.ircdocs.horse/#connection-registration).
 */
import { formatBody } from '../../wire/message.ts';
import { isNick, cleanUserName } from '../../wire/names.ts';
import {
  ERR_ERRONEUSNICKNAME,
  ERR_NICKNAMEINUSE,
  ERR_NONICKNAMEGIVEN,
  ERR_NOORIGIN,
  ERR_PASSWDMISMATCH,
  ERR_NEEDMOREPARAMS,
  RPL_CREATED,
  RPL_ISUPPORT,
  RPL_MYINFO,
  RPL_WELCOME,
  RPL_YOURHOST,
} from '../../wire/numerics.ts';
import { truncateUtf8 } from '../../wire/utf8.ts';
import type { Account } from '../accounts.ts';
import type { Call } from '../call.ts';
import type { Conn } from '../conn.ts';
import type { EntryOf } from '../entry.ts';
import type { Feature } from '../feature.ts';
import { isupportLines, welcomed } from '../features.ts';
import type { Fold } from '../fold.ts';
import { by, keptTags, Line } from '../line.ts';
import { Person } from '../person.ts';
import type { State } from '../state.ts';
import { accountSettings } from '../settings.ts';
import { seen } from './accounts.ts';
import { isKeptOut, whyNotNick } from './moderation.ts';
import { appeared, vanished } from './monitor.ts';
import { leaveRoom, showRooms } from './rooms.ts';

export const registration: Feature = {
  commands: {
    PASS: { run: pass, params: 1, when: 'unregistered' },
    NICK: { run: nick, params: 0, when: 'any' },
    USER: { run: user, params: 4, when: 'unregistered' },
    PING: { run: ping, params: 1, when: 'any' },
    PONG: { run: () => {}, params: 0, when: 'any' }, // hearing anything is what counts
    QUIT: { run: quit, params: 0, when: 'any' },
    ERROR: { run: () => {}, params: 0, when: 'any' },
  },
  entries: { arrive, nick: renamed, quit: left },
  isupport: ({ limits }) => [
    `NICKLEN=${limits.nickLength}`,
    `USERLEN=${USER_LENGTH_MAX}`,
    'CASEMAPPING=ascii',
    'UTF8ONLY',
  ],
};

/** Bytes of the user part of `nick!user@host`: enough to tell who, short enough to leave the line to the message. */
const USER_LENGTH_MAX = 18;
/** For those whose user name holds no letter that may stand in a source. */
const USER_UNNAMED = 'user';
const QUIT_REASON_BYTES_MAX = 200;

/** PASS <password> */
function pass(call: Call): void {
  call.conn.hello.password = call.param(0);
}

/** NICK <nick>: before registration a wish, afterwards a change that everybody around hears of. */
function nick(call: Call, state: State): void {
  const { conn } = call;
  const wanted = call.param(0);
  if (wanted === '') {
    call.numeric(ERR_NONICKNAMEGIVEN, 'No nickname given');
    return;
  }
  if (!isNick(wanted, state.settings.limits.nickLength)) {
    // A nick that is not one cannot be echoed whole: it may hold anything.
    const shown = /^[!-9;-~][!-~]*$/.test(wanted) ? wanted : '*';
    call.numeric(
      ERR_ERRONEUSNICKNAME,
      shown,
      'Not a valid nickname: use letters, digits and []\\`_^{|}-, not a digit first',
    );
    return;
  }
  if (conn.person === undefined) {
    const holder = state.personNamed(wanted);
    // Whose nick it is may become clear while they negotiate: who logs in comes to their own.
    if (holder !== undefined && (holder.accountId === '' || !conn.hello.negotiating) && !mayAttach(holder, conn)) {
      conn.hello.refused = wanted;
      call.numeric(ERR_NICKNAMEINUSE, wanted, 'That nickname is in use');
      return;
    }
    conn.hello.nick = wanted;
    tryArrival(call, state);
    return;
  }
  const owner = state.nickOwner(wanted, conn.person.accountId);
  if (owner !== undefined && owner !== conn.person) call.numeric(ERR_NICKNAMEINUSE, wanted, inUse(owner));
  else if (state.bans.size > 0 && whyNotNick(state, call, wanted) !== undefined)
    call.numeric(ERR_ERRONEUSNICKNAME, wanted, 'That nickname is banned from this server');
  else if (conn.person.nick !== wanted) {
    call.propose({ kind: 'nick', person: conn.person.id, nick: wanted });
  }
}

/** Whether this connection would be another device of that person. */
function mayAttach(person: Person, conn: Conn): boolean {
  return person.accountId !== '' && person.accountId === conn.login?.account;
}

function inUse(owner: Person | Account): string {
  return owner instanceof Person ? 'That nickname is in use' : 'That nickname is registered; log in to use it';
}

/** USER <user> <unused> <unused> :<realname> */
function user(call: Call, state: State): void {
  const { hello } = call.conn;
  if (call.param(0) === '' || call.param(3) === '') {
    call.numeric(ERR_NEEDMOREPARAMS, 'USER', 'Not enough parameters: give a user name and a real name');
    return;
  }
  hello.user = cleanUserName(call.param(0), USER_LENGTH_MAX) || USER_UNNAMED;
  hello.realname = truncateUtf8(call.param(3), state.settings.limits.realnameBytes);
  tryArrival(call, state);
}

/** When all is there that a person needs, asks for the nick. */
export function tryArrival(call: Call, state: State): void {
  const { conn } = call;
  const { hello } = conn;
  if (conn.person !== undefined || hello.negotiating || hello.nick === '' || hello.user === '' || call.pending > 0)
    return;
  const { password } = state.settings;
  if (password !== undefined && password !== hello.password) {
    call.numeric(ERR_PASSWDMISMATCH, 'The server password is missing or wrong');
    call.end('The server password is missing or wrong');
    return;
  }
  if (accountSettings(state.settings).required && conn.login === undefined) {
    call.server('FAIL', '*', 'ACCOUNT_REQUIRED', 'This server is for people with an account; log in first');
    call.end('Log in first: this server is for people with an account');
    return;
  }
  if (isKeptOut(call, state, hello.nick, `${hello.nick}!~${hello.user}@${conn.host}`)) return;
  call.propose({
    kind: 'arrive',
    nick: hello.nick,
    user: `~${hello.user}`,
    host: conn.host,
    realname: hello.realname === '' ? hello.nick : hello.realname,
    secure: conn.peer.secure,
    account: conn.login?.account ?? '',
    device: conn.login?.device ?? '',
  });
}

/** The first claim of a nick in the one order gets it; who has the same account is another device of that person. */
function arrive(entry: EntryOf<'arrive'>, fold_: Fold): void {
  const { state, call } = fold_;
  const { nick, user, host, realname, secure } = entry;
  const account = state.accounts.get(entry.account);
  const owner = state.nickOwner(nick, entry.account);
  if (owner instanceof Person && account !== undefined && owner.accountId === account.id) {
    if (call !== undefined) attach(entry, owner, call, fold_);
    return;
  }
  if (owner !== undefined) {
    if (call === undefined) return;
    call.conn.hello.nick = '';
    call.conn.hello.refused = nick;
    call.numeric(ERR_NICKNAMEINUSE, nick, inUse(owner));
    return;
  }
  const person = new Person({ id: fold_.pos.toString(36), nick, user, host, realname, secure, at: fold_.at });
  person.logIn(account);
  if (account !== undefined) seen(account, entry.device, fold_);
  state.people.set(person.id, person);
  state.nicks.set(person.folded, person);
  state.peopleMost = Math.max(state.peopleMost, state.people.size);
  appeared(fold_, person);
  if (call === undefined) {
    // The connection went while its arrival was being ordered: everywhere it has arrived, so it has to leave.
    fold_.propose({ kind: 'quit', person: person.id, reason: 'Connection closed' });
    return;
  }
  person.conns.push(call.conn);
  call.conn.person = person;
  welcome(call, state);
}

/** One more device of somebody who is here: it is welcomed, and finds itself in the rooms. Nobody else hears of it. */
function attach(entry: EntryOf<'arrive'>, person: Person, call: Call, fold_: Fold): void {
  const { state } = fold_;
  person.attached += 1;
  person.secure &&= entry.secure;
  fold_.out.attached(call.conn);
  person.conns.push(call.conn);
  call.conn.person = person;
  const account = state.accounts.get(person.accountId);
  if (account !== undefined) seen(account, entry.device, fold_);
  welcome(call, state);
  showRooms(fold_, call.conn, person);
}

function welcome(call: Call, state: State): void {
  const { settings } = state;
  const { networkName, serverName, version } = settings;
  call.numeric(RPL_WELCOME, `Welcome to ${networkName}, ${call.person.prefix}`);
  call.numeric(RPL_YOURHOST, `Your host is ${serverName}, running ${version}`);
  call.numeric(RPL_CREATED, `This server was started ${new Date(state.startedAt).toISOString()}`);
  call.numeric(RPL_MYINFO, serverName, version, 'BRTiow', 'CIMRSUabefhiklmnoqstv', 'ISabefhkloqv');
  for (const params of isupportLines(settings)) call.numeric(RPL_ISUPPORT, ...params);
  welcomed(call, state);
}

function renamed(entry: EntryOf<'nick'>, fold_: Fold): void {
  const { state, call } = fold_;
  const person = fold_.personOf(entry);
  if (person === undefined) return;
  const owner = state.nickOwner(entry.nick, person.accountId);
  if (owner !== undefined && owner !== person) {
    call?.numeric(ERR_NICKNAMEINUSE, entry.nick, inUse(owner));
    return;
  }
  const body = formatBody(person.prefix, 'NICK', [entry.nick]);
  for (const room of person.rooms.keys()) keepEvent(fold_, room.folded, body, person);
  const former = { nick: person.nick, folded: person.folded };
  state.nicks.delete(former.folded);
  state.remember(person, fold_.at);
  person.rename(entry.nick);
  state.nicks.set(person.folded, person);
  if (former.folded !== person.folded) {
    vanished(fold_, former);
    appeared(fold_, person);
  }
  fold_.tellAround(person, new Line(body, { at: fold_.at, ...by(person) }));
}

function keepEvent(fold_: Fold, timeline: string, body: string, person: Person): void {
  const { at } = fold_.place(timeline);
  fold_.keep({ timeline, at, pos: fold_.pos, kind: 'event', body, tags: keptTags(by(person)) });
}

/** PING <token> */
function ping(call: Call, state: State): void {
  if (call.param(0) === '') {
    call.numeric(ERR_NOORIGIN, 'No token given');
    return;
  }
  call.server('PONG', state.settings.serverName, call.param(0));
}

/** QUIT [:reason] */
function quit(call: Call): void {
  const reason = truncateUtf8(call.param(0), QUIT_REASON_BYTES_MAX);
  call.leave(reason === '' ? 'Quit' : `Quit: ${reason}`);
}

function left(entry: EntryOf<'quit'>, fold_: Fold): void {
  const { state } = fold_;
  const person = fold_.personOf(entry);
  if (person === undefined) return;
  person.attached -= 1;
  if (person.attached > 0) {
    fold_.passing(); // other devices stay
    return;
  }
  const body = formatBody(person.prefix, 'QUIT', [entry.reason]);
  for (const room of person.rooms.keys()) keepEvent(fold_, room.folded, body, person);
  fold_.tellAround(person, new Line(body, { at: fold_.at, ...by(person) })); // nobody is connected as this person any more
  for (const room of [...person.rooms.keys()]) leaveRoom(fold_, room, person);
  state.remember(person, fold_.at);
  for (const letter of person.modes) state.setMode(person, letter, false);
  state.people.delete(person.id);
  state.nicks.delete(person.folded);
  vanished(fold_, person);
}
