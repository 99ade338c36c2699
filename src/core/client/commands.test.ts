import assert from 'node:assert/strict';
import test from 'node:test';
import { COMMANDS, commandNamed, nearest, readArgs, usage } from './commands.ts';

const args = (name: string, text: string): unknown => readArgs(commandNamed(name)!, text);

test('usage is written from the arguments', () => {
  assert.equal(usage(commandNamed('kick')!), '/kick <nick> [reason]');
  assert.equal(usage(commandNamed('back')!), '/back');
});

test('words are taken one by one, text is the rest', () => {
  assert.deepEqual(args('msg', 'bob  hello  there '), { to: 'bob', text: 'hello  there' });
  assert.deepEqual(args('kick', 'bob'), { nick: 'bob' });
  assert.equal(args('msg', 'bob'), undefined);
});

test('an optional argument that does not fit is left to the next', () => {
  assert.deepEqual(args('reply', '3 yes'), { nth: '3', text: 'yes' });
  assert.deepEqual(args('reply', 'yes 3'), { text: 'yes 3' });
  assert.deepEqual(args('leave', '#tea bye'), { room: '#tea', reason: 'bye' });
  assert.deepEqual(args('leave', 'good night'), { reason: 'good night' });
});

for (const [typed, meant] of [
  ['jion', 'join'],
  ['qiut', 'quit'],
  ['mgs', 'msg'],
  ['halp', 'help'],
  ['whosi', 'whois'],
  ['xyzzy', undefined],
  ['frobnicate', undefined],
] as const) {
  test(`/${typed} is near ${meant ?? 'nothing'}`, () => assert.equal(nearest(typed), meant));
}

test('every name is used once, and every command says what it does', () => {
  const names = COMMANDS.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
  assert.equal(new Set(names).size, names.length);
  for (const { summary, args } of COMMANDS) {
    assert.match(summary, /^[A-Z].*[^.]$/);
    // Text takes the rest, so nothing can follow it.
    assert.equal(
      args.slice(0, -1).some(({ kind }) => kind === 'text'),
      false,
    );
  }
});
