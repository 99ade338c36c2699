/** What the server says, line by line: which part of the client it concerns. */
import { parseMessage, type Message } from '../wire/message.ts';
import type { Received } from '../wire/line-reader.ts';
import { parseServerTime } from '../wire/server-time.ts';
import { cleanPlain } from './clean.ts';
import type { Engine } from './engine.ts';
import { numeric } from './numerics.ts';
import * as people from './people.ts';
import { refusal, standardReply } from './refusals.ts';
import { said, tagged } from './said.ts';

type Handler = (engine: Engine, message: Message) => void;

const HANDLERS: Readonly<Record<string, Handler>> = {
  PRIVMSG: said,
  NOTICE: said,
  TAGMSG: tagged,
  JOIN: people.joined,
  PART: people.parted,
  QUIT: people.quit,
  KICK: people.kicked,
  NICK: people.renamed,
  TOPIC: people.topicSet,
  MODE: people.modeSet,
  AWAY: people.away,
  CHGHOST: people.hostChanged,
  INVITE: people.invited,
  CAP: (engine, message) => engine.session.cap(message.params),
  PING: (engine, message) => engine.send('PONG', ...message.params),
  PONG: (engine, message) => engine.session.ponged(message.params[message.params.length - 1] ?? ''),
  ERROR: (engine, message) => engine.session.error(cleanPlain(message.params[0] ?? '')),
  ACK: (engine, message) => engine.outbox.acknowledged(engine.batches.labelOf(message)),
  FAIL: standardReply,
  WARN: standardReply,
  NOTE: standardReply,
};

/** Takes one line, whatever it holds. Nothing a server sends makes this throw. */
export function heard(engine: Engine, line: Received): void {
  engine.session.heard();
  // A line the transport could not deliver (too long, not UTF-8) is lost; there is nobody to tell it to.
  if (typeof line !== 'string') return;
  const parsed = parseMessage(line);
  if (!parsed.ok) return;
  const { message } = parsed;
  if (message.command === 'BATCH') engine.batches.handle(message);
  else if (!engine.batches.holds(message)) handle(engine, message);
}

function handle(engine: Engine, message: Message): void {
  // The newest word of the server's clock. History has times of its own and does not come here.
  const at = parseServerTime(message.tags.get('time') ?? '');
  if (at !== undefined) engine.skew = at - engine.wall;
  const { command } = message;
  if (/^\d{3}$/.test(command)) {
    if (command >= '400' && command <= '599') refusal(engine, message);
    else numeric(engine, message);
    return;
  }
  if (Object.hasOwn(HANDLERS, command)) HANDLERS[command]?.(engine, message);
}

/** When it happened: the server's word, or now. */
export function timeOf(engine: Engine, message: Message): number {
  return parseServerTime(message.tags.get('time') ?? '') ?? engine.serverNow;
}
