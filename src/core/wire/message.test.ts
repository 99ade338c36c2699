import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  NO_TAGS,
  escapeTagValue,
  formatBody,
  formatMessage,
  formatTags,
  parseMessage,
  parseTags,
  unescapeTagValue,
  type Message,
  type MessageFault,
} from './message.ts';

type Parts = { tags?: Record<string, string>; source?: string; command: string; params?: string[] };

function message({ tags = {}, source = '', command, params = [] }: Parts): Message {
  return { tags: new Map(Object.entries(tags)), source, command, params };
}

// The kinds of lines are those of https://github.com/ircdocs/parser-tests: what clients and servers really send.
const READ: [line: string, parts: Parts][] = [
  ['PING', { command: 'PING' }],
  ['PING a b c', { command: 'PING', params: ['a', 'b', 'c'] }],
  ['privMsg #tea hi', { command: 'PRIVMSG', params: ['#tea', 'hi'] }],
  ['TOPIC #tea :kettle is on', { command: 'TOPIC', params: ['#tea', 'kettle is on'] }],
  ['TOPIC #tea :', { command: 'TOPIC', params: ['#tea', ''] }],
  ['TOPIC #tea ::)', { command: 'TOPIC', params: ['#tea', ':)'] }],
  ['TOPIC #tea :  spaces around ', { command: 'TOPIC', params: ['#tea', '  spaces around '] }],
  ['TOPIC #tea :a :b : ', { command: 'TOPIC', params: ['#tea', 'a :b : '] }],
  ['TOPIC #tea a:b', { command: 'TOPIC', params: ['#tea', 'a:b'] }],
  [':ann AWAY', { source: 'ann', command: 'AWAY' }],
  [':ann AWAY  ', { source: 'ann', command: 'AWAY' }],
  [':ann!a@h JOIN :#tea', { source: 'ann!a@h', command: 'JOIN', params: ['#tea'] }],
  [':ann!a@h   MODE  #tea   +o  bob  ', { source: 'ann!a@h', command: 'MODE', params: ['#tea', '+o', 'bob'] }],
  ['  PING  a', { command: 'PING', params: ['a'] }],
  [':a\tb PING a\tb', { source: 'a\tb', command: 'PING', params: ['a\tb'] }],
  [
    ':ann!a@h\x0305.org PRIVMSG bob :\x02x',
    { source: 'ann!a@h\x0305.org', command: 'PRIVMSG', params: ['bob', '\x02x'] },
  ],
  [': PING', { command: 'PING' }],
  [':s 432  #momo :Erroneous', { source: 's', command: '432', params: ['#momo', 'Erroneous'] }],
  ['@a=1 PING', { tags: { a: '1' }, command: 'PING' }],
  [
    '@a=1;b;c=;+d/e.f=2 :s PING x',
    { tags: { a: '1', b: '', c: '', '+d/e.f': '2' }, source: 's', command: 'PING', params: ['x'] },
  ],
  ['@a=1;a=2;x/a=3;a PING', { tags: { 'x/a': '3', a: '' }, command: 'PING' }],
  ['@a=b=c;d==  PING', { tags: { a: 'b=c', d: '=' }, command: 'PING' }],
  ['@;a;;b; PING', { tags: { a: '', b: '' }, command: 'PING' }],
  ['@ PING', { command: 'PING' }],
  ['@a=\\:\\s\\\\\\r\\n PING', { tags: { a: '; \\\r\n' }, command: 'PING' }],
  ['@a=\\\\s;b=\\x;c=\\ PING', { tags: { a: '\\s', b: 'x', c: '' }, command: 'PING' }],
  ['@__proto__=1;constructor=2 PING', { tags: { ['__proto__']: '1', constructor: '2' }, command: 'PING' }],
  [
    'PING 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17',
    { command: 'PING', params: Array.from({ length: 17 }, (_, i) => `${i + 1}`) },
  ],
];

test('lines are read', () => {
  for (const [line, parts] of READ) assert.deepEqual(parseMessage(line), { ok: true, message: message(parts) }, line);
});

test('what is no message gets the name of its fault', () => {
  const table: [line: string, fault: MessageFault][] = [
    ['', 'empty'],
    ['   ', 'empty'],
    [':ann', 'empty'],
    [':ann  ', 'empty'],
    ['@a=1', 'empty'],
    ['@a=1 ', 'empty'],
    ['@a=1 :ann ', 'empty'],
    ['PRIV1 a', 'bad-command'],
    ['12 a', 'bad-command'],
    ['1234 a', 'bad-command'],
    ['01a', 'bad-command'],
    ['a123', 'bad-command'],
    ['PRIV-MSG', 'bad-command'],
    ['ПРИВЕТ', 'bad-command'],
    ['ſend', 'bad-command'], // upper case would make an S of the first letter
    [' @a=1 PING', 'bad-command'], // tags stand first or not at all
    ['\tPING', 'bad-command'],
    ['@=1 PING', 'tag-without-key'],
    ['@a;=;b PING', 'tag-without-key'],
    [`@a=${'x'.repeat(8190)} PING`, 'tags-too-long'],
  ];
  for (const [line, fault] of table) assert.deepEqual(parseMessage(line), { ok: false, fault }, line);
});

test('messages without tags share one empty map', () => {
  for (const line of ['PING', '@ PING']) {
    const parsed = parseMessage(line);
    assert.ok(parsed.ok);
    assert.equal(parsed.message.tags, NO_TAGS);
  }
});

test('lines are written', () => {
  const table: [parts: Parts, line: string][] = [
    [{ command: 'PING' }, 'PING'],
    [{ command: 'PING', params: ['a', 'b'] }, 'PING a b'],
    [{ source: 'ann', command: 'AWAY', params: [''] }, ':ann AWAY :'],
    [{ command: 'TOPIC', params: ['#tea', 'on now'] }, 'TOPIC #tea :on now'],
    [{ command: 'TOPIC', params: ['#tea', ':)'] }, 'TOPIC #tea ::)'],
    [{ command: 'TOPIC', params: ['#tea', 'a:b'] }, 'TOPIC #tea a:b'],
    [{ command: 'TOPIC', params: ['#t\tea', ' '] }, 'TOPIC #t\tea : '],
    [{ tags: { a: '', '+b': '; \\\r\n' }, source: 's', command: 'PING' }, '@a;+b=\\:\\s\\\\\\r\\n :s PING'],
  ];
  for (const [parts, line] of table) assert.equal(formatMessage(message(parts)), line);
  assert.equal(formatMessage({ command: 'PING', params: [] }), 'PING');
});

test('a parameter that cannot be written does not move those behind it', () => {
  assert.equal(formatBody('s', '401', ['ann', '', 'No such nick']), ':s 401 ann * :No such nick');
  assert.equal(formatBody('s', '401', ['ann', 'a b', 'No such nick']), ':s 401 ann * :No such nick');
  assert.equal(formatBody('s', '401', ['ann', ':a', 'No such nick']), ':s 401 ann * :No such nick');
});

test('nothing that is written becomes a second line', () => {
  assert.equal(formatBody('', 'PRIVMSG', ['#tea', 'hi\r\nQUIT\0']), 'PRIVMSG #tea :hi  QUIT ');
  const nasty = fc.string({ unit: fc.constantFrom('a', ' ', ':', ';', '\\', '\r', '\n', '\0', '@', '=') });
  fc.assert(
    fc.property(fc.array(nasty), nasty, (params, value) => {
      const line = formatMessage({ tags: new Map([['k', value]]), source: 's', command: 'PING', params });
      assert.doesNotMatch(line, /[\r\n\0]/);
      const parsed = parseMessage(line);
      assert.ok(parsed.ok);
      assert.equal(parsed.message.params.length, params.length);
    }),
  );
});

test('tags alone are read and written', () => {
  assert.deepEqual(parseTags(''), { ok: true, tags: NO_TAGS });
  assert.deepEqual(parseTags('a=1;+b'), { ok: true, tags: new Map(Object.entries({ a: '1', '+b': '' })) });
  assert.deepEqual(parseTags('=1'), { ok: false, fault: 'tag-without-key' });
  assert.equal(formatTags(NO_TAGS), '');
  assert.equal(formatTags(new Map(Object.entries({ a: '1', '+b': '' }))), 'a=1;+b');
});

// ---------------------------------------------------------------------------------------------- Properties

/** Everything that has a meaning somewhere in a line, and things that have none. */
const character = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...'ab1 :;=\\@+/!#,srn'.split(''), '\t', 'é', '茶', '🫖', '\ufeff', '\u2028'),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 0xffff }).map((code) => String.fromCharCode(code)) },
);
const anyText = fc.string({ unit: character });
const lineText = anyText.map((text) => text.replace(/[\r\n\0]/g, ''));
const word = lineText.map((text) => text.replaceAll(' ', '').replace(/^:+/, '')).filter((text) => text !== '');
const sourceText = lineText.map((text) => text.replaceAll(' ', ''));
const tagValue = anyText.map((text) => text.replaceAll('\0', ''));
const tagKey = fc.stringMatching(/^\+?([a-z0-9.]+\/)?[a-zA-Z0-9-]+$/);

const anyMessage: fc.Arbitrary<Message> = fc
  .tuple(
    fc.array(fc.tuple(tagKey, tagValue)),
    fc.oneof(fc.constant(''), sourceText),
    fc.oneof(fc.stringMatching(/^[A-Z]+$/), fc.stringMatching(/^[0-9]{3}$/)),
    fc.array(word),
    fc.option(lineText, { nil: undefined }),
  )
  .map(([tags, source, command, words, last]) => ({
    tags: new Map(tags),
    source,
    command,
    params: last === undefined ? words : [...words, last],
  }));

test('what we write we read back', () => {
  fc.assert(
    fc.property(anyMessage, (written) => {
      assert.deepEqual(parseMessage(formatMessage(written)), { ok: true, message: written });
    }),
  );
});

test('what we read and write again means the same', () => {
  fc.assert(
    fc.property(anyText, (line) => {
      const parsed = parseMessage(line.replace(/[\r\n\0]/g, ''));
      if (!parsed.ok) return;
      assert.deepEqual(parseMessage(formatMessage(parsed.message)), parsed);
    }),
    { numRuns: 1_000 },
  );
});

test('any text is read: a message that holds, or a named fault', () => {
  const faults = new Set(['empty', 'bad-command', 'tags-too-long', 'tag-without-key']);
  fc.assert(
    fc.property(
      fc.oneof(
        anyText,
        anyText.map((text) => `@${text}`),
        anyText.map((text) => `PING ${text}`),
      ),
      (line) => {
        const parsed = parseMessage(line);
        if (!parsed.ok) return assert.ok(faults.has(parsed.fault));
        const { source, command, params } = parsed.message;
        assert.match(command, /^([A-Z]+|[0-9]{3})$/);
        assert.doesNotMatch(source, / /);
        for (const param of params.slice(0, -1)) assert.match(param, /^[^ :][^ ]*$/);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a tag value survives escaping', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const value = text.replaceAll('\0', '');
      assert.equal(unescapeTagValue(escapeTagValue(value)), value);
      assert.doesNotMatch(escapeTagValue(value), /[; \r\n\0]/);
    }),
  );
});
