import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FrameFigures, Reading } from '../reading/index.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import { HINT_AFTER_MS, HINT_GIVEN_UP_MS, HINT_HELD_MS, HINT_SURE_MS } from './guest-hint.ts';
import { createLaneQuality, UNREAD_MIN_MS } from './lane-quality.ts';
import {
  BASE_MIDDLES_MIN,
  EMPTY_EVERY_MS,
  EMPTY_LOOKS_MAX,
  EMPTY_LOOKS_MIN,
  RECENT_READS_MAX,
} from './lens.ts';
import { BACKGROUND_SLOTS_MAX, GONE_MS } from './presence.ts';
import { createReadQuality, HINT_STALE_MS } from './read-quality.ts';

const FRAME_MS = 33;
const empty: FrameFigures = {
  ...{ contrast: 0.3, modulePx: 0, blurPx: 0, clipped: 0, white: 0, dark: 0.5 },
  ...{ tries: 1, ms: 1, boxes: 0, boxSize: 0 },
};
const seen = { modulePx: 4, blurPx: 1.5, tries: 2, boxes: 1, boxSize: 0.4 };
const code: FrameFigures = { ...empty, contrast: 0.6, ...seen };
const far = { ...code, boxSize: 0.2 };
const near = { ...code, boxSize: 1 };
const dark = { ...code, contrast: 0.08 };
const glare = { ...code, clipped: 0.5 };
const smeared = { ...code, blurPx: 16 };

function readingAt(at: number, text = '8KZ4M2QW7H3T'): Reading {
  return { code: text, raw: text, symbology: 'QRCode', source: 'camera', at, took: 20 };
}

/** One camera's lane in time of its own. */
function lane() {
  const alarms: string[] = [];
  const quality = createLaneQuality((alarm, isRaised) => alarms.push(`${alarm} ${isRaised}`));
  const hints: (string | undefined)[] = [];
  let now = 0;
  const show = (figures: FrameFigures, milliseconds: number) => {
    for (const end = now + milliseconds; now < end; now += FRAME_MS) {
      quality.frame(figures, now);
      if (quality.hint !== hints.at(-1)) hints.push(quality.hint);
    }
  };
  const read = (text?: string) => quality.read(readingAt(now, text));
  /** A guest comes, is read at once and goes. */
  const guest = (figures: FrameFigures) => {
    show(figures, 100);
    read();
    show(empty, GONE_MS + 200);
  };
  show(empty, 1_000);
  return { quality, alarms, hints, show, read, guest, now: () => now };
}

test('a guest whose ticket is not read is told what would help, and nothing before that', () => {
  const cases = [
    [far, 'closer'],
    [near, 'further'],
    [smeared, 'further'],
    [dark, 'brighter'],
    [glare, 'tilt'],
    [{ ...code, contrast: 0.3, dark: 0.9 }, 'brighter'],
    [{ ...dark, clipped: 0.1 }, 'tilt'],
    [{ ...far, clipped: 0.5 }, 'closer'],
    [{ ...near, clipped: 0.1 }, 'tilt'],
    [code, undefined],
  ] as const;
  for (const [figures, hint] of cases) {
    const { quality, hints, show } = lane();
    show(figures, HINT_AFTER_MS - FRAME_MS);
    assert.is(quality.hint, undefined);
    show(figures, 4 * FRAME_MS);
    assert.is(quality.hint, hint);
    show(empty, GONE_MS + 2 * FRAME_MS);
    assert.equal(hints, hint ? [hint, undefined] : []);
  }
});

test('a hint does not flicker: another has to be sure, and the shown one to have been read', () => {
  const { quality, hints, show } = lane();
  show(far, HINT_AFTER_MS + 100);
  for (let n = 0; n < 20; n++) show(n % 2 === 0 ? near : far, 4 * FRAME_MS);
  assert.equal(hints, ['closer']);
  show(near, HINT_HELD_MS + HINT_SURE_MS);
  assert.is(quality.hint, 'further');
  assert.equal(hints, ['closer', 'further']);
  show(near, HINT_GIVEN_UP_MS);
  assert.is(quality.hint, undefined, 'what has not helped for so long is not said for ever');
});

test('a read takes the hint away at once, and the same ticket gets none after it', () => {
  const { quality, show, read } = lane();
  show(far, HINT_AFTER_MS + 100);
  assert.is(quality.hint, 'closer');
  read();
  assert.is(quality.hint, undefined);
  show(far, 2 * HINT_AFTER_MS);
  assert.is(quality.hint, undefined);
  show(empty, GONE_MS + 100);
  show(far, HINT_AFTER_MS + 100);
  assert.is(quality.hint, 'closer', 'the next guest is another one');
});

test('a poster in the picture is no guest, hidden for a moment or not; a guest before it is one', () => {
  const { quality, show } = lane();
  show({ ...far, boxes: 2 }, BACKGROUND_SLOTS_MAX * 500 + 1_000);
  const before = quality.view()?.unread;
  show({ ...far, boxes: 2 }, 60_000);
  assert.is(quality.hint, undefined);
  assert.is(quality.view()?.unread, before);
  for (let n = 0; n < 5; n++) {
    show(empty, 1_000);
    show({ ...far, boxes: 2 }, 14_000);
  }
  assert.is(quality.hint, undefined);
  assert.is(quality.view()?.unread, before);
  show({ ...far, boxes: 3 }, HINT_AFTER_MS + 100);
  assert.is(quality.hint, 'closer');
});

test('time to first read, tries, figures and stage are those of each guest’s first read', () => {
  const { quality, show, read } = lane();
  assert.equal(lane().quality.view()?.first, null);
  for (const wait of [200, 400, 600]) {
    show({ ...code, tries: 2 }, wait);
    quality.frame({ ...code, tries: 3, stage: 'bars' }, wait);
    read();
    show(code, 1_000);
    read();
    show(empty, GONE_MS + 200);
  }
  read('12');
  show(code, UNREAD_MIN_MS + 100);
  show(empty, GONE_MS + 200);
  const view = quality.view();
  assert.is(view?.reads, 7);
  assert.is(view?.phantoms, 1);
  assert.is(view?.unread, 1);
  assert.ok(Math.abs((view?.first ?? 0) - 400) <= 2 * FRAME_MS, String(view?.first));
  assert.ok((view?.tries ?? 0) >= 20, String(view?.tries));
  assert.equal(
    [view?.contrast, view?.modulePx, view?.blurPx, view?.clipped, view?.stages],
    [0.6, 4, 1.5, 0, { bars: 3 }],
  );
});

test('a lens that gets dirty is told once, and is well only when it is clean again', () => {
  const { quality, alarms, guest } = lane();
  const guests = (figures: FrameFigures, n: number) => {
    for (let i = 0; i < n; i++) guest(figures);
  };
  guests(code, RECENT_READS_MAX * (BASE_MIDDLES_MIN + 1));
  guests({ ...code, contrast: 0.4 }, RECENT_READS_MAX);
  assert.equal(alarms, [], 'somewhat worse is no alarm');
  guests({ ...code, contrast: 0.3 }, RECENT_READS_MAX);
  assert.equal(alarms, ['lens-dirty true']);
  guests({ ...code, contrast: 0.4 }, 3 * RECENT_READS_MAX);
  assert.equal(alarms, ['lens-dirty true'], 'somewhat better is not well');
  assert.equal(quality.view()?.alarms, ['lens-dirty']);
  guests(code, RECENT_READS_MAX);
  assert.equal(alarms, ['lens-dirty true', 'lens-dirty false']);
  guests({ ...code, blurPx: 3 }, RECENT_READS_MAX);
  assert.equal(alarms.at(-1), 'lens-dirty true', 'wide edges are dirt, too');
});

test('a lamp in an empty picture is told after half a minute, with hysteresis', () => {
  const { quality, alarms, show } = lane();
  const lamp = (white: number) => ({ ...empty, white });
  show(lamp(0.2), (EMPTY_LOOKS_MIN - 5) * EMPTY_EVERY_MS);
  assert.equal(alarms, []);
  show(lamp(0.2), EMPTY_LOOKS_MAX * EMPTY_EVERY_MS);
  assert.equal(alarms, ['lens-glare true']);
  show(lamp(0.05), 2 * EMPTY_LOOKS_MAX * EMPTY_EVERY_MS);
  assert.equal(quality.view()?.alarms, ['lens-glare']);
  show(lamp(0), EMPTY_LOOKS_MAX * EMPTY_EVERY_MS);
  assert.equal(alarms, ['lens-glare true', 'lens-glare false']);
});

test('a hint is told when it changes, and goes when its camera is lost', async () => {
  const clock = virtualClock();
  const told: (string | undefined)[] = [];
  const logged: object[] = [];
  const quality = createReadQuality({
    ...{ devices: 2, clock },
    log: { info() {}, warn: (fields: object) => void logged.push(fields), error() {} },
    onHint: (device) => told.push(`${device} ${quality.hint(device)}`),
  });
  const show = async (figures: FrameFigures, milliseconds: number) => {
    for (let n = 0; n < milliseconds; n += FRAME_MS) {
      quality.frame(1, figures);
      await clock.advance(FRAME_MS);
    }
  };
  await show(empty, 1_000);
  await show(far, HINT_AFTER_MS + 200);
  assert.equal(told, ['1 closer']);
  await clock.advance(HINT_STALE_MS);
  assert.equal(told, ['1 closer', '1 undefined']);
  await show({ ...empty, white: 0.5 }, (EMPTY_LOOKS_MIN + 5) * EMPTY_EVERY_MS);
  assert.equal(logged, [{ code: 'lens-glare', device: 1 }]);
  quality.read(0, { ...readingAt(0), source: 'scanner', took: 7 });
  const view = quality.view((device) => `lane-${device}`);
  assert.equal([view.reads, view.phantoms, view.took], [1, 0, 7]);
  assert.equal(
    view.lanes?.map(({ lane: id, alarms }) => [id, alarms]),
    [['lane-1', ['lens-glare']]],
    'a lane without a camera has no figures',
  );
  quality.stop();
});

test.run();
