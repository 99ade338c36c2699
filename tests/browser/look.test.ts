/** What can be seen and heard: accessibility of every screen in both schemes, a phone, and pictures to look at. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, Person, SCREENSHOTS } from './browser.ts';
import { IrcGuest, startServer, type RealServer } from './real-server.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** A room with people in it who have been talking. */
interface Scene {
  readonly server: RealServer;
  readonly ana: IrcGuest;
  readonly joe: IrcGuest;
  readonly kit: IrcGuest;
}

async function scene(): Promise<Scene> {
  const server = await startServer(['--memory', '--network', 'Workshop']);
  const ana = await IrcGuest.join(server, 'ana', '#lobby', 'message-tags echo-message');
  ana.send('TOPIC #lobby :Release on Friday · coffee is in the kitchen');
  await ana.sees(/ TOPIC /);
  const joe = await IrcGuest.join(server, 'joe', '#lobby', 'message-tags echo-message');
  const kit = await IrcGuest.join(server, 'kit', '#lobby', 'message-tags echo-message');
  await say(joe, 'morning all, is the build green?');
  const id = await say(
    ana,
    'It is since last night. The flaky one was a timer in `link-reader`; now it waits for the line instead.',
  );
  react(joe, id, '✔');
  react(kit, id, '✔');
  react(kit, id, '☕');
  await say(kit, 'I put the notes here: https://wiki.example/notes/friday');
  await say(kit, '> release on Friday, freeze on Thursday');
  await say(kit, 'is that still the plan?');
  return { server, ana, joe, kit };
}

/** Says something in #lobby and waits for it to have a message id. */
async function say(guest: IrcGuest, text: string): Promise<string> {
  guest.send(`PRIVMSG #lobby :${text}`);
  const line = await guest.sees(new RegExp(`PRIVMSG #lobby :${text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`));
  return /msgid=([^; ]+)/.exec(line)?.[1] ?? '';
}

function react(guest: IrcGuest, msgid: string, emoji: string): void {
  guest.send(`@+draft/react=${emoji};+draft/reply=${msgid} TAGMSG #lobby`);
}

/** A conversation as it happens, told by everybody in it. */
async function converse(mira: Person, { ana, joe }: Scene): Promise<void> {
  await mira.say('yes, **freeze on Thursday at noon**. I will write to everybody this afternoon');
  await mira.sent('yes, freeze on Thursday at noon. I will write to everybody this afternoon');
  await say(ana, 'mira: can you look at this before lunch?');
  await mira.sees('mira: can you look at this before lunch?');
  await say(joe, '\u0001ACTION makes tea\u0001');
  await say(joe, 'the printer on the second floor works again, by the way');
  const printer = mira.row('the printer on the second floor works again, by the way');
  await printer.hover();
  await printer.getByRole('button', { name: 'Reply', exact: true }).click();
  await mira.tell('did you have to open it?');
  await say(joe, 'only the tray. It was a paper clip again');
  await mira.sees('only the tray. It was a paper clip again');
  await mira.tell('of course it was');
  joe.send('PRIVMSG mira :do you have a minute?');
  await mira.page.locator('.room', { hasText: 'joe' }).locator('.badge').waitFor();
  await mira.page.mouse.move(0, 0);
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE); // evaluated from outside, where the content security policy does not reach
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`),
    );
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no accessibility violation on any screen, ${colorScheme}`, async () => {
    const told = await scene();
    const { server } = told;
    const mira = await Person.open(browser, { colorScheme });
    const { page } = mira;
    await page.goto(server.url);
    await page.getByLabel('Your nick').waitFor();
    assert.deepEqual(await violations(page), [], 'welcome');
    await page.screenshot({ path: `${SCREENSHOTS}welcome-1280-${colorScheme}.png` });
    await page.getByLabel('Your nick').fill('mira');
    await page.keyboard.press('Enter');
    await mira.online();
    await converse(mira, told);
    assert.deepEqual(await violations(page), [], 'room');
    await page.screenshot({ path: `${SCREENSHOTS}room-1280-${colorScheme}.png` });

    const newest = mira.row('of course it was');
    await newest.hover();
    await newest.locator('.actions').waitFor();
    assert.deepEqual(await violations(page), [], 'actions of a message');
    await mira.composer.fill('/t');
    await page.getByRole('listbox').waitFor();
    assert.deepEqual(await violations(page), [], 'completion');
    await page.screenshot({ path: `${SCREENSHOTS}completion-1280-${colorScheme}.png` });
    await mira.composer.fill('');

    const open: readonly (readonly [string, () => Promise<void>])[] = [
      ['help', () => page.getByRole('button', { name: 'Help' }).click()],
      ['settings', () => page.getByRole('button', { name: 'Settings' }).click()],
      ['join', () => page.getByRole('button', { name: 'Join or make a room' }).click()],
      ['about', () => page.locator('.head-title').click()],
      ['palette', () => page.keyboard.press('Control+k')],
    ];
    for (const [name, show] of open) {
      await show();
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await violations(page), [], name);
      await page.screenshot({ path: `${SCREENSHOTS}${name}-1280-${colorScheme}.png` });
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }

    await mira.context.setOffline(true);
    await page.reload();
    await page.locator('.link-trouble').waitFor();
    await mira.say('written without a link');
    await page.locator('.mark.queued').waitFor();
    assert.deepEqual(await violations(page), [], 'offline');
    await page.screenshot({ path: `${SCREENSHOTS}offline-1280-${colorScheme}.png` });
    assert.deepEqual(mira.faults, []);
    await mira.close();
    await server.stop();
  });
}

test('pictures for the README', async () => {
  const told = await scene();
  const { server } = told;
  const others = await IrcGuest.join(server, 'noor', '#dev');
  const mira = await Person.open(browser);
  await mira.enter(`${server.url}#/r/dev`, 'mira');
  for (const room of ['#random', '#lobby']) {
    await mira.say(`/join ${room}`);
    await mira.page.locator('h1', { hasText: room }).waitFor();
  }
  others.send('PRIVMSG #dev :who has the cable?', 'PRIVMSG #dev :mira: do you?');
  await converse(mira, told);
  const decline = mira.page.getByRole('button', { name: 'No, thanks' });
  await decline.click();
  await decline.waitFor({ state: 'detached' });
  told.kit.send('@+typing=active TAGMSG #lobby');
  await mira.page.locator('.typing', { hasText: 'kit' }).waitFor();
  await mira.page.mouse.move(0, 0);
  await mira.composer.focus();
  await mira.page.locator('.actions').waitFor({ state: 'detached' });
  await mira.page.screenshot({ path: `${SCREENSHOTS}readme-1280.png` });
  others.leave();
  await mira.close();
  await server.stop();
});

test('a phone: one column, nothing sideways, targets for fingers, the text above the keyboard', async () => {
  const { server } = await scene();
  const mira = await Person.open(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page } = mira;
  await mira.enter(server.url, 'mobi');
  await mira.tell('from a phone');
  assert.deepEqual(await violations(page), [], 'room');
  await page.screenshot({ path: `${SCREENSHOTS}room-390-light.png` });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);

  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, textarea, input')]
      .filter((each) => each.checkVisibility() && each.closest('.said, .skip') === null) // in a line of text, as links are
      .map((each) => ({ name: each.ariaLabel ?? each.textContent, box: each.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 44 || box.height < 44)
      .map(({ name, box }) => `${name} ${box.width}x${box.height}`),
  );
  assert.deepEqual(
    small.filter((each) => !/^(A message|ana|joe|kit|✔|☕)/.test(each)),
    [],
  );

  // The rooms are behind a button; Back closes them.
  await page.getByRole('button', { name: /^Rooms/ }).tap();
  await page.getByRole('dialog', { name: 'Rooms' }).waitFor();
  assert.deepEqual(await violations(page), [], 'rooms');
  await page.screenshot({ path: `${SCREENSHOTS}rooms-390-light.png` });
  await page.goBack();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Members/ }).tap();
  await page.getByRole('dialog', { name: 'Members' }).waitFor();
  assert.deepEqual(await violations(page), [], 'members');
  await page.screenshot({ path: `${SCREENSHOTS}members-390-light.png` });
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  // A tap on a message brings its actions.
  await mira.row('from a phone').tap();
  await mira.row('from a phone').locator('.actions').waitFor();
  await page.screenshot({ path: `${SCREENSHOTS}actions-390-light.png` });

  // The keyboard takes half of the screen: what is written and the newest message stay in view.
  await page.setViewportSize({ width: 390, height: 440 });
  await mira.composer.focus();
  await page.waitForFunction(() => {
    const area = document.querySelector('.composer')!.getBoundingClientRect();
    const last = [...document.querySelectorAll('.said')].at(-1)!.getBoundingClientRect();
    return area.bottom <= innerHeight && last.bottom <= area.top && last.top >= 0;
  });
  await page.screenshot({ path: `${SCREENSHOTS}keyboard-390-light.png` });
  assert.deepEqual(mira.faults, []);
  await mira.close();
  await server.stop();
});

test('what arrives live is announced once, and history is not', async () => {
  const { server, ana, joe } = await scene();
  const mira = await Person.open(browser);
  await mira.page.addInitScript(() => {
    const said: string[] = [];
    (globalThis as { said?: string[] }).said = said;
    new MutationObserver((changes) => {
      for (const { addedNodes, target } of changes) {
        if (!(target instanceof Element) || target.getAttribute('role') !== 'log') continue;
        for (const node of addedNodes) said.push(node.textContent ?? '');
      }
    }).observe(document, { childList: true, subtree: true });
  });
  await mira.enter(server.url, 'lis');
  await mira.sees('is that still the plan?');
  await say(joe, 'said once');
  await mira.sees('said once');
  await say(ana, 'and another');
  await mira.sees('and another');
  await mira.page.waitForFunction(() => (globalThis as { said?: string[] }).said?.includes('ana: and another'));
  assert.deepEqual(await mira.page.evaluate(() => (globalThis as { said?: string[] }).said), [
    'joe: said once',
    'ana: and another',
  ]);
  // What comes in one breath is told once as well.
  await Promise.all([say(joe, 'a third'), say(ana, 'a fourth')]);
  await mira.page.waitForFunction(() => ((globalThis as { said?: string[] }).said?.length ?? 0) >= 4);
  const said = await mira.page.evaluate(() => (globalThis as { said?: string[] }).said ?? []);
  assert.deepEqual(said.slice(2).sort(), ['ana: a fourth', 'joe: a third']);
  await mira.close();
  await server.stop();
});
