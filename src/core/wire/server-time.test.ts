import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { formatServerTime, parseServerTime } from './server-time.ts';

const anyTime = fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(9999, 11, 31) });

test('times are written in UTC with milliseconds', () => {
  assert.equal(formatServerTime(0), '1970-01-01T00:00:00.000Z');
  assert.equal(formatServerTime(1_777_282_205_007), '2026-04-27T09:30:05.007Z');
  assert.equal(formatServerTime(1_777_282_205_070), '2026-04-27T09:30:05.070Z');
  assert.equal(formatServerTime(1_777_282_205_999), '2026-04-27T09:30:05.999Z');
  assert.equal(formatServerTime(1_777_282_206_000), '2026-04-27T09:30:06.000Z');
});

test('a time is written as the platform writes it, whatever was written before', () => {
  fc.assert(fc.property(anyTime, (ms) => assert.equal(formatServerTime(ms), new Date(ms).toISOString())));
});

test('what we write we read back', () => {
  fc.assert(fc.property(anyTime, (ms) => assert.equal(parseServerTime(formatServerTime(ms)), ms)));
});

test('a leap second is the next minute', () => {
  assert.equal(parseServerTime('2016-12-31T23:59:60.250Z'), Date.UTC(2017, 0, 1) + 250);
});

test('years before 100 are not taken for the twentieth century', () => {
  assert.equal(parseServerTime('0070-01-01T00:00:00.000Z'), Date.parse('0070-01-01T00:00:00.000Z'));
});

test('anything else is not a time', () => {
  const wrong = [
    '',
    '*',
    '1777282205007',
    '2026-04-27',
    '2026-04-27T09:30:05Z',
    '2026-04-27T09:30:05.7Z',
    '2026-04-27T09:30:05.007',
    '2026-04-27T09:30:05.007+00:00',
    '2026-04-27t09:30:05.007z',
    ' 2026-04-27T09:30:05.007Z',
    '2026-04-27T09:30:05.007Z\n',
    '2026-02-29T09:30:05.007Z',
    '2026-00-27T09:30:05.007Z',
    '2026-13-27T09:30:05.007Z',
    '2026-04-00T09:30:05.007Z',
    '2026-04-31T09:30:05.007Z',
    '2026-04-27T24:00:00.000Z',
    '2026-04-27T09:60:05.007Z',
    '2026-04-27T09:30:61.007Z',
    '٢٠٢٦-04-27T09:30:05.007Z',
  ];
  for (const text of wrong) assert.equal(parseServerTime(text), undefined, text);
});
