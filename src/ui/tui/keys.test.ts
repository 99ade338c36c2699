import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ESCAPE_MS, KeyReader, PASTE_BYTES_MAX, PASTE_MS, type Key } from './keys.ts';

function read(input: string | Uint8Array): Key[] {
  return new KeyReader().feed(typeof input === 'string' ? Buffer.from(input) : input, 0);
}

function short(keys: readonly Key[]): string {
  return keys
    .map((key) =>
      key.kind === 'key' ? key.name : key.kind === 'focus' ? `focus:${key.focused}` : `${key.kind}:${key.text}`,
    )
    .join(' ');
}

const TABLE: readonly (readonly [string, string])[] = [
  ['abc', 'text:abc'],
  ['é日👍', 'text:é日👍'],
  ['\r', 'enter'],
  ['\x1b\r', 'alt-enter'],
  ['\n', 'ctrl-j'],
  ['\t', 'tab'],
  ['\x1b[Z', 'shift-tab'],
  ['\x7f', 'backspace'],
  ['\x08', 'backspace'],
  ['\x1b\x7f', 'alt-backspace'],
  ['\x01\x05\x17', 'ctrl-a ctrl-e ctrl-w'],
  ['\x00', 'ctrl-space'],
  ['\x1ba\x1bB', 'alt-a alt-b'],
  ['\x1b1', 'alt-1'],
  ['\x1bé', 'alt-é'],
  ['\x1b\x02', 'ctrl-alt-b'],
  ['\x1b[A\x1b[B\x1bOC\x1bOD', 'up down right left'],
  ['\x1b[1;3A\x1b[1;5C\x1b[1;2D\x1b[1;6H', 'alt-up ctrl-right shift-left ctrl-shift-home'],
  ['\x1b\x1b[A', 'alt-up'],
  ['\x1b[5~\x1b[6~\x1b[1~\x1b[4~\x1b[H\x1b[F\x1b[3~', 'pageup pagedown home end home end delete'],
  ['\x1bOP\x1b[11~\x1b[15~\x1b[24~', 'f1 f1 f5 f12'],
  ['\x1b[97;5u\x1b[13;3u\x1b[27u\x1b[98;3u\x1b[9;2u', 'ctrl-a alt-enter escape alt-b shift-tab'],
  ['\x1b[97u\x1b[97;2u\x1b[97;1:3u', 'text:aA'],
  ['\x1b[27;5;97~', 'ctrl-a'],
  ['\x1b[I\x1b[O', 'focus:true focus:false'],
  ['\x1b[200~one\rtwo\r\nthree\x1b[201~x', 'paste:one\ntwo\nthree text:x'],
  ['\x1b[200~\x1b[31mred\x1b[201~', 'paste:\x1b[31mred'],
  ['\x1b[200~\x1b[201~', ''],
  ['\x1b[201~a', 'text:a'],
  ['\x1b[<0;10;5M\x1b[?1;2ca', 'text:a'],
  ['\x1b[999~\x1b[57358ua', 'text:a'],
];

for (const [input, keys] of TABLE) test(`reads ${JSON.stringify(input)}`, () => assert.equal(short(read(input)), keys));

test('bytes that are not UTF-8 are one replacement character each', () => {
  assert.equal(short(read(Uint8Array.of(0x61, 0xe9, 0x62, 0xff, 0xc3))), 'text:a\ufffdb\ufffd');
});

test('an escape that nothing follows is the key, and only after a while', () => {
  const reader = new KeyReader();
  assert.deepEqual(reader.feed(Buffer.from('\x1b'), 1000), []);
  assert.equal(reader.wakeAt, 1000 + ESCAPE_MS);
  assert.deepEqual(reader.woke(1000), []);
  assert.equal(short(reader.woke(1000 + ESCAPE_MS)), 'escape');
  assert.equal(reader.wakeAt, undefined);
});

test('a paste whose end is lost ends by itself, and the input lives', () => {
  const reader = new KeyReader();
  assert.deepEqual(reader.feed(Buffer.from('\x1b[200~lost'), 0), []);
  assert.deepEqual(reader.feed(Buffer.from(' end\x1b[20'), 150), []);
  assert.equal(reader.wakeAt, 150 + PASTE_MS);
  assert.equal(short(reader.woke(150 + PASTE_MS)), 'paste:lost end\x1b[20');
  assert.equal(short(reader.feed(Buffer.from('a'), 400)), 'text:a');
});

test('a paste keeps at most its limit', () => {
  const [paste] = read(`\x1b[200~${'x'.repeat(PASTE_BYTES_MAX + 10)}\x1b[201~`);
  assert.equal(paste?.kind === 'paste' && paste.text.length, PASTE_BYTES_MAX);
});

test('a sequence without end is thrown away after its limit', () => {
  assert.match(short(read(`\x1b[${'1;'.repeat(200)}~a`)), /a$/);
});

/** Neighbouring texts as one: a cut may fall between two letters. */
function joined(keys: readonly Key[]): Key[] {
  const all: Key[] = [];
  for (const key of keys) {
    const last = all.at(-1);
    if (key.kind === 'text' && last?.kind === 'text')
      all[all.length - 1] = { kind: 'text', text: last.text + key.text };
    else all.push(key);
  }
  return all;
}

const anyInput = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(fc.oneof(fc.constantFrom(...TABLE.map(([input]) => input)), fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 8,
    })
    .map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
);

test('any cut of the bytes gives the same keys, and no input throws', () => {
  fc.assert(
    fc.property(anyInput, fc.array(fc.nat(60), { maxLength: 10 }), (bytes, cuts) => {
      const whole = read(bytes);
      const reader = new KeyReader();
      const keys: Key[] = [];
      let from = 0;
      for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
        keys.push(...reader.feed(bytes.subarray(from, Math.max(from, cut)), 0));
        from = Math.max(from, cut);
      }
      assert.deepEqual(joined(keys), joined(whole));
    }),
    { numRuns: 2000 },
  );
});
