import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodedFrames, encodedLines } from './framing.ts';

/** RFC 6455 §5.2, as a client reads unmasked frames. */
function readFrames(bytes: Uint8Array): { first: number; text: string }[] {
  const view = Buffer.from(bytes);
  const frames: { first: number; text: string }[] = [];
  for (let at = 0; at < view.length;) {
    const first = view.readUInt8(at);
    let length = view.readUInt8(at + 1);
    at += 2;
    assert.ok(length < 127, 'our lines need no 64-bit lengths, and servers do not mask');
    if (length === 126) {
      length = view.readUInt16BE(at);
      at += 2;
      assert.ok(length >= 126, 'the shortest form is the only one allowed');
    }
    frames.push({ first, text: view.toString('utf8', at, at + length) });
    at += length;
  }
  return frames;
}

test('each line becomes one frame without its ending', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 400 }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.boolean(), (lines, binary) => {
      const outgoing = { text: lines.map((each) => `${each}\r\n`).join(''), encoded: [] };
      const frames = readFrames(encodedFrames(outgoing, binary));
      const expected = lines.map((each) => Buffer.from(each).toString());
      assert.deepEqual(
        frames,
        expected.map((text) => ({ first: binary ? 0x82 : 0x81, text })),
      );
    }),
  );
});

test('lengths around the border of the short form', () => {
  for (const length of [0, 1, 125, 126, 127, 510, 8701]) {
    const text = 'x'.repeat(length);
    assert.deepEqual(readFrames(encodedFrames({ text: `${text}\r\n` }, false)), [{ first: 0x81, text }]);
  }
});

test('every framing keeps its own bytes', () => {
  const lines = { text: 'PING x\r\n', encoded: [] };
  const plain = encodedLines(lines);
  const text = encodedFrames(lines, false);
  const binary = encodedFrames(lines, true);
  assert.equal(encodedLines(lines), plain);
  assert.equal(encodedFrames(lines, false), text);
  assert.equal(encodedFrames(lines, true), binary);
  assert.notDeepEqual(text, binary);
});
