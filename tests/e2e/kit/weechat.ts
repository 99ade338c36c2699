/**
 * WeeChat without a screen. It has neither input nor, in Debian's package of this name, the plugin that reads commands
 * from a pipe; but it runs a command when it gets SIGUSR1. That command is to read the file of aliases again and to run
 * one of them, which holds what is to be done. What its windows show is read from its logs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { homeOf } from './chat.ts';
import { endAfter, folder } from './cleanup.ts';
import type { ForeignClient } from './foreign-client.ts';
import type { Endpoint } from './server.ts';
import { until } from './wait.ts';

const PROGRAM = '/usr/bin/weechat-headless';
export const WEECHAT_MISSING = existsSync(PROGRAM) ? false : 'weechat-headless is not installed';

export class WeeChat implements ForeignClient {
  readonly name = 'weechat';
  readonly #home: string;
  readonly #room: string;
  readonly #child: ChildProcess;
  #commands = 0;

  /** Connects and enters the room by itself, also after a break. */
  constructor(t: TestContext, { host, port }: Endpoint, nick: string, room: string) {
    this.#home = folder(t);
    this.#room = room;
    const server = { addresses: `${host}/${port}`, ssl: 'off', nicks: nick, username: nick, autojoin: room };
    const options = { ...server, autoconnect: 'on', autoreconnect_delay: '1' };
    // Its own flood control, which holds back the second line already.
    Object.assign(options, { anti_flood_prio_high: '0', anti_flood_prio_low: '0' });
    mkdirSync(join(this.#home, 'logs'));
    this.#write(
      'irc',
      'server',
      Object.entries(options).map(([name, value]) => `parley.${name} = "${value}"`),
    );
    this.#write('weechat', 'signal', ['sigusr1 = "/reload alias;/act"']);
    this.#write('logger', 'file', ['flush_delay = 0', 'path = "${weechat_data_dir}/logs"', 'time_format = ""']);
    this.#child = spawn(PROGRAM, ['--dir', this.#home], {
      stdio: 'ignore',
      env: { ...process.env, ...homeOf(this.#home) },
    });
    endAfter(t, this.#child);
  }

  async ready(): Promise<void> {
    await this.shows(this.#room, / has joined /);
  }

  async enter(line: string): Promise<void> {
    const done = `done-${++this.#commands}`;
    const command = line.startsWith('/') ? line : `/msg * ${line}`;
    const act = `/command -buffer irc.parley.${this.#room} irc ${command}`;
    this.#write('alias', 'cmd', [`act = "${act};/print -core ${done}"`]);
    this.#child.kill('SIGUSR1');
    const shown = (): string => this.#log('core.weechat').slice(-15).join('\n');
    await until(`weechat did ${line}`, () => this.#log('core.weechat').some((each) => each.endsWith(done)), shown);
  }

  shows(window: string, pattern: RegExp, ms?: number): Promise<string> {
    return until(
      `weechat shows ${String(pattern)} in ${window}`,
      () => this.#log(`irc.parley.${window}`).find((line) => pattern.test(line)),
      () => [...this.#log(`irc.parley.${window}`), ...this.#log('irc.server.parley')].slice(-30).join('\n'),
      ms,
    );
  }

  said(window: string): { from: string; text: string }[] {
    // Time, who, text; who is a sign when it is not a person.
    return this.#log(`irc.parley.${window}`).flatMap((line) => {
      const [, from, text] = /^[^\t]*\t[@+]?([A-Za-z]\w*)\t(.*)$/.exec(line) ?? [];
      return from === undefined || text === undefined ? [] : [{ from, text }];
    });
  }

  #write(file: string, section: string, lines: readonly string[]): void {
    writeFileSync(join(this.#home, `${file}.conf`), `[${section}]\n${lines.join('\n')}\n`);
  }

  #log(name: string): string[] {
    const path = join(this.#home, 'logs', `${name}.weechatlog`);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  }
}
