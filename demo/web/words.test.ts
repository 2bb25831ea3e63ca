import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSED_DOOR, type DoorState, type JournalRow } from '../door-state.ts';
import { firstLanguage, pageTexts, say } from './texts.ts';
import { displayOf, duration, milliseconds, placeOf, rowWords, timesOf } from './words.ts';

const ZONE = 'Europe/Amsterdam';
const lane = {
  lane: 'l',
  name: 'Lane',
  direction: 'entry',
  state: 'idle',
  signal: 'idle',
  reads: 0,
} as const;
const open: DoorState = {
  ...CLOSED_DOOR,
  processes: {
    cloud: { state: 'running', crashes: 0 },
    gateway: { state: 'running', crashes: 0 },
  },
  gateway: { type: 'gateway', state: 'configured' },
  lane,
};
const key = (door: DoorState) => displayOf(door, 'en', ZONE).key;

test('the display shows fire before all else', () => {
  const fire = { ...open.gate, emergency: true };
  assert.is(key({ ...open, gate: fire }), 'emergency');
});

test('the display says what the lane is in when there is no verdict', () => {
  assert.is(key(open), 'ready');
  assert.is(key({ ...open, lane: undefined }), 'starting');
  assert.is(key({ ...open, lane: { ...lane, state: 'deciding' } }), 'reading');
  assert.is(key({ ...open, lane: { ...lane, state: 'closed' } }), 'closed');
  const stopped = { ...open.processes, gateway: { state: 'stopped', crashes: 0 } as const };
  assert.is(key({ ...open, processes: stopped }), 'down');
});

test('a verdict shows in its colour, with its words and the guest’s place', () => {
  const verdict = { key: 'ok', details: {} } as const;
  const label = { row: 'C', seat: '7' };
  const display = displayOf({ ...open, lane: { ...lane, verdict, label } }, 'nl', ZONE);
  assert.equal(
    { ...display },
    { key: 'ok', colour: 'green', symbol: 'tick', what: 'Welkom', todo: 'Loop door', label },
  );
});

test('a place leaves out what a ticket does not name', () => {
  assert.is(placeOf({ row: 'C', seat: '7' }, 'en'), 'Row C\u00a0· Seat 7');
  assert.is(placeOf(undefined, 'en'), '');
});

test('a journal row says outcome and reason, a result what became of it', () => {
  const row: JournalRow = { epoch: 'e', seq: 1, kind: 'refusal', at: 0, stored: false };
  const refused = { ...row, verdict: { key: 'unknown', details: {} }, decidedBy: 'cloud' } as const;
  assert.is(rowWords(refused, 'en', ZONE).title, 'Refused: We do not know this ticket');
  assert.is(rowWords(refused, 'en', ZONE).by, 'by the cloud');
  const passed = { ...row, kind: 'result', what: 'passed' } as const;
  assert.is(rowWords(passed, 'nl', ZONE).title, 'Iemand liep door');
  const newer = { ...row, kind: 'event', what: 'something-new' } as const;
  assert.is(rowWords(newer, 'nl', ZONE).title, 'something-new');
});

test('times stand in the order in which they happened', () => {
  const row: JournalRow = {
    epoch: 'e',
    seq: 1,
    kind: 'intent',
    at: 0,
    stored: false,
    timings: { relay: 12.4, read: 3.14 },
  };
  assert.equal(
    timesOf(row, 'en').map(({ name, text }) => `${name} ${text}`),
    ['read 3.1 ms', 'to relay 12 ms'],
  );
  assert.is(milliseconds(0.25, 'nl'), '0,3 ms');
  assert.is(duration(42), '42 s');
  assert.is(duration(-90), '1:30 min');
});

test('the language is the chosen one, else the browser’s, else English', () => {
  assert.is(firstLanguage('nl', ['en-GB']), 'nl');
  assert.is(firstLanguage(null, ['fr-FR', 'nl-BE', 'en']), 'nl');
  assert.is(firstLanguage(null, ['en-US', 'nl']), 'en');
  assert.is(firstLanguage('xx', ['de']), 'en');
});

test('both languages fill the same places', () => {
  const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [name, text] of Object.entries(pageTexts.en)) {
    assert.equal(places(pageTexts.nl[name as keyof typeof pageTexts.en]), places(text), name);
  }
  assert.is(say('en', 'queueMany', { count: 3 }), '3 rows wait for the cloud');
});

test.run();
