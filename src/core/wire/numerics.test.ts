import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as numerics from './numerics.ts';

test('every numeric is three digits, and no two names share one', () => {
  const names = new Map<string, string>();
  for (const [name, code] of Object.entries(numerics)) {
    assert.match(name, /^(RPL|ERR)_[A-Z0-9]+$/);
    assert.match(code, /^[0-9]{3}$/, name);
    assert.equal(names.get(code), undefined, `${name} and ${names.get(code)} are both ${code}`);
    names.set(code, name);
  }
  assert.ok(names.size > 150);
});

test('numerics from 400 to 599 are faults, those below are answers (RFC 2812 §5)', () => {
  for (const [name, code] of Object.entries(numerics)) {
    if (code < '600') assert.equal(name.startsWith('ERR_'), code >= '400', `${name} ${code}`);
  }
});
