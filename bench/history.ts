/**
 * A long history: `node bench/history.ts [--messages N] [--quick]`.
 *
 * One room holds N messages (1,000,000), with N / 5 more around it in 500 small rooms and 200 conversations; every
 * fourth has a send id, every twentieth row is an event. The file is built once and kept in .cache/bench. Appends go
 * to a copy of it, with an fsync for each commit; pages are asked from the calling thread, so their times are those that
 * a hub sees. Targets: the newest 50 in 2 ms, any page in 5 ms, open in half a second, 150,000 rows a second in batches
 * of 1,000, and no more memory than an empty history takes, but for SQLite's bounded cache.
 */
import { spawnSync } from 'node:child_process';
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Answer, Batch, Query, Records, Row } from '../src/core/ports.ts';
import { openSqliteRecords, type SqliteRecords } from '../src/node/log/sqlite-records.ts';
import { short, table, targetTable, type Target } from './figures.ts';

const CACHE = fileURLToPath(new URL('../.cache/bench', import.meta.url));
const BIG = '#big';
const SMALL_ROOMS = 500;
const CONVERSATIONS = 200;
const FIRST_AT = 1_700_000_000_000;
const WARM_UP = 100;
/** A message of the big room, far back. */
const BIG_ONE = 100_000;

const NEWEST_MS = 2;
const PAGE_MS = 5;
const OPEN_MS = 500;
/** In all of the room: there is no index, the packed text is looked through. */
const SEARCH_MS = 1_000;
const APPEND_RATE = 150_000;
/** The page cache is 16 MiB, and reading fills the heaps of two threads by some. */
const RSS_MORE_MIB = 40;

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    quick: { type: 'boolean', default: false },
    rss: { type: 'string' },
  },
});
const messages = Number(values.messages);
if (!Number.isSafeInteger(messages) || messages < 1_000) throw new Error('--messages wants a number of at least 1000.');

// ------------------------------------------------------------------------------------------------------- the history

function row(n: number, timeline: string): Row {
  const nick = `person${n % 97}`;
  const body = `:${nick}!user${n % 31}@198.51.100.${n % 251} PRIVMSG ${timeline} :message ${n}, which is of a usual length`;
  const between = /^=(\S+) (\S+)$/.exec(timeline);
  return {
    timeline,
    at: FIRST_AT + n,
    pos: n,
    kind: n % 20 === 7 ? 'event' : 'message',
    body,
    tags: '',
    ...(n % 4 === 0
      ? { sendId: `send-id-of-${n.toString(36)}-${((n * 2_654_435_761) % 4_294_967_296).toString(36)}` }
      : {}),
    ...(between?.[1] !== undefined && between[2] !== undefined ? { between: [between[1], between[2]] as const } : {}),
  };
}

/** Five of six rows are in the big room; the sixth goes round all others. */
function timelineOf(n: number): string {
  if (n % 6 !== 5) return BIG;
  const other = ((n - 5) / 6) % (SMALL_ROOMS + CONVERSATIONS);
  return other < SMALL_ROOMS ? `#small-${other}` : `=ann person${other}`;
}

async function build(file: string): Promise<void> {
  rmSync(`${file}.partial`, { force: true });
  const records = await openSqliteRecords({ file: `${file}.partial`, synchronous: 'normal' });
  await append(records, { rows: Math.ceil((messages * 6) / 5 / 0.95), batch: 1_000, window: 4, first: 1, timelineOf });
  await records.close();
  renameSync(`${file}.partial`, file);
}

interface Append {
  readonly rows: number;
  readonly batch: number;
  /** Commits under way at once. */
  readonly window: number;
  readonly first: number;
  readonly timelineOf: (n: number) => string;
}

/** Commits so many rows; returns how long each commit took to become durable, in ms. */
function append(records: Records, { rows, batch, window, first, timelineOf }: Append): Promise<number[]> {
  const times: number[] = [];
  let next = first;
  let waiting = 0;
  const end = first + rows;
  return new Promise((resolve) => {
    const go = (): void => {
      while (waiting < window && next < end) {
        const list: Row[] = [];
        for (let i = 0; i < batch && next < end; i++) list.push(row(next, timelineOf(next++)));
        const made: Batch = { pos: next - 1, rows: list, puts: [] };
        const start = performance.now();
        waiting += 1;
        records.commit(made, () => {
          times.push(performance.now() - start);
          waiting -= 1;
          if (next < end) go();
          else if (waiting === 0) resolve(times);
        });
      }
    };
    go();
  });
}

// ---------------------------------------------------------------------------------------------------------- measures

function ask(records: Records, query: Query): Promise<Answer> {
  return new Promise((resolve) => records.ask(query, resolve));
}

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

function summary(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

/** Asks one query after the other, after some to warm up; `least` rows or targets must come of each. */
async function time(records: Records, count: number, least: number, query: (n: number) => Query[]): Promise<Times> {
  const times: number[] = [];
  for (let n = -Math.min(WARM_UP, count); n < count; n++) {
    const start = performance.now();
    const answers = await Promise.all(query(Math.abs(n)).map((each) => ask(records, each)));
    if (n >= 0) times.push(performance.now() - start);
    let found = 0;
    for (const answer of answers) {
      if (answer.kind === 'failed') throw new Error(answer.why);
      found += answer.kind === 'rows' ? answer.rows.length : answer.targets.length;
    }
    if (found < least) throw new Error(`A query found ${found} of ${least}.`);
  }
  return summary(times);
}

const LATEST = {
  kind: 'page',
  after: 0,
  before: Number.MAX_SAFE_INTEGER,
  limit: 50,
  newest: true,
  events: false,
} as const;

function search(word: string): Query {
  const within = [{ timeline: BIG, after: -1 }];
  const range = { after: -1, before: Number.MAX_SAFE_INTEGER, limit: 50, newest: true };
  return { kind: 'search', within, identity: '', words: [word], from: '', links: false, ...range };
}

function pages(last: number): Readonly<Record<string, (n: number) => Query[]>> {
  const middle = (): number => FIRST_AT + Math.floor(last * (0.1 + 0.8 * Math.random()));
  const small = (n: number): string => `#small-${n % SMALL_ROOMS}`;
  return {
    'newest 50': () => [{ ...LATEST, timeline: BIG }],
    '50 before a random time': () => [{ ...LATEST, timeline: BIG, before: middle() }],
    '50 after a random time': () => [{ ...LATEST, timeline: BIG, after: middle(), newest: false }],
    '50 around, with events': () => {
      const at = middle();
      const half = { ...LATEST, timeline: BIG, limit: 25, events: true };
      return [
        { ...half, before: at },
        { ...half, after: at - 1, newest: false },
      ];
    },
    '50 before, in a small room': (n) => [{ ...LATEST, timeline: small(n), before: middle() }],
    'a send id': () => {
      const n = Math.ceil((last * Math.random()) / 4) * 4;
      return [{ kind: 'sent', sendId: row(Math.min(n, last - (last % 4)), BIG).sendId ?? '' }];
    },
    'targets, 100 rooms and 200 people': (n) => [
      {
        kind: 'targets',
        timelines: Array.from({ length: 100 }, (_, index) => small(n + index)),
        identity: 'ann',
        after: 0,
        before: Number.MAX_SAFE_INTEGER,
        limit: 50,
      },
    ],
  };
}

async function measureAppends(file: string, first: number): Promise<{ lines: string[][]; rate: number }> {
  const lines: string[][] = [];
  let rate = 0;
  let next = first;
  const rows = values.quick ? 0.2 : 1;
  const loads = [
    { batch: 1, window: 1, rows: 5_000 },
    { batch: 1, window: 100, rows: 100_000 },
    { batch: 10, window: 2, rows: 50_000 },
    { batch: 100, window: 2, rows: 200_000 },
    { batch: 1_000, window: 2, rows: 500_000 },
  ];
  const records = await openSqliteRecords({ file });
  for (const rooms of [1, 100]) {
    for (const load of loads) {
      const count = Math.ceil(load.rows * rows);
      const wall = performance.now();
      const all = process.cpuUsage();
      const caller = process.threadCpuUsage();
      const times = await append(records, {
        ...load,
        rows: count,
        first: next,
        timelineOf: (n) => (rooms === 1 ? BIG : `#small-${n % rooms}`),
      });
      const perSecond = (count / (performance.now() - wall)) * 1_000;
      const us = ({ user, system }: NodeJS.CpuUsage): string => ((user + system) / count).toFixed(1);
      const { p50, p99 } = summary(times);
      if (load.batch === 1_000 && rooms === 1) rate = perSecond;
      next += count;
      lines.push([
        `${rooms} room${rooms > 1 ? 's' : ''}, batches of ${load.batch}, ${load.window} at once`,
        `${short(perSecond)} rows/s`,
        `${p50.toFixed(2)} ms`,
        `${p99.toFixed(2)} ms`,
        us(process.cpuUsage(all)),
        us(process.threadCpuUsage(caller)),
      ]);
    }
  }
  await records.close();
  return { lines, rate };
}

/** The resident memory of a process that opened a history and asked much of it, in MiB. */
function rssOf(file: string): number {
  const script = fileURLToPath(import.meta.url);
  const run = spawnSync(process.execPath, [script, '--rss', file, '--messages', String(messages)], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return Number(run.stdout);
}

async function tellRss(file: string): Promise<void> {
  const records = await openSqliteRecords({ file });
  for (const query of Object.values(pages(messages))) await time(records, 500, 0, query);
  process.stdout.write(String(process.memoryUsage.rss() / 1024 / 1024));
  await records.close();
}

async function openTimes(file: string): Promise<Times> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    const records = await openSqliteRecords({ file });
    times.push(performance.now() - start);
    await records.close();
  }
  return summary(times);
}

// ------------------------------------------------------------------------------------------------------------- report

async function main(): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const file = join(CACHE, `history-by-${messages}.db`);
  if (!existsSync(file)) await build(file);
  const copy = join(CACHE, 'history-append.db');
  const empty = join(CACHE, 'history-empty.db');
  const drop = (): void => {
    for (const path of [copy, empty]) for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  };
  drop();

  const opened = await openTimes(file);
  const records: SqliteRecords = await openSqliteRecords({ file });
  const { pos } = records.restored;
  const count = values.quick ? 200 : 2_000;
  const read = new Map<string, Times>();
  for (const [name, query] of Object.entries(pages(pos))) {
    const least = name.includes('50') && !name.includes('small') ? 50 : 0;
    read.set(name, await time(records, count, least, query));
  }
  read.set('a word of every message', await time(records, 20, 50, () => [search('usual')]));
  read.set('a word of one message', await time(records, 20, 1, () => [search(`${BIG_ONE},`)]));
  await records.close();

  copyFileSync(file, copy, constants.COPYFILE_FICLONE);
  const { lines, rate } = await measureAppends(copy, pos + 1);
  const rss = { empty: rssOf(empty), full: rssOf(file) };
  drop();

  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const bytes = statSync(file).size;
  console.log(`${short(pos)} rows in ${short(bytes)}B, ${(bytes / pos).toFixed(0)} bytes each.\n`);
  console.log(
    table(['append, an fsync each commit', 'rate', 'p50', 'p99', 'us CPU a row', 'of the caller'], lines).join('\n'),
  );
  const shown = [...read].map(([name, times]) => [name, ms(times.p50), ms(times.p99), ms(times.most)]);
  console.log(`\n${table(['read', 'p50', 'p99', 'longest'], shown).join('\n')}\n`);

  const newest = read.get('newest 50')?.p50 ?? Number.NaN;
  const any = Math.max(...[...read].filter(([name]) => name.startsWith('50')).map(([, times]) => times.p50));
  const rare = read.get('a word of one message')?.p50 ?? Number.NaN;
  const more = rss.full - rss.empty;
  const targets: Target[] = [
    target('newest 50 of the room (median)', newest, NEWEST_MS, 'ms'),
    target('any page of 50 (median)', any, PAGE_MS, 'ms'),
    target('a word of one message (median)', rare, SEARCH_MS, 'ms'),
    target('open', opened.p50, OPEN_MS, 'ms'),
    target(`memory beyond an empty history's ${rss.empty.toFixed(0)} MiB`, more, RSS_MORE_MIB, 'MiB'),
    {
      what: 'append in batches of 1,000',
      figure: `${short(rate)} rows/s`,
      bound: `≥ ${short(APPEND_RATE)} rows/s`,
      met: rate >= APPEND_RATE,
    },
  ];
  console.log(targetTable(targets).join('\n'));
}

function target(what: string, value: number, bound: number, unit: string): Target {
  return { what, figure: `${value.toFixed(1)} ${unit}`, bound: `≤ ${bound} ${unit}`, met: value <= bound };
}

await (values.rss === undefined ? main() : tellRss(values.rss));
