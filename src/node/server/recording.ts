/**
 * A file of recorded events: first what the hub was made of, then every event it took, one JSON object a line. The hub
 * is deterministic, so feeding them to a new one gives the same effects. Written before the hub sees an event, so the
 * event that made it fail is the last one in the file.
 */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { ParleyError } from '../../core/base/errors.ts';
import type { HubEvent, HubSettings } from '../../core/hub/events.ts';
import type { Restored } from '../../core/ports.ts';
import { LIMITS } from '../../core/hub/settings.ts';

const FORMAT = 'parley events 1';

/** Lines are written together when this many characters have come, and at the end of every turn. */
const BUFFERED_CHARS_MAX = 64 * 1024;

export class Recorder {
  readonly #fd: number;
  #buffered: string[] = [];
  #chars = 0;

  /** Readable only by its owner: it holds everything that is said, and the passwords of the settings. */
  constructor(path: string, settings: HubSettings, restored: Restored) {
    try {
      this.#fd = openSync(path, 'w', 0o600);
    } catch (cause) {
      throw new ParleyError(
        'record/not-writable',
        `The file ${path} cannot be written; choose another with --record.`,
        {
          cause,
        },
      );
    }
    this.#write({ format: FORMAT, settings, restored });
    this.flush();
  }

  readonly record = (event: HubEvent): void => {
    this.#write(event);
    if (event.kind === 'turn-ended' || this.#chars > BUFFERED_CHARS_MAX) this.flush();
  };

  /** Hands everything to the system; for the moment after something has gone wrong. */
  flush(): void {
    if (this.#buffered.length === 0) return;
    const text = this.#buffered.join('');
    this.#buffered = [];
    this.#chars = 0;
    writeSync(this.#fd, text);
  }

  close(): void {
    this.flush();
    closeSync(this.#fd);
  }

  #write(value: unknown): void {
    const line = `${JSON.stringify(value)}\n`;
    this.#buffered.push(line);
    this.#chars += line.length;
  }
}

// ------------------------------------------------------------------------------------------------- reading

const time = v.pipe(v.number(), v.integer(), v.minValue(0));
const conn = v.pipe(v.number(), v.integer(), v.minValue(1));
const received = v.union([
  v.string(),
  v.strictObject({
    fault: v.picklist(['line-too-long', 'tags-too-long', 'not-utf8', 'has-nul']),
    head: v.exactOptional(v.string()),
  }),
]);
const peer = v.strictObject({
  address: v.string(),
  kind: v.picklist(['tcp', 'tls', 'websocket', 'memory']),
  secure: v.boolean(),
  certificate: v.optional(v.string()),
});
const settings = v.looseObject({
  serverName: v.string(),
  networkName: v.string(),
  version: v.string(),
  password: v.optional(v.string()),
  motd: v.array(v.string()),
  operators: v.array(
    v.strictObject({
      name: v.string(),
      password: v.exactOptional(v.string()),
      passwordHash: v.exactOptional(v.string()),
    }),
  ),
  limits: v.strictObject(
    Object.fromEntries(Object.keys(LIMITS).map((name) => [name, v.number()])) as Record<
      keyof typeof LIMITS,
      v.NumberSchema<undefined>
    >,
  ),
  accounts: v.exactOptional(
    v.strictObject({ registration: v.boolean(), beforeConnect: v.boolean(), required: v.boolean() }),
  ),
  createdAt: time,
});
/** Entries and answers are many, and words of our own; the hub asserts what it needs of them. */
const ours = v.looseObject({ kind: v.string() });

const EVENT = v.variant('kind', [
  v.strictObject({ kind: v.literal('opened'), at: time, conn, peer, host: v.string() }),
  v.strictObject({ kind: v.literal('line'), at: time, conn, line: received }),
  v.strictObject({ kind: v.literal('closed'), at: time, conn, reason: v.string() }),
  v.strictObject({
    kind: v.literal('ordered'),
    ordered: v.strictObject({ n: time, entry: ours, pos: time, at: time }),
  }),
  v.strictObject({ kind: v.literal('answered'), at: time, query: conn, answer: ours }),
  v.strictObject({ kind: v.literal('trouble'), at: time, why: v.optional(v.string()) }),
  v.strictObject({ kind: v.literal('configured'), at: time, settings }),
  v.strictObject({ kind: v.literal('turn-ended'), at: time }),
  v.strictObject({ kind: v.literal('woke'), at: time }),
]);

const BEGINNING = v.strictObject({
  format: v.literal(FORMAT),
  settings,
  restored: v.strictObject({
    incarnation: v.string(),
    pos: time,
    at: time,
    records: v.array(v.strictObject({ kind: v.string(), key: v.string(), value: v.nullable(v.string()) })),
  }),
});

export interface Recording {
  readonly settings: HubSettings;
  readonly restored: Restored;
  readonly events: AsyncIterable<HubEvent>;
}

/** Opens a recorded file; events are read as they are asked for. Throws a ParleyError that names the line. */
export async function openRecording(path: string): Promise<Recording> {
  const lines = readLines(path);
  const first = await lines.next();
  const start = v.safeParse(BEGINNING, first.done === true ? undefined : readJson(first.value));
  if (!start.success) {
    throw new ParleyError('replay/not-a-recording', `${path} was not written by this version's "serve --record".`);
  }
  async function* events(): AsyncGenerator<HubEvent> {
    let number = 1;
    for await (const line of lines) {
      number += 1;
      const value = readJson(line);
      if (value === undefined)
        throw damaged(path, number, 'not JSON; the program may have been stopped while it wrote');
      const result = v.safeParse(EVENT, value);
      // The shapes above say no more than the types do, and leave entries and answers to the hub.
      if (result.success) yield result.output as unknown as HubEvent;
      else throw damaged(path, number, `${v.getDotPath(result.issues[0]) ?? 'event'}: ${result.issues[0].message}`);
    }
  }
  const { settings, restored } = start.output;
  return { settings: settings as HubSettings, restored, events: events() };
}

async function* readLines(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new ParleyError('replay/unreadable', `The file ${path} cannot be read; is the name right?`, { cause });
  }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function damaged(path: string, line: number, why: string): ParleyError<'replay/damaged'> {
  return new ParleyError('replay/damaged', `${path}, line ${line}: ${why}.`);
}
