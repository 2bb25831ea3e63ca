import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUTTON_HELD_MS, createHeldButton } from './arming.ts';

test('a button arms once it has been held for ten seconds, once for each time', () => {
  let held = 0;
  let timer: { run: () => void; ms: number } | undefined;
  const clock = {
    setTimeout(run: () => void, ms: number) {
      timer = { run, ms };
      return undefined;
    },
    clearTimeout() {
      timer = undefined;
    },
  };
  const button = createHeldButton(clock, () => {
    held += 1;
  });
  button.hear(true);
  assert.is(timer?.ms, BUTTON_HELD_MS);
  button.hear(false);
  assert.is(timer, undefined, 'let go too early');
  button.hear(true);
  timer?.run();
  button.hear(false);
  assert.is(held, 1);
});

test.run();
