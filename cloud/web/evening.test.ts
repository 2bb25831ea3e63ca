import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Scan } from './api.ts';
import {
  importFaults,
  importType,
  knownVerdict,
  MAX_SCANS,
  placeOf,
  seriesOf,
  toneOf,
  withScan,
} from './evening.ts';
import { pageTexts } from './texts.ts';

const MINUTE = 60_000;
const scan = (scanId: string, at: number, more: Partial<Scan> = {}): Scan => ({
  n: 1,
  gateway: 'g',
  scanId,
  lane: 'l',
  performance: null,
  verdict: 'ok',
  decidedBy: 'gateway',
  details: {},
  at,
  result: null,
  resultAt: null,
  ...more,
});

test('a scan stands once, newest first, and gets its result', () => {
  const list = [scan('a', 1), scan('b', 2), scan('a', 1, { result: 'passed' })].reduce(
    withScan,
    [] as Scan[],
  );
  assert.equal(
    list.map(({ scanId, result }) => [scanId, result]),
    [
      ['b', null],
      ['a', 'passed'],
    ],
  );
});

test('the same scan id of two gateways is two scans, and the list is bounded', () => {
  assert.is(withScan([scan('a', 1)], scan('a', 1, { gateway: 'other' })).length, 2);
  const many = Array.from({ length: MAX_SCANS + 5 }, (_, i) => scan(`${i}`, i));
  assert.is(many.reduce(withScan, [] as Scan[]).length, MAX_SCANS);
});

test('minutes in which nobody came are zero, and lanes stand apart', () => {
  const now = 10 * MINUTE + 5;
  const at = (minute: number, lane: string, entries: number) => ({
    minute: minute * MINUTE,
    gateway: 'g',
    lane,
    entries,
    exits: 0,
  });
  const admissions = [at(10, 'a', 3), at(8, 'a', 1), at(10, 'b', 2), at(1, 'a', 99)];
  const series = seriesOf({ now, admissions }, 4, (_, lane) => lane.toUpperCase());
  assert.equal(series.minutes, [420, 480, 540, 600]);
  assert.equal(series.lanes, [
    { name: 'A', entries: [0, 1, 0, 3] },
    { name: 'B', entries: [0, 0, 0, 2] },
  ]);
  assert.equal(seriesOf({ now, admissions: [] }, 2, () => '').lanes[0]?.entries, [0, 0]);
});

test('a verdict of a newer cloud is shown with care, never as an admission', () => {
  assert.is(knownVerdict('something-new'), undefined);
  assert.is(toneOf(scan('a', 1, { verdict: 'something-new' })), 'warn');
  assert.is(toneOf(scan('a', 1)), 'good');
  assert.is(toneOf(scan('a', 1, { verdict: 'forged' })), 'bad');
});

test('faults of an import are taken as they are named, and rubbish is not', () => {
  const faults = [
    { row: 3, column: 'uses', fault: 'is not a number' },
    { row: 4, column: null, fault: 'is longer than 64 KiB' },
    { row: 'x' },
    null,
  ];
  assert.equal(importFaults({ faults }), [
    { row: 3, column: 'uses', fault: 'is not a number' },
    { row: 4, column: undefined, fault: 'is longer than 64 KiB' },
  ]);
  assert.equal(importFaults({}), []);
});

test('a file is sent as what its name says', () => {
  assert.is(importType('Tickets.CSV'), 'text/csv');
  assert.is(importType('tickets.jsonl'), 'application/x-ndjson');
});

test('a place leaves out what is not there', () => {
  assert.is(placeOf({ rank: 'Stalls', seat: '4' }), 'Stalls · 4');
});

test('both languages fill the same places', () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [name, text] of Object.entries(pageTexts.en)) {
    assert.equal(places(pageTexts.nl[name as keyof typeof pageTexts.en]), places(text), name);
  }
});

test.run();
