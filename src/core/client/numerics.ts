/** Answers of three digits that are no refusals: the welcome, names, topics, and what commands asked for. */
import type { Folded } from '../wire/casemap.ts';
import type { Message } from '../wire/message.ts';
import * as n from '../wire/numerics.ts';
import { clean, cleanName, cleanPlain } from './clean.ts';
import type { Engine } from './engine.ts';
import { MEMBERS_MAX } from './members.ts';
import type { Room } from './room.ts';
import type { MemberView } from './view.ts';

type Answer = (engine: Engine, params: readonly string[]) => void;

const ANSWERS: Readonly<Record<string, Answer>> = {
  [n.RPL_WELCOME]: welcome,
  [n.RPL_ISUPPORT]: isupport,
  [n.RPL_ENDOFMOTD]: (engine) => engine.session.burstEnded(),
  [n.RPL_TOPIC]: (engine, [, name = '', topic = '']) => setTopic(engine, name, topic),
  [n.RPL_NOTOPIC]: (engine, [, name = '']) => setTopic(engine, name, ''),
  [n.RPL_NAMREPLY]: names,
  [n.RPL_ENDOFNAMES]: namesEnd,
  [n.RPL_AWAY]: awayReply,
  [n.RPL_UNAWAY]: (engine) => engine.setAway(undefined),
  [n.RPL_NOWAWAY]: (engine) => engine.setAway(engine.awayText),
  [n.RPL_WHOISUSER]: (engine, [, nick = '', user = '', host = '', , real = '']) =>
    tell(engine, `${cleanName(nick)} is ${cleanPlain(user)}@${cleanPlain(host)} (${cleanPlain(real)})`),
  [n.RPL_WHOISIDLE]: (engine, [, nick = '', seconds = '']) =>
    tell(engine, `${cleanName(nick)} has been idle for ${duration(Number(seconds))}`),
  [n.RPL_WHOISCHANNELS]: (engine, [, nick = '', rooms = '']) =>
    tell(engine, `${cleanName(nick)} is in ${cleanPlain(rooms).trim()}`),
  [n.RPL_WHOISACCOUNT]: (engine, [, nick = '', account = '']) =>
    tell(engine, `${cleanName(nick)} is logged in as ${cleanPlain(account)}`),
  [n.RPL_ENDOFWHO]: (engine, [, name = '']) => void engine.asked.delete(`who ${engine.facts.fold(name)}`),
  [n.RPL_WHOREPLY]: whoReply,
  [n.RPL_LIST]: listed,
  [n.RPL_INVITING]: (engine, [, nick = '', name = '']) =>
    tell(engine, `${cleanName(nick)} is invited to ${cleanName(name)}`),
  [n.RPL_CHANNELMODEIS]: (engine, [, name = '', ...modes]) =>
    tell(engine, `${cleanName(name)} has the modes ${cleanPlain(modes.join(' '))}`),
  [n.RPL_BANLIST]: (engine, [, name = '', mask = '', who = '']) =>
    tell(engine, `${cleanName(name)} bans ${cleanPlain(mask)}${who === '' ? '' : ` (set by ${cleanPlain(who)})`}`),
};

/** Replies that only frame others, or say what is shown elsewhere. */
const SILENT: ReadonlySet<string> = new Set([
  n.RPL_MYINFO,
  n.RPL_LISTSTART,
  n.RPL_ENDOFWHOIS,
  n.RPL_WHOISSERVER,
  n.RPL_TOPICWHOTIME,
  n.RPL_CREATIONTIME,
  n.RPL_ENDOFBANLIST,
  n.RPL_LISTEND,
]);

export function numeric(engine: Engine, message: Message): void {
  const { command, params } = message;
  const answer = Object.hasOwn(ANSWERS, command) ? ANSWERS[command] : undefined;
  if (answer !== undefined) answer(engine, params);
  else if (!SILENT.has(command)) {
    // The welcome goes to the server's own page; what is asked for later, to where it was asked.
    const place = engine.session.ready && command > '266' && command !== n.RPL_MOTD ? undefined : engine.rooms.server;
    const text = cleanPlain(params.slice(1).join(' '));
    if (text !== '') engine.tell(place, text);
  }
}

function tell(engine: Engine, text: string): void {
  engine.tell(undefined, text);
}

/** `:Welcome to the network, nick!user@host` */
function welcome(engine: Engine, [nick = '', text = '']: readonly string[]): void {
  const mask = /!([^\s@!]{1,64})@(\S{1,128})$/.exec(text);
  engine.user = mask?.[1] ?? '';
  engine.host = mask?.[2] ?? '';
  engine.session.welcomed(nick === '' || nick === '*' ? engine.nick : nick);
  engine.tell(engine.rooms.server, cleanPlain(text));
}

function isupport(engine: Engine, params: readonly string[]): void {
  const { facts } = engine;
  const probe = facts.fold('[]');
  facts.learn(params.slice(1, -1));
  if (facts.fold('[]') !== probe) engine.rooms.refold();
  for (const room of engine.rooms.list) room.people.rank(facts.prefixSymbols);
  if (facts.network === '' || facts.network === engine.view.network) return;
  const network = cleanPlain(facts.network).slice(0, 100);
  engine.view.network = network;
  engine.rooms.server.name = network;
  engine.touch(engine.rooms.server);
}

function setTopic(engine: Engine, name: string, topic: string): void {
  const room = engine.rooms.get(name);
  if (room === undefined) return;
  const text = clean(topic);
  if (engine.asked.delete(`topic ${room.id}`)) {
    engine.tell(room, topic === '' ? `${room.name} has no topic.` : `The topic of ${room.name}: ${cleanPlain(topic)}`);
  }
  room.topic = text;
  engine.touch(room);
}

/** One line of WHO: told when the person asked, else only learnt from. */
function whoReply(engine: Engine, params: readonly string[]): void {
  const [, name = '', user = '', host = '', , nick = '', flags = '', real = ''] = params;
  const room = engine.rooms.get(name);
  const isAway = flags.startsWith('G');
  const folded = engine.facts.fold(nick);
  const member = room?.people.get(folded);
  if (room !== undefined && member !== undefined && member.away !== isAway) {
    room.people.set(folded, { ...member, away: isAway });
    engine.touch(room);
  }
  if (room !== undefined && engine.asked.has(`who ${room.id}`)) return;
  const about = cleanPlain(real.replace(/^\d+ /, ''));
  tell(engine, `${cleanName(nick)} ${isAway ? '(away) ' : ''}${cleanPlain(user)}@${cleanPlain(host)} ${about}`);
}

/** `= #room :@ann +bob cat`, with several prefixes where multi-prefix is on. */
function names(engine: Engine, params: readonly string[]): void {
  const room = engine.rooms.get(params[2] ?? '');
  if (room === undefined) return;
  room.naming ??= new Map<Folded, MemberView>();
  const symbols = engine.facts.prefixSymbols;
  for (const word of (params[3] ?? '').split(' ')) {
    if (word === '' || room.naming.size >= MEMBERS_MAX) continue;
    let at = 0;
    while (at < word.length && symbols.includes(word.charAt(at))) at++;
    const nick = word.slice(at).split('!')[0] ?? '';
    if (nick === '') continue;
    const folded = engine.facts.fold(nick);
    const away = room.people.get(folded)?.away ?? false;
    room.naming.set(folded, { nick: cleanName(nick), prefix: word.slice(0, at), away });
  }
}

function namesEnd(engine: Engine, params: readonly string[]): void {
  const room = engine.rooms.get(params[1] ?? '');
  if (room?.naming === undefined) return;
  room.people.replace(room.naming);
  room.naming = undefined;
  askWhoIsAway(engine, room);
  if (engine.asked.delete(`names ${room.id}`)) {
    const list = room.members.slice(0, NAMES_TOLD_MAX).map((member) => member.prefix + member.nick);
    const more = room.members.length - list.length;
    engine.tell(room, `In ${room.name}: ${list.join(' ')}${more > 0 ? ` and ${more} more` : ''}`);
  }
  engine.touch(room);
}

/** NAMES does not say who is away, and from then on away-notify does; large rooms are not worth the lines. */
function askWhoIsAway(engine: Engine, room: Room): void {
  const isNew = engine.asked.delete(`who is away ${room.id}`);
  if (!isNew || !engine.caps.has('away-notify') || room.people.size > WHO_ASKED_MAX) return;
  engine.asked.add(`who ${room.id}`);
  engine.send('WHO', room.target);
}

const WHO_ASKED_MAX = 100;

/** As many names as one reads in a line of the timeline; the members list has all. */
const NAMES_TOLD_MAX = 100;

/** Somebody we wrote to (or asked about) is away. */
function awayReply(engine: Engine, [, nick = '', text = '']: readonly string[]): void {
  const sentence = `${cleanName(nick)} is away: ${cleanPlain(text)}`;
  const room = engine.rooms.get(nick) ?? engine.answerRoom;
  const last = room.items.findLast((item) => item.kind === 'happened' && item.what === 'away');
  if (room.kind === 'direct' && last?.kind === 'happened' && last.text === sentence) return;
  engine.happened(room, { what: 'away', who: cleanName(nick), text: sentence, at: engine.serverNow }, false);
}

function listed(engine: Engine, [, name = '', people = '', topic = '']: readonly string[]): void {
  const about = cleanPlain(topic);
  tell(
    engine,
    `${cleanName(name)} · ${cleanPlain(people)} ${people === '1' ? 'person' : 'people'}${about === '' ? '' : ` · ${about}`}`,
  );
}

function duration(seconds: number): string {
  if (!(seconds >= 60)) return `${Number.isFinite(seconds) ? seconds : 0} seconds`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
