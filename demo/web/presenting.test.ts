import type { GatewayEvent } from '@gatehouse/gateway';
import type { VerdictKey } from '@gatehouse/protocol/verdicts';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { presenting } from './presenting.ts';

const lane = (scanId: string, key: VerdictKey | undefined, reads = 1): GatewayEvent => ({
  type: 'lane',
  lane: 'l',
  name: 'Lane',
  direction: 'entry',
  state: 'granted',
  signal: 'go',
  scanId,
  reads,
  verdict: key && { key, details: {} },
});
const result = (scanId: string, what: string): GatewayEvent => ({
  type: 'journal',
  epoch: 'e',
  seq: 1,
  kind: 'result',
  at: 0,
  scanId,
  what,
});

test('the next answer is to the ticket held, and the passage is its own', () => {
  const mine = presenting(() => 0);
  mine.present({ held: 'phone', ticket: 't' });
  const [said] = mine.heard(lane('s', 'ok'), false);
  assert.equal(said, {
    type: 'verdict',
    held: 'phone',
    ticket: 't',
    key: 'ok',
    admitted: true,
    cut: false,
  });
  assert.equal(mine.heard(result('s', 'passed'), false), [
    { type: 'passed', held: 'phone', ticket: 't' },
  ]);
});

test('what other people hold says nothing about mine', () => {
  const mine = presenting(() => 0);
  assert.equal(mine.heard(lane('s', 'ok'), false), []);
  assert.equal(mine.heard(result('s', 'passed'), false), []);
});

test('an answer that was there before is not the answer to what is held now', () => {
  const mine = presenting(() => 0);
  mine.heard(lane('old', 'ok'), false);
  mine.present({ held: 'paper', ticket: 't' });
  assert.equal(mine.heard(lane('old', 'ok'), false), []);
  assert.equal(mine.heard(lane('old', undefined), false), []);
  assert.is(mine.heard(lane('old', 'ok', 2), false).length, 1);
});

test('an answer that comes far too late is nobody’s', () => {
  let now = 0;
  const mine = presenting(() => now);
  mine.present({ held: 'paper', ticket: 't' });
  now = 60_000;
  assert.equal(mine.heard(lane('s', 'ok'), false), []);
});

test.run();
