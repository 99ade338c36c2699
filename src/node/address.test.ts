import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, isLoopback, parseAddress, plainAddress } from './address.ts';

test('what is written is read back', () => {
  for (const address of [
    { host: '127.0.0.1', port: 6667 },
    { host: '2001:db8::1', port: 0 },
    { host: 'irc.example.org', port: 65_535 },
    { host: '*', port: 6667 },
  ]) {
    assert.deepEqual(parseAddress(formatAddress(address)), address);
  }
});

test('no host is all addresses; what is no address is refused', () => {
  assert.deepEqual(parseAddress(':6667'), { host: '*', port: 6667 });
  for (const text of ['', 'localhost', '6667', 'a:b', 'a:65536', 'a:-1', '::1:6667', 'http://a:1', 'a b:1', '[::1]']) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

test('an IPv4 address inside IPv6 is an IPv4 address', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
  assert.equal(plainAddress(undefined), '');
});

test('this machine', () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) assert.ok(isLoopback(address), address);
  for (const address of ['128.0.0.1', '0.0.0.0', '::', '127.0.0.1.evil.example', '']) assert.ok(!isLoopback(address));
});
