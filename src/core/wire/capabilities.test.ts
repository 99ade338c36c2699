import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAPABILITIES, VENDOR, capBit, capNamed, capNames, type Capability } from './capabilities.ts';

const names: Capability[] = CAPABILITIES.map(({ name }) => name);

test('every capability has a bit of its own in a small integer', () => {
  assert.ok(CAPABILITIES.length <= 31);
  const all = names.reduce((set, name) => set | capBit(name), 0);
  assert.deepEqual(capNames(all), names);
  for (const name of names) assert.deepEqual(capNames(capBit(name)), [name]);
});

test('names are listed once, in order', () => {
  assert.deepEqual(names, [...new Set(names)].sort());
});

test('a capability is found by its exact name', () => {
  for (const name of names) assert.equal(capNamed(name), name);
  for (const other of ['', 'Batch', '-batch', 'batch=1', 'draft/batch', 'constructor']) {
    assert.equal(capNamed(other), undefined);
  }
});

test('every row names its source: an IRCv3 page, or a document of ours for what is ours', () => {
  for (const { name, source } of CAPABILITIES) {
    assert.match(source, name.startsWith(VENDOR) ? /^docs\/ext\/[a-z-]+\.md$/ : /^https:\/\/ircv3\.net\/specs\//);
  }
});
