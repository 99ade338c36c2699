import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNetwork, isInNetwork, parseNetwork, type Network } from './network.ts';

function read(text: string): Network {
  const network = parseNetwork(text);
  assert.ok(network !== undefined, text);
  return network;
}

test('a network is written in one way', () => {
  const ways: readonly [string, string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::7/32', '2001:db8::/32'],
    ['::1', '::1'],
    ['1:0:0:2::3', '1::2:0:0:0:3'],
    ['::/0', '::/0'],
  ];
  for (const [text, written] of ways) {
    assert.equal(formatNetwork(read(text)), written);
    assert.equal(formatNetwork(read(written)), written);
  }
});

test('what is no network is none', () => {
  for (const text of [
    '',
    'ann',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.0/33',
    '1.2.3.4/8/8',
    '1:2',
    ':::',
    '1::2::3',
    'a:bob',
  ]) {
    assert.equal(parseNetwork(text), undefined, text);
  }
});

test('an address is in the networks it begins like, of its own family', () => {
  assert.ok(isInNetwork(read('192.0.2.0/24'), read('192.0.2.200')));
  assert.ok(!isInNetwork(read('192.0.2.0/24'), read('192.0.3.1')));
  assert.ok(isInNetwork(read('2001:db8::/32'), read('2001:db8:ffff::1')));
  assert.ok(!isInNetwork(read('0.0.0.0/0'), read('::1')));
});
