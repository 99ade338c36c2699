/**
 * What people do with an IRC client on an ordinary day. Each client is held to the same: it is one end of every step,
 * and a bare connection is the other.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { folder } from '../e2e/kit/cleanup.ts';
import type { ForeignClient } from '../e2e/kit/foreign-client.ts';
import { Irc } from '../e2e/kit/irc.ts';
import { freePort, startServer, type Endpoint } from '../e2e/kit/server.ts';

const ROOM = '#daily';
const NICK = 'mira';

/** Clients wait before they come back: irssi looks for lost servers every few seconds. */
const COMES_BACK_MS = 60_000;

export type Open = (t: TestContext, at: Endpoint, nick: string, room: string) => ForeignClient;

const UTF8 = 'grüße aus København, 日本語, עברית, 👩‍👩‍👧 und e\u0301';

/** A line with `:mira!~mira@localhost PRIVMSG #daily :` in front is 400 bytes of letters with one, two and three. */
const LONG = `${'ä€x'.repeat(59)}ä€abc`;

export function everyday(name: string, open: Open, missing: string | false): void {
  test(`${name} on an ordinary day`, { skip: missing }, async (t) => {
    const ircPort = await freePort();
    const data = folder(t);
    const server = await startServer(t, { data, ircPort });
    let ann = await Irc.arrive(t, server.irc, 'ann', [ROOM], 'away-notify');
    const client = open(t, server.irc, NICK, ROOM);
    await Promise.all([client.ready(), ann.sees(new RegExp(`^:${NICK}!\\S+ JOIN`))]);

    await t.test('talks in a room', async () => {
      for (const text of ['hello', UTF8, LONG]) {
        ann.send(`PRIVMSG ${ROOM} :${text}, ann`);
        await client.shows(ROOM, new RegExp(`${text}, ann`));
        const heard = ann.next(new RegExp(`^:${NICK}!\\S+ PRIVMSG ${ROOM} `));
        await client.enter(text);
        assert.equal((await heard).params[1], text);
      }
      assert.deepEqual(
        client.said(ROOM).map(({ from, text }) => `${from}: ${text}`),
        ['hello', UTF8, LONG].flatMap((text) => [`ann: ${text}, ann`, `${NICK}: ${text}`]),
        'everything once, its own as well',
      );
    });

    await t.test('acts, and talks to one person', async () => {
      ann.send(`PRIVMSG ${ROOM} :\x01ACTION waves a hand\x01`);
      await client.shows(ROOM, /\*\s+ann waves a hand/);
      await client.enter('/me waves back');
      await ann.sees(new RegExp(`^:${NICK}!\\S+ PRIVMSG ${ROOM} :\x01ACTION waves back\x01$`));
      ann.send(`PRIVMSG ${NICK} :only for you: ${UTF8}`);
      await client.shows('ann', new RegExp(`only for you: ${UTF8}`));
      await client.enter('/msg ann and for you');
      await ann.sees(new RegExp(`^:${NICK}!\\S+ PRIVMSG ann :and for you$`));
    });

    await t.test('shows names, topic and who is away', async () => {
      // irssi shows the names, WeeChat how many there are.
      await client.shows(ROOM, /\[@ann\] \[ mira\]|2 nicks \(1 op, /);
      ann.send(`TOPIC ${ROOM} :of the day: ${UTF8}`, `MODE ${ROOM} +o ${NICK}`);
      await client.shows(ROOM, /of the day: grüße/);
      await client.shows(ROOM, /\+o mira/);
      await client.enter('/topic of mine');
      await ann.sees(new RegExp(`^:${NICK}!\\S+ TOPIC ${ROOM} :of mine$`));
      await client.enter('/away at lunch');
      await ann.sees(new RegExp(`^:${NICK}!\\S+ AWAY :at lunch$`));
      ann.send('AWAY :in the garden');
      await ann.sees(/ 306 /);
      await client.enter('/msg ann are you there?');
      await client.shows('ann', /in the garden/);
    });

    await t.test('changes nicks, is kicked, kicks', async () => {
      ann.send('NICK anna');
      await client.shows(ROOM, /ann\b.* is now known as anna/);
      await client.enter('/nick mirabel');
      await ann.sees(new RegExp(`^:${NICK}!\\S+ NICK :?mirabel$`));
      ann.send(`KICK ${ROOM} mirabel :a moment`);
      await client.shows(ROOM, /kicked.*a moment/);
      const back = ann.next(/^:mirabel!\S+ JOIN/);
      await client.enter(`/join ${ROOM}`);
      await back;
      const op = client.shows(ROOM, /\+o mirabel/);
      ann.send(`MODE ${ROOM} +o mirabel`);
      await op;
      await client.enter('/kick anna my turn');
      await ann.sees(new RegExp(`^:mirabel!\\S+ KICK ${ROOM} anna :my turn$`));
    });

    await t.test('comes back by itself when the server was restarted', async () => {
      await server.stop('SIGKILL');
      const second = await startServer(t, { data, ircPort });
      ann = await Irc.arrive(t, second.irc, 'ann', [ROOM]);
      await ann.sees(/^:mira\S* JOIN| 353 .*mira/, COMES_BACK_MS);
      ann.send(`PRIVMSG ${ROOM} :welcome back`);
      await client.shows(ROOM, /welcome back/);
      await client.enter('it is good to be back');
      await ann.sees(new RegExp(`^:mira\\S* PRIVMSG ${ROOM} :it is good to be back$`));
    });
  });
}
