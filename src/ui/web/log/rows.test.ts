import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HappenedItem, Item, SaidItem } from '../../../core/client/view.ts';
import { condense, rowsOf } from './rows.ts';

const NOON = new Date(2026, 10, 20, 12).getTime();
const MINUTE = 60_000;

function said(key: string, from: string, at: number, more: Partial<SaidItem> = {}): SaidItem {
  return {
    kind: 'said',
    key,
    msgid: key,
    at,
    from,
    own: false,
    form: 'message',
    text: key,
    mentionsMe: false,
    delivery: { state: 'sent' },
    replyTo: undefined,
    reactions: new Map(),
    ...more,
  };
}

function happened(key: string, what: HappenedItem['what'], who: string, at = NOON): HappenedItem {
  return { kind: 'happened', key, at, what, who, text: `${who} ${what}` };
}

const all = (items: readonly Item[], divider?: string) =>
  rowsOf(items, { start: 0, end: items.length }, divider).map((row) =>
    row.kind === 'said' ? `${row.key}${row.lead ? ' lead' : ''}` : row.kind,
  );

test('one person speaking on stands under one name, until somebody else, a pause, or a reply', () => {
  const items = [
    said('a', 'ann', NOON),
    said('b', 'ann', NOON + MINUTE),
    said('c', 'joe', NOON + 2 * MINUTE),
    said('d', 'joe', NOON + 9 * MINUTE),
    said('e', 'joe', NOON + 9 * MINUTE, { replyTo: { msgid: 'a', from: 'ann', text: 'a' } }),
  ];
  assert.deepEqual(all(items), ['day', 'a lead', 'b', 'c lead', 'd lead', 'e lead']);
});

test('a day begins a name anew', () => {
  assert.deepEqual(all([said('a', 'ann', NOON), said('b', 'ann', NOON + 24 * 60 * MINUTE)]), [
    'day',
    'a lead',
    'day',
    'b lead',
  ]);
});

test('the divider stands before the first unread and begins a name anew', () => {
  assert.deepEqual(all([said('a', 'ann', NOON), said('b', 'ann', NOON)], 'b'), ['day', 'a lead', 'new', 'b lead']);
});

test('comings and goings next to each other are one row; a topic is not among them', () => {
  const items = [
    happened('1', 'join', 'ann'),
    happened('2', 'part', 'joe'),
    happened('3', 'topic', 'ann'),
    happened('4', 'join', 'kit'),
  ];
  assert.deepEqual(all(items), ['day', 'happened', 'happened', 'happened']);
});

test('a window that begins in the middle of a day has no separator of its own', () => {
  const items = [said('a', 'ann', NOON), said('b', 'ann', NOON + MINUTE)];
  assert.deepEqual(
    rowsOf(items, { start: 1, end: 2 }, undefined).map((row) => row.kind),
    ['said'],
  );
});

test('condensed names are counted past a few', () => {
  const joins = ['ann', 'joe', 'kit', 'lea', 'mia'].map((who, i) => happened(String(i), 'join', who));
  assert.equal(condense(joins), 'ann, joe, kit and 2 others joined');
  assert.equal(condense([...joins.slice(0, 2), happened('9', 'quit', 'kit')]), 'ann and joe joined · kit left');
  assert.equal(condense([happened('1', 'part', 'joe')]), 'joe part');
});
