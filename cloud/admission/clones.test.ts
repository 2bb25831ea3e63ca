import type { JournalBody, Stamp } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listClones } from '../conflicts/parked-store.ts';
import { type House, startHouse } from '../test/house.ts';
import { journalWriter } from '../test/journal.ts';
import { createTurnWatch, OVERLAP_MS, RETURNS_MAX, UNCERTAINTY_MAX_MS } from './clones.ts';

const GATE = 'gate-1';
const START = Date.parse('2026-11-21T19:00:00Z');
const MINUTE = 60_000;
let house: House;

test.before.each(async () => {
  house = await startHouse();
});
test.after.each(() => house.stop());

const stamp = (minutes: number, boot: string, changes: Partial<Stamp> = {}): Stamp => ({
  ...{ wall: START + minutes * MINUTE, mono: minutes * MINUTE, boot, offset: 0 },
  ...{ uncertainty: 20, quality: 'trusted', ...changes },
});

/** One start of a gateway; its rows stand at these minutes. */
function start(epoch: string) {
  const writer = journalWriter();
  return (minutes: readonly number[], changes: Partial<Stamp> = {}) => {
    const rows = minutes.map((at) => {
      const event = { kind: 'event', event: 'tailgate', cursor: null } as const;
      const body: JournalBody = { ...event, at: stamp(at, epoch, changes) };
      return writer.write(body);
    });
    return house.validator.journal(GATE, { epoch, rows });
  };
}

const clones = async () =>
  (await listClones(house.store)).map(({ one, other, evidence }) => [one, other, evidence]);

test('a restart is no clone: rows of the run before it come late and are older', async () => {
  const [before, after] = [start('a'), start('b')];
  await before([0, 5, 10]);
  await after([31, 32]);
  await before([20, 30]);
  await after([33, 60]);
  assert.equal(await clones(), []);
});

test('two machines with one card: an older epoch goes on after a newer one has begun', async () => {
  const [one, other] = [start('a'), start('b')];
  await one([0, 5, 10]);
  await other([8, 9]);
  assert.equal(await clones(), [['a', 'b', 'journal']]);
  assert.is((await other([11])).upTo, 3, 'no row is refused');
  await one([12]);
  assert.equal(house.log.codes(), ['gateway-cloned'], 'people are told once');
  const [clone] = await listClones(house.store);
  assert.ok((clone?.latest ?? 0) >= (clone?.found ?? Number.POSITIVE_INFINITY));
});

test('the order in which two machines’ rows come does not matter', async () => {
  const [one, other] = [start('a'), start('b')];
  await other([8, 11]);
  await one([0, 5]);
  assert.equal(await clones(), []);
  await one([12]);
  assert.equal(await clones(), [['a', 'b', 'journal']]);
});

test('a clock that proves nothing accuses nobody', async () => {
  const [one, other] = [start('a'), start('b')];
  await one([0, 30]);
  await other([10, 20], { quality: 'untrusted' });
  await other([10, 20], { offset: null, uncertainty: null });
  await other([10, 20], { uncertainty: UNCERTAINTY_MAX_MS + 1 });
  const seconds = (OVERLAP_MS - 1) / MINUTE;
  await other([30 - seconds]);
  assert.equal(await clones(), []);
});

test('two sessions that take turns are two machines; a restart with beats under way is none', async () => {
  const turns = createTurnWatch();
  const hears = (...boots: string[]) => boots.map((boot) => turns.beat('g', boot) !== undefined);
  assert.equal(hears('x', 'x', 'y', 'x', 'y', 'y', 'z', 'y', 'z').includes(true), false);
  const flaps = Array.from({ length: RETURNS_MAX }, (_, i) => (i % 2 === 0 ? 'y' : 'z'));
  assert.is(hears(...flaps).at(-1), true);
  for (const boot of ['x', 'y', 'x', 'y', 'x', 'y']) {
    await house.validator.heard(GATE, stamp(1, boot));
  }
  assert.equal(await clones(), [['x', 'y', 'heartbeat']]);
  assert.equal(house.log.codes(), ['gateway-cloned']);
});

test.run();
