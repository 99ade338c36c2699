/** What every `Records` must do, whatever stands behind it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer, Batch, Query, Records, RecordPut, Row } from '../../src/core/ports.ts';

export interface RecordsPlace {
  /** Opens the store of this place; after `close` again, and it holds what it held when it `lasts`. */
  open(): Promise<Records>;
  remove(): Promise<void>;
}

export interface RecordsMaker {
  readonly name: string;
  readonly lasts: boolean;
  readonly make: () => Promise<RecordsPlace>;
}

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

export function recordsSuite({ name, lasts, make }: RecordsMaker): void {
  /** A test with a fresh place; whatever it opened last is closed behind it. */
  function story(title: string, tell: (open: () => Promise<Records>) => Promise<void>): void {
    test(title, async () => {
      const place = await make();
      let last: Records | undefined;
      try {
        await tell(async () => (last = await place.open()));
      } finally {
        await last?.close();
        await place.remove();
      }
    });
  }

  describe(`records: ${name}`, () => {
    story('a fresh store is empty and has a name of its own', async (open) => {
      const records = await open();
      const { incarnation, pos, at, records: kept } = records.restored;
      assert.match(incarnation, /^[a-z0-9]{8,16}$/);
      assert.deepEqual({ pos, at, kept }, { pos: 0, at: 0, kept: [] });
      assert.deepEqual(await rowsOf(records, page('#tea')), []);
      assert.deepEqual(await ask(records, { kind: 'sent', sendId: 'none' }), { kind: 'rows', rows: [] });
      assert.deepEqual(await ask(records, targets(['#tea'], 'ann')), { kind: 'targets', targets: [] });
    });

    story('done comes later than commit returns, in the order of the commits', async (open) => {
      const records = await open();
      const order: string[] = [];
      const all = [1, 2, 3, 4, 5].map(
        (pos) =>
          new Promise<void>((resolve) => {
            records.commit(batch(pos, [message('#tea', pos)]), () => {
              order.push(`done ${pos}`);
              resolve();
            });
            order.push(`commit ${pos}`);
          }),
      );
      await Promise.all(all);
      const expected = ['commit', 'done'].flatMap((what) => [1, 2, 3, 4, 5].map((pos) => `${what} ${pos}`));
      assert.deepEqual(order, expected);
    });

    story('a query sees every batch committed before it, durable or not, and none after it', async (open) => {
      const records = await open();
      const seen: Promise<readonly Row[]>[] = [];
      for (let pos = 1; pos <= 20; pos++) {
        records.commit(batch(pos, [message('#tea', pos)]), () => {});
        seen.push(rowsOf(records, page('#tea')));
      }
      const counts = (await Promise.all(seen)).map((rows) => rows.length);
      assert.deepEqual(
        counts,
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    });

    story('a page has exclusive bounds, a limit from either end, and rises', async (open) => {
      const records = await open();
      await commit(
        records,
        batch(
          1,
          [1, 2, 3, 4, 5, 6, 7, 8].map((at) => message('#tea', at)),
        ),
      );
      const times = async (query: Partial<Extract<Query, { kind: 'page' }>>): Promise<number[]> =>
        (await rowsOf(records, { ...page('#tea'), ...query })).map((row) => row.at);
      assert.deepEqual(await times({ after: 3, before: 6 }), [4, 5]);
      assert.deepEqual(await times({ limit: 3, newest: true }), [6, 7, 8]);
      assert.deepEqual(await times({ limit: 3, newest: false }), [1, 2, 3]);
      assert.deepEqual(await times({ after: 2, before: 8, limit: 2, newest: true }), [6, 7]);
      assert.deepEqual(await times({ after: 2, before: 8, limit: 2, newest: false }), [3, 4]);
      assert.deepEqual(await times({ after: 4, before: 5 }), []);
      assert.deepEqual(await times({ after: 6, before: 3 }), []);
      assert.deepEqual(await times({ limit: 0 }), []);
      assert.deepEqual(await times({ after: -1, before: Number.MAX_SAFE_INTEGER }), [1, 2, 3, 4, 5, 6, 7, 8]);
      assert.deepEqual(await times({ after: -Infinity, before: Infinity, limit: 1, newest: true }), [8]);
    });

    story('events are in a page only when they are asked for', async (open) => {
      const records = await open();
      const rows = [1, 2, 3, 4, 5, 6].map((at) => (at % 3 === 0 ? event('#tea', at) : message('#tea', at)));
      await commit(records, batch(1, rows));
      const times = async (events: boolean, newest: boolean): Promise<number[]> =>
        (await rowsOf(records, { ...page('#tea'), limit: 3, events, newest })).map((row) => row.at);
      assert.deepEqual(await times(true, true), [4, 5, 6]);
      assert.deepEqual(await times(false, true), [2, 4, 5]);
      assert.deepEqual(await times(true, false), [1, 2, 3]);
      assert.deepEqual(await times(false, false), [1, 2, 4]);
    });

    story('timelines do not mix, and a row comes back as it was given', async (open) => {
      const records = await open();
      const rich: Row = {
        timeline: '=ann bob',
        at: NOW,
        pos: 2,
        kind: 'message',
        body: ':ann!a@h PRIVMSG bob :grüße, 日本, \u{1f375}\t\u0001ACTION\u0001',
        tags: '+reply=x;+typing',
        sendId: 'id-1',
        between: ['ann', 'bob'],
      };
      const plain = message('#tea', NOW + 1);
      await commit(records, batch(3, [rich, plain]));
      assert.deepEqual(await rowsOf(records, page('=ann bob')), [rich]);
      assert.deepEqual(await rowsOf(records, page('#tea')), [plain]);
      assert.deepEqual(await rowsOf(records, page('#TEA')), []);
    });

    story('a send id finds its row; the first row with it stays the one', async (open) => {
      const records = await open();
      const first: Row = { ...message('#tea', 1), sendId: 'once' };
      await commit(records, batch(1, [first]));
      await commit(records, batch(2, [{ ...message('#milk', 2), sendId: 'once' }]));
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'once' }), [first]);
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'ONCE' }), []);
    });

    story('targets are the asked rooms and own conversations by their newest message', async (open) => {
      const records = await open();
      const talk = (a: string, b: string, at: number): Row => ({ ...message(`=${a} ${b}`, at), between: [a, b] });
      const rows = [
        message('#tea', 10),
        message('#milk', 20),
        message('#quiet', 5),
        message('#other', 30),
        talk('ann', 'bob', 40),
        talk('bob', 'cat', 50),
        message('#tea', 60),
        event('#milk', 70),
      ];
      await commit(records, batch(1, rows));
      const find = async (query: Partial<Extract<Query, { kind: 'targets' }>>): Promise<string> => {
        const answer = await ask(records, { ...targets(['#tea', '#milk', '#quiet', '#none'], 'ann'), ...query });
        assert(answer.kind === 'targets');
        return answer.targets.map(({ timeline, at }) => `${timeline}@${at}`).join(', ');
      };
      assert.equal(await find({}), '#quiet@5, #milk@20, =ann bob@40, #tea@60');
      assert.equal(await find({ after: 5, before: 60 }), '#milk@20, =ann bob@40');
      assert.equal(await find({ limit: 1 }), '#quiet@5');
      assert.equal(await find({ timelines: [], identity: 'bob' }), '=ann bob@40, =bob cat@50');
      assert.equal(await find({ timelines: ['=ann bob', '=ann bob'], identity: 'ann' }), '=ann bob@40');
      // A newer message takes a timeline out of a window it was in.
      await commit(records, batch(2, [message('#milk', 90)]));
      assert.equal(await find({ after: 5, before: 60 }), '=ann bob@40');
    });

    story('a change replaces what a row says, or takes it away, wherever the row is by then', async (open) => {
      const records = await open();
      const rows = [1, 2, 3, 4].map((at): Row => ({ ...message('#tea', at), sendId: `id-${at}`, by: 'ann' }));
      await commit(records, batch(1, rows.slice(0, 3)));
      await commit(records, {
        ...batch(2, []),
        changes: [{ timeline: '#tea', at: 2, said: { body: 'new', tags: '+t' } }],
      });
      const changed = { ...rows[1], body: 'new', tags: '+t' };
      assert.deepEqual(await rowsOf(records, page('#tea')), [rows[0], changed, rows[2]]);
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'id-2' }), [changed]);
      await commit(records, {
        ...batch(3, rows.slice(3)),
        changes: [
          { timeline: '#tea', at: 4, said: undefined },
          { timeline: '#tea', at: 2, said: undefined },
          { timeline: '#tea', at: 9, said: undefined },
          { timeline: '#none', at: 1, said: undefined },
        ],
      });
      assert.deepEqual(await rowsOf(records, page('#tea')), [rows[0], rows[2]]);
      const bare = { timeline: '#tea', at: 4, pos: 4, kind: 'message', body: '', tags: '', sendId: 'id-4' };
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'id-4' }), [bare]);
      // What was the newest message is it no longer.
      assert.deepEqual(await ask(records, targets(['#tea', '#none'], 'ann')), {
        kind: 'targets',
        targets: [{ timeline: '#tea', at: 3 }],
      });
      await commit(records, {
        ...batch(4, []),
        changes: [1, 3].map((at) => ({ timeline: '#tea', at, said: undefined })),
      });
      assert.deepEqual(await rowsOf(records, page('#tea')), []);
      assert.deepEqual(await ask(records, targets(['#tea'], 'ann')), { kind: 'targets', targets: [] });
      await commit(records, batch(5, [message('#tea', 5)]));
      assert.deepEqual(await timesOf(records, '#tea'), [5]);
    });

    story('a query sees every change committed before it, durable or not', async (open) => {
      const records = await open();
      const seen: Promise<number[]>[] = [];
      records.commit(
        batch(
          9,
          [1, 2, 3, 4, 5].map((at) => message('#tea', at)),
        ),
        () => {},
      );
      for (let at = 1; at <= 5; at++) {
        records.commit({ ...batch(9 + at, []), changes: [{ timeline: '#tea', at, said: undefined }] }, () => {});
        seen.push(timesOf(records, '#tea'));
      }
      assert.deepEqual(await Promise.all(seen), [[2, 3, 4, 5], [3, 4, 5], [4, 5], [5], []]);
    });

    story('a search finds words in the rooms and conversations that are named, and nowhere else', async (open) => {
      const records = await open();
      const say = (timeline: string, at: number, nick: string, text: string): Row => ({
        ...message(timeline, at),
        body: `:${nick}!a@h PRIVMSG ${timeline} :${text}`,
      });
      const talk: Row = { ...say('=ann bob', 5, 'bob', 'the kettle, dear'), between: ['ann', 'bob'] };
      const rows = [
        say('#tea', 1, 'ann', 'Kettle on, grüße'),
        say('#tea', 2, 'Bob', 'which kettle? https://example.org'),
        event('#tea', 3),
        say('#milk', 4, 'ann', 'no kettle here'),
        talk,
        { ...talk, timeline: '=bob cat', at: 6, between: ['bob', 'cat'] as const },
        say('#tea', 7, 'ann', 'one line of a ket\rtle\nand more'),
      ];
      await commit(records, batch(1, rows));
      const find = async (query: Partial<Extract<Query, { kind: 'search' }>>): Promise<string> => {
        const all = { within: [{ timeline: '#tea', after: -1 }], identity: '', words: [], from: '', links: false };
        const range = { after: -1, before: NOW * 2, limit: 100, newest: true };
        const found = await rowsOf(records, { kind: 'search', ...all, ...range, ...query });
        return found.map(({ timeline, at }) => `${timeline}@${at}`).join(' ');
      };
      assert.equal(await find({}), '#tea@1 #tea@2 #tea@7');
      assert.equal(await find({ words: ['KETTLE'] }), '#tea@1 #tea@2 #tea@7');
      assert.equal(await find({ words: ['kettle', 'grüße'] }), '#tea@1');
      assert.equal(await find({ words: ['GRÜ'] }), '#tea@1');
      assert.equal(await find({ words: ['privmsg'] }), '');
      assert.equal(await find({ from: 'bob' }), '#tea@2');
      assert.equal(await find({ links: true }), '#tea@2');
      assert.equal(await find({ after: 1, before: 7 }), '#tea@2');
      assert.equal(await find({ limit: 1 }), '#tea@7');
      assert.equal(await find({ limit: 1, newest: false }), '#tea@1');
      assert.equal(
        await find({
          within: [
            { timeline: '#tea', after: 2 },
            { timeline: '#milk', after: -1 },
          ],
        }),
        '#milk@4 #tea@7',
      );
      assert.equal(await find({ within: [], identity: 'ann', words: ['dear'] }), '=ann bob@5');
      assert.equal(await find({ identity: 'bob', words: ['kettle'], limit: 3 }), '=ann bob@5 =bob cat@6 #tea@7');
      await commit(records, {
        ...batch(8, []),
        changes: [
          { timeline: '#tea', at: 2, said: undefined },
          { timeline: '#tea', at: 1, said: { body: ':ann!a@h PRIVMSG #tea :pot on', tags: '' } },
        ],
      });
      assert.equal(await find({ words: ['kettle'] }), '#tea@7');
      assert.equal(await find({ words: ['pot'] }), '#tea@1');
    });

    story('two rows of a timeline never get one time: that is a broken invariant', async (open) => {
      const records = await open();
      await commit(records, batch(1, [message('#tea', 10)]));
      const wrong = { name: 'AssertionError' };
      assert.throws(() => records.commit(batch(2, [message('#tea', 10)]), () => {}), wrong);
      assert.throws(() => records.commit(batch(2, [event('#tea', 9)]), () => {}), wrong);
    });

    story('retention by age removes what is older, in every timeline, and forgets no fresh send id', async (open) => {
      const records = await open();
      const rows: Row[] = [
        { ...message('#tea', NOW - 20 * DAY_MS), sendId: 'very-old' },
        { ...message('#tea', NOW - 10 * DAY_MS), sendId: 'old' },
        { ...message('#tea', NOW - DAY_MS), sendId: 'kept' },
        event('#milk', NOW - 8 * DAY_MS),
        message('#milk', NOW - 7 * DAY_MS),
      ];
      await commit(records, batch(1, rows));
      assert.equal(await records.retain({ kind: 'forever' }, NOW), 0);
      assert.equal(await records.retain({ kind: 'age', ageMs: 7 * DAY_MS }, NOW), 3);
      assert.deepEqual(await rowsOf(records, page('#tea')), [rows[2]]);
      assert.deepEqual(await rowsOf(records, page('#milk')), [rows[4]]);
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'very-old' }), []);
      const bare = { ...rows[1], body: '', tags: '' };
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'old' }), [bare]);
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'kept' }), [rows[2]]);
      assert.equal(await records.retain({ kind: 'age', ageMs: 7 * DAY_MS }, NOW + 5 * DAY_MS), 1);
      assert.deepEqual(await rowsOf(records, { kind: 'sent', sendId: 'old' }), []);
    });

    story('retention by rows keeps the newest of each timeline, messages and events apart', async (open) => {
      const records = await open();
      let pos = 0;
      const rows: Row[] = [];
      for (let at = 1; at <= 2_500; at++) rows.push({ ...message('#long', at), pos: ++pos });
      for (let at = 1; at <= 3; at++) rows.push({ ...message('#short', at), pos: ++pos });
      for (let at = 4; at <= 9; at++) rows.push({ ...event('#short', at), pos: ++pos });
      await commit(records, batch(pos, rows));
      assert.equal(await records.retain({ kind: 'rows', rows: 5 }, NOW), 2_495 + 1);
      assert.deepEqual(await timesOf(records, '#long'), [2496, 2497, 2498, 2499, 2500]);
      assert.deepEqual(await timesOf(records, '#short'), [1, 2, 3, 5, 6, 7, 8, 9]);
      assert.equal(await records.retain({ kind: 'rows', rows: 5 }, NOW), 0);
      assert.equal(await records.retain({ kind: 'rows', rows: 0 }, NOW), 13);
    });

    story('commits during a sweep are stored, and are not swept', async (open) => {
      const records = await open();
      const old = Array.from({ length: 5_000 }, (_, index) => message('#tea', index + 1));
      await commit(records, batch(1, old));
      const sweep = records.retain({ kind: 'age', ageMs: DAY_MS }, NOW);
      for (let pos = 2; pos <= 20; pos++) await commit(records, batch(pos, [message('#tea', NOW + pos)]));
      assert.equal(await sweep, 5_000);
      assert.equal((await timesOf(records, '#tea')).length, 19);
    });

    story('a sweep that close overtakes ends, with what it has done', async (open) => {
      const records = await open();
      const old = Array.from({ length: 3_000 }, (_, index) => message('#tea', index + 1));
      records.commit(batch(1, old), () => {});
      const sweeps = [1, 2].map(() => records.retain({ kind: 'age', ageMs: DAY_MS }, NOW));
      await Promise.resolve(); // the first has been ordered
      const close = records.close();
      const [first = -1, second] = await Promise.all(sweeps);
      assert.ok(first >= 0 && first <= 3_000);
      assert.equal(second, 0);
      await close;
    });

    story('after close it answers that it is closed, and takes no batch', async (open) => {
      const records = await open();
      await records.close();
      assert.equal((await ask(records, page('#tea'))).kind, 'failed');
      assert.throws(() => records.commit(batch(1, []), () => {}), { name: 'AssertionError' });
      assert.equal(await records.retain({ kind: 'rows', rows: 0 }, NOW), 0);
      await records.close();
    });

    if (!lasts) return;

    story('close stores what is pending', async (open) => {
      const records = await open();
      let done = 0;
      for (let pos = 1; pos <= 50; pos++) records.commit(batch(pos, [message('#tea', pos)]), () => (done += 1));
      await records.close();
      assert.equal(done, 50);
      assert.equal((await timesOf(await open(), '#tea')).length, 50);
    });

    story('opened again, it has its name, position, latest time, records and rows', async (open) => {
      const first = await open();
      const put = (key: string, value: string | null): RecordPut => ({ kind: 'room', key, value });
      await commit(first, {
        pos: 7,
        rows: [message('#tea', NOW)],
        puts: [put('#tea', '1'), put('#milk', '"x\\u0000"')],
      });
      await commit(first, {
        pos: 9,
        rows: [],
        puts: [put('#tea', '2'), put('#gone', '3'), { kind: 'other', key: '#tea', value: '4' }],
      });
      await commit(first, { pos: 9, rows: [], puts: [put('#gone', null), put('#never', null)] });
      await first.close();

      const again = await open();
      const { incarnation, pos, at } = again.restored;
      assert.deepEqual({ incarnation, pos, at }, { incarnation: first.restored.incarnation, pos: 9, at: NOW });
      assert.deepEqual(
        [...again.restored.records].sort((a, b) => (a.kind + a.key < b.kind + b.key ? -1 : 1)),
        [{ kind: 'other', key: '#tea', value: '4' }, put('#milk', '"x\\u0000"'), put('#tea', '2')],
      );
      assert.deepEqual(await rowsOf(again, page('#tea')), [message('#tea', NOW)]);

      // The latest time outlives its row, or times would go back after retention.
      await again.retain({ kind: 'rows', rows: 0 }, NOW);
      await again.close();
      assert.equal((await open()).restored.at, NOW);
    });
  });
}

export function message(timeline: string, at: number): Row {
  return { timeline, at, pos: at, kind: 'message', body: `:ann!a@h PRIVMSG ${timeline} :at ${at}`, tags: '' };
}

export function event(timeline: string, at: number): Row {
  return { timeline, at, pos: at, kind: 'event', body: `:ann!a@h JOIN ${timeline}`, tags: '' };
}

export function batch(pos: number, rows: readonly Row[]): Batch {
  return { pos, rows, puts: [] };
}

export function page(timeline: string): Extract<Query, { kind: 'page' }> {
  return { kind: 'page', timeline, after: 0, before: NOW * 2, limit: 10_000, newest: true, events: true };
}

function targets(timelines: readonly string[], identity: string): Extract<Query, { kind: 'targets' }> {
  return { kind: 'targets', timelines, identity, after: 0, before: NOW * 2, limit: 100 };
}

export function commit(records: Records, batch: Batch): Promise<void> {
  return new Promise((resolve) => records.commit(batch, resolve));
}

export function ask(records: Records, query: Query): Promise<Answer> {
  return new Promise((resolve) => records.ask(query, resolve));
}

export async function rowsOf(records: Records, query: Query): Promise<readonly Row[]> {
  const answer = await ask(records, query);
  assert(answer.kind === 'rows', `answered ${JSON.stringify(answer)}`);
  return answer.rows;
}

async function timesOf(records: Records, timeline: string): Promise<number[]> {
  return (await rowsOf(records, page(timeline))).map((row) => row.at);
}
