import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  FROM_CLIENT,
  FROM_SERVER,
  isBodyLonger,
  LineReader,
  type LineLimits,
  type Received,
  type Utf8,
} from './line-reader.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8: Utf8 = {
  decode(bytes) {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  },
};

/** Small enough that random bytes break every limit. */
const TINY: LineLimits = { tagsBytesMax: 8, bodyBytesMax: 6 };

function read(limits: LineLimits, ...pieces: (string | Uint8Array)[]): Received[] {
  const reader = new LineReader(utf8, limits);
  return pieces.flatMap((piece) => reader.feed(typeof piece === 'string' ? Buffer.from(piece) : piece));
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

test('CR, LF and CR LF end lines, in any mixture', () => {
  assert.deepEqual(read(FROM_CLIENT, 'a\nb\rc\r\nd\n\re\r\r\n\n'), ['a', 'b', 'c', 'd', 'e']);
});

test('a line that has not ended is not a line', () => {
  assert.deepEqual(read(FROM_CLIENT, 'a\nb'), ['a']);
  assert.deepEqual(read(FROM_CLIENT, 'a\nb', 'c', '', '\r', '\nd\n'), ['a', 'bc', 'd']);
});

test('a character may arrive in pieces', () => {
  assert.deepEqual(read(FROM_CLIENT, Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0xab), Uint8Array.of(0x96, 0x0a)), [
    '🫖',
  ]);
});

test('only the line that is not UTF-8 is refused', () => {
  assert.deepEqual(read(FROM_CLIENT, latin1('a\nsch\xf6n\nb\n')), ['a', { fault: 'not-utf8', head: 'sch' }, 'b']);
  // The halves of a character on two lines are two bad lines, and a surrogate is none.
  const bad = { fault: 'not-utf8', head: '' } as const;
  assert.deepEqual(read(FROM_CLIENT, latin1('\xc3\n\xa4\nb\n')), [bad, bad, 'b']);
  assert.deepEqual(read(FROM_CLIENT, latin1('\xed\xa0\x80\nb\n')), [bad, 'b']);
});

test('a line with NUL is refused', () => {
  assert.deepEqual(read(FROM_CLIENT, 'a\nb\0c\nd\n'), ['a', { fault: 'has-nul' }, 'd']);
  assert.deepEqual(read(FROM_CLIENT, '\0', '\nd\n'), [{ fault: 'has-nul' }, 'd']);
});

test('a byte order mark is text', () => {
  assert.deepEqual(read(FROM_CLIENT, '\ufeffa\n'), ['\ufeffa']);
});

test('limits count bytes, tags and body apart, and not the line ending', () => {
  const body = 'x'.repeat(1024);
  const tags = `@${'t'.repeat(4094)} `;
  const accented = 'é'.repeat(512);
  const wideTags = `@${'é'.repeat(2047)} `;
  for (const line of [body, tags + body, accented, wideTags + accented]) {
    assert.deepEqual(read(FROM_CLIENT, `${line}\r\nok\n`), [line, 'ok']);
  }
  for (const line of [`${body}x`, `${tags}${body}x`, `${accented}x`, `${wideTags}${accented}x`]) {
    assert.deepEqual(read(FROM_CLIENT, `${line}\r\nok\n`), [{ fault: 'line-too-long' }, 'ok']);
  }
  for (const line of [
    `@t${tags.slice(1)}${body}`,
    `@x${wideTags.slice(1)}`,
    `@t${tags.slice(1)}${body}x`,
    `@${'t'.repeat(4096)}`,
  ]) {
    assert.deepEqual(read(FROM_CLIENT, `${line}\r\nok\n`), [{ fault: 'tags-too-long' }, 'ok']);
  }
  const serverTags = `@${'t'.repeat(8189)} `;
  const fromServer = 'x'.repeat(510);
  assert.deepEqual(read(FROM_SERVER, `${serverTags}${fromServer}\n`), [serverTags + fromServer]);
  assert.deepEqual(read(FROM_SERVER, `${serverTags}${fromServer}x\n`), [{ fault: 'line-too-long' }]);
  assert.deepEqual(read(FROM_SERVER, `@t${serverTags.slice(1)}${fromServer}\n`), [{ fault: 'tags-too-long' }]);
});

test('a line that is too long is refused once, as soon as that is known', () => {
  const long = 'x'.repeat(900);
  assert.deepEqual(read(FROM_CLIENT, long), []);
  assert.deepEqual(read(FROM_CLIENT, long, long), [{ fault: 'line-too-long' }]);
  assert.deepEqual(read(FROM_CLIENT, long, long, long, `${long}\nok\n`), [{ fault: 'line-too-long' }, 'ok']);
});

test('a body is measured without its tags, in bytes', () => {
  const lines = [
    ['abc', 3],
    ['é'.repeat(200), 400],
    [`@a=${'t'.repeat(900)} abc`, 3],
  ] as const;
  for (const [line, bytes] of lines) {
    assert.equal(isBodyLonger(line, bytes), false);
    assert.equal(isBodyLonger(line, bytes - 1), true);
  }
});

test('a line longer than a block is a line', () => {
  const long = `@${'t'.repeat(6000)} PING`;
  assert.deepEqual(read(FROM_SERVER, `a\n${long}\nb\n${long}\r\nc\n`), ['a', long, 'b', long, 'c']);
});

test('a bad line in a large read spoils no other', () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => `PRIVMSG #tea :message ${i} ${'é'.repeat(i % 7)}`);
  const bytes = Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n`),
    latin1('\xff\r\n'),
    Buffer.from(lines.join('\n')),
  ]);
  const expected: Received[] = [...lines, { fault: 'not-utf8', head: '' }, ...lines.slice(0, -1)];
  assert.deepEqual(read(FROM_CLIENT, bytes), expected);
});

test('what is held is bounded by one line, and given back with its end', () => {
  const reader = new LineReader(utf8, FROM_CLIENT);
  const most = FROM_CLIENT.tagsBytesMax + FROM_CLIENT.bodyBytesMax + 1;
  for (const chunk of ['@', 't'.repeat(3_000), ' ', 'x'.repeat(200), 'y'.repeat(1_000_000), 'z'.repeat(1_000_000)]) {
    reader.feed(Buffer.from(chunk));
    assert.ok(reader['held'].length <= most);
  }
  reader.feed(Buffer.from('\na'));
  assert.equal(reader['heldBytes'], 1);
  reader.feed(Buffer.from('\n'));
  assert.equal(reader['held'].length, 0);
});

// ---------------------------------------------------------------------------------------------- Properties

const piece = fc.oneof(
  fc.constantFrom('\r', '\n', '\r\n', ' ', '@', 'a', 'é', '茶', '🫖', '\0').map((text) => Buffer.from(text)),
  fc.nat({ max: 12 }).map((length) => Buffer.from('x'.repeat(length))),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);
const anyBytes = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.concat(pieces));
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

function cutAt(bytes: Buffer, fractions: number[]): Buffer[] {
  const places = fractions.map((fraction) => Math.floor(fraction * bytes.length)).sort((a, b) => a - b);
  return [0, ...places].map((start, i) => bytes.subarray(start, places[i] ?? bytes.length));
}

/** The rule, written down in the plainest way. */
function judge(line: Buffer, limits: LineLimits): Received {
  const space = line.indexOf(' ');
  const tagsBytes = line[0] !== 0x40 ? 0 : space === -1 ? line.length : space + 1;
  if (tagsBytes > limits.tagsBytesMax) return { fault: 'tags-too-long' };
  if (line.length - tagsBytes > limits.bodyBytesMax) return { fault: 'line-too-long' };
  const text = utf8.decode(line);
  if (text === undefined) return { fault: 'not-utf8', head: /^[\0-\x7f]*/.exec(line.toString('latin1'))?.[0] ?? '' };
  return text.includes('\0') ? { fault: 'has-nul' } : text;
}

test('any cut of the bytes gives the same lines', () => {
  fc.assert(
    fc.property(anyBytes, cuts, (bytes, fractions) => {
      const whole = read(TINY, bytes);
      assert.deepEqual(read(TINY, ...cutAt(bytes, fractions)), whole);
      assert.deepEqual(read(TINY, ...Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
    }),
    { numRuns: 1_000 },
  );
});

test('every line is judged by itself', () => {
  fc.assert(
    fc.property(anyBytes, cuts, fc.constantFrom(TINY, FROM_CLIENT), (bytes, fractions, limits) => {
      const ended = Buffer.concat([bytes, Buffer.from('\n')]);
      const expected = ended
        .toString('latin1')
        .split(/[\r\n]/)
        .filter((line) => line !== '')
        .map((line) => judge(Buffer.from(line, 'latin1'), limits));
      assert.deepEqual(read(limits, ...cutAt(ended, fractions)), expected);
    }),
    { numRuns: 1_000 },
  );
});
