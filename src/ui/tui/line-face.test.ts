import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Action } from '../../core/client/events.ts';
import { happened, NOON, room, said, view, type FakeView } from '../../../tests/e2e/tui-fake.ts';
import type { Conversation } from './conversation.ts';
import { Journal } from './journal.ts';
import { jsonLine } from './json.ts';
import { runLines } from './line-face.ts';
import { plainLine } from './plain.ts';

const clock = { time: (at: number) => new Date(at).toISOString().slice(11, 16), day: () => '' };

function told(journal: Journal, now: FakeView): string[] {
  return journal.changes(now).flatMap((change) => plainLine(change, now, clock) ?? []);
}

test('what happens is told once, one line each', () => {
  const tea = room('#tea', [said('ben', 'did you **see**')], { topic: 'Tea' });
  const ops = room('#ops');
  const now = view([tea, ops]);
  const journal = new Journal();
  assert.deepEqual(told(journal, now), [
    '-- Online as ana.',
    '-- You are in #tea now. Topic: Tea',
    '12:00 ben: did you see',
  ]);
  assert.deepEqual(told(journal, now), []);
  tea.items.push(
    said('joe', 'no', { replyTo: { msgid: 'x', from: 'ben', text: 'did' } }),
    happened('quit', 'kit', 'kit left (bye)'),
  );
  ops.items.push(said('mira', 'waves', { form: 'action' }));
  tea.version += 1;
  ops.version += 1;
  assert.deepEqual(told(journal, now), [
    '12:00 joe replied to ben: no',
    '12:00 kit left (bye)',
    '12:00 [#ops] * mira waves',
  ]);
});

test('an own message is told when it arrived, when it waits, and when it failed', () => {
  const tea = room('#tea');
  const now = view([tea]);
  const journal = new Journal();
  told(journal, now);
  const mine = said('ana', 'hello', { delivery: { state: 'sending', since: NOON } });
  const step = (delivery: typeof mine.delivery): string[] => {
    tea.items[0] = { ...mine, delivery };
    tea.version += 1;
    return told(journal, now);
  };
  assert.deepEqual(step({ state: 'sending', since: NOON }), []);
  assert.deepEqual(step({ state: 'queued' }), ['-- queued: hello']);
  assert.deepEqual(step({ state: 'sent' }), ['12:00 ana: hello']);
  assert.deepEqual(step({ state: 'failed', reason: 'banned' }), ['! not sent (banned): hello']);
});

test('reactions are told by who and to what', () => {
  const item = said('ben', 'done');
  const tea = room('#tea', [item]);
  const now = view([tea]);
  const journal = new Journal();
  told(journal, now);
  tea.items[0] = { ...item, reactions: new Map([['👍', ['joe']]]) };
  tea.version += 1;
  assert.deepEqual(told(journal, now), ['-- joe reacted 👍 to ben: done']);
});

test('no text makes a second line or an escape sequence, plain or JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const now = view([
        room(
          `#${text}`,
          [said(text, text, { replyTo: { msgid: 'x', from: text, text } }), happened('kick', text, text)],
          { topic: text },
        ),
      ]);
      for (const change of new Journal().changes(now)) {
        assert.doesNotMatch(plainLine(change, now, clock) ?? '', /[\x00-\x1f\x7f-\x9f]/);
        const json = jsonLine(change);
        assert.doesNotMatch(json, /[\x00-\x1f]/);
        assert.doesNotThrow(() => JSON.parse(json));
      }
    }),
  );
});

function stage(now: FakeView): { conversation: Conversation; actions: Action[] } {
  const actions: Action[] = [];
  const nothing = (): void => {};
  const conversation: Conversation = {
    view: now,
    knowledge: { complete: () => undefined, commands: [] },
    secure: false,
    act: (action) => void actions.push(action),
    nudge: nothing,
    drafts: new Map(),
    keepDrafts: nothing,
    onChanged: nothing,
    onNotified: nothing,
    onRemark: nothing,
    onEnd: nothing,
    close: async () => {},
  };
  return { conversation, actions };
}

test('lines of the input go to the current room; JSON lines may name another', async () => {
  const now = view([room('#tea'), room('#ops')]);
  const { conversation, actions } = stage(now);
  const input = new PassThrough();
  const output = new PassThrough();
  let printed = '';
  output.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = runLines(conversation, 'json', { input, output });
  input.end('hello\n\n{"room":"#OPS","text":"over there"}\n{"room":"#nowhere","text":"x"}\n/join #new\n');
  assert.equal(await ended, 0);
  assert.deepEqual(actions, [
    { do: 'enter', room: '#tea', text: 'hello' },
    { do: 'enter', room: '#ops', text: 'over there' },
    { do: 'enter', room: '#tea', text: '/join #new' },
  ]);
  assert.match(printed, /"type":"error","text":"There is no room #nowhere here."/);
});

test('the end of the input waits for what is unsent', async () => {
  const now = view([room('#tea')], { unsent: 1 });
  const { conversation } = stage(now);
  const input = new PassThrough();
  const ended = runLines(conversation, 'plain', { input, output: new PassThrough() });
  input.end();
  await once(input, 'close');
  now.unsent = 0;
  conversation.onChanged();
  assert.equal(await ended, 0);
});

test('a reader that does not read is not written to without bound', async () => {
  const tea = room('#tea');
  const now = view([tea]);
  const { conversation } = stage(now);
  const output = new PassThrough({ highWaterMark: 1024 });
  const ended = runLines(conversation, 'plain', { input: new PassThrough(), output });
  for (let n = 0; n < 3_000; n += 1) {
    tea.items.push(said('ben', 'x'.repeat(400)));
    if (tea.items.length > 1_000) tea.items.shift();
    tea.version += 1;
    conversation.onChanged();
  }
  assert.ok(output.writableLength < 300 * 1024, `${output.writableLength} bytes wait`);
  conversation.onEnd(undefined);
  assert.equal(await ended, 0);
});
