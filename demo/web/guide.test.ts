import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { currentStep, GUIDE_START, type Happening, nextGuide, STEPS, stepTexts } from './guide.ts';

const after = (happenings: readonly Happening[]) => happenings.reduce(nextGuide, GUIDE_START);
const verdict = (more: object): Happening => ({
  type: 'verdict',
  held: 'paper',
  ticket: 'a',
  key: 'ok',
  admitted: true,
  cut: false,
  ...more,
});

test('a ticket that was only read ticks nothing off; walking does', () => {
  assert.equal(after([verdict({})]).done, []);
  assert.equal(after([verdict({}), { type: 'passed', held: 'paper', ticket: 'a' }]).done, [
    'paper',
  ]);
});

test('the same paper again has to be refused', () => {
  const used: Happening = { type: 'passed', held: 'paper', ticket: 'a' };
  const again = verdict({ key: 'already-used', admitted: false });
  assert.equal(after([again]).done, []);
  assert.equal(after([used, again]).done, ['paper', 'again']);
});

test('a screenshot counts when it is refused for being old or used', () => {
  const shown = { held: 'screenshot', admitted: false };
  assert.equal(after([verdict({ ...shown, key: 'code-used' })]).done, ['screenshot']);
  assert.equal(after([verdict({ ...shown, key: 'expired-code' })]).done, ['screenshot']);
  assert.equal(after([verdict({ ...shown, key: 'lane-closed' })]).done, []);
});

test('nobody walks needs the same ticket admitted a second time', () => {
  const released: Happening = { type: 'released', held: 'paper', ticket: 'a' };
  assert.equal(after([released, verdict({ ticket: 'b' })]).done, []);
  assert.equal(after([released, verdict({ ticket: 'a' })]).done, ['nobody']);
});

test('the cut is seen when paper is admitted and the phone has to wait, in any order', () => {
  const paper = verdict({ cut: true });
  const phone = verdict({ held: 'phone', key: 'needs-connection', admitted: false, cut: true });
  assert.equal(after([paper]).done, []);
  assert.equal(after([paper, phone]).done, ['cut']);
  assert.equal(after([phone, paper]).done, ['cut']);
});

test('an empty queue means something only after the cut', () => {
  assert.equal(after([{ type: 'drained' }]).done, []);
});

test('the next step is the first that is not done, and every step has texts', () => {
  assert.is(currentStep(GUIDE_START), 'paper');
  assert.is(currentStep({ done: ['paper', 'phone'], halves: [] }), 'again');
  assert.is(currentStep({ done: STEPS, halves: [] }), undefined);
  for (const step of STEPS) for (const texts of Object.values(stepTexts)) assert.ok(texts[step][1]);
});

test.run();
