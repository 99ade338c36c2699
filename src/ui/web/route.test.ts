import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatRoute, parseInvitation, parseRoute } from './route.ts';

test('an address names a room, a person, the server, and one message', () => {
  assert.deepEqual(parseRoute('#/r/general'), { room: '#general' });
  assert.deepEqual(parseRoute('#/r/general/m/a1'), { room: '#general', msgid: 'a1' });
  assert.deepEqual(parseRoute('#/r/%23double'), { room: '##double' });
  assert.deepEqual(parseRoute('#/u/ann'), { room: 'ann' });
  assert.deepEqual(parseRoute('#/server'), { room: '' });
});

test('an address that names nothing is nothing', () => {
  for (const hash of [
    '',
    '#',
    '#/',
    '#/r',
    '#/r/',
    '#/u/',
    '#/r/a b',
    '#/r/a%2Cb',
    '#/u/%23room',
    '#/x/y',
    '#/r/a%0d%0aQUIT',
  ]) {
    assert.equal(parseRoute(hash), undefined, hash);
  }
});

test('what we format, we parse back', () => {
  const name = fc.stringMatching(/^[^\s,#:@!*?$\u0000-\u001f]{1,20}$/u).filter((s) => s.isWellFormed());
  fc.assert(
    fc.property(
      name,
      fc.boolean(),
      fc.option(fc.stringMatching(/^[a-z0-9/-]{1,12}$/), { nil: undefined }),
      (n, isRoom, msgid) => {
        const route = { room: isRoom ? `#${n}` : n, ...(msgid === undefined ? {} : { msgid }) };
        assert.deepEqual(parseRoute(formatRoute(route)), route);
      },
    ),
  );
});

test('no address throws', () => {
  for (const hash of ['%', '%E0%A4%A', '\u0000', '\ud800', '\u202e']) {
    assert.doesNotThrow(() => [parseRoute(`#/r/${hash}`), parseRoute(hash), parseInvitation(`#k=${hash}`)], hash);
  }
});

test('an invitation carries a key, and perhaps a room', () => {
  assert.deepEqual(parseInvitation('#k=abc-DEF'), { key: 'abc-DEF' });
  assert.deepEqual(parseInvitation('#k=abc&r=tea'), { key: 'abc', room: '#tea' });
  assert.deepEqual(parseInvitation('#k=abc&r=%23tea'), { key: 'abc', room: '#tea' });
  assert.deepEqual(parseInvitation('#k=abc&r=a b'), { key: 'abc' });
  assert.equal(parseInvitation('#k='), undefined);
  assert.equal(parseInvitation('#/r/k=abc'), undefined);
});
