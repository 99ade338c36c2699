/** A server, and people, that send what they must not: the page stays alive, and text stays text. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, Person } from './browser.ts';
import { PretendServer } from './pretend-server.ts';

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

const MARKUP = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>';

test('hostile lines, names, topics and reactions are shown as text or not at all', async () => {
  const server = await new PretendServer().start();
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/hostile`, 'ann');
  await ann.tell('before');

  const nick = '<b>evil</b>';
  server.send(`:${nick}!u@h JOIN #hostile`);
  server.send(`:${nick}!u@h TOPIC #hostile :${MARKUP} javascript:alert(1)`);
  server.send(`:${nick}!u@h PRIVMSG #hostile :${MARKUP}`);
  server.send(
    `:${nick}!u@h PRIVMSG #hostile :javascript:alert(1) [x](javascript:alert(1)) <a href="javascript:alert(1)">`,
  );
  server.send(
    `:${nick}!u@h PRIVMSG #hostile :data:text/html,<script>window.owned=1</script> \x0304,99color\x03 \x16reverse`,
  );
  server.send(
    `:${nick}!u@h PRIVMSG #hostile :\u202eright to left\u202e ${'\u0301'.repeat(1_000)} \u200b\u200b\u200b\x1b[2J\x07`,
  );
  server.send(`:${nick}!u@h PRIVMSG #hostile :${'||`**__~~'.repeat(400)}`);
  server.send(`@+draft/reply=x;+draft/react=${'😀'.repeat(500)} :${nick}!u@h TAGMSG #hostile`);
  server.send(`@msgid=${'x'.repeat(5_000)};time=never :${nick}!u@h PRIVMSG #hostile :odd tags`);
  server.send(`@msgid="]\\:<x>;time=9999-99-99T99:99:99.999Z :${nick}!u@h PRIVMSG #hostile :odd id`);
  server.send(`@msgid=__proto__ :constructor!u@h PRIVMSG #hostile :prototype`);
  server.send(`:__proto__!u@h PRIVMSG ann :from nowhere`);
  server.send(`:x PRIVMSG #hostile :${'y'.repeat(1_000_000)}`); // 1 MB
  server.send('BATCH +1 unknown/kind a b c');
  server.send('BATCH -never-opened');
  server.send(':pretend 353 ann = #hostile :' + '@'.repeat(5_000));
  server.send('\u0000\u0001 \u0002');
  server.send(':::::: ::::: :::');
  server.send('@'.repeat(8_000));
  server.send(`:pretend 999 ann ${MARKUP} :${MARKUP}`);
  server.send(`FAIL * ${MARKUP} :${MARKUP}`);
  server.send(`:${'n'.repeat(3_000)}!u@h PRIVMSG #hostile :a name without end`);
  for (const room of ['#', '#'.repeat(300), '#<i>x</i>']) server.send(`:ann!u@h JOIN ${room}`);
  server.say('#hostile', 'joe', 'after all that');

  await ann.sees('after all that');
  await ann.row(MARKUP).waitFor();
  assert.equal(await ann.page.locator('.topic').textContent(), `${MARKUP} javascript:alert(1)`);
  assert.equal(await ann.page.locator('a[href^="javascript" i], a[href^="data" i]').count(), 0);
  assert.equal(await ann.page.locator('.log img, .log script').count(), 0);
  assert.equal(await ann.page.evaluate(() => (globalThis as { owned?: number }).owned), undefined);
  // Nothing is wider than the page.
  assert.equal(await ann.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  await ann.tell('still here');
  assert.deepEqual(ann.faults, []);
  await ann.close();
  await server.stop();
});

test('frames that are no lines: bytes that are not UTF-8 end the link, and the page comes back', async () => {
  const server = await new PretendServer().start();
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/bytes`, 'ann');
  for (const guest of server.links) guest.sendBytes(Buffer.from([0xff, 0xfe, 0x80]), true); // ignored: not this protocol
  await ann.tell('binary is ignored');
  for (const guest of server.links) guest.sendBytes(Buffer.from([0xc3, 0x28, 0xff]), false);
  await ann.page.locator('.link-trouble').waitFor();
  await ann.online();
  await ann.tell('back');
  assert.deepEqual(ann.faults, []);
  await ann.close();
  await server.stop();
});

test('a room of 50,000 people, all of whom come and go', async () => {
  const server = await new PretendServer().start();
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/crowd`, 'ann');
  for (let i = 0; i < 50_000; i += 20) {
    const names = Array.from({ length: 20 }, (_, j) => `guest${i + j}`).join(' ');
    server.send(`:pretend 353 ann = #crowd :${names}`);
  }
  server.send(':pretend 366 ann #crowd :End');
  for (let i = 0; i < 2_000; i++) server.send(`:guest${i}!u@h QUIT :bye`);
  server.say('#crowd', 'joe', 'quite a crowd');
  await ann.sees('quite a crowd');
  await ann.page.getByLabel('Find a member').fill('guest49999');
  await ann.page.locator('.member', { hasText: 'guest49999' }).waitFor();
  assert.ok((await ann.page.locator('.member').count()) <= 201);
  await ann.tell('hello all');
  assert.deepEqual(ann.faults, []);
  await ann.close();
  await server.stop();
});

test('200 messages a second for some seconds: typing stays quick, and none is lost', async () => {
  const server = await new PretendServer().start();
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/flood`, 'ann');
  await ann.composer.focus();
  const sent = { n: 0 };
  const flood = setInterval(() => {
    for (let i = 0; i < 10; i++) server.say('#flood', `nick${sent.n % 9}`, `flood ${sent.n++}`);
  }, 50);
  const delays: number[] = [];
  while (sent.n < 600) {
    // From the key to the frame that shows it.
    delays.push(
      await ann.page.evaluate(async () => {
        const area = document.querySelector<HTMLTextAreaElement>('.composer textarea')!;
        const start = performance.now();
        area.setRangeText('x', area.value.length, area.value.length, 'end');
        area.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await new Promise(requestAnimationFrame);
        return performance.now() - start;
      }),
    );
  }
  clearInterval(flood);
  await ann.sees(`flood ${sent.n - 1}`);
  delays.sort((a, b) => a - b);
  const p95 = delays[Math.floor(delays.length * 0.95)] ?? 0;
  assert.ok(p95 < 200, `the slowest twentieth of keys took ${Math.round(p95)} ms`); // 100 ms, with slack for a busy machine
  // Walk up through all of them.
  const seen = new Set<string>();
  while (!seen.has('flood 0')) {
    for (const text of await ann.texts()) seen.add(text);
    await ann.page.evaluate(() => {
      document.querySelector('.log')!.scrollTop = 0;
      return new Promise(requestAnimationFrame);
    });
  }
  for (let i = 0; i < sent.n; i++) assert.ok(seen.has(`flood ${i}`), `flood ${i}`);
  await ann.close();
  await server.stop();
});
