/** Answers that say no: each becomes a sentence that says what to do next, in the place it concerns. */
import type { Message } from '../wire/message.ts';
import * as n from '../wire/numerics.ts';
import { cleanName, cleanPlain } from './clean.ts';
import type { Engine } from './engine.ts';
import { setOnline } from './people.ts';
import type { Room } from './room.ts';

/** `name` is what the refusal is about, `why` the server's own words. */
type Sentence = (name: string, why: string) => string;

const SENTENCES: Readonly<Record<string, Sentence>> = {
  [n.ERR_NOSUCHNICK]: (name) => `There is nobody called ${name} here now.`,
  [n.ERR_NOSUCHCHANNEL]: (name) => `There is no room ${name}.`,
  [n.ERR_CANNOTSENDTOCHAN]: (name, why) => `You cannot speak in ${name}: ${why}`,
  [n.ERR_TOOMANYCHANNELS]: (name) => `You are in too many rooms to join ${name}. Leave one with /leave.`,
  [n.ERR_UNKNOWNCOMMAND]: (name) => `The server does not know the command ${name}.`,
  [n.ERR_ERRONEUSNICKNAME]: (name) => `The server does not allow the name ${name}.`,
  [n.ERR_NICKNAMEINUSE]: (name) => `The name ${name} is in use. Try another one with /nick.`,
  [n.ERR_NOTONCHANNEL]: (name) => `You are not in ${name}. /join ${name} first.`,
  [n.ERR_CHANNELISFULL]: (name) => `${name} is full. Try again later.`,
  [n.ERR_INVITEONLYCHAN]: (name) => `${name} is invite-only. Ask somebody in it to invite you.`,
  [n.ERR_BANNEDFROMCHAN]: (name) => `You are banned from ${name}.`,
  [n.ERR_BADCHANNELKEY]: (name) => `${name} needs its key: /join ${name} KEY`,
  [n.ERR_CHANOPRIVSNEEDED]: (name) => `You are not an operator of ${name}.`,
};

/** These mean that we do not get into the room. */
const NOT_LET_IN: ReadonlySet<string> = new Set([
  n.ERR_NOSUCHCHANNEL,
  n.ERR_TOOMANYCHANNELS,
  n.ERR_CHANNELISFULL,
  n.ERR_INVITEONLYCHAN,
  n.ERR_BANNEDFROMCHAN,
  n.ERR_BADCHANNELKEY,
  '437', // temporarily unavailable
  '476', // bad room mask
  '477', // needs an account
  '489', // needs a secure connection
]);

export function refusal(engine: Engine, message: Message): void {
  const { command, params } = message;
  const why = cleanPlain(params[params.length - 1] ?? '');
  const about = params.length > 2 ? (params[1] ?? '') : '';
  if (beforeWelcome(engine, command, why)) return;
  if (command === n.ERR_NOMOTD) {
    engine.session.burstEnded();
    return;
  }
  const sentence = Object.hasOwn(SENTENCES, command) ? SENTENCES[command] : undefined;
  const text =
    sentence?.(cleanName(about), why) ?? (about === '' ? why : `${cleanPlain(params.slice(1, -1).join(' '))}: ${why}`);
  if (command === n.ERR_NOSUCHNICK) setOnline(engine, about, false);
  const label = engine.batches.labelOf(message);
  const mayBeMessage = REFUSES_MESSAGE.has(command) || label !== undefined;
  if (mayBeMessage && engine.outbox.refused(label, about, text)) return;
  if (command === n.ERR_NICKNAMEINUSE && engine.session.nickRefused(true)) return;
  const room = engine.facts.isRoom(about) ? engine.rooms.get(about) : undefined;
  if (room !== undefined && !room.joined && NOT_LET_IN.has(command)) notLetIn(engine, room, text);
  // CAP is not known to old servers, which is no news to anybody.
  if (command === n.ERR_UNKNOWNCOMMAND && about.toUpperCase() === 'CAP') return;
  engine.tell(room, text, 'error');
}

const REFUSES_MESSAGE: ReadonlySet<string> = new Set([
  n.ERR_NOSUCHNICK,
  n.ERR_NOSUCHCHANNEL,
  n.ERR_CANNOTSENDTOCHAN,
  n.ERR_NOTONCHANNEL,
  '407', // too many targets
  '412', // no text to send
  '413',
  '414',
  '415',
  '417', // input line too long
  '477', // needs an account to speak
  '489',
  '531', // does not take messages from us
]);

/** Refusals that decide whether we get onto the server. */
function beforeWelcome(engine: Engine, command: string, why: string): boolean {
  if (!engine.session.registering) return false;
  switch (command) {
    case n.ERR_NICKNAMEINUSE:
    case '436': // nick collision
    case '437':
      return engine.session.nickRefused(true);
    case n.ERR_ERRONEUSNICKNAME:
    case n.ERR_NONICKNAMEGIVEN:
      return engine.session.nickRefused(false);
    case n.ERR_PASSWDMISMATCH:
      engine.session.refused(
        engine.settings.password === undefined
          ? 'This server needs a password or invite key.'
          : 'The server does not accept this password or invite key.',
        'password',
      );
      return true;
    case n.ERR_YOUREBANNEDCREEP:
      engine.session.refused(`You are banned from this server: ${why}`, 'none');
      return true;
    default:
      return false;
  }
}

function notLetIn(engine: Engine, room: Room, text: string): void {
  room.joining = false;
  room.wanted = false;
  engine.outbox.refuseRoom(room, text);
  engine.keeper.mark(room, true);
}

/** FAIL, WARN and NOTE: command, code, context…, sentence (https://ircv3.net/specs/extensions/standard-replies). */
export function standardReply(engine: Engine, message: Message): void {
  const [command = '', code = '', ...rest] = message.params;
  const text = cleanPlain(rest[rest.length - 1] ?? code);
  const context = rest.slice(0, -1);
  const label = engine.batches.labelOf(message);
  if (message.command === 'FAIL') {
    if (command === 'CHATHISTORY') {
      engine.sync.failed(code, context[1]);
      return;
    }
    const target = context.find((word) => engine.rooms.get(word) !== undefined);
    const isMessage = command === 'PRIVMSG' || command === 'NOTICE' || label !== undefined;
    if (isMessage && engine.outbox.refused(label, target, text)) return;
    if (code === 'NEED_REGISTRATION' || code === 'INVALID_UTF8') return;
  }
  const room = context.map((word) => engine.rooms.get(word)).find((found) => found !== undefined);
  engine.tell(room, text, message.command === 'FAIL' ? 'error' : 'info');
}
