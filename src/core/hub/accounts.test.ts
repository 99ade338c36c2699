import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, Accounts, Counter, readAccount, writeAccount } from './accounts.ts';
import { fold } from '../wire/casemap.ts';

const device = (id: string, hash: string) => ({ id, name: '', by: 'token', hash, addedAt: 1, seenAt: 2 }) as const;
const ann: Account = {
  id: '@1',
  name: 'Ann',
  folded: fold('Ann'),
  registeredAt: 1,
  sealed: 'sealed:sesame',
  devices: [device('a', 'hash-a'), device('b', 'hash-b')],
};

test('an account is found by its id, its name and its devices, and as it was put last', () => {
  const accounts = new Accounts();
  accounts.put(ann);
  assert.equal(accounts.named('aNN'), ann);
  assert.equal(accounts.withDevice('hash-b')?.device.id, 'b');
  const less = { ...ann, devices: ann.devices.slice(0, 1) };
  accounts.put(less);
  assert.equal(accounts.get('@1'), less);
  assert.equal(accounts.withDevice('hash-b'), undefined);
  assert.equal(accounts.withDevice('hash-a')?.account, less);
  accounts.remove(less);
  assert.deepEqual([accounts.size, accounts.named('ann'), accounts.withDevice('hash-a')], [0, undefined, undefined]);
});

test('what is kept of an account is read back', () => {
  assert.deepEqual(readAccount(writeAccount(ann)), ann);
  const { sealed: _, ...without } = ann;
  assert.deepEqual(readAccount(writeAccount(without)), without);
});

test('a count begins anew when its time is over, and is kept for a bounded number of names', () => {
  const counter = new Counter(1000);
  counter.add('ann', 0);
  counter.add('ann', 500);
  assert.equal(counter.count('ann', 999), 2);
  assert.equal(counter.count('ann', 1000), 0);
  counter.add('ann', 1000);
  assert.equal(counter.count('ann', 1001), 1);
  assert.equal(counter.count('bob', 999), 0);
  for (let i = 0; i < 20_000; i++) counter.add(`somebody ${i}`, 2000);
  assert.equal(counter.count('somebody 19999', 2001), 1);
  assert.equal(counter.count('somebody 0', 2001), 0);
});
