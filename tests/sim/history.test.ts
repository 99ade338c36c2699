import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from './host.ts';

for (const mode of ['immediate', 'late'] as const) {
  test(`history holds what was said before it was asked for, and nothing heard live afterwards (${mode})`, () => {
    const host = new Host(mode);
    const [ann, bob] = ['ann', 'bob'].map((nick) => {
      const conn = host.connect();
      for (const line of ['CAP REQ :batch server-time message-tags', `NICK ${nick}`, 'USER x 0 * :x', 'CAP END'])
        host.line(conn, line);
      host.settle();
      return conn;
    }) as [number, number];
    host.line(ann, 'JOIN #tea');
    host.settle();
    const heard = host.sent.get(bob)?.length ?? 0;

    // All of it arrives together, in one turn.
    host.line(ann, 'PRIVMSG #tea :before');
    host.line(bob, 'JOIN #tea');
    host.line(bob, 'CHATHISTORY LATEST #tea * 10');
    if (mode === 'late') host.order();
    host.line(ann, 'PRIVMSG #tea :after');
    host.settle();

    const lines = (host.sent.get(bob) ?? []).slice(heard).filter((line) => line.includes('PRIVMSG'));
    const heardBy = (line: string): string =>
      `${line.includes('batch=') ? 'in history' : 'live'}: ${line.slice(line.lastIndexOf(':') + 1)}`;
    assert.deepEqual(lines.map(heardBy).sort(), ['in history: before', 'live: after']);
  });
}
