/**
 * Looking people up: WHO (with WHOX, https://ircv3.net/specs/extensions/whox), WHOIS, WHOWAS, ISON, USERHOST
 * (https://modern.ircdocs.horse/#user-based-queries).
 */
import { fold } from '../../wire/casemap.ts';
import { matchMask } from '../../wire/names.ts';
import {
  ERR_NONICKNAMEGIVEN,
  ERR_NOSUCHNICK,
  ERR_WASNOSUCHNICK,
  RPL_AWAY,
  RPL_ENDOFWHO,
  RPL_ENDOFWHOIS,
  RPL_ENDOFWHOWAS,
  RPL_ISON,
  RPL_USERHOST,
  RPL_WHOISACCOUNT,
  RPL_WHOISBOT,
  RPL_WHOISCHANNELS,
  RPL_WHOISHOST,
  RPL_WHOISIDLE,
  RPL_WHOISOPERATOR,
  RPL_WHOISSECURE,
  RPL_WHOISSERVER,
  RPL_WHOISUSER,
  RPL_WHOREPLY,
  RPL_WHOSPCRPL,
  RPL_WHOWASUSER,
} from '../../wire/numerics.ts';
import { capBit } from '../../wire/capabilities.ts';
import type { Call } from '../call.ts';
import type { Feature } from '../feature.ts';
import type { Person } from '../person.ts';
import { type Member, memberPrefix, type Room } from '../room.ts';
import type { State } from '../state.ts';
import { tellWhois } from './metadata.ts';

export const directory: Feature = {
  commands: {
    WHO: { run: who, params: 1, when: 'registered' },
    WHOIS: { run: whois, params: 0, when: 'registered' },
    WHOWAS: { run: whowas, params: 0, when: 'registered' },
    ISON: { run: ison, params: 1, when: 'registered' },
    USERHOST: { run: userhost, params: 1, when: 'registered' },
  },
  isupport: () => ['WHOX', 'BOT=B'],
};

const MULTI_PREFIX = capBit('multi-prefix');

/** People one WHO with a mask may list: a mask is a search, not a way to copy the network. */
const WHO_MATCHES_MAX = 200;
/** Nicks in one ISON or USERHOST (RFC 2812 §4.8 and §4.9: five for USERHOST). */
const ISON_MAX = 100;
const USERHOST_MAX = 5;
const WHOWAS_MAX = 4;
const ROOMS_BYTES_MAX = 350;

// ------------------------------------------------------------------------------------------------------ WHO

/** WHO <room or nick or mask> [<o><%fields>[,<token>]] */
function who(call: Call, state: State): void {
  const mask = call.param(0);
  const [flags = '', fieldsAndToken] = call.param(1).split('%', 2);
  const [fields, token = '0'] =
    fieldsAndToken === undefined ? [undefined] : (fieldsAndToken.split(',', 2) as [string, string?]);
  const asked = { fields, token, operatorsOnly: flags.includes('o') };
  const end = (): void =>
    call.numeric(
      RPL_ENDOFWHO,
      mask === '' || mask.startsWith(':') || mask.includes(' ') ? '*' : mask,
      'End of WHO list',
    );
  if (mask.startsWith('#')) {
    const room = state.room(mask);
    const inside = room?.members.has(call.person.id) ?? false;
    if (room !== undefined && (inside || !room.flags.has('s'))) {
      for (const member of room.members.values()) {
        if (inside || !member.person.modes.has('i')) tellWho(call, state, member.person, { room, member }, asked);
      }
    }
    end();
    return;
  }
  const named = state.personNamed(mask);
  if (named !== undefined) {
    tellWho(call, state, named, undefined, asked);
    end();
    return;
  }
  let left = WHO_MATCHES_MAX;
  const folded = mask === '0' ? '*' : fold(mask);
  for (const person of state.people.values()) {
    if (person.modes.has('i') && person !== call.person && !sharesRoom(call.person, person)) continue;
    const found = [person.nick, person.user, person.host, person.realname].some((text) =>
      matchMask(folded, fold(text)),
    );
    if (!found) continue;
    tellWho(call, state, person, undefined, asked);
    if (--left === 0) break;
  }
  end();
}

function sharesRoom(a: Person, b: Person): boolean {
  for (const room of a.rooms.keys()) if (room.members.has(b.id)) return true;
  return false;
}

interface Asked {
  /** WHOX field letters; undefined for the classic reply. */
  readonly fields: string | undefined;
  readonly token: string;
  readonly operatorsOnly: boolean;
}

function tellWho(
  call: Call,
  state: State,
  person: Person,
  place: { room: Room; member: Member } | undefined,
  asked: Asked,
): void {
  const operator = person.modes.has('o');
  if (asked.operatorsOnly && !operator) return;
  const { serverName } = state.settings;
  const rank = place === undefined ? '' : memberPrefix(place.member, (call.conn.caps & MULTI_PREFIX) !== 0);
  const bot = person.modes.has('B') ? 'B' : '';
  const flags = `${person.away === '' ? 'H' : 'G'}${operator ? '*' : ''}${bot}${rank}`;
  const channel = place?.room.name ?? '*';
  if (asked.fields === undefined) {
    call.numeric(
      RPL_WHOREPLY,
      channel,
      person.user,
      person.host,
      serverName,
      person.nick,
      flags,
      `0 ${person.realname}`,
    );
    return;
  }
  const values: Record<string, string> = {
    t: /^\d{1,3}$/.test(asked.token) ? asked.token : '0',
    c: channel,
    u: person.user,
    i: '255.255.255.255', // addresses are nobody's business
    h: person.host,
    s: serverName,
    n: person.nick,
    f: flags,
    d: '0',
    l: String(Math.floor((call.at - person.spokeAt) / 1000)),
    a: person.account === '' ? '0' : person.account,
    o: 'n/a',
    r: person.realname,
  };
  const wanted = asked.fields;
  const params = [...'tcuihsnfdlaor'].filter((field) => wanted.includes(field)).map((field) => values[field] ?? '');
  call.numeric(RPL_WHOSPCRPL, ...params);
}

// ------------------------------------------------------------------------------------------------------ WHOIS, WHOWAS

/** WHOIS [<server>] <nick> */
function whois(call: Call, state: State): void {
  const nick = call.message.params.length > 1 ? call.param(1) : call.param(0);
  if (nick === '') {
    call.numeric(ERR_NONICKNAMEGIVEN, 'Name a nick');
    return;
  }
  const person = state.personNamed(nick);
  const said = nick.startsWith(':') || nick.includes(' ') ? '*' : nick;
  if (person === undefined) {
    call.numeric(ERR_NOSUCHNICK, said, 'There is nobody with that nick');
    call.numeric(RPL_ENDOFWHOIS, said, 'End of WHOIS');
    return;
  }
  const { serverName, networkName, description = networkName } = state.settings;
  call.numeric(RPL_WHOISUSER, person.nick, person.user, person.host, '*', person.realname);
  tellRoomsOf(call, person);
  call.numeric(RPL_WHOISSERVER, person.nick, serverName, description);
  if (person.modes.has('o')) call.numeric(RPL_WHOISOPERATOR, person.nick, 'is an operator of this server');
  tellWhois(call, state, person);
  if (person.modes.has('B')) call.numeric(RPL_WHOISBOT, person.nick, 'is a program');
  if (person.away !== '') call.numeric(RPL_AWAY, person.nick, person.away);
  if (person.secure) call.numeric(RPL_WHOISSECURE, person.nick, 'is using a secure connection');
  if (person.account !== '') call.numeric(RPL_WHOISACCOUNT, person.nick, person.account, 'is logged in as');
  if (person === call.person || call.person.modes.has('o')) {
    for (const conn of person.conns)
      call.numeric(RPL_WHOISHOST, person.nick, `is connecting from ${conn.peer.address || 'this machine'}`);
  }
  const idle = Math.max(0, Math.floor((call.at - person.spokeAt) / 1000));
  call.numeric(
    RPL_WHOISIDLE,
    person.nick,
    String(idle),
    String(Math.floor(person.arrivedAt / 1000)),
    'seconds idle, signon time',
  );
  call.numeric(RPL_ENDOFWHOIS, person.nick, 'End of WHOIS');
}

function tellRoomsOf(call: Call, person: Person): void {
  const all = (call.conn.caps & MULTI_PREFIX) !== 0;
  let text = '';
  for (const [room, member] of person.rooms) {
    const seen = room.members.has(call.person.id) || (!room.flags.has('s') && !person.modes.has('i'));
    if (!seen) continue;
    const word = memberPrefix(member, all) + room.name;
    if (text.length + word.length > ROOMS_BYTES_MAX) {
      call.numeric(RPL_WHOISCHANNELS, person.nick, text);
      text = word;
    } else {
      text += text === '' ? word : ` ${word}`;
    }
  }
  if (text !== '') call.numeric(RPL_WHOISCHANNELS, person.nick, text);
}

/** WHOWAS <nick>{,<nick>} [<count>]: the latest first, whoever of them it was. */
function whowas(call: Call, state: State): void {
  const nick = call.param(0);
  if (nick === '') {
    call.numeric(ERR_NONICKNAMEGIVEN, 'Name a nick');
    return;
  }
  const said = nick.startsWith(':') || nick.includes(' ') ? '*' : nick;
  const count = /^[1-9]\d{0,5}$/.test(call.param(1)) ? Number(call.param(1)) : Number.POSITIVE_INFINITY;
  const nicks = new Set(fold(nick).split(',').slice(0, WHOWAS_MAX));
  const found = state.former.filter((former) => nicks.has(fold(former.nick))).reverse();
  if (found.length === 0) call.numeric(ERR_WASNOSUCHNICK, said, 'There was nobody with that nick lately');
  for (const former of found.slice(0, count)) {
    call.numeric(RPL_WHOWASUSER, former.nick, former.user, former.host, '*', former.realname);
    call.numeric(RPL_WHOISSERVER, former.nick, state.settings.serverName, new Date(former.leftAt).toUTCString());
  }
  call.numeric(RPL_ENDOFWHOWAS, said, 'End of WHOWAS');
}

// ------------------------------------------------------------------------------------------------------ ISON, USERHOST

/** ISON <nick> [<nick>...] */
function ison(call: Call, state: State): void {
  const nicks = call.message.params.flatMap((param) => param.split(' ')).slice(0, ISON_MAX);
  const here = nicks.map((nick) => state.personNamed(nick)?.nick).filter((nick) => nick !== undefined);
  call.numeric(RPL_ISON, here.join(' '));
}

/** USERHOST <nick> [<nick>...] */
function userhost(call: Call, state: State): void {
  const words: string[] = [];
  for (const nick of call.message.params.slice(0, USERHOST_MAX)) {
    const person = state.personNamed(nick);
    if (person === undefined) continue;
    words.push(
      `${person.nick}${person.modes.has('o') ? '*' : ''}=${person.away === '' ? '+' : '-'}${person.user}@${person.host}`,
    );
  }
  call.numeric(RPL_USERHOST, words.join(' '));
}
