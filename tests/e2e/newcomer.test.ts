/** Somebody clones the repository onto a machine that has npm and an old Node, and types what the README says. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openBrowser, Person } from '../browser/browser.ts';
import { homeOf } from './kit/chat.ts';
import { cleanup, folder } from './kit/cleanup.ts';
import { run } from './kit/run.ts';
import { REPOSITORY } from './kit/server.ts';
import { within } from './kit/wait.ts';

/** The packages are some 400 MB; from a registry far away that takes its time. */
const INSTALL_MS = 240_000;

/** Folders with the programs of the machine, without what npm put in front for this test. */
const SYSTEM = (process.env['PATH'] ?? '').split(delimiter).filter((path) => !path.includes('node_modules'));

const missing = !existsSync(join(REPOSITORY, '.git'))
  ? 'this is no clone, so there is nothing to clone'
  : !existsSync('/usr/bin/chromium')
    ? 'chromium is not installed'
    : false;

test('a fresh clone, and the first command of the README', { skip: missing, timeout: 300_000 }, async (t) => {
  const clone = join(folder(t), 'parley');
  const env = newcomersEnvironment(folder(t));
  await run(t, 'git', ['clone', '--quiet', `file://${REPOSITORY}`, clone], { env, ms: 60_000 });
  const inClone = (program: string, ...args: string[]) => run(t, program, args, { env, cwd: clone, ms: 60_000 });
  const { version } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')) as { version: string };
  const system = (await inClone('node', '--version')).stdout.trim();
  t.diagnostic(`the Node of this machine is ${system}`);

  // Before anything is installed, an old Node gets a sentence and no stack.
  if (Number(system.slice(1).split('.')[0]) < 24) {
    const refused = await inClone('node', 'bin/parley.js', '--version');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^Parley needs Node .*`npm ci` installs it.*\n$/);
  }

  const command = /```sh\n(.*)\n```/.exec(readFileSync(join(clone, 'README.md'), 'utf8'))?.[1] ?? '';
  assert.match(command, /^npm ci && npm start$/, 'the first command of the README');
  const started = start(t, `${command} -- --irc 127.0.0.1:0 --web 127.0.0.1:0`, clone, env);
  const link = await started.says(/In a browser +(http:\/\/localhost:\d+\/)\n/, INSTALL_MS);
  const kept = await started.says(/Messages +kept in (.*)\n/);
  assert.ok(kept.startsWith(env['HOME'] ?? '?'), `${kept} is in the newcomer's own place`);

  const browser = await openBrowser();
  cleanup(t, () => browser.close());
  const [ann, ben] = await Promise.all([Person.open(browser), Person.open(browser)]);
  await ann.enter(link, 'ann');
  await ben.enter(link, 'ben');
  await ann.tell('is this all?');
  await ben.sees('is this all?');
  await ben.tell('it is');
  await ann.sees('it is');
  assert.deepEqual([...ann.faults, ...ben.faults], []);

  // npm brought the Node that everything runs with, and the launcher finds it from the old one.
  const own = await inClone('node_modules/.bin/node', '--version');
  assert.match(own.stdout, /^v26\./);
  const launched = await inClone('node', 'bin/parley.js', '--version');
  assert.deepEqual([launched.code, launched.stdout, launched.stderr], [0, `${version}\n`, '']);

  await started.interrupt();
  assert.ok(existsSync(join(kept, 'parley.db')));
});

/** Nothing of the person who runs the tests but what leads to the registry: its address, its cache, a proxy. */
function newcomersEnvironment(home: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...homeOf(home), PATH: SYSTEM.join(delimiter) };
  for (const [name, value] of Object.entries(process.env)) {
    if (/^(https?_proxy|no_proxy|node_extra_ca_certs|npm_config_registry)$/i.test(name)) env[name] = value;
  }
  env['npm_config_cache'] = process.env['npm_config_cache'] ?? join(homedir(), '.npm');
  env['npm_config_userconfig'] = process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc');
  env['npm_config_prefer_offline'] = 'true';
  // The repository may belong to somebody else than the one who runs the tests.
  Object.assign(env, { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' });
  return env;
}

interface Started {
  /** Resolves to the part in parentheses when the output matches. */
  says(pattern: RegExp, ms?: number): Promise<string>;
  /** Ctrl-C, and resolves when everything is over. */
  interrupt(): Promise<void>;
}

/** A command in a shell of its own process group, as in a terminal: npm, its shell and the server end together. */
function start(t: TestContext, command: string, cwd: string, env: NodeJS.ProcessEnv): Started {
  const child: ChildProcess = spawn('sh', ['-c', command], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The whole group is gone.
    }
  };
  // Also when the test itself is cut off.
  const kill = (): void => signal('SIGKILL');
  process.once('exit', kill);
  cleanup(t, () => {
    process.off('exit', kill);
    kill();
  });
  let output = '';
  let look: () => void = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output += data.toString();
      look();
    });
  }
  const closed = once(child, 'close');
  return {
    says: (pattern, ms) => {
      const found = new Promise<string>((resolve, reject) => {
        look = () => {
          const [, part] = pattern.exec(output) ?? [];
          if (part !== undefined) resolve(part);
        };
        closed.then(() => reject(new Error(`It ended before it said ${String(pattern)}:\n${output}`)), reject);
        look();
      });
      return within(`it says ${String(pattern)}`, found, () => output, ms);
    },
    interrupt: async () => {
      signal('SIGINT');
      await within('everything ends', closed, () => output);
    },
  };
}
