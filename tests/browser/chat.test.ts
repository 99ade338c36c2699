/** Two browsers and a plain IRC client in one room of the real server. */
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

test('from the link to a message that others see: a nick, Enter, a text, Enter', async () => {
  const joe = await IrcGuest.join(server, 'joe', '#first');
  const mira = await Person.open(browser);
  await mira.page.goto(`${server.url}#/r/first`);
  await mira.page.getByLabel('Your nick').waitFor();
  await mira.page.keyboard.type('mira');
  await mira.page.keyboard.press('Enter');
  await mira.composer.waitFor();
  await mira.page.keyboard.type('hello from a browser');
  await mira.page.keyboard.press('Enter');
  await joe.sees(/^:mira!\S+ PRIVMSG #first :hello from a browser$/);
  await mira.sent('hello from a browser');
  assert.deepEqual(mira.faults, []);
  joe.leave();
  await mira.close();
});

test('what is written arrives as it was written, both ways', async () => {
  const [ann, kit] = await Promise.all([Person.open(browser), Person.open(browser)]);
  await ann.enter(server.url, 'ann');
  await kit.enter(server.url, 'kit');
  const texts = [
    'plain',
    'emoji 👩‍👩‍👧 🏳️‍🌈 and é as e\u0301',
    'שלום עולם, مرحبا',
    '<script>document.title = "owned"</script><img src=x onerror=alert(1)>',
    '/not a command/',
    'trailing spaces kept  inside',
  ];
  for (const text of texts) {
    await ann.say(text.startsWith('/') ? `/${text}` : text); // a slash is said with two
    await ann.sent(text);
  }
  for (const text of texts) await kit.sees(text);
  await kit.tell('and back');
  await ann.sees('and back');
  // One order for both.
  assert.deepEqual((await kit.texts()).slice(-7), (await ann.texts()).slice(-7));
  assert.deepEqual([...ann.faults, ...kit.faults], []);
  await Promise.all([ann.close(), kit.close()]);
});

test('a long text arrives whole', async () => {
  const [ann, kit] = await Promise.all([Person.open(browser), Person.open(browser)]);
  await ann.enter(`${server.url}#/r/long`, 'ann');
  await kit.enter(`${server.url}#/r/long`, 'kit');
  const words = Array.from({ length: 1_400 }, (_, i) => `w${i}`).join(' ');
  await ann.say(words);
  await kit.page.locator('.said-text', { hasText: /w1399$/ }).waitFor();
  assert.equal((await kit.texts()).join(' '), words);
  await Promise.all([ann.close(), kit.close()]);
});

test('an own message is shown at once and ticked when the server has stored it', async () => {
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/tick`, 'ann');
  await ann.say('quick');
  assert.equal(await ann.row('quick').count(), 1, 'shown in the same turn as it was sent');
  await ann.row('quick').locator('.mark.sent.newest').waitFor();
  await ann.tell('quicker');
  await ann.row('quicker').locator('.mark.sent.newest').waitFor();
  await ann.row('quick').locator('.mark.newest').waitFor({ state: 'detached' });
  await ann.close();
});

test('reply, react, and take the reaction back, seen live by the other', async () => {
  const [ann, kit] = await Promise.all([Person.open(browser), Person.open(browser)]);
  await ann.enter(`${server.url}#/r/tea`, 'ann');
  await kit.enter(`${server.url}#/r/tea`, 'kit');
  await ann.tell('kettle is on');
  await kit.sees('kettle is on');

  await kit.row('kettle is on').hover();
  await kit.row('kettle is on').getByRole('button', { name: 'Reply' }).click();
  await kit.page.keyboard.type('coming');
  await kit.page.keyboard.press('Enter');
  await ann.row('coming').locator('.said-reply', { hasText: 'kettle is on' }).waitFor();

  await kit.row('kettle is on').hover();
  await kit.row('kettle is on').getByRole('button', { name: 'React with 👍' }).click();
  const reaction = ann.row('kettle is on').locator('.reaction', { hasText: '👍' });
  await reaction.waitFor();
  assert.match((await reaction.textContent()) ?? '', /1/);
  await reaction.click();
  await kit.row('kettle is on').locator('.reaction', { hasText: '👍2' }).waitFor();
  await ann.row('kettle is on').locator('.reaction[aria-pressed=true]').click();
  await kit.row('kettle is on').locator('.reaction', { hasText: '👍1' }).waitFor();
  assert.deepEqual([...ann.faults, ...kit.faults], []);
  await Promise.all([ann.close(), kit.close()]);
});

test('unread is counted while away, divided on return, and cleared by reading', async () => {
  const joe = await IrcGuest.join(server, 'joe', '#away');
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/away`, 'ann');
  joe.send('PRIVMSG #away :seen');
  await ann.sees('seen');
  await ann.page.waitForFunction(() => document.title === '#away · Parley'); // it counts as read after a second
  await ann.page.goto(`${server.url}#/r/other`);
  await ann.page.locator('h1', { hasText: '#other' }).waitFor();

  joe.send('PRIVMSG #away :one', 'PRIVMSG #away :two', 'PRIVMSG #away :ann: three');
  const room = ann.page.locator('.room', { hasText: 'away' });
  await room.locator('.badge', { hasText: '@1' }).waitFor();
  await ann.page.waitForFunction(() => document.title.startsWith('(1) '));
  await room.click();
  await ann.sees('ann: three');
  const divider = ann.page.locator('.log .new');
  await divider.waitFor();
  const after = await ann.page.evaluate(() => document.querySelector('.new')?.nextElementSibling?.textContent ?? '');
  assert.match(after, /one/);
  await room.locator('.badge').waitFor({ state: 'detached' });
  await ann.page.waitForFunction(() => document.title === '#away · Parley');
  joe.leave();
  await ann.close();
});

test('a person is written to alone, and their answer counts as for us', async () => {
  const joe = await IrcGuest.join(server, 'joe', '#alone');
  const kit = await IrcGuest.join(server, 'kit', '#alone');
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/alone`, 'ann');
  await ann.page.locator('.member', { hasText: 'joe' }).click();
  await ann.page.locator('h1', { hasText: 'joe' }).waitFor();
  assert.match(ann.page.url(), /#\/u\/joe$/);
  await ann.tell('between us');
  await joe.sees(/^:ann!\S+ PRIVMSG joe :between us$/);
  await ann.page.locator('.room', { hasText: 'alone' }).click();
  joe.send('PRIVMSG ann :and back');
  await ann.page.locator('.room', { hasText: 'joe' }).locator('.badge.mention', { hasText: '1' }).waitFor();
  await ann.page.waitForFunction(() => document.title.startsWith('(1) '));
  // Notifications are offered now, and not before.
  await ann.page.getByRole('button', { name: 'Yes, notify me' }).waitFor();
  await ann.page.locator('.room', { hasText: 'joe' }).click();
  await ann.sees('and back');
  assert.equal(
    kit.lines.some((line) => line.includes('between us')),
    false,
  );
  joe.leave();
  kit.leave();
  await ann.close();
});

test('Back leads to the room before', async () => {
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/one`, 'ann');
  await ann.page.keyboard.press('Control+k');
  await ann.page.getByRole('combobox').waitFor();
  await ann.page.keyboard.type('#two');
  await ann.page.keyboard.press('Enter');
  await ann.page.locator('h1', { hasText: '#two' }).waitFor();
  assert.match(ann.page.url(), /#\/r\/two$/);
  await ann.page.goBack();
  await ann.page.locator('h1', { hasText: '#one' }).waitFor();
  await ann.page.goForward();
  await ann.page.locator('h1', { hasText: '#two' }).waitFor();
  await ann.close();
});

test('a nick in use: in under another name, told so, and another can be chosen', async () => {
  const joe = await IrcGuest.join(server, 'taken', '#nicks');
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/nicks`, 'taken');
  const banner = ann.page.locator('.banner', { hasText: 'taken is in use' });
  await banner.waitFor();
  assert.match((await banner.textContent()) ?? '', /taken_/);
  await banner.getByRole('button', { name: 'Choose another' }).click();
  await ann.page.getByLabel('Your nick').fill('free');
  await ann.page.getByLabel('Your nick').press('Enter');
  await joe.sees(/^:taken_!\S+ NICK :?free$/);
  await banner.waitFor({ state: 'detached' });
  await ann.tell('it is me');
  await joe.sees(/^:free!\S+ PRIVMSG #nicks :it is me$/);
  joe.leave();
  await ann.close();
});

test('a room that refuses says why, and the text is kept with a way forward', async () => {
  const op = await IrcGuest.join(server, 'op', '#hushed');
  op.send('MODE #hushed +m');
  await op.sees(/ MODE #hushed \+m/);
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/hushed`, 'ann');
  await ann.say('may I?');
  const failed = ann.row('may I?').locator('.mark-failed');
  await failed.waitFor();
  op.send('MODE #hushed -m');
  await op.sees(/ MODE #hushed -m/);
  await failed.getByRole('button', { name: 'Retry' }).click();
  await ann.sent('may I?');
  await op.sees(/PRIVMSG #hushed :may I\?/);
  op.leave();
  await ann.close();
});

test('a draft waits in its room', async () => {
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/one`, 'drafter');
  await ann.composer.fill('half a thou');
  await ann.page.goto(`${server.url}#/r/two`);
  await ann.page.locator('h1', { hasText: '#two' }).waitFor();
  assert.equal(await ann.composer.inputValue(), '');
  await ann.page.goto(`${server.url}#/r/one`);
  await ann.page.locator('h1', { hasText: '#one' }).waitFor();
  assert.equal(await ann.composer.inputValue(), 'half a thou');
  await ann.page.reload();
  await ann.online();
  assert.equal(await ann.composer.inputValue(), 'half a thou');
  await ann.close();
});
