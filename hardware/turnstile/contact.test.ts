import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loopWatch, messagedContact, SPIKE_MILLISECONDS } from './contact.ts';

/** A clock that goes on when told to, and calls what is due, in order. */
function handClock() {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    now: () => now,
    setTimeout(run: () => void, milliseconds: number) {
      const timer = { at: now + milliseconds, run };
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer: unknown) => void timers.delete(timer as never),
    /** Time passes for the world; with `held` the process does nothing meanwhile. */
    pass(milliseconds: number, held = false) {
      const end = now + milliseconds;
      if (held) now = end;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due || held) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.run();
      }
      now = end;
    },
  };
}

function rig() {
  const clock = handClock();
  const watch = loopWatch(clock);
  const told: boolean[] = [];
  const contact = messagedContact(clock, watch, (active) => told.push(active));
  watch.start();
  contact.hear(false);
  clock.pass(100);
  told.length = 0;
  return { clock, contact, told };
}

test('a contact that closes and opens again is told both times', () => {
  const { clock, contact, told } = rig();
  contact.hear(true);
  clock.pass(100);
  contact.hear(false);
  clock.pass(100);
  assert.equal(told, [true, false]);
});

test('a spike is not told, nor does it delay another contact', () => {
  const { clock, contact, told } = rig();
  contact.hear(true);
  clock.pass(SPIKE_MILLISECONDS - 1);
  contact.hear(false);
  clock.pass(100);
  assert.equal(told, []);
});

test('the same level again, as every change of its port brings it, keeps nothing waiting', () => {
  const { clock, contact, told } = rig();
  contact.hear(true);
  for (let n = 0; n < 20; n++) {
    clock.pass(1);
    contact.hear(true);
  }
  assert.equal(told, [true]);
});

test('a passage whose two edges come at once after the process was held up is told', () => {
  const { clock, contact, told } = rig();
  clock.pass(150, true);
  contact.hear(true);
  contact.hear(false);
  clock.pass(100);
  assert.equal(told, [true, false]);
});

test('so is one whose edges come in two pieces, with a timer between them', () => {
  const { clock, contact, told } = rig();
  clock.pass(150, true);
  contact.hear(true);
  clock.pass(0);
  contact.hear(false);
  clock.pass(100);
  assert.equal(told, [true, false]);
});

test('a while after it was held up, a spike is a spike again', () => {
  const { clock, contact, told } = rig();
  clock.pass(150, true);
  clock.pass(200);
  contact.hear(true);
  contact.hear(false);
  clock.pass(100);
  assert.equal(told, []);
});

test('after a reset the first message is the rest', () => {
  const { clock, contact, told } = rig();
  contact.reset();
  contact.hear(true);
  clock.pass(100);
  assert.equal(told, [true]);
});

test.run();
