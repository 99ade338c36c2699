import assert from 'node:assert/strict';
import test from 'node:test';
import { fold } from '../wire/casemap.ts';
import { Client } from './client.ts';
import { complete, type Completion } from './completion.ts';
import { EMOJI } from './emoji.ts';

function talk(): Client {
  const client = new Client({ nick: 'ann', realname: 'Ann', rooms: ['#tea', '#test'] }, () => 0.5);
  client.handle({ kind: 'started', at: 1, kept: new Map() });
  client.handle({ kind: 'opened', at: 1, secure: true });
  const lines = [
    ':srv 001 ann :Welcome',
    ':srv 422 ann :No MOTD',
    ':ann!a@h JOIN #tea',
    ':srv 353 ann = #tea :ann Joe joanna bob',
    ':srv 366 ann #tea :End',
    ':joanna!j@h PRIVMSG #tea :hi',
  ];
  client.handle({ kind: 'lines', at: 2, lines });
  return client;
}

/** Completes at the `|`. */
function at(text: string): Completion | undefined {
  const cursor = text.indexOf('|');
  return complete(talk().view, fold('#tea'), text.replace('|', ''), cursor);
}

const texts = (text: string): string[] | undefined => at(text)?.candidates.map((candidate) => candidate.text);

test('nicks: who spoke last comes first, a colon at the beginning of the line', () => {
  assert.deepEqual(texts('jo|'), ['joanna: ', 'Joe: ']);
  assert.deepEqual(texts('ask @jo|'), ['joanna ', 'Joe ']);
  assert.deepEqual(at('ask jo| now')?.from, 4);
  assert.equal(at('ask jo| now')?.to, 6);
  assert.equal(texts('an|'), undefined, 'not oneself');
  assert.equal(texts('|'), undefined);
});

test('rooms and emoji', () => {
  assert.deepEqual(texts('see #te|'), ['#tea ', '#test ']);
  assert.equal(texts(':rock|')?.[0], '🚀 ');
  assert.equal(at(':)|'), undefined);
});

test('commands, with their usage once they are there', () => {
  assert.deepEqual(texts('/jo|'), ['/join ']);
  assert.equal(at('/kick |')?.usage, '/kick <nick> [reason]');
  assert.deepEqual(texts('/kick bo|'), ['bob ']);
  assert.deepEqual(texts('/join #te|'), ['#tea ', '#test ']);
  assert.deepEqual(texts('/msg #te|'), ['#tea ', '#test ']);
  assert.deepEqual(texts('/msg bob ask Jo|'), ['joanna ', 'Joe ']);
  assert.equal(texts('/react tada|')?.[0], '🎉 ');
  assert.equal(at('//etc|'), undefined);
  assert.equal(at('/nonsense x|'), undefined);
});

test('every emoji has one name of its own and a glyph', () => {
  assert.equal(new Set(EMOJI.map(({ name }) => name)).size, EMOJI.length);
  for (const { name, glyph } of EMOJI) {
    assert.match(name, /^[a-z0-9_+-]+$/);
    assert.match(glyph, /\p{Extended_Pictographic}|\p{Emoji_Presentation}/u, name);
  }
});
