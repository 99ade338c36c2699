/** Everything without a mouse: come in, write, answer, react, change rooms, look for help. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, Person } from './browser.ts';
import { IrcGuest, startServer, type RealServer } from './real-server.ts';

let browser: Browser;
let server: RealServer;
before(async () => {
  [browser, server] = await Promise.all([openBrowser(), startServer()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

test('a conversation by keyboard alone', async () => {
  const joe = await IrcGuest.join(server, 'joe', '#keys', 'message-tags echo-message');
  const ann = await Person.open(browser);
  const keys = ann.page.keyboard;
  await ann.page.goto(`${server.url}#/r/keys`);
  await ann.page.getByLabel('Your nick').waitFor();
  await keys.type('ann');
  await keys.press('Enter');
  await ann.online();
  joe.send('PRIVMSG #keys :first', 'PRIVMSG #keys :second');
  await ann.sees('second');

  // From the text to the newest message, one up, and an answer.
  await ann.composer.focus();
  await keys.press('Shift+Tab');
  await focusIs(ann, 'second');
  await keys.press('ArrowUp');
  await focusIs(ann, 'first');
  await keys.press('r');
  await keys.type('an answer');
  await keys.press('Enter');
  await joe.sees(/\+draft\/reply=\S+ :ann!\S+ PRIVMSG #keys :an answer/);

  // A reaction from the picker.
  await keys.press('Shift+Tab');
  await keys.press('Home');
  await keys.press('End');
  await keys.press('ArrowUp');
  await focusIs(ann, 'second');
  await keys.press('+');
  await ann.page.getByRole('dialog').waitFor();
  await keys.type('heart');
  await keys.press('Enter');
  await joe.sees(/\+draft\/react=/);
  await ann.row('second').locator('.reaction').waitFor();

  // The actions of a row are in reach of Tab.
  await focusIs(ann, 'second');
  await keys.press('Tab');
  assert.equal(
    await ann.page.evaluate(() => document.activeElement?.closest('article')?.ariaLabel?.startsWith('joe: second')),
    true,
  );

  // Rooms by palette and by arrows; help and back.
  await keys.press('Control+k');
  await ann.page.getByRole('combobox').waitFor();
  await keys.type('#elsewhere');
  await keys.press('Enter');
  await ann.page.locator('h1', { hasText: '#elsewhere' }).waitFor();
  await keys.press('Alt+ArrowDown');
  await ann.page.locator('h1', { hasText: '#keys' }).waitFor();
  await keys.press('Control+/');
  await ann.page.getByRole('dialog', { name: 'Help' }).waitFor();
  await keys.press('Escape');
  await ann.page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(ann.faults, []);
  joe.leave();
  await ann.close();
});

test('completion: a command with its use, a nick, a room, an emoji', async () => {
  const ann = await Person.open(browser);
  const keys = ann.page.keyboard;
  await ann.enter(`${server.url}#/r/complete`, 'ann'); // who makes a room may set its topic
  await ann.page.locator('.member', { hasText: 'ann' }).waitFor();
  const joe = await IrcGuest.join(server, 'johanna', '#complete');
  await ann.page.locator('.member', { hasText: 'johanna' }).waitFor();
  await ann.composer.focus();
  await keys.type('/top');
  await ann.page.getByRole('option', { name: /topic/ }).waitFor();
  await keys.press('Tab');
  await keys.type('tea at four');
  await keys.press('Enter');
  await ann.page.locator('.topic', { hasText: 'tea at four' }).waitFor();

  await keys.type('hi @joh');
  await ann.page.getByRole('option', { name: /johanna/ }).waitFor();
  await keys.press('Tab');
  await keys.type('in #comp');
  await ann.page.getByRole('option', { name: /#complete/ }).waitFor();
  await keys.press('Tab');
  await keys.type(':tad');
  await ann.page.getByRole('option', { name: /tada/ }).waitFor();
  await keys.press('Tab');
  await keys.press('Enter');
  const line = await joe.sees(/PRIVMSG #complete :hi/);
  assert.match(line, /:hi @?johanna,? in #complete 🎉\s*$/);

  await keys.type('/tpoic');
  await keys.press('Enter');
  await ann.page.locator('.happened.wrong', { hasText: '/topic' }).waitFor();
  joe.leave();
  await ann.close();
});

async function focusIs(person: Person, text: string): Promise<void> {
  await person.page.waitForFunction(
    (wanted) => document.activeElement?.querySelector('.said-text')?.textContent === wanted,
    text,
  );
}
