import type { Health } from '@gatehouse/hardware';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withButton } from './lane-devices.ts';

test('a board that is lost while its button is held counts as let go, and the lane still hears of it', () => {
  const pressed: boolean[] = [];
  const heard: Health[] = [];
  const told = {
    onPassage: () => undefined,
    onEmergency: () => undefined,
    onHealth: (health: Health) => void heard.push(health),
  };
  const listener = withButton(told, (down) => pressed.push(down));
  listener.onButton?.(true);
  listener.onHealth?.({ ok: true });
  assert.equal(pressed, [true]);
  listener.onHealth?.({ ok: false, code: 'turnstile-lost' });
  assert.equal(pressed, [true, false]);
  assert.equal(
    heard.map(({ ok }) => ok),
    [true, false],
  );
});

test.run();
