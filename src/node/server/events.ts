/**
 * What the operator is told, apart from the texts in startup.ts: JSON lines on standard output for scripts (`--json`),
 * and a log on standard error. Neither ever holds what people say, nor a secret.
 */
import type { Logger } from 'pino';

export interface Events {
  /** One line on standard output, if there are any. */
  tell(event: string, details?: Readonly<Record<string, unknown>>): void;
  info(text: string, details?: Readonly<Record<string, unknown>>): void;
  warn(text: string, details?: Readonly<Record<string, unknown>>): void;
  error(text: string, details?: Readonly<Record<string, unknown>>): void;
}

type Level = 'info' | 'warn' | 'error';

/**
 * Loading the logger takes longer than opening the ports, so it is loaded behind that and hears what was said before.
 * A person at a terminal reads only what needs them; a service manager gets everything, as JSON.
 */
export function makeEvents(json: boolean): Events {
  let logger: Logger | undefined;
  const early: { level: Level; text: string; details: Readonly<Record<string, unknown>> }[] = [];
  const log =
    (level: Level) =>
    (text: string, details: Readonly<Record<string, unknown>> = {}) => {
      if (logger === undefined) early.push({ level, text, details });
      else logger[level](details, text);
    };
  setImmediate(() => {
    void makeLogger().then((made) => {
      logger = made;
      for (const { level, text, details } of early.splice(0)) made[level](details, text);
    });
  });
  return {
    tell: (event, details = {}) => {
      if (json) process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
    },
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  };
}

async function makeLogger(): Promise<Logger> {
  const { pino, destination } = await import('pino');
  if (!process.stderr.isTTY) {
    const output = destination(2);
    output.on('error', () => {}); // nobody reads it any more
    return pino({ level: 'info', base: null }, output);
  }
  const { default: pretty } = await import('pino-pretty');
  return pino({ level: 'warn', base: null }, pretty({ destination: 2, sync: true, ignore: 'time', singleLine: true }));
}
