/** What arrives in one packet is handled in one turn; that must not cost anybody a line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from './host.ts';

for (const mode of ['immediate', 'late'] as const) {
  test(`who says something and quits at once hears its echo, and the others hear both (${mode})`, () => {
    const host = new Host(mode);
    const [ann, bob] = ['ann', 'bob'].map((nick) => {
      const conn = host.connect();
      for (const line of ['CAP REQ :echo-message', `NICK ${nick}`, 'USER x 0 * :x', 'CAP END', 'JOIN #tea'])
        host.line(conn, line);
      host.settle();
      return conn;
    }) as [number, number];
    const before = [ann, bob].map((conn) => host.sent.get(conn)?.length ?? 0);
    host.line(ann, 'PRIVMSG #tea :last words');
    host.line(ann, 'QUIT');
    host.settle();
    const heard = [ann, bob].map((conn, i) => host.sent.get(conn)?.slice(before[i]));
    assert.deepEqual(heard[0], [':ann!~x@host PRIVMSG #tea :last words', 'ERROR Quit']);
    assert.deepEqual(heard[1], [':ann!~x@host PRIVMSG #tea :last words', ':ann!~x@host QUIT Quit']);
  });
}
