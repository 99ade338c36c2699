/**
 * The faces that only append lines: `--plain` for readers of the screen, pipes and `expect`, and `--json` for
 * programs. Both read lines from standard input: what a line says goes to the current room, `/commands` work as
 * everywhere. Not one escape sequence is written.
 */
import { createInterface } from 'node:readline';
import type { ClientView, RoomView } from '../../core/client/view.ts';
import { localClock } from './clock.ts';
import type { Conversation } from './conversation.ts';
import { Journal, type Change } from './journal.ts';
import { plainLine } from './plain.ts';
import { jsonLine } from './json.ts';
import { printable } from './width.ts';

/** Above so many bytes that nobody has taken, nothing is written until they are: the journal keeps what is to come. */
const WAITING_BYTES_MAX = 256 * 1024;
/** How long the end of the input waits for messages that are on their way. */
const LAST_WORDS_MS = 10_000;
/** Lines longer than this are cut; the engine splits what is too long for one message. */
const LINE_UNITS_MAX = 32_768;

export interface LineStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream & { readonly writableLength: number };
}

/** Runs until the input ends or the person leaves; resolves to the exit code. */
export function runLines(conversation: Conversation, form: 'plain' | 'json', streams: LineStreams): Promise<number> {
  return new Promise((resolve) => new LineFace(conversation, form, streams, resolve).start());
}

class LineFace {
  readonly #conversation: Conversation;
  readonly #form: 'plain' | 'json';
  readonly #streams: LineStreams;
  readonly #finish: (code: number) => void;
  readonly #journal = new Journal();
  #blocked = false;
  /** The input has ended; what is unsent is waited for. */
  #leaving: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(
    conversation: Conversation,
    form: 'plain' | 'json',
    streams: LineStreams,
    finish: (code: number) => void,
  ) {
    this.#conversation = conversation;
    this.#form = form;
    this.#streams = streams;
    this.#finish = finish;
  }

  start(): void {
    const { input, output } = this.#streams;
    this.#conversation.onChanged = () => this.#changed();
    this.#conversation.onRemark = (text) => this.#remark(text, 'remark');
    this.#conversation.onEnd = (why) => {
      if (why !== undefined) this.#remark(why);
      this.#end(why === undefined ? 0 : 1);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.#end(SIGNAL_CODES[signal]));
    // A reader that went away (`| head`) ends the program quietly.
    output.on('error', () => this.#end(0));
    output.on('drain', () => {
      this.#blocked = false;
      this.#changed();
    });
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
    lines.on('line', (line) => this.#heard(line.slice(0, LINE_UNITS_MAX)));
    lines.on('close', () => this.#leave());
    this.#changed();
  }

  #heard(line: string): void {
    const { view } = this.#conversation;
    const text = printable(line).trimEnd();
    if (text.trim() === '') return;
    const older = /^\/older$/i.test(text);
    if (older) this.#conversation.act({ do: 'older', room: view.current });
    else if (this.#form === 'json' && text.startsWith('{')) this.#heardJson(text);
    else this.#conversation.act({ do: 'enter', room: view.current, text });
  }

  /** `{"room":"#tea","text":"hello"}` names the room; without one the current is meant. */
  #heardJson(line: string): void {
    const { view } = this.#conversation;
    let asked: { room?: unknown; text?: unknown };
    try {
      asked = JSON.parse(line) as typeof asked;
    } catch {
      return this.#remark('That line is not JSON.');
    }
    const room =
      asked.room === undefined
        ? current(view)
        : view.rooms.find(({ name }) => name.toLowerCase() === String(asked.room).toLowerCase());
    if (room === undefined) return this.#remark(`There is no room ${String(asked.room)} here.`);
    if (typeof asked.text !== 'string' || asked.text.trim() === '') return this.#remark('"text" is missing.');
    this.#conversation.act({ do: 'enter', room: room.id, text: printable(asked.text) });
  }

  #changed(): void {
    if (this.#ended) return;
    const { view } = this.#conversation;
    if (!this.#blocked) {
      const changes = this.#journal.changes(view);
      for (const change of changes) this.#write(change, view);
      // What was printed was seen.
      const { current: room } = view;
      if (changes.some((change) => change.kind === 'said' && change.room.id === room && change.room.unread > 0)) {
        this.#conversation.act({ do: 'read', room });
      }
    }
    if (this.#leaving !== undefined && view.unsent === 0 && view.link.state === 'online') this.#end(0);
  }

  #write(change: Change, view: ClientView): void {
    const line = this.#form === 'json' ? jsonLine(change) : plainLine(change, view, localClock);
    if (line !== undefined) this.#print(line);
  }

  #remark(text: string, type: 'error' | 'remark' = 'error'): void {
    for (const line of text.split('\n')) {
      const plain = `${type === 'error' ? '!' : '--'} ${printable(line)}`;
      this.#print(this.#form === 'json' ? JSON.stringify({ type, text: line }) : plain);
    }
  }

  #print(line: string): void {
    this.#streams.output.write(`${line}\n`);
    this.#blocked = this.#streams.output.writableLength > WAITING_BYTES_MAX;
  }

  /** No more input: what was said is still sent, then it is over. */
  #leave(): void {
    if (this.#leaving !== undefined || this.#ended) return;
    this.#leaving = setTimeout(() => {
      const { unsent } = this.#conversation.view;
      if (unsent > 0) this.#remark(`${unsent} of your messages are not sent. They are kept, and sent the next time.`);
      this.#end(unsent > 0 ? 1 : 0);
    }, LAST_WORDS_MS);
    this.#changed();
  }

  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#leaving);
    const finish = (): void => this.#finish(code);
    this.#conversation.close().then(finish, finish);
  }
}

const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

function current(view: ClientView): RoomView | undefined {
  return view.rooms.find(({ id }) => id === view.current);
}
