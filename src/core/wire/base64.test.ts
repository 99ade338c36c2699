import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { base64OfText, textOfBase64 } from './base64.ts';

test('what we write is what everybody else writes, and we read it back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const base64 = base64OfText(text);
      assert.equal(base64, Buffer.from(text.toWellFormed()).toString('base64'));
      assert.equal(textOfBase64(base64), text.toWellFormed());
    }),
  );
});

test('what is not base64, and what is not UTF-8, is nothing', () => {
  for (const bad of ['a', 'ab', 'abc', 'ab=c', 'a===', '====', 'ab c', 'ab-_', 'é===', '/w==', '7aCA']) {
    assert.equal(textOfBase64(bad), undefined, bad);
  }
  assert.equal(textOfBase64(''), '');
  assert.equal(textOfBase64('AGFubgBzZXNhbWU='), '\0ann\0sesame');
});
