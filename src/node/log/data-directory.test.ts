import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { defaultDataDirectory, openDataDirectory } from './data-directory.ts';

let base: string;
before(async () => {
  base = await mkdtemp(join(tmpdir(), 'parley-data-'));
});
after(() => rm(base, { recursive: true }));

type Holder = ChildProcessByStdio<Writable, Readable, null>;

/** A process that waits for a line, takes the directory, says `held` or the code of the refusal, and stays. */
function starter(path: string): Holder {
  const source = `
    import { openDataDirectory } from ${JSON.stringify(new URL('data-directory.ts', import.meta.url).href)};
    process.stdin.once('data', async () => {
      try {
        await openDataDirectory(${JSON.stringify(path)});
        console.log('held');
      } catch (error) {
        console.log(error.code);
      }
    });
    console.log('ready');`;
  return spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function line(of: Holder): Promise<string> {
  const [data] = await once(of.stdout, 'data');
  return String(data).trim();
}

async function take(of: Holder): Promise<string> {
  of.stdin.write('\n');
  return line(of);
}

async function end(of: Holder, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const exit = once(of, 'exit');
  of.kill(signal);
  await exit;
}

describe('a data directory', () => {
  test('is made for its owner alone, and goes to the next when it is closed', async () => {
    const path = join(base, 'deep', 'new');
    const first = await openDataDirectory(path);
    assert.equal(first.path, path);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    await first.close();
    await (await openDataDirectory(path)).close();
  });

  test('that was empty is closed to others; one with files in it keeps its permissions', async () => {
    const empty = join(base, 'empty');
    const filled = join(base, 'filled');
    for (const path of [empty, filled]) {
      await mkdir(path);
      await chmod(path, 0o755);
    }
    await writeFile(join(filled, 'notes.txt'), '');
    for (const path of [empty, filled]) await (await openDataDirectory(path)).close();
    assert.equal((await stat(empty)).mode & 0o777, 0o700);
    assert.equal((await stat(filled)).mode & 0o777, 0o755);
  });

  test('in use is refused, with the number of the process that has it', async () => {
    const path = join(base, 'used');
    const holder = starter(path);
    await line(holder);
    assert.equal(await take(holder), 'held');
    await assert.rejects(openDataDirectory(path), {
      code: 'data/in-use',
      message: `Another Parley (pid ${holder.pid}) is using ${path}; stop it or give another directory with --data.`,
    });
    await end(holder);
  });

  test('in use by this very process is refused as well', async () => {
    const path = join(base, 'twice');
    const first = await openDataDirectory(path);
    await assert.rejects(openDataDirectory(path), { code: 'data/in-use' });
    await first.close();
  });

  test('of a killed process is free at once, whoever has its number now', async () => {
    const path = join(base, 'killed');
    const holder = starter(path);
    await line(holder);
    assert.equal(await take(holder), 'held');
    await end(holder);
    await writeFile(join(path, 'lock.pid'), `${process.pid}\n`); // a living process, which is not its holder
    await (await openDataDirectory(path)).close();
  });

  test('goes to exactly one of several that start at once', async () => {
    for (let round = 0; round < 3; round++) {
      const starters = Array.from({ length: 4 }, () => starter(join(base, 'raced')));
      await Promise.all(starters.map(line));
      const outcomes = await Promise.all(starters.map(take));
      assert.deepEqual(outcomes.sort(), ['data/in-use', 'data/in-use', 'data/in-use', 'held']);
      await Promise.all(starters.map((each) => end(each)));
    }
  });

  test('that cannot be written is refused with a sentence', async () => {
    const path = join(base, 'file', 'below');
    await writeFile(join(base, 'file'), '');
    await assert.rejects(openDataDirectory(path), {
      code: 'data/unwritable',
      message: `Parley cannot write to ${path} (not a directory); make it yours or give another directory with --data.`,
    });
  });
});

test('where data is kept when nothing is said', () => {
  const home = '/home/ann';
  const places = [
    defaultDataDirectory('linux', {}, home),
    defaultDataDirectory('linux', { XDG_DATA_HOME: '' }, home),
    defaultDataDirectory('linux', { XDG_DATA_HOME: '/data' }, home),
    defaultDataDirectory('darwin', { XDG_DATA_HOME: '/data' }, home),
  ];
  assert.deepEqual(places, [
    '/home/ann/.local/share/parley',
    '/home/ann/.local/share/parley',
    '/data/parley',
    '/home/ann/Library/Application Support/Parley',
  ]);
  assert.match(defaultDataDirectory('win32', { LOCALAPPDATA: 'C:/Local' }, home), /^C:.Local.Parley$/);
});

test(
  'where no directory can be made is one sentence, not a loop',
  { skip: process.platform !== 'linux' && 'needs /proc' },
  async () => {
    await assert.rejects(openDataDirectory('/proc/parley/deeper'), { code: 'data/unwritable' });
  },
);
