/** irssi in a terminal of tmux. What it is told is typed; what its windows show is read from its logs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Pane } from '../tui-pane.ts';
import { folder } from './cleanup.ts';
import type { ForeignClient } from './foreign-client.ts';
import { startProgram } from './program.ts';
import type { Endpoint } from './server.ts';
import { until } from './wait.ts';

export const IRSSI_MISSING = ['/usr/bin/irssi', '/usr/bin/tmux'].every((path) => existsSync(path))
  ? false
  : 'irssi or tmux is not installed';

export class Irssi implements ForeignClient {
  readonly name = 'irssi';
  readonly #home: string;
  readonly #room: string;
  readonly #pane: Pane;

  /** Connects and enters the room by itself, also after a break. */
  constructor(t: TestContext, { host, port }: Endpoint, nick: string, room: string) {
    this.#home = folder(t);
    this.#room = room;
    writeFileSync(
      join(this.#home, 'config'),
      `servers = ( { address = "${host}"; chatnet = "parley"; port = "${port}"; autoconnect = "yes"; } );
chatnets = { parley = { type = "IRC"; }; };
channels = ( { name = "${room}"; chatnet = "parley"; autojoin = "yes"; } );
settings = {
  "irc/core" = { cmd_queue_speed = "10msec"; cmds_max_at_once = "100"; };
  core = { real_name = "${nick}"; user_name = "${nick}"; nick = "${nick}"; server_reconnect_time = "1sec"; };
  "fe-common/core" = { autolog = "yes"; autolog_path = "${join(this.#home, '$0.log')}"; autolog_level = "ALL"; };
};
`,
    );
    this.#pane = startProgram(t, this.#home, { columns: 200, rows: 50 }, `irssi --home=${this.#home}`);
  }

  async ready(): Promise<void> {
    await this.shows(this.#room, / has joined /);
    this.#pane.enter(`/window goto ${this.#room}`);
    await this.#pane.shows(new RegExp(`^\\[${this.#room}\\]`, 'm'));
  }

  enter(line: string): Promise<void> {
    this.#pane.enter(line);
    return Promise.resolve();
  }

  shows(window: string, pattern: RegExp, ms?: number): Promise<string> {
    return until(
      `irssi shows ${String(pattern)} in ${window}`,
      () => this.#log(window).find((line) => pattern.test(line)),
      () => `${this.#log(window).slice(-15).join('\n')}\n\n${this.#pane.screen()}`,
      ms,
    );
  }

  said(window: string): { from: string; text: string }[] {
    return this.#log(window).flatMap((line) => {
      const [, from, text] = /^\d\d:\d\d <[ @+]?([^>]+)> (.*)$/.exec(line) ?? [];
      return from === undefined || text === undefined ? [] : [{ from, text }];
    });
  }

  #log(window: string): string[] {
    const path = join(this.#home, `${window}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  }
}
