/** A real terminal for tests: one pane of tmux with its own server. Text is waited for, never a time. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks at the pane. */
const LOOK_MS = 40;
const WAIT_MS = 15_000;
let panes = 0;

export class Pane {
  readonly #socket = `parley-test-${process.pid}-${++panes}`;

  constructor(folder: string, columns: number, rows: number, env: Readonly<Record<string, string>> = {}) {
    const settings = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    // A shell without a start file: the prompt is `$ `, and what programs leave behind can be looked at.
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-c',
      folder,
      '-x',
      String(columns),
      '-y',
      String(rows),
      ...settings,
      'env',
      'PS1=$ ',
      'bash',
      '--norc',
      '--noprofile',
    );
    this.#tmux('set-option', '-g', 'escape-time', '0');
  }

  /** What is on the screen, a line a row, without trailing blanks. */
  screen(): string {
    return this.#tmux('capture-pane', '-p');
  }

  /** Keys by tmux's names: `Enter`, `M-a`, `C-c`, `PPage`. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  /** Types a line and Enter. */
  enter(text: string): void {
    this.type(text);
    this.press('Enter');
  }

  /** As the terminal pastes: between marks, line breaks as CR. */
  paste(text: string): void {
    this.#tmux('set-buffer', text);
    this.#tmux('paste-buffer', '-p');
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Resolves to the screen as soon as it shows this. */
  async shows(what: string | RegExp | ((screen: string) => boolean), ms = WAIT_MS): Promise<string> {
    const end = performance.now() + ms;
    for (;;) {
      const screen = this.screen();
      const found =
        typeof what === 'string' ? screen.includes(what) : what instanceof RegExp ? what.test(screen) : what(screen);
      if (found) return screen;
      if (performance.now() > end)
        throw new Error(`The screen does not show ${String(what)} after ${ms} ms:\n${screen}`);
      await sleep(LOOK_MS);
    }
  }

  /** The process of this pane whose command line holds this text. */
  program(text: string): number {
    const shell = this.#tmux('display-message', '-p', '#{pane_pid}').trim();
    const table = execFileSync('ps', ['-o', 'pid=,ppid=,args=', '--ppid', shell], { encoding: 'utf8' });
    const line = table.split('\n').find((row) => row.includes(text));
    if (line === undefined) throw new Error(`No such program in the pane: ${text}\n${table}`);
    return Number(line.trim().split(/\s+/)[0]);
  }

  title(): string {
    return this.#tmux('display-message', '-p', '#{pane_title}');
  }

  /** What programs put on the clipboard. */
  clipboard(): string {
    return this.#tmux('list-buffers', '-F', '#{buffer_sample}');
  }

  close(): void {
    try {
      this.#tmux('kill-server');
    } catch {
      // It ended by itself.
    }
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    });
  }
}
