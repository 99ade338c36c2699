/** The reader's place in a long log. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, Person } from './browser.ts';
import { idOf, PretendServer } from './pretend-server.ts';

const DAY = 86_400_000;
let browser: Browser;
let server: PretendServer;
before(async () => {
  [browser, server] = await Promise.all([openBrowser(), new PretendServer().start()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

/** `n` messages over the last days, one every few seconds; text of one to four lines. */
function fill(room: string, n: number): void {
  const end = Date.now() - 60_000;
  server.history.set(
    room,
    Array.from({ length: n }, (_, i) => ({
      at: end - (n - i) * Math.min(1_000, (3 * DAY) / n),
      from: `nick${i % 7}`,
      text: `message ${i}${' and more of it'.repeat((i * 7) % 13)}`,
    })),
  );
}

/** The first row in view, and how far it is from the top of the log. */
function place(person: Person): Promise<{ key: string; top: number }> {
  return person.page.evaluate(() => {
    const log = document.querySelector('.log')!;
    const edge = log.getBoundingClientRect().top;
    const row = [...log.querySelectorAll<HTMLElement>('[data-key]')].find(
      (each) => each.getBoundingClientRect().bottom > edge + 1,
    )!;
    return { key: row.dataset['key']!, top: row.getBoundingClientRect().top - edge };
  });
}

const topOf = (person: Person, key: string): Promise<number> =>
  person.page.evaluate((wanted) => {
    const log = document.querySelector('.log')!;
    const row = log.querySelector(`[data-key="${CSS.escape(wanted)}"]`);
    return row === null ? Number.NaN : row.getBoundingClientRect().top - log.getBoundingClientRect().top;
  }, key);

const rows = (person: Person): Promise<number> =>
  person.page.evaluate(() => document.querySelector('.log-rows')!.children.length);

/** How long it takes from Enter on the first screen until the newest message can be read. */
async function opening(room: string, newest: number): Promise<{ person: Person; ms: number }> {
  const person = await Person.open(browser);
  await person.page.goto(`${server.url}#/r/${room.slice(1)}`);
  await person.page.getByLabel('Your nick').fill('ann');
  const from = Date.now();
  await person.page.keyboard.press('Enter');
  await person.sees(`message ${newest}${' and more of it'.repeat((newest * 7) % 13)}`);
  return { person, ms: Date.now() - from };
}

test('a room of 100,000 messages opens at once, stays small, and keeps the reader’s place for 20 pages', async () => {
  fill('#long', 100_000);
  fill('#short', 100);
  const short = await opening('#short', 99);
  await short.person.close();
  const { person: ann, ms } = await opening('#long', 99_999);
  assert.ok(ms < 1_000 + 2 * short.ms, `readable after ${ms} ms; a short room after ${short.ms} ms`);

  const page = ann.page;
  for (let i = 0; i < 20; i++) {
    // To the top of what is here: older ones are put in above, and the row that was there stays where it was.
    const before = await page.evaluate(() => {
      const log = document.querySelector('.log')!;
      log.scrollTop = Math.min(log.scrollTop, 300);
      return document.querySelector<HTMLElement>('.log [data-key]')!.dataset['key'];
    });
    const { key, top } = await place(ann);
    await page.waitForFunction(
      (first) => document.querySelector<HTMLElement>('.log [data-key]')!.dataset['key'] !== first,
      before,
    );
    const moved = (await topOf(ann, key)) - top;
    assert.ok(Math.abs(moved) <= 2, `page ${i}: the row moved by ${moved} px`);
    assert.ok((await rows(ann)) <= 400, `page ${i}: ${await rows(ann)} rows`);
  }
  assert.ok((await page.locator('.log').textContent())!.includes('message 99'), 'still in the history');

  await page.getByRole('button', { name: /Latest|new/ }).click();
  await ann.sees(`message 99999${' and more of it'.repeat((99_999 * 7) % 13)}`);
  assert.deepEqual(ann.faults, []);
  await ann.close();
});

test('a message at the end of a full log costs what it costs in an empty one', async () => {
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/cost`, 'ann');
  await ann.page.locator('.member').first().waitFor();
  const devtools = await ann.context.newCDPSession(ann.page);
  await devtools.send('Performance.enable');
  let n = 0;
  /** Milliseconds of the page's own work for each of so many messages, drawn one by one. */
  const cost = async (messages: number): Promise<number> => {
    const work = async (): Promise<number> => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
    };
    const before = await work();
    for (let i = 0; i < messages; i++) {
      server.say('#cost', 'joe', `live ${++n}`);
      await ann.page.waitForFunction(
        (text) => [...document.querySelectorAll('.said-text')].at(-1)?.textContent === text,
        `live ${n}`,
      );
    }
    return ((await work()) - before) / messages;
  };
  await cost(20); // warms up
  const empty = await cost(40);
  for (let i = 0; i < 5_000; i++) server.say('#cost', 'joe', `live ${++n}`);
  await ann.sees(`live ${n}`);
  await cost(20);
  const full = await cost(40);
  assert.ok(full < 3 * empty + 8, `${full.toFixed(1)} ms in a full log, ${empty.toFixed(1)} ms in an empty one`);
  await ann.close();
});

test('who reads further up is not moved by what arrives below, nor by what is put in above', async () => {
  fill('#read', 400);
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/read`, 'ann');
  await ann.page.locator('.said').nth(60).waitFor();
  await ann.page.evaluate(() => {
    const log = document.querySelector('.log')!;
    log.scrollTop = log.scrollHeight / 2;
  });
  await ann.page.locator('.pill').waitFor();
  const { key, top } = await place(ann);
  for (let i = 0; i < 30; i++) server.say('#read', 'joe', `below ${i}`);
  await ann.page.locator('.pill.fresh', { hasText: '30 new' }).waitFor();
  assert.ok(Math.abs((await topOf(ann, key)) - top) <= 2);
  await ann.page.locator('.pill').click();
  await ann.sees('below 29');
  // The row may be there before the window has been moved to it.
  await ann.page.waitForFunction(() => {
    const log = document.querySelector('.log')!;
    return log.scrollHeight - log.scrollTop - log.clientHeight <= 32;
  });
  await ann.close();
});

test('a link to one message shows it, and gives it the focus', async () => {
  fill('#link', 90);
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/link`, 'ann');
  await ann.page.locator('.said').nth(60).waitFor();
  const wanted = server.history.get('#link')?.[20];
  assert.ok(wanted);
  await ann.page.goto(`${server.url}#/r/link/m/${idOf(wanted)}`);
  await ann.page.waitForFunction((text) => {
    const row = document.activeElement;
    const top = row?.getBoundingClientRect().top ?? -1;
    return row?.querySelector('.said-text')?.textContent === text && top > 0 && top < innerHeight;
  }, wanted.text);
  await ann.close();
});

test('who is at the bottom stays there, also when the window changes its size', async () => {
  fill('#follow', 200);
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/follow`, 'ann');
  await ann.page.locator('.said').nth(60).waitFor();
  for (let i = 0; i < 20; i++) server.say('#follow', 'joe', `next ${i} ${'long '.repeat(40)}`);
  await ann.page.locator('.said-text', { hasText: 'next 19' }).waitFor();
  const atBottom = (): Promise<boolean> =>
    ann.page
      .waitForFunction(() => {
        const log = document.querySelector('.log')!;
        return log.scrollHeight - log.scrollTop - log.clientHeight <= 32;
      })
      .then(() => true);
  await atBottom();
  await ann.page.setViewportSize({ width: 700, height: 500 });
  await atBottom();
  await ann.page.setViewportSize({ width: 390, height: 844 });
  await atBottom();
  await ann.close();
});
