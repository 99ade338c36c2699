/** The full-screen face at work: keys in, frames out, one timer. */
import { Buffer } from 'node:buffer';
import type { ReadStream } from 'node:tty';
import type { Folded } from '../../core/wire/casemap.ts';
import { localClock } from './clock.ts';
import type { Conversation } from './conversation.ts';
import { Face, type FaceEffect } from './face.ts';
import { frame } from './frame.ts';
import { KeyReader } from './keys.ts';
import type { Depth } from './paint.ts';
import { Screen } from './screen.ts';
import { Terminal, type TerminalOutput } from './terminal.ts';

/** Thirty frames a second: more is not seen, and costs a busy room its processor. */
const FRAME_MS = 33;
/** What is half typed is stored this long after a key: a sentence costs a few writes, not one a letter. */
const DRAFTS_MS = 1_000;
/** How long a goodbye may take. */
const CLOSE_MS = 2_000;

/** Why the program ended: its exit code, and what to say when the terminal is as it was. */
export interface Ended {
  readonly code: number;
  readonly why: string | undefined;
}

/** Runs until the person leaves. */
export function runScreen(
  conversation: Conversation,
  input: ReadStream,
  output: TerminalOutput,
  depth: Depth,
): Promise<Ended> {
  return new Promise((resolve) => {
    new ScreenFace(conversation, input, output, depth, resolve).start();
  });
}

class ScreenFace {
  readonly #conversation: Conversation;
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #face: Face;
  readonly #keys = new KeyReader();
  readonly #finish: (ended: Ended) => void;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = 0;
  #dirty = true;
  #ending = false;
  #drafts: ReadonlyMap<Folded, string>;
  #draftsDue: number | undefined;

  constructor(
    conversation: Conversation,
    input: ReadStream,
    output: TerminalOutput,
    depth: Depth,
    finish: (ended: Ended) => void,
  ) {
    this.#conversation = conversation;
    this.#finish = finish;
    this.#terminal = new Terminal(input, output, {
      input: (bytes) => this.#typed(bytes),
      resized: (columns, rows) => this.#resized(columns, rows),
      resumed: () => {
        // However long the program was stopped, the link may be gone.
        conversation.nudge();
        this.#redraw();
      },
      ended: (code) => this.#end(code),
    });
    this.#screen = new Screen((text, done) => this.#terminal.write(text, done), depth);
    this.#screen.onReady = () => this.#changed();
    const { view, knowledge } = conversation;
    this.#face = new Face(view, knowledge, localClock, this.#terminal.columns, this.#terminal.rows, Date.now());
    this.#drafts = conversation.drafts;
    this.#face.restoreDrafts(this.#drafts);
  }

  start(): void {
    this.#conversation.onChanged = () => this.#changed();
    this.#conversation.onNotified = () => {
      this.#screen.put('\x07');
      this.#changed();
    };
    this.#conversation.onEnd = (why) => this.#end(why === undefined ? 0 : 1, why);
    this.#conversation.onRemark = (text) => {
      this.#face.say(text);
      this.#changed();
    };
    this.#terminal.open();
    this.#changed();
  }

  #changed(): void {
    if (this.#ending) return;
    this.#perform(this.#face.handle({ kind: 'changed', at: Date.now() }));
    this.#dirty = true;
    this.#plan();
  }

  #typed(bytes: Uint8Array): void {
    const at = Date.now();
    for (const key of this.#keys.feed(bytes, at)) this.#perform(this.#face.handle({ kind: 'pressed', key, at }));
    this.#draftsDue ??= at + DRAFTS_MS;
    this.#dirty = true;
    this.#plan();
  }

  /** Stores what changed since the last time. */
  #keepDrafts(): void {
    this.#draftsDue = undefined;
    const before = this.#drafts;
    this.#drafts = this.#face.drafts;
    const changes = new Map<Folded, string | null>();
    for (const [room, text] of this.#drafts) if (before.get(room) !== text) changes.set(room, text);
    for (const room of before.keys()) if (!this.#drafts.has(room)) changes.set(room, null);
    if (changes.size > 0) this.#conversation.keepDrafts(changes);
  }

  #resized(columns: number, rows: number): void {
    this.#perform(this.#face.handle({ kind: 'resized', columns, rows, at: Date.now() }));
    this.#redraw();
  }

  #redraw(): void {
    this.#screen.forget();
    this.#dirty = true;
    this.#plan();
  }

  #perform(effects: readonly FaceEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'act':
          this.#conversation.act(effect.action);
          // What went into the outbox is no draft any more, whatever happens next.
          if (effect.action.do === 'enter') this.#keepDrafts();
          break;
        case 'redraw':
          this.#redraw();
          break;
        case 'suspend':
          this.#terminal.suspend();
          break;
        case 'copy':
          // OSC 52: the terminal decides whether programs may set its clipboard. The person asked for it.
          this.#screen.put(`\x1b]52;c;${Buffer.from(effect.text).toString('base64')}\x07`);
          break;
        case 'quit':
          this.#end(0);
          break;
      }
    }
  }

  /** Draws now when it is time, and sets the one timer for what comes next. */
  #plan(): void {
    if (this.#ending) return;
    const now = Date.now();
    if (this.#dirty && now - this.#drawnAt >= FRAME_MS) this.#draw(now);
    clearTimeout(this.#timer);
    const times = [
      this.#dirty && !this.#screen.busy ? this.#drawnAt + FRAME_MS : undefined,
      this.#face.wakeAt,
      this.#draftsDue,
      this.#keys.wakeAt,
    ];
    const next = Math.min(...times.filter((time) => time !== undefined));
    if (next !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#woke(), Math.max(1, next - now));
  }

  #draw(now: number): void {
    this.#drawnAt = now;
    this.#dirty = false;
    this.#face.secure = this.#conversation.secure;
    this.#screen.draw(frame(this.#face), this.#face.columns);
  }

  #woke(): void {
    const at = Date.now();
    if (this.#draftsDue !== undefined && at >= this.#draftsDue) this.#keepDrafts();
    for (const key of this.#keys.woke(at)) this.#perform(this.#face.handle({ kind: 'pressed', key, at }));
    this.#changed();
  }

  #end(code: number, why?: string): void {
    if (this.#ending) return;
    this.#ending = true;
    clearTimeout(this.#timer);
    this.#terminal.close();
    this.#keepDrafts();
    const finish = (): void => {
      clearTimeout(late);
      this.#finish({ code, why });
    };
    const late = setTimeout(finish, CLOSE_MS);
    this.#conversation.close().then(finish, finish);
  }
}
