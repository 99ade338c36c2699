/** Four people with four programs in one room: the browser, Parley's terminal client, irssi and WeeChat. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openBrowser, Person, SCREENSHOTS } from '../browser/browser.ts';
import { cleanup, folder } from './kit/cleanup.ts';
import type { ForeignClient } from './kit/foreign-client.ts';
import { HISTORY_CAPS, historyBackwards, Irc } from './kit/irc.ts';
import { Irssi, IRSSI_MISSING } from './kit/irssi.ts';
import { startProgram } from './kit/program.ts';
import { PARLEY, startServer, type Endpoint } from './kit/server.ts';
import { until } from './kit/wait.ts';
import { WeeChat, WEECHAT_MISSING } from './kit/weechat.ts';

const ROOM = '#kitchen';
const CHROMIUM_MISSING = existsSync('/usr/bin/chromium') ? false : 'chromium is not installed';

/** Somebody in the room with a program of theirs. */
interface Guest {
  readonly nick: string;
  readonly say: (text: string) => Promise<unknown>;
  /** The messages that the program shows, in its order. All of them look like `tom 3, and so on`. */
  readonly shown: () => Promise<string[]> | string[];
  /** Shows what its own user says before the server has ordered it, and leaves it there. */
  readonly ownFirst: boolean;
}

const MESSAGE = /\b(?:wanda|tom|iris|wilma) \d+, [^\n]*?ok\b/g;

test(
  'a browser, a terminal, irssi and WeeChat see each message once and in one order',
  {
    skip: IRSSI_MISSING || WEECHAT_MISSING || CHROMIUM_MISSING,
  },
  async (t) => {
    const server = await startServer(t, { data: folder(t), webPort: 0 });
    const reader = await Irc.arrive(t, server.irc, 'reader', [ROOM], HISTORY_CAPS);
    const wanda = await inBrowser(t, server.url);
    const guests: Guest[] = [
      wanda.guest,
      await inTerminal(t, server.irc),
      await inForeign('iris', new Irssi(t, server.irc, 'iris', ROOM)),
      await inForeign('wilma', new WeeChat(t, server.irc, 'wilma', ROOM)),
    ];
    for (const { nick } of guests) await reader.sees(new RegExp(`^:${nick}!\\S+ JOIN`));

    // One after the other: who speaks has seen all that was said, so everybody's order is the same in full.
    const said: string[] = [];
    for (const guest of guests) {
      const text = `${guest.nick} 0, grüße aus der Küche ☕ ok`;
      said.push(text);
      await guest.say(text);
      for (const each of guests) await showsAll(each, said);
    }
    for (const each of guests) assert.deepEqual(await each.shown(), said, `what ${each.nick} sees`);

    // All at once: the order is the server's, whoever looks.
    const ROUNDS = 5;
    await Promise.all(
      guests.map(async ({ nick, say }) => {
        for (let n = 1; n <= ROUNDS; n++) await say(`${nick} ${n}, all at once ok`);
      }),
    );
    for (const { nick } of guests) {
      for (let n = 1; n <= ROUNDS; n++) said.push(`${nick} ${n}, all at once ok`);
    }
    for (const each of guests) await showsAll(each, said);
    const history = (await historyBackwards(reader, ROOM)).map(({ text }) => text);
    assert.deepEqual(history.toSorted(), said.toSorted(), 'everything is kept once');
    for (const { nick, shown, ownFirst } of guests) {
      const heard = (texts: readonly string[]): readonly string[] =>
        ownFirst ? texts.filter((text) => !text.startsWith(nick)) : texts;
      assert.deepEqual(heard(await shown()), heard(history), `what ${nick} sees`);
    }

    assert.deepEqual(wanda.person.faults, []);
    const { page } = wanda.person;
    await page.screenshot({ path: join(SCREENSHOTS, 'room-1280.png') });
    await page.setViewportSize({ width: 390, height: 844 });
    await wanda.person.sees(history.at(-1) ?? '');
    await page.screenshot({ path: join(SCREENSHOTS, 'room-390.png') });
  },
);

async function showsAll({ nick, shown }: Guest, texts: readonly string[]): Promise<void> {
  let last: readonly string[] = [];
  await until(
    `${nick} sees ${texts.length} messages`,
    async () => {
      last = await shown();
      return texts.every((text) => last.includes(text));
    },
    () => last.join('\n'),
  );
}

async function inBrowser(t: TestContext, url: string): Promise<{ guest: Guest; person: Person }> {
  const browser = await openBrowser();
  cleanup(t, () => browser.close());
  const person = await Person.open(browser);
  await person.enter(`${url}#/r/${ROOM.slice(1)}`, 'wanda');
  const guest: Guest = {
    nick: 'wanda',
    say: (text) => person.say(text),
    shown: async () => (await person.texts()).map((text) => text.trim()).filter((text) => text.endsWith('ok')),
    ownFirst: false,
  };
  return { guest, person };
}

async function inTerminal(t: TestContext, { host, port }: Endpoint): Promise<Guest> {
  const home = folder(t);
  const command = `${process.execPath} ${PARLEY} chat ${host}:${port} --nick tom --room '${ROOM}'`;
  const pane = startProgram(t, home, { columns: 120, rows: 60 }, command);
  await pane.shows(new RegExp(`${ROOM}.*people`));
  return {
    nick: 'tom',
    say: (text) => Promise.resolve(pane.enter(text)),
    shown: () => pane.screen().match(MESSAGE) ?? [],
    ownFirst: false,
  };
}

async function inForeign(nick: string, client: ForeignClient): Promise<Guest> {
  await client.ready();
  return {
    nick,
    say: (text) => client.enter(text),
    shown: () => client.said(ROOM).map(({ text }) => text),
    ownFirst: true,
  };
}
