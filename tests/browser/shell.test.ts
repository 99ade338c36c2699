/** The page itself: its size, where it comes from, without a network, without https, and how one gets in. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { openBrowser, Person } from './browser.ts';
import { WebFiles } from '../../src/node/server/web-files.ts';
import { PretendServer } from './pretend-server.ts';
import { IrcGuest, startServer, type RealServer } from './real-server.ts';

const BUILD = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const FIRST_LOAD_BYTES_MAX = 60_000;

let browser: Browser;
let server: RealServer;
before(async () => {
  [browser, server] = await Promise.all([openBrowser(), startServer()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

test('the first load is small, and nothing comes from anybody else', async () => {
  const ann = await Person.open(browser);
  const paths = new Set<string>();
  ann.page.on('request', (request) => paths.add(new URL(request.url()).pathname));
  await ann.enter(server.url, 'ann');
  await ann.tell('hello');
  assert.deepEqual(ann.faults, []);
  for (const path of ['/sw.js', '/icon.svg', '/manifest.webmanifest']) paths.add(path); // fetched out of our sight
  let bytes = 0;
  for (const path of paths)
    bytes += gzipSync(readFileSync(`${BUILD}${path === '/' ? 'index.html' : path.slice(1)}`), { level: 9 }).length;
  assert.ok(bytes <= FIRST_LOAD_BYTES_MAX, `${bytes} bytes in ${[...paths].join(', ')}`);
  await ann.close();
});

test('a second visit works without a network, and nothing but the shell is kept', async () => {
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/shell`, 'ann');
  await ann.tell('kept by the server');
  await ann.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await ann.context.setOffline(true);
  await ann.page.reload();
  await ann.page.locator('h1', { hasText: '#shell' }).waitFor();
  await ann.page.locator('.banner', { hasText: 'Not connected' }).waitFor();
  // Parts that are loaded on demand are there as well.
  await ann.page.getByRole('button', { name: 'Help' }).click();
  await ann.page.getByRole('dialog', { name: 'Help' }).waitFor();
  const kept = await ann.page.evaluate(async () => {
    const [name = '', ...others] = await caches.keys();
    const requests = await (await caches.open(name)).keys();
    return { others, paths: requests.map(({ url }) => new URL(url).pathname) };
  });
  assert.deepEqual(kept.others, [], 'one version only');
  for (const path of kept.paths) assert.match(path, /^\/($|assets\/|icon\.svg$|manifest\.webmanifest$)/);
  await ann.context.setOffline(false);
  await ann.online();
  await ann.sees('kept by the server');
  await ann.close();
});

test('a new version waits until it is asked for, and is then whole', async () => {
  const root = await mkdtemp(join(tmpdir(), 'parley-web-'));
  await cp(BUILD, root, { recursive: true });
  const files = new WebFiles(root);
  const pretend = await new PretendServer(files).start();
  const ann = await Person.open(browser);
  await ann.enter(`${pretend.url}#/r/versions`, 'ann');
  await ann.page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  const change = async (name: string, from: RegExp, to: string): Promise<void> => {
    const text = await readFile(join(root, name), 'utf8');
    assert.match(text, from);
    await writeFile(join(root, name), text.replace(from, to));
  };
  await change(
    'index.html',
    /<meta name="description"[^>]*>/,
    '<meta name="description" content="the second version">',
  );
  await change('sw.js', /shell-/, 'shell-second-');
  files.reload();
  const described = (): Promise<string | null> => ann.page.locator('meta[name=description]').getAttribute('content');

  await ann.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  const banner = ann.page.locator('.banner', { hasText: 'A new version of Parley is ready' });
  await banner.waitFor();
  await ann.page.reload();
  await banner.waitFor();
  assert.notEqual(await described(), 'the second version', 'still whole in the first');
  await ann.composer.fill('a draft');
  await Promise.all([ann.page.waitForEvent('load'), banner.getByRole('button').click()]);
  await ann.online();
  assert.equal(await described(), 'the second version');
  assert.equal(await ann.composer.inputValue(), 'a draft');
  assert.deepEqual(
    (await ann.page.evaluate(() => caches.keys())).map((name) => name.startsWith('shell-second-')),
    [true],
  );
  assert.deepEqual(ann.faults, []);
  await ann.close();
  await pretend.stop();
  await rm(root, { recursive: true });
});

test('over http on another name than localhost: chats, says what is missing, and calls nothing that is not there', async () => {
  // Open to all addresses: a server for this computer only would not listen to a page of another name.
  const server = await startServer(['--memory', '--web', '0.0.0.0:0']);
  const plain = await openBrowser('--host-resolver-rules=MAP parley.example 127.0.0.1');
  const ann = await Person.open(plain);
  const joe = await IrcGuest.join(server, 'joe', '#plain');
  await ann.enter(`http://parley.example:${new URL(server.urls.at(-1) ?? '').port}/#/r/plain`, 'ann');
  assert.equal(await ann.page.evaluate(() => globalThis.isSecureContext), false);
  await ann.tell('without https');
  await joe.sees(/ PRIVMSG #plain :without https$/);
  const banner = ann.page.locator('.banner', { hasText: 'Opened without https' });
  await banner.getByRole('button').click();
  await banner.waitFor({ state: 'detached' });
  await ann.row('without https').hover();
  await ann.row('without https').getByRole('button', { name: 'Copy' }).click();
  await ann.page.locator('.head-title').click();
  await ann.page.getByLabel('Link to share').waitFor();
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'Settings' }).click();
  await ann.page.getByText('This browser allows it only with https.').waitFor();
  assert.deepEqual(ann.faults, []);
  joe.leave();
  await plain.close();
  await server.stop();
});

test('a page that may not store anything says so, and chats', async () => {
  const ann = await Person.open(browser);
  await ann.page.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', {
      value: {
        open: () => {
          throw new DOMException('refused here', 'SecurityError');
        },
      },
    });
    Storage.prototype.setItem = () => {
      throw new DOMException('refused here', 'QuotaExceededError');
    };
  });
  await ann.enter(`${server.url}#/r/nostore`, 'ann');
  await ann.page.locator('.happened.wrong', { hasText: 'does not let the page store anything' }).first().waitFor();
  await ann.tell('all the same');
  assert.deepEqual(ann.faults, []);
  await ann.close();
});

test('a key opens a server that asks for one: by hand, or in the link, which does not keep it in sight', async () => {
  const locked = await startServer(['--memory', '--password', 'open sesame']);
  const ann = await Person.open(browser);
  await ann.page.goto(`${locked.url}#/r/cave`);
  await ann.page.getByLabel('Your nick').fill('ann');
  await ann.page.keyboard.press('Enter');
  await ann.page.getByRole('heading', { name: 'This server asks for a key' }).waitFor();
  await ann.page.getByLabel('Invite key or password').fill('wrong');
  await ann.page.keyboard.press('Enter');
  await ann.page.getByText('does not accept this password').waitFor();
  await ann.page.getByLabel('Invite key or password').fill('open sesame');
  await ann.page.keyboard.press('Enter');
  await ann.online();
  await ann.tell('inside');

  const kit = await Person.open(browser);
  await kit.enter(`${locked.url}#k=open%20sesame&r=cave`, 'kit');
  assert.match(kit.page.url(), /#\/r\/cave$/);
  await kit.sees('inside');
  await kit.page.reload();
  await kit.online(); // the key is remembered
  await Promise.all([ann.close(), kit.close()]);
  await locked.stop();
});

test('a room for the invited and a full server are told in words', async () => {
  const op = await IrcGuest.join(server, 'op', '#invited');
  op.send('MODE #invited +i');
  await op.sees(/ MODE #invited \+i/);
  const ann = await Person.open(browser);
  await ann.enter(`${server.url}#/r/invited`, 'ann');
  await ann.page.locator('.happened.wrong', { hasText: '#invited is invite-only' }).waitFor();
  op.leave();
  await ann.close();

  const small = await startServer(['--memory', '--max-clients', '1']);
  const first = await IrcGuest.join(small, 'first', '#full');
  const kit = await Person.open(browser);
  await kit.page.goto(small.url);
  await kit.page.getByLabel('Your nick').fill('kit');
  await kit.page.keyboard.press('Enter');
  await kit.page.locator('.banner', { hasText: /full/i }).waitFor();
  first.leave();
  await kit.page.getByRole('button', { name: /try/i }).click();
  await kit.online();
  await kit.close();
  await small.stop();
});
