/** Messages within messages: `\x01COMMAND text\x01` (https://modern.ircdocs.horse/ctcp). */
import { cleanPlain } from './clean.ts';
import type { Engine } from './engine.ts';

export interface Ctcp {
  readonly command: string;
  readonly text: string;
}

/** Answers within the window: enough for a curious person, useless for making us flood somebody. */
const ANSWERS_MAX = 3;
const WINDOW_MS = 30_000;
const PING_LENGTH_MAX = 100;

export function readCtcp(text: string): Ctcp | undefined {
  if (!text.startsWith('\x01')) return undefined;
  const inner = text.endsWith('\x01') && text.length > 1 ? text.slice(1, -1) : text.slice(1);
  const space = inner.indexOf(' ');
  return space === -1
    ? { command: inner.toUpperCase(), text: '' }
    : { command: inner.slice(0, space).toUpperCase(), text: inner.slice(space + 1) };
}

/** VERSION and PING are answered; what comes back in notices is shown where the person asked. */
export function answerCtcp(engine: Engine, nick: string, command: string, ctcp: Ctcp): void {
  if (command === 'NOTICE') {
    engine.tell(undefined, `${nick} answers ${cleanPlain(ctcp.command)}: ${cleanPlain(ctcp.text)}`);
    return;
  }
  const answer = answerTo(ctcp);
  if (answer === undefined || !engine.ctcpBudget.take(engine.at)) return;
  engine.send('NOTICE', nick, `\x01${ctcp.command} ${answer}\x01`);
}

function answerTo(ctcp: Ctcp): string | undefined {
  if (ctcp.command === 'VERSION') return 'Parley';
  return ctcp.command === 'PING' ? ctcp.text.slice(0, PING_LENGTH_MAX) : undefined;
}

/** Counts answers in a window of time. */
export class CtcpBudget {
  private since = 0;
  private used = 0;

  take(at: number): boolean {
    if (at - this.since >= WINDOW_MS) {
      this.since = at;
      this.used = 0;
    }
    return this.used++ < ANSWERS_MAX;
  }
}
