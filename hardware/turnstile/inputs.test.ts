import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { turnstileInputs } from './inputs.ts';

const clock = { now: () => 0, setTimeout: () => undefined, clearTimeout: () => undefined };

test('a button that was held before a gap is told as let go, once, and as pressed if it still is', () => {
  const pressed: boolean[] = [];
  const listener = {
    onPassage: () => undefined,
    onEmergency: () => undefined,
    onButton: (down: boolean) => void pressed.push(down),
  };
  const inputs = turnstileInputs(listener, clock, 1);
  inputs.onInput('button', true);
  inputs.reset();
  assert.equal(pressed, [true, false]);
  inputs.onInput('button', false);
  inputs.reset();
  assert.equal(pressed, [true, false]);
  inputs.onInput('button', true);
  assert.equal(pressed, [true, false, true]);
});

test.run();
