import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FULL, Gate, network, TOO_MANY, TOO_OFTEN } from './gate.ts';

const LIMITS = { maxClients: 4, connectionsPerAddress: 2, connectRate: 1, exemptLoopback: true };

test('a full server is full for everybody, until somebody leaves', () => {
  const gate = new Gate(LIMITS);
  for (const address of ['192.0.2.1', '192.0.2.2', '127.0.0.1', '127.0.0.1'])
    assert.equal(gate.enter(address), undefined);
  assert.equal(gate.enter('127.0.0.1'), FULL);
  gate.leave('192.0.2.1');
  assert.equal(gate.enter('192.0.2.3'), undefined);
});

test('one address may come only so often and stay only so many times', () => {
  const gate = new Gate({ ...LIMITS, maxClients: 100 });
  assert.equal(gate.enter('192.0.2.1'), undefined);
  assert.equal(gate.enter('192.0.2.1'), undefined);
  assert.equal(gate.enter('192.0.2.1'), TOO_MANY);
  gate.leave('192.0.2.1');
  assert.equal(gate.enter('192.0.2.1'), undefined);

  for (let i = 0; i < 4; i++) assert.equal(gate.knock('192.0.2.9', 0), undefined);
  assert.equal(gate.knock('192.0.2.9', 0), TOO_OFTEN);
  assert.equal(gate.knock('192.0.2.8', 0), undefined);
  assert.equal(gate.knock('192.0.2.9', 1000), undefined);
});

test('zero is no limit, and this machine has none unless told', () => {
  const open = new Gate({ ...LIMITS, maxClients: 1000, connectionsPerAddress: 0, connectRate: 0 });
  const exempt = new Gate({ ...LIMITS, maxClients: 1000 });
  const strict = new Gate({ ...LIMITS, maxClients: 1000, exemptLoopback: false });
  for (let i = 0; i < 100; i++) {
    assert.equal(open.knock('192.0.2.1', 0) ?? open.enter('192.0.2.1'), undefined);
    assert.equal(exempt.knock('127.0.0.1', 0) ?? exempt.enter('127.0.0.1'), undefined);
    if (i < 2) assert.equal(strict.enter('::1'), undefined);
  }
  assert.equal(strict.enter('::1'), TOO_MANY);
});

test('an IPv6 network of 64 bits is one address', () => {
  assert.equal(network('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(network('2001:db8:1:2::9'), '2001:db8:1:2');
  assert.equal(network('2001:db8::1'), '2001:db8:0:0');
  assert.equal(network('::1'), '0:0:0:0');
  assert.equal(network('fe80::1%eth0'), 'fe80:0:0:0');
  assert.equal(network('192.0.2.1'), '192.0.2.1');
});

test('lower limits after a reload count for those who come', () => {
  const gate = new Gate({ ...LIMITS, maxClients: 100 });
  gate.enter('192.0.2.1');
  gate.enter('192.0.2.1');
  gate.configure({ ...LIMITS, maxClients: 1 });
  assert.equal(gate.enter('192.0.2.2'), FULL);
});
