/** Links that break at every moment: nothing typed is lost, nothing is doubled. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, Person } from './browser.ts';
import { PretendServer } from './pretend-server.ts';
import { IrcGuest, startServer } from './real-server.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** What the page has written down of its outbox. */
function written(person: Person): Promise<number> {
  return person.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const open = indexedDB.open('parley');
        open.addEventListener('success', () => {
          const keys = open.result.transaction('kept').objectStore('kept').getAllKeys();
          keys.addEventListener('success', () => {
            open.result.close();
            resolve(keys.result.filter((key) => typeof key === 'string' && key.startsWith('out:')).length);
          });
        });
      }),
  );
}

test('written offline, over a reload, and online again: all arrive once, in order', async () => {
  const server = await startServer();
  const joe = await IrcGuest.join(server, 'joe', '#offline');
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/offline`, 'ann');
  await ann.tell('before');
  await ann.page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  await ann.context.setOffline(true);
  for (const text of ['one', 'two', 'three']) await ann.say(text);
  while ((await written(ann)) < 3) await ann.page.evaluate(() => new Promise(requestAnimationFrame));
  await ann.page.reload();
  await ann.page.locator('.banner', { hasText: 'Your 3 messages are kept and will be sent' }).waitFor();
  assert.deepEqual((await ann.texts()).slice(-3), ['one', 'two', 'three']);

  await ann.context.setOffline(false);
  await ann.sent('three');
  await joe.sees(/ PRIVMSG #offline :three$/);
  const heard = joe.lines.flatMap((line) => / PRIVMSG #offline :(.*)$/.exec(line)?.[1] ?? []);
  assert.deepEqual(heard, ['before', 'one', 'two', 'three']);
  assert.deepEqual(await ann.texts(), ['before', 'one', 'two', 'three']);
  assert.deepEqual(ann.faults, []);
  joe.leave();
  await ann.close();
  await server.stop();
});

test('the link breaks after the server took a message and before it said so: one copy', async () => {
  const server = await new PretendServer().start();
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/once`, 'ann');
  await ann.tell('before');
  let cut = false;
  server.onLine = (guest, { command, params }) => {
    if (command !== 'PRIVMSG' || cut) return false;
    cut = true;
    const [room = '', text = ''] = params;
    server.history.get(room)?.push({ at: Date.now(), from: 'ann', text });
    guest.cut();
    return true;
  };
  await ann.say('only once');
  await ann.sent('only once');
  assert.equal(server.heard.filter((line) => line.endsWith('only once')).length, 1);
  assert.deepEqual(await ann.texts(), ['before', 'only once']);
  await ann.close();
  await server.stop();
});

test('a server that falls silent is noticed, left, and what was missed is fetched without a hole', async () => {
  const server = await new PretendServer().start();
  const ann = await Person.open(browser);
  await ann.page.clock.install();
  await ann.enter(`${server.url}#/r/silent`, 'ann');
  await ann.tell('before');
  server.answers = false;
  const at = Date.now();
  server.history
    .get('#silent')
    ?.push(...Array.from({ length: 500 }, (_, i) => ({ at: at + i, from: 'joe', text: `missed ${i}` })));
  await ann.say('into the void');
  await ann.page.clock.runFor(6_500);
  await ann.page.locator('.quality', { hasText: /no answer for [56] s/ }).waitFor();
  await ann.page.clock.runFor(15_000);
  await ann.page.locator('.banner', { hasText: 'Your message is kept' }).waitFor();
  server.answers = true;
  for (const guest of server.links) guest.cut(); // among them the one that tried again meanwhile
  await ann.page.clock.runFor(3_000);
  await ann.page.clock.resume();
  await ann.sent('into the void');
  // Everything that was missed is there once, without a gap: walk up through all of it.
  const seen = new Set<string>();
  while (!seen.has('before')) {
    for (const text of await ann.texts()) seen.add(text);
    await ann.page.evaluate(() => {
      document.querySelector('.log')!.scrollTop = 0;
      return new Promise(requestAnimationFrame);
    });
  }
  for (let i = 0; i < 500; i++) assert.ok(seen.has(`missed ${i}`), `missed ${i}`);
  assert.equal(await ann.page.locator('.gap').count(), 0);
  await ann.close();
  await server.stop();
});

test('the server restarts under two people: both come back by themselves, and what they wrote meanwhile arrives', async () => {
  const data = await mkdtemp(join(tmpdir(), 'parley-browser-'));
  const first = await startServer(['--data', data]);
  const [ann, kit] = await Promise.all([Person.open(browser), Person.open(browser)]);
  await ann.enter(`${first.url}#/r/restart`, 'ann');
  await kit.enter(`${first.url}#/r/restart`, 'kit');
  await ann.tell('before');
  await kit.sees('before');
  await first.stop('SIGKILL');
  await ann.page.locator('.link-trouble').waitFor();
  await ann.say('while it was down');

  const second = await startServer(['--data', data], 0, Number(new URL(first.url).port));
  await ann.sent('while it was down');
  await kit.sees('while it was down');
  await kit.tell('and on');
  await ann.sees('and on');
  assert.deepEqual(await kit.texts(), ['before', 'while it was down', 'and on']);
  assert.deepEqual(await ann.texts(), ['before', 'while it was down', 'and on']);
  await Promise.all([ann.close(), kit.close()]);
  await second.stop();
  await rm(data, { recursive: true });
});

test('a second page takes the session over, and the first says so', async () => {
  const server = await startServer();
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/pages`, 'ann');
  const second = await ann.context.newPage();
  await second.goto(`${server.url}#/r/pages`);
  await second.locator('.quality .unseen', { hasText: /^Connected/ }).waitFor({ state: 'attached' });
  assert.equal(await second.locator('.me-name bdi').textContent(), 'ann', 'under the same name');
  await ann.page.getByRole('heading', { name: 'Parley is open in another tab' }).waitFor();
  await ann.page.getByRole('button', { name: 'Use it here' }).click();
  await ann.online();
  await second.getByRole('heading', { name: 'Parley is open in another tab' }).waitFor();
  await ann.close();
  await server.stop();
});
