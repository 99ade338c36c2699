import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8 } from './utf8.ts';

test('it agrees with a strict TextDecoder on any bytes', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decoded = (bytes: Uint8Array) => {
    try {
      return strict.decode(bytes);
    } catch {
      return undefined;
    }
  };
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => new Uint8Array(Buffer.from(text))),
    fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(anyBytes, fc.nat(3), (bytes, skip) => {
      // A part of a larger buffer, as a line is part of a chunk.
      const part = bytes.subarray(Math.min(skip, bytes.length));
      assert.equal(utf8.decode(part), decoded(part));
    }),
  );
});
