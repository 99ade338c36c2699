import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloak } from './cloak.ts';

const key = Buffer.alloc(32, 1);

test('the same address has the same host, others another, and the key decides', () => {
  const host = cloak('192.0.2.1', key);
  assert.match(host, /^[a-z2-9]{8}\.user\.parley$/);
  assert.equal(cloak('192.0.2.1', key), host);
  assert.notEqual(cloak('192.0.2.2', key), host);
  assert.notEqual(cloak('192.0.2.1', Buffer.alloc(32, 2)), host);
});

test('one household of IPv6 has one host', () => {
  assert.equal(cloak('2001:db8:1:2::9', key), cloak('2001:db8:1:2:aaaa::1', key));
  assert.notEqual(cloak('2001:db8:1:2::9', key), cloak('2001:db8:1:3::9', key));
});

test('this machine is localhost', () => {
  for (const address of ['127.0.0.1', '::1', '']) assert.equal(cloak(address, key), 'localhost');
});
