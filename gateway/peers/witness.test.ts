import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../log.ts';
import { fakeLink } from '../test/fake-link.ts';
import { EVENING, scanIdOf } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import type { LocalPassage } from '../tickets/index.ts';
import { createWitness } from './witness.ts';

const SOON_MS = 40_000;

function heardOf(number: number, gateway: string): LocalPassage {
  const source = { gateway, epoch: 'epoch-1', seq: number };
  const stamp = { mono: 1, boot: 'b', offset: 0, uncertainty: 1, quality: 'trusted' } as const;
  return {
    ...{ scanId: scanIdOf(number), ticket: `ticket-${number}`, direction: 'entry' },
    ...{ lane: `${gateway}.lane-1`, at: EVENING, counts: true, source },
    news: { at: { wall: EVENING, ...stamp } },
  };
}

function rig(passages: LocalPassage[]) {
  const clock = virtualClock();
  const link = fakeLink();
  link.connect(true);
  const far = { isOnline: true, heard: [] as string[] };
  const settled = new Set<string>();
  const witness = createWitness({
    ...{ store: { passagesLeft: () => passages }, link, clock, log: silentLog, settled },
    isOnline: () => far.isOnline,
    heard: () => far.heard,
  });
  witness.start();
  const told = () => link.sent('settle').map(({ scanId }) => scanId);
  return { clock, link, far, settled, witness, told };
}

test('a passage at a gateway that is gone is told to the cloud, and again until it is taken', async () => {
  const { clock, link, settled, witness, told } = rig([heardOf(7, 'north')]);
  await clock.advance(SOON_MS);
  const [first] = link.sent('settle');
  assert.equal(first?.of, { gateway: 'north', epoch: 'epoch-1', seq: 7 });
  assert.equal([first?.kind, first?.lane, first?.at.boot], ['passed', 'north.lane-1', 'b']);
  const before = told().length;
  await clock.advance(SOON_MS);
  assert.ok(told().length > before);
  settled.add(scanIdOf(7));
  const after = told().length;
  await clock.advance(SOON_MS);
  assert.is(told().length, after);
  witness.stop();
});

test('a gateway that is heard tells of its own passages, and nobody else of this one’s', async () => {
  const { source: _, ...own } = heardOf(2, 'south');
  const { clock, far, witness, told } = rig([heardOf(1, 'north'), own]);
  far.heard = ['north'];
  await clock.advance(SOON_MS);
  assert.equal(told(), []);
  witness.stop();
});

test('nothing is told while the cloud is away, nor at once when it is back', async () => {
  const { clock, far, witness, told } = rig([heardOf(1, 'north')]);
  far.isOnline = false;
  await clock.advance(SOON_MS);
  far.isOnline = true;
  await clock.advance(5_000);
  assert.equal(told(), []);
  await clock.advance(SOON_MS);
  assert.is(told()[0], scanIdOf(1));
  witness.stop();
});

test('of very many each has its turn, also where the cloud does not take the first', async () => {
  const passages = Array.from({ length: 250 }, (_, n) => heardOf(n + 1, 'north'));
  const { clock, witness, told } = rig(passages);
  await clock.advance(2 * SOON_MS);
  assert.is(new Set(told()).size, 250);
  witness.stop();
});

test.run();
