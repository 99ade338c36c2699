import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANNOUNCED, CAPABILITIES, VENDOR, capBit, capNamed, capNames, isWritten } from './capabilities.ts';

const names = CAPABILITIES.map(({ name }) => name);
const announced = ANNOUNCED.map(({ name }) => name);

test('every capability that is written for has a bit of its own in a small integer', () => {
  assert.ok(CAPABILITIES.length <= 31);
  const all = names.reduce((set, name) => set | capBit(name), 0);
  assert.deepEqual(capNames(all), names);
  for (const name of names) assert.deepEqual(capNames(capBit(name)), [name]);
});

test('names are listed once, in order', () => {
  assert.deepEqual(names, [...new Set(names)].sort());
  assert.deepEqual(
    announced.filter((name) => isWritten(name)),
    [],
  );
  assert.equal(new Set(announced).size, announced.length);
});

test('a capability is found by its exact name', () => {
  for (const name of [...names, ...announced]) assert.equal(capNamed(name), name);
  for (const other of ['', 'Batch', '-batch', 'batch=1', 'draft/batch', 'constructor']) {
    assert.equal(capNamed(other), undefined);
  }
});

/** A specification, what is to become one, or the page of who made it. */
const IRCV3 =
  /^https:\/\/(ircv3\.net\/specs|github\.com\/ircv3\/ircv3-specifications\/pull|codeberg\.org\/emersion\/soju)\//;

test('every row names its source: an IRCv3 page, or a document of ours for what is ours', () => {
  for (const { name, source } of [...CAPABILITIES, ...ANNOUNCED]) {
    assert.match(source, name.startsWith(VENDOR) ? /^docs\/ext\/[a-z-]+\.md$/ : IRCV3);
  }
});
