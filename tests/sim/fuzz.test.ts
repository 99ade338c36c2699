/**
 * Nobody can make the hub fail: every command with every number and kind of parameter, before and after registration,
 * inside and outside rooms, and lines that are no commands at all. What it answers are lines that can be read, and it
 * serves the others meanwhile.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/core/base/random.ts';
import { COMMANDS } from '../../src/core/hub/features.ts';
import { SERVER_TAGS_BYTES_MAX, BODY_BYTES_MAX } from '../../src/core/wire/line-reader.ts';
import { parseMessage } from '../../src/core/wire/message.ts';
import { utf8Length } from '../../src/core/wire/utf8.ts';
import { Host } from './host.ts';

const NAMES = [...COMMANDS.keys(), 'FLY', '999', 'pRiVmSg'];
const WORDS = [
  '',
  ' ',
  ':',
  '*',
  '0',
  '-1',
  '#',
  '#a',
  '#b',
  '#A',
  '@#a',
  '+#a',
  '&a',
  '#a,#b',
  '#a,,#b',
  ',',
  'ann',
  'bob',
  'bob,ann',
  'nobody',
  '+o',
  '-o',
  '+ovklbeI',
  '-k',
  '+l',
  '+b',
  '+o-v+l-i',
  '99999999999999999999',
  '1e9',
  'NaN',
  '\u0001ACTION waves\u0001',
  '\u0000',
  '\u202e',
  '👍',
  'é'.repeat(200),
  'x'.repeat(400),
  '%tcuihsnfdlaor,42',
  '!*@*',
  '*!*@*',
  '*'.repeat(60),
  'timestamp=2026-11-20T12:00:00.000Z',
  'timestamp=no',
  'msgid=',
  'msgid=zzzzzzzzzz-zzzzzzzzzz-test',
  'LATEST',
  'BETWEEN',
  'TARGETS',
  'AROUND',
  '302',
  'LS',
  'REQ',
  'END',
  'echo-message',
  '-echo-message',
  'draft/multiline',
  'text=a;in=#a',
  '+1',
  '-1',
  '__proto__',
  'constructor',
];
const TAGS = [
  '',
  '',
  '',
  '@label=1 ',
  '@label=;x ',
  '@+typing=active ',
  '@batch=1 ',
  '@batch=1;draft/multiline-concat ',
  '@+draft/react=x ',
  '@+parley.chat/send-id=aaaaaaaaaaaaaaaaaaaaaa ',
  `@a=${'\\'.repeat(50)} `,
  '@;;; ',
  '@ ',
];

function anyLine(random: Random): string {
  const command = random.pick(NAMES) ?? '';
  const params = Array.from({ length: random.below(7) }, () => random.pick(WORDS) ?? '');
  const last = random.chance(0.5) ? ` :${random.pick(WORDS)}` : '';
  return `${random.pick(TAGS)}${random.chance(0.05) ? ':source ' : ''}${command} ${params.join(' ')}${last}`;
}

for (const mode of ['immediate', 'late'] as const) {
  test(`no line makes the hub fail, log orders ${mode === 'late' ? 'late' : 'at once'}`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      const host = new Host(mode);
      host.onLine = (_, line) => {
        assert.ok(parseMessage(line).ok, `unreadable: ${line}`);
        assert.ok(!/[\r\n\0]/.test(line), `more than one line: ${JSON.stringify(line)}`);
        const body = line.startsWith('@') ? line.slice(line.indexOf(' ') + 1) : line;
        assert.ok(utf8Length(body) <= BODY_BYTES_MAX, `${utf8Length(body)} bytes: ${line}`);
        assert.ok(utf8Length(line) - utf8Length(body) <= SERVER_TAGS_BYTES_MAX, `tags too long: ${line}`);
      };
      const conns = ['ann', 'bob', ''].map((nick) => {
        const conn = host.connect();
        if (nick !== '') {
          for (const line of [
            'CAP REQ :draft/multiline draft/message-redaction parley.chat/edit message-tags echo-message batch labeled-response server-time',
            `NICK ${nick}`,
            'USER x 0 * :x',
            'CAP END',
            'JOIN #a',
          ])
            host.line(conn, line);
        }
        host.settle();
        return conn;
      });
      for (let i = 0; i < 1_000; i++) {
        const at = random.below(conns.length);
        if (!host.open.has(conns[at] ?? 0)) conns[at] = host.connect();
        const line = anyLine(random);
        // A line reader hands over none that holds NUL.
        host.line(conns[at] ?? 0, line.includes('\0') ? { fault: 'has-nul' } : line);
        if (random.chance(0.3)) host.settle();
        if (random.chance(0.01)) {
          host.now += random.below(100_000);
          host.wake();
        }
      }
      host.settle();
      const witness = host.connect();
      for (const line of ['NICK witness', 'USER w 0 * :w', 'PING still-here']) host.line(witness, line);
      host.settle();
      assert.match(host.sent.get(witness)?.at(-1) ?? '', /PONG .*still-here/, `seed ${seed}`);
    }
  });
}
