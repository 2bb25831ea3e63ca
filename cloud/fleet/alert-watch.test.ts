import type { Heartbeat } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type AlertList,
  CLONE_SHOWN_MS,
  createAlertWatch,
  LOOK_AFTER_MS,
  LOOK_AGAIN_MS,
} from './alert-watch.ts';
import { alertsOf, CERTIFICATE_LOW_MS, FLEET_ALERTS, PAGE_CERTIFICATE_LOW_MS } from './alerts.ts';
import { alertTexts } from './api.ts';
import type { FleetGateway } from './fleet-gateway.ts';

const NOW = 1_800_000_000_000;
const quietBeat = { lanes: [], at: { quality: 'trusted' } };
const silent = { info() {}, warn() {}, error() {} };

/** A fleet of two, whose timers the test runs. */
function fleet() {
  const timers: { run: () => void; in: number }[] = [];
  const state = {
    at: NOW,
    live: ['gw-1', 'gw-2'],
    cloned: new Map<string, number>(),
    standing: 'active' as FleetGateway['standing'],
    beat: { lanes: [], at: { quality: 'trusted' } } as unknown as Heartbeat,
    broken: false,
  };
  const gateway = (id: string) =>
    ({
      ...{ id, name: `Door ${id}`, venue: 'kade', standing: state.standing },
      ...{ certificateEnds: NOW + 2 * CERTIFICATE_LOW_MS, refused: null },
      configuration: { version: 1 },
    }) as FleetGateway;
  const watch = createAlertWatch({
    log: silent,
    clock: {
      now: () => state.at,
      monotonic: () => state.at,
      setTimeout: (run, ms) => timers[timers.push({ run, in: ms }) - 1],
      clearTimeout(timer) {
        const at = timers.indexOf(timer as (typeof timers)[number]);
        if (at >= 0) timers.splice(at, 1);
      },
    },
    async gateways() {
      if (state.broken) throw new Error('broken');
      return [gateway('gw-1'), gateway('gw-2')];
    },
    clonedSince: async (since) =>
      [...state.cloned].flatMap(([id, latest]) => (latest > since ? [id] : [])),
    sessions: () => state.live.map((id) => ({ gateway: id, lastHeartbeat: { beat: state.beat } })),
  });
  const told: AlertList[] = [];
  watch.feed.subscribe((list) => void told.push(list));
  return {
    ...{ state, watch, told, timers },
    named: () => watch.now.alerts.map(({ gateway, alert }) => `${gateway} ${alert}`),
    async after(ms: number) {
      const due = timers.findIndex((timer) => timer.in === ms);
      assert.ok(due >= 0, `nothing waits ${ms} ms`);
      timers.splice(due, 1)[0]?.run();
      await new Promise((done) => setImmediate(done));
    },
  };
}

test('an alert is told at once, once for all that comes together, and told again when it is over', async () => {
  const { state, watch, told, named, after, timers } = fleet();
  const news: string[] = [];
  watch.onNew(({ gateway, alert }) => void news.push(`${gateway} ${alert}`));
  await watch.start();
  assert.equal([named(), told], [[], []]);
  state.live = ['gw-2'];
  state.beat = { ...state.beat, disk: { free: 1, journal: 1, low: true } } as Heartbeat;
  watch.look();
  watch.look();
  assert.is(timers.filter((timer) => timer.in === LOOK_AFTER_MS).length, 1);
  await after(LOOK_AFTER_MS);
  assert.equal(named(), ['gw-1 offline', 'gw-2 disk-low']);
  assert.equal(
    told.map(({ n }) => n),
    [1],
  );
  state.at += 60_000;
  state.live = ['gw-1', 'gw-2'];
  watch.look();
  await after(LOOK_AFTER_MS);
  assert.equal(named(), ['gw-1 disk-low', 'gw-2 disk-low']);
  assert.equal(
    watch.now.alerts.map(({ since }) => since),
    [NOW + 60_000, NOW],
  );
  assert.equal(news, ['gw-1 offline', 'gw-2 disk-low', 'gw-1 disk-low']);
  await watch.stop();
  watch.look();
  assert.equal(timers, []);
});

test('a copied card stands before all else, for a day; a revoked gateway has no alerts', async () => {
  const { state, watch, named, after } = fleet();
  state.live = ['gw-2'];
  state.cloned.set('gw-2', NOW);
  await watch.start();
  assert.equal(named(), ['gw-2 cloned', 'gw-1 offline']);
  state.at += CLONE_SHOWN_MS;
  await after(LOOK_AGAIN_MS);
  assert.equal(named(), ['gw-1 offline']);
  state.cloned.set('gw-2', state.at);
  state.standing = 'revoked';
  await after(LOOK_AGAIN_MS);
  assert.equal(named(), []);
  await watch.stop();
});

test('a certificate of pages that ends soon, or cannot be used, is an alert', async () => {
  const { state, watch, named, after } = fleet();
  state.live = ['gw-1'];
  state.standing = 'active';
  const pages = async (certificateEnds: number, usable: boolean) => {
    const health = { configuration: 1, pages: { certificateEnds, usable } };
    state.beat = { ...state.beat, health } as Heartbeat;
    await after(LOOK_AGAIN_MS);
    return named().includes('gw-1 page-certificate');
  };
  await watch.start();
  assert.not(await pages(NOW + PAGE_CERTIFICATE_LOW_MS, true));
  assert.ok(await pages(NOW + PAGE_CERTIFICATE_LOW_MS - 1, true));
  assert.ok(await pages(NOW + 2 * PAGE_CERTIFICATE_LOW_MS, false));
  await watch.stop();
});

test('a lens that a gateway finds dirty, or blinded, is an alert until it says that it is well', async () => {
  const { state, watch, named, after } = fleet();
  state.live = ['gw-1', 'gw-2'];
  const lens = async (...alarms: string[]) => {
    const reading = { reads: 0, phantoms: 0, took: null, lanes: [{ alarms: [] }, { alarms }] };
    state.beat = { ...state.beat, health: { configuration: 1, reading } } as unknown as Heartbeat;
    await after(LOOK_AGAIN_MS);
    return named().filter((one) => one.startsWith('gw-1'));
  };
  await watch.start();
  assert.equal(await lens(), []);
  assert.equal(await lens('lens-glare', 'lens-dirty'), ['gw-1 lens-dirty', 'gw-1 lens-glare']);
  assert.equal(await lens('lens-dirty'), ['gw-1 lens-dirty']);
  assert.equal(await lens(), []);
  await watch.stop();
});

test('a database that fails leaves what was known, and is asked again', async () => {
  const { state, watch, named, after } = fleet();
  state.live = ['gw-2'];
  await watch.start();
  state.broken = true;
  state.live = [];
  await after(LOOK_AGAIN_MS);
  assert.equal(named(), ['gw-1 offline']);
  state.broken = false;
  await after(LOOK_AGAIN_MS);
  assert.equal(named(), ['gw-1 offline', 'gw-2 offline']);
  await watch.stop();
});

test('each thing that is wrong is an alert of its own, and a gateway that is well has none', () => {
  const beat = (more: object) => ({
    lastHeartbeat: { beat: { ...quietBeat, ...more } as unknown as Heartbeat },
  });
  const reading = (more: object) => ({ reads: 100, phantoms: 0, took: 200, ...more });
  const closed = (fault: string) => ({ lanes: [{ lane: 'a', state: 'closed', fault }] });
  const well = {
    ...{ standing: 'active', certificateEnds: NOW + 2 * CERTIFICATE_LOW_MS, refused: null },
    configuration: { version: 3 },
  } as unknown as FleetGateway;
  const at = { now: NOW, isCloned: false };
  assert.equal(alertsOf(well, beat({}), at), []);
  const cases: [string, Partial<FleetGateway>, object][] = [
    ['certificate-low', { certificateEnds: NOW + CERTIFICATE_LOW_MS - 1 }, {}],
    ['configuration-refused', { refused: { version: 3, code: 'x', fault: '' } }, {}],
    ['waiting', { standing: 'waiting' }, {}],
    ['disk-low', {}, { disk: { free: 1, journal: 1, low: true } }],
    ['clock-untrusted', {}, { at: { quality: 'untrusted' } }],
    ['hot', {}, { health: { configuration: 3, temperature: 80 } }],
    ['reading-bad', {}, { health: { configuration: 3, reading: reading({ phantoms: 11 }) } }],
    ['reading-bad', {}, { health: { configuration: 3, reading: reading({ took: 1_001 }) } }],
    ['lane-fault', {}, closed('turnstile-relay-stuck')],
  ];
  for (const [alert, gateway, more] of cases) {
    assert.equal(alertsOf({ ...well, ...gateway }, beat(more), at), [alert], alert);
  }
  const few = { health: { configuration: 3, reading: { reads: 49, phantoms: 49, took: 5_000 } } };
  assert.equal(alertsOf(well, beat(few), at), [], 'few readings prove nothing');
  assert.equal(alertsOf(well, beat(closed('lane-closed-by-person')), at), []);
  assert.equal(alertsOf(well, undefined, at), ['offline']);
});

test('there are words for every alert, in both languages', () => {
  assert.equal(Object.keys(alertTexts).sort(), [...FLEET_ALERTS].sort());
});

test.run();
