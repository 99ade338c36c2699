/**
 * The terminal as a device: taken over for as long as the face runs, and given back as it was on every way out: quit,
 * SIGTERM, SIGHUP, SIGINT, a crash, and while stopped by Ctrl-Z. (Nothing can be done about SIGKILL: `reset` helps.)
 *
 * Frames are written with `fs.write`, not through `process.stdout`: that stream blocks the whole program while a
 * terminal is stopped, and the link to the server would die of it.
 */
import { write, writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';

/** `process.stdout` has its number; the types of `tty` do not say so. */
export type TerminalOutput = WriteStream & { readonly fd: number };

/** Alternate screen, no wrapping at the edge, bracketed paste, focus reports, distinct codes for modified keys. */
const ENTER = '\x1b[?1049h\x1b[2J\x1b[?7l\x1b[?2004h\x1b[?1004h\x1b[>1u';
const LEAVE = '\x1b[<u\x1b[?1004l\x1b[?2004l\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l';

/** Signals that end the program; the shell of the person reads `128 + number` as "killed by". */
const ENDING: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** A terminal that did not take bytes is asked again this much later. */
const AGAIN_MS = 10;

export interface TerminalEvents {
  input(bytes: Uint8Array): void;
  resized(columns: number, rows: number): void;
  /** The terminal is ours again after a stop; everything must be drawn. */
  resumed(): void;
  /** The program must end, with this code. */
  ended(code: number): void;
}

export class Terminal {
  readonly #input: ReadStream;
  readonly #output: TerminalOutput;
  readonly #events: TerminalEvents;
  #entered = false;

  constructor(input: ReadStream, output: TerminalOutput, events: TerminalEvents) {
    this.#input = input;
    this.#output = output;
    this.#events = events;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  open(): void {
    this.#input.on('data', (bytes: Buffer) => this.#events.input(bytes));
    this.#input.on('end', () => this.#events.ended(129));
    this.#input.on('error', () => this.#events.ended(129));
    this.#output.on('resize', () => this.#events.resized(this.columns, this.rows));
    process.on('exit', this.#leave);
    for (const [signal, code] of Object.entries(ENDING)) process.on(signal, () => this.#events.ended(code));
    process.on('SIGTSTP', this.#stopped);
    process.on('SIGCONT', this.#continued);
    this.#enter();
    this.#input.resume();
  }

  /** Gives the terminal back for good. */
  close(): void {
    this.#leave();
    process.off('exit', this.#leave);
    process.off('SIGTSTP', this.#stopped);
    process.off('SIGCONT', this.#continued);
    this.#input.pause();
  }

  /** Ctrl-Z: to the shell, until it brings us back. Where there is no job control nothing happens. */
  suspend(): void {
    if (process.platform === 'win32') return;
    this.#leave();
    process.off('SIGTSTP', this.#stopped);
    // To the whole group, as the terminal itself does it: a launcher that waits for us stops with us. We stop within
    // this call; what is behind it runs when the shell brings us back.
    process.kill(0, 'SIGTSTP');
    process.on('SIGTSTP', this.#stopped);
    this.#resume();
  }

  write(text: string, done: () => void): void {
    const send = (bytes: Buffer): void => {
      write(this.#output.fd, bytes, (error, written) => {
        if (error?.code === 'EAGAIN') setTimeout(send, AGAIN_MS, bytes);
        else if (error === null && written < bytes.length) send(bytes.subarray(written));
        // A terminal that is gone is told by SIGHUP or by the end of its input.
        else done();
      });
    };
    send(Buffer.from(text));
  }

  readonly #stopped = (): void => this.suspend();

  /** Somebody else's SIGSTOP gave no warning: the shell has changed the terminal meanwhile. */
  readonly #continued = (): void => {
    this.#resume();
  };

  #resume(): void {
    this.#input.setRawMode(false);
    this.#entered = false;
    this.#enter();
    this.#events.resumed();
  }

  #enter(): void {
    this.#entered = true;
    this.#input.setRawMode(true);
    this.#writeNow(ENTER);
  }

  readonly #leave = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    this.#writeNow(LEAVE);
    try {
      this.#input.setRawMode(false);
    } catch {
      // The terminal is gone: nothing to restore.
    }
  };

  #writeNow(text: string): void {
    try {
      writeSync(this.#output.fd, text);
    } catch {
      // Gone, or stopped with a full buffer: there is nobody to read it.
    }
  }
}
