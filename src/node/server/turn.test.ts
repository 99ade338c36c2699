import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HubEffect, HubEvent } from '../../core/hub/events.ts';
import type { Batch, Log, Ordered, Proposal } from '../../core/ports.ts';
import { ImmediateLog } from '../log/immediate-log.ts';
import { Turns } from './turn.ts';

/** A hub that does what lines say, and a disk that is done when told. */
class Stage {
  readonly events: HubEvent[] = [];
  readonly left: string[] = [];
  readonly commits: { pos: number; done: () => void }[] = [];
  readonly reading: string[] = [];
  readonly turns: Turns;
  unstalled = 0;
  #say: HubEffect[] = [];
  #pos = 0;
  #proposed = 0;

  constructor(log: Log = new ImmediateLog({ pos: 0, now: () => 5 })) {
    this.turns = new Turns({
      hub: { handle: (event) => this.#handle(event) },
      log,
      records: {
        commit: (batch: Batch, done: () => void) => void this.commits.push({ pos: batch.pos, done }),
        ask: (query, done) => queueMicrotask(() => done({ kind: 'failed', why: query.kind })),
      },
      now: () => 7,
      perform: (said) => void this.left.push(said.kind === 'send' ? said.text : `close ${said.conn}`),
      setReading: (conn, reading) => void this.reading.push(`${conn} ${reading ? 'resume' : 'pause'}`),
      onTurn: () => {},
      onUnstalled: () => void (this.unstalled += 1),
    });
  }

  line(text: string): void {
    this.turns.push({ kind: 'line', at: 1, conn: 1, line: text });
  }

  #handle(event: HubEvent): HubEffect[] {
    this.events.push(event);
    if (event.kind === 'ordered') {
      this.#pos = event.ordered.pos;
      this.#say.push({ kind: 'send', to: [1], text: `ordered ${event.ordered.n}` });
      return [];
    }
    if (event.kind === 'line' && typeof event.line === 'string') {
      const [word = '', rest = ''] = event.line.split(' ');
      if (word === 'propose') {
        this.#proposed += 1;
        return [
          { kind: 'propose', proposal: { n: this.#proposed, entry: { kind: 'quit', person: 'p', reason: rest } } },
        ];
      }
      if (word === 'ask') return [{ kind: 'query', query: 3, ask: { kind: 'sent', sendId: rest } }];
      if (word === 'pause' || word === 'resume') return [{ kind: word, conn: 1 }];
      if (word === 'close') this.#say.push({ kind: 'close', conn: 1, reason: rest });
      else this.#say.push({ kind: 'send', to: [1], text: event.line });
      return [];
    }
    if (event.kind !== 'turn-ended') return [];
    const effects: HubEffect[] = [];
    if (this.#pos > 0) effects.push({ kind: 'commit', batch: { pos: this.#pos, rows: [], puts: [] } });
    this.#pos = 0;
    effects.push(...this.#say);
    this.#say = [];
    return effects;
  }
}

const turn = () => new Promise(setImmediate);

test('what arrives together is one turn, and what it says leaves at its end', async () => {
  const stage = new Stage();
  stage.line('a');
  stage.line('b');
  assert.deepEqual(stage.events, []);
  await turn();
  assert.deepEqual(
    stage.events.map(({ kind }) => kind),
    ['line', 'line', 'turn-ended'],
  );
  assert.deepEqual(stage.left, ['a', 'b']);
});

test('a log that orders at once is heard before the next line', async () => {
  const stage = new Stage();
  stage.line('propose x');
  stage.line('propose y');
  stage.line('c');
  await turn();
  assert.deepEqual(
    stage.events.map(({ kind }) => kind),
    ['line', 'ordered', 'line', 'ordered', 'line', 'turn-ended'],
  );
  stage.commits[0]?.done();
  assert.deepEqual(stage.left, ['ordered 1', 'ordered 2', 'c']);
});

test('a log that orders later begins a turn of its own', async () => {
  const proposals: Proposal[] = [];
  const log: Log = { propose: (proposal) => void proposals.push(proposal), onOrdered: () => {} };
  const stage = new Stage(log);
  stage.line('propose x');
  await turn();
  assert.equal(stage.commits.length, 0);
  const [first] = proposals;
  assert.ok(first);
  log.onOrdered({ ...first, pos: 1, at: 9 } satisfies Ordered);
  await turn();
  assert.equal(stage.commits.length, 1);
  assert.deepEqual(stage.left, []);
  stage.commits[0]?.done();
  assert.deepEqual(stage.left, ['ordered 1']);
});

test('nothing leaves before it is stored, and turns leave in order', async () => {
  const stage = new Stage();
  stage.line('propose x');
  await turn();
  stage.line('PONG');
  await turn();
  stage.line('propose y');
  await turn();
  assert.deepEqual(stage.left, []);
  // Handled while the disk works, all three.
  assert.deepEqual(
    stage.commits.map(({ pos }) => pos),
    [1, 2],
  );
  stage.commits[1]?.done();
  assert.deepEqual(stage.left, [], 'a later batch does not let go of an earlier one');
  stage.commits[0]?.done();
  assert.deepEqual(stage.left, ['ordered 1', 'PONG', 'ordered 2']);
  stage.line('d');
  await turn();
  assert.equal(stage.left.at(-1), 'd');
});

test('a connection closes after its lines, and not before they are stored', async () => {
  const stage = new Stage();
  stage.line('propose x');
  stage.line('close bye');
  await turn();
  assert.deepEqual(stage.left, []);
  stage.commits[0]?.done();
  assert.deepEqual(stage.left, ['ordered 1', 'close 1']);
});

test('who waits for a turn to have left is called after its lines', async () => {
  const stage = new Stage();
  stage.line('propose x');
  stage.turns.whenLeft(() => void stage.left.push('left'));
  await turn();
  assert.deepEqual(stage.left, []);
  stage.commits[0]?.done();
  assert.deepEqual(stage.left, ['ordered 1', 'left']);
});

test('an answer comes back as an event, and reading stops at once', async () => {
  const stage = new Stage();
  stage.line('ask 1');
  stage.line('pause');
  await turn();
  assert.deepEqual(stage.reading, ['1 pause']);
  await turn();
  assert.deepEqual(
    stage.events.find(({ kind }) => kind === 'answered'),
    { kind: 'answered', at: 7, query: 3, answer: { kind: 'failed', why: 'sent' } },
  );
});

test('too much waiting for the disk is told, and told again when it has left', async () => {
  const stage = new Stage();
  stage.line('propose x');
  await turn();
  const long = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 33; i++) stage.line(long);
  assert.equal(stage.turns.stalled, false);
  await turn();
  assert.equal(stage.turns.stalled, true);
  assert.equal(stage.unstalled, 0);
  stage.commits[0]?.done();
  assert.equal(stage.turns.stalled, false);
  assert.equal(stage.unstalled, 1);
  assert.equal(stage.left.length, 34);
});

test('after the end no event is handled', async () => {
  const stage = new Stage();
  stage.line('a');
  stage.turns.close();
  stage.line('b');
  await turn();
  assert.deepEqual(stage.events, []);
});
