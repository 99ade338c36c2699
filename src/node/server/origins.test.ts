import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayUse } from './origins.ts';

test('a server of this computer listens to pages of this computer', () => {
  for (const door of ['127.0.0.1', '::1', 'localhost']) {
    assert.ok(mayUse('http://localhost:7667', door, []));
    assert.ok(mayUse('http://127.0.0.1:8080', door, []));
    assert.ok(mayUse('http://[::1]:7667', door, []));
    for (const origin of [
      'https://evil.example',
      'http://evil.example:7667',
      'null',
      'file://',
      '',
      'http://localhost.evil.example',
    ]) {
      assert.equal(mayUse(origin, door, []), false, origin);
    }
  }
});

test('and to those that the configuration names', () => {
  assert.ok(mayUse('https://chat.example.org', '127.0.0.1', ['https://chat.example.org']));
  assert.equal(mayUse('http://chat.example.org', '127.0.0.1', ['https://chat.example.org']), false);
});

test('a server for others asks everybody the same', () => {
  assert.ok(mayUse('https://other.example', '0.0.0.0', []));
  assert.ok(mayUse('https://other.example', '192.0.2.1', []));
});
