import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/core/hub/settings.ts';
import { Host } from './host.ts';

/** What is answered to a message of these lines, where two lines and ten bytes are the most. */
function answers(...lines: readonly string[]): readonly string[] {
  const host = new Host('late', { limits: { ...LIMITS, multilineLines: 2, multilineBytes: 10 } });
  const conn = host.connect();
  for (const line of [
    'CAP REQ :draft/multiline batch echo-message',
    'NICK ann',
    'USER ann 0 * :Ann',
    'CAP END',
    'JOIN #a',
  ])
    host.line(conn, line);
  host.settle();
  const before = host.sent.get(conn)?.length;
  host.line(conn, 'BATCH +1 draft/multiline #a');
  for (const line of lines) host.line(conn, `@batch=1 PRIVMSG #a :${line}`);
  host.line(conn, 'BATCH -1');
  host.settle();
  return host.sent.get(conn)?.slice(before) ?? [];
}

test('a message is as long as it may be, its line feeds counted', () => {
  assert.equal(answers('12345', '6789').length, 4);
  const tooLong = [':parley.test FAIL BATCH MULTILINE_MAX_BYTES 10 :The message is too long'];
  assert.deepEqual(answers('12345', '67890'), tooLong);
  assert.deepEqual(answers('éééééé'), tooLong);
});

test('a message has as many lines as it may have', () => {
  assert.deepEqual(answers('1', '2', '3', '4'), [
    ':parley.test FAIL BATCH MULTILINE_MAX_LINES 2 :The message has too many lines',
  ]);
});
