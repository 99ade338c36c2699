import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cleanUserName, isNick, isRoomName, matchMask, normalizeMask, parseHostmask } from './names.ts';

test('a nick is ASCII, and does not begin with a digit or hyphen', () => {
  for (const nick of ['ann', 'A', 'ann2', 'ann-b', '[ann]', '\\`_^{|}', 'a'.repeat(32)]) {
    assert.equal(isNick(nick, 32), true, nick);
  }
  const wrong = [
    '',
    '2ann',
    '-ann',
    'ann b',
    'ann,bob',
    'ann!',
    'ann@home',
    '#ann',
    ':ann',
    '*',
    'ann.b',
    'ann~',
    '+ann',
  ];
  for (const nick of [...wrong, 'änn', 'аnn', 'ann\u200b', 'ann\n', 'ann\0', 'a'.repeat(33)]) {
    assert.equal(isNick(nick, 32), false, JSON.stringify(nick));
  }
});

test('a room name begins with # and holds anything that can be seen', () => {
  for (const name of ['#tea', '##', '#1', '#a:b', '#чай', '#お茶', '#🫖', '#a!b@c', '#a*?']) {
    assert.equal(isRoomName(name, 64), true, name);
  }
  const wrong = ['', '#', 'tea', '&tea', ' #tea', '#te a', '#te,a', '#te\x07a', '#te\x02a', '#te\x7fa', '#te\u0085a'];
  const unseen = [
    '#te\u00a0a',
    '#te\u200ba',
    '#te\u200da',
    '#te\u202ea',
    '#te\u2066a',
    '#te\ufeffa',
    '#te\u00ada',
    '#te\ud83ea',
  ];
  for (const name of [...wrong, ...unseen]) assert.equal(isRoomName(name, 64), false, JSON.stringify(name));
});

test('the length of a room name counts characters and bytes', () => {
  assert.equal(isRoomName(`#${'a'.repeat(63)}`, 64), true);
  assert.equal(isRoomName(`#${'a'.repeat(64)}`, 64), false);
  assert.equal(isRoomName(`#${'茶'.repeat(66)}`, 255), true); // 199 bytes
  assert.equal(isRoomName(`#${'茶'.repeat(67)}`, 255), false);
});

test('a user name keeps what is harmless', () => {
  const table: [string, string][] = [
    ['ann', 'ann'],
    ['~ann', 'ann'],
    ['ann@home!x y', 'annhomexy'],
    ['a.b-c_d', 'a.b-c_d'],
    ['0123456789abc', '0123456789'],
    ['żółw', 'w'],
    ['*', ''],
    ['', ''],
  ];
  for (const [text, name] of table) assert.equal(cleanUserName(text, 10), name);
});

test('a mask is filled up', () => {
  const table: [string, string][] = [
    ['ann', 'ann!*@*'],
    ['ann*', 'ann*!*@*'],
    ['ann@host', '*!ann@host'],
    ['*@192.0.2.*', '*!*@192.0.2.*'],
    ['ann!a', 'ann!a@*'],
    ['ann!a@host', 'ann!a@host'],
    ['!@', '*!*@*'],
    ['', '*!*@*'],
    ['***', '*!*@*'],
    ['a**b!*@**', 'a*b!*@*'],
    ['example.org', '*!*@example.org'],
    ['2001:db8::*', '*!*@2001:db8::*'],
    ['a!b@c@d', 'a!b@c@d'],
  ];
  for (const [mask, full] of table) assert.equal(normalizeMask(mask), full, mask);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '!', '@', '.') }), (mask) => {
      assert.equal(normalizeMask(normalizeMask(mask)), normalizeMask(mask));
    }),
  );
});

test('a hostmask is taken apart', () => {
  assert.deepEqual(parseHostmask('ann!a@host'), { nick: 'ann', user: 'a', host: 'host' });
  assert.deepEqual(parseHostmask('ann@host'), { nick: 'ann', user: '', host: 'host' });
  assert.deepEqual(parseHostmask('irc.example.org'), { nick: 'irc.example.org', user: '', host: '' });
  assert.deepEqual(parseHostmask(''), { nick: '', user: '', host: '' });
});

test('masks match as people expect', () => {
  const table: [mask: string, hits: string[], misses: string[]][] = [
    ['*!*@198.51.100.7', ['ann!a@198.51.100.7'], ['ann!a@198.51.100.70', 'ann!a@198.51.100.1']],
    ['ann*!*@*', ['ann!a@h', 'Anna!b@h'], ['an!a@h', 'bob!ann@h']],
    ['ann!?a@*', ['ann!~a@h'], ['ann!a@h', 'ann!~~a@h']],
    ['a?*!*@*', ['ab!u@h', 'abc!u@h'], ['a!']],
    ['[a-z]*', ['[a-z]!u@h'], ['b!u@h', 'a!u@h']],
    ['ANN', ['ann', 'Ann'], ['annn', 'an', '']],
    ['*', ['', 'anything'], []],
    ['', [''], ['a']],
    ['?', ['a', '*'], ['', 'ab']],
    ['*ab*ab', ['abab', 'abxabxab'], ['ab', 'ababx']],
    ['a.c', ['a.c'], ['abc']],
  ];
  for (const [mask, hits, misses] of table) {
    for (const text of hits) assert.equal(matchMask(mask, text), true, `${mask} and ${text}`);
    for (const text of misses) assert.equal(matchMask(mask, text), false, `${mask} and ${text}`);
  }
});

test('matching is what a pattern of the same meaning says', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  const masks = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 10 });
  fc.assert(
    fc.property(masks, letters, (mask, text) => {
      const pattern = new RegExp(`^${mask.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      assert.equal(matchMask(mask, text), pattern.test(text));
    }),
    { numRuns: 500 },
  );
});

test('no mask makes matching take for ever', () => {
  // One that tried every way to share 500 letters among 100 stars would not end.
  assert.equal(matchMask(`${'*a'.repeat(100)}b`, 'a'.repeat(500)), false);
});
