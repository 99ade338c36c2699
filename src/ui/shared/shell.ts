/**
 * The shell around the client engine, for every face: turns links, timers and stores into events, and performs the
 * effects. It knows no terminal, browser or Node; all of that is handed in. One timer, one link at a time, one write
 * under way.
 */
import { Client, type Chance } from '../../core/client/client.ts';
import type { Action, ClientEffect, ClientEvent, ClientSettings } from '../../core/client/events.ts';
import type { ClientView } from '../../core/client/view.ts';
import type { Link } from '../../core/ports.ts';
import type { Received } from '../../core/wire/line-reader.ts';

/** Where small values survive a restart: SQLite in the terminal, IndexedDB in the browser. */
export interface ClientStore {
  load(): Promise<ReadonlyMap<string, string>>;
  /** Stores all of these (null removes); resolves when they are safe. */
  put(values: ReadonlyMap<string, string | null>): Promise<void>;
}

export interface ShellOptions {
  readonly settings: ClientSettings;
  /** Opens a link; rejects with an error whose message is fit to be shown. */
  readonly dial: () => Promise<Link>;
  readonly store: ClientStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back once after so many milliseconds; returns what cancels it. */
  readonly setTimer: (ms: number, fire: () => void) => () => void;
  readonly chance: Chance;
  /** The view changed. Called once after everything that arrived together. */
  readonly onChange: (view: ClientView) => void;
  readonly onNotify: (notice: Extract<ClientEffect, { kind: 'notify' }>) => void;
  readonly onQuit: () => void;
}

export interface ClientShell {
  readonly view: ClientView;
  act(action: Action): void;
  /** The network came back, or the machine woke up. */
  nudge(): void;
  /** Says goodbye, ends the link and waits until everything is kept. */
  stop(): Promise<void>;
}

/** Timers of browsers and Node overflow past this; the engine is then simply asked again. */
const TIMER_MS_MAX = 60 * 60_000;

/** Starts the client. What was kept is loaded first; a store that cannot be read is told, and chat goes on without. */
export function startClient(options: ShellOptions): ClientShell {
  const shell = new Shell(options);
  void shell.start();
  return shell;
}

class Shell implements ClientShell {
  private readonly options: ShellOptions;
  private readonly client: Client;
  private started = false;
  private stopped = false;
  private link: Link | undefined;
  /** Rises with each dial and hangup: what comes from an earlier link is not heard. */
  private linkNumber = 0;
  private readonly early: ClientEvent[] = [];
  private cancelTimer: (() => void) | undefined;
  private timerAt: number | undefined;
  /** Values that wait to be stored, the newest of each key, and the number of the newest. */
  private unstored = new Map<string, string | null>();
  private unstoredTo = 0;
  private storing: Promise<void> | undefined;
  private shown = -1;

  constructor(options: ShellOptions) {
    this.options = options;
    this.client = new Client(options.settings, options.chance);
  }

  get view(): ClientView {
    return this.client.view;
  }

  async start(): Promise<void> {
    let kept: ReadonlyMap<string, string> = new Map();
    let trouble: string | undefined;
    try {
      kept = await this.options.store.load();
    } catch (error) {
      trouble = `What was kept here cannot be read (${messageOf(error)}).`;
    }
    if (this.stopped) return;
    this.started = true;
    this.handle({ kind: 'started', at: this.options.now(), kept });
    if (trouble !== undefined) this.handle({ kind: 'unkept', at: this.options.now(), n: 0, why: trouble });
    for (const event of this.early.splice(0)) this.handle(event);
  }

  act(action: Action): void {
    this.hear({ kind: 'acted', at: this.options.now(), action });
  }

  nudge(): void {
    this.hear({ kind: 'nudged', at: this.options.now() });
  }

  async stop(): Promise<void> {
    if (this.started && !this.stopped) {
      const { current } = this.client.view;
      this.handle({
        kind: 'acted',
        at: this.options.now(),
        action: { do: 'enter', room: current, text: '/disconnect' },
      });
    }
    this.stopped = true;
    this.cancelTimer?.();
    this.dropLink();
    while (this.storing !== undefined) await this.storing;
  }

  // ------------------------------------------------------------------------------------------------ Events

  /** What a person does before the store was read waits for it. */
  private hear(event: ClientEvent): void {
    if (this.started) this.handle(event);
    else this.early.push(event);
  }

  private handle(event: ClientEvent): void {
    if (this.stopped) return;
    for (const effect of this.client.handle(event)) this.perform(effect);
    this.plan();
    const { view } = this.client;
    if (view.version === this.shown) return;
    this.shown = view.version;
    this.options.onChange(view);
  }

  private plan(): void {
    const at = this.client.wakeAt;
    if (at === this.timerAt) return;
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.timerAt = at;
    if (at === undefined || this.stopped) return;
    const ms = Math.min(Math.max(0, at - this.options.now()), TIMER_MS_MAX);
    this.cancelTimer = this.options.setTimer(ms, () => {
      this.timerAt = undefined;
      this.handle({ kind: 'woke', at: this.options.now() });
    });
  }

  private perform(effect: ClientEffect): void {
    switch (effect.kind) {
      case 'dial':
        void this.dial();
        break;
      case 'hangup':
        this.dropLink(effect.reason);
        break;
      case 'send':
        this.link?.send({ text: effect.text });
        break;
      case 'keep':
        this.unstored.set(effect.key, effect.value);
        this.unstoredTo = effect.n;
        this.storing ??= this.store();
        break;
      case 'notify':
        this.options.onNotify(effect);
        break;
      case 'quit':
        this.options.onQuit();
        break;
    }
  }

  // -------------------------------------------------------------------------------------------------- Link

  private async dial(): Promise<void> {
    this.dropLink();
    const number = this.linkNumber;
    let link: Link;
    try {
      link = await this.options.dial();
    } catch (error) {
      if (number === this.linkNumber) this.handle({ kind: 'closed', at: this.options.now(), reason: messageOf(error) });
      return;
    }
    if (number !== this.linkNumber || this.stopped) {
      link.close('not needed any more');
      return;
    }
    this.link = link;
    link.onLines = (lines: readonly Received[]) => {
      if (number === this.linkNumber) this.handle({ kind: 'lines', at: this.options.now(), lines });
    };
    link.onClosed = (reason: string) => {
      if (number !== this.linkNumber) return;
      this.link = undefined;
      this.linkNumber++;
      this.handle({ kind: 'closed', at: this.options.now(), reason });
    };
    this.handle({ kind: 'opened', at: this.options.now(), secure: link.peer.secure });
  }

  private dropLink(reason = 'closed'): void {
    this.linkNumber++;
    this.link?.close(reason);
    this.link = undefined;
  }

  // ------------------------------------------------------------------------------------------------- Store

  /** Writes until nothing waits: what gathers during one write goes with the next. */
  private async store(): Promise<void> {
    // The effects of this event are gathered first.
    await Promise.resolve();
    while (this.unstored.size > 0) {
      const values = this.unstored;
      const n = this.unstoredTo;
      this.unstored = new Map();
      try {
        await this.options.store.put(values);
        this.handle({ kind: 'kept', at: this.options.now(), n });
      } catch (error) {
        // They go with the next write, when there is something new; newer values of the same keys win.
        for (const [key, value] of values) if (!this.unstored.has(key)) this.unstored.set(key, value);
        this.handle({
          kind: 'unkept',
          at: this.options.now(),
          n,
          why: `Nothing can be kept here (${messageOf(error)}).`,
        });
        if (this.unstoredTo === n) break;
      }
    }
    this.storing = undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'unknown error';
}
