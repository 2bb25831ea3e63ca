import type { PerformanceRow } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { laneRig, type RigOptions } from '../test/lane-rig.ts';
import {
  codeOf,
  page,
  performanceRow,
  scanIdOf,
  secureTextOf,
  ticketRow,
} from '../test/samples.ts';
import { OVERRIDE_AFTER_MS } from './hand-lane.ts';

const STEWARD = { staff: 'ds-1', role: 'steward' as const };
const LEAD = { staff: 'ds-2', role: 'lead' as const };
const SECURE = secureTextOf('1');

async function rigged(options: RigOptions = {}) {
  const rig = await laneRig(options);
  let drawn = 1_000;
  const hand = rig.hands.open('hand-1');
  const asked = (code: string, scanId = scanIdOf(++drawn)) => ({
    ...{ scanId, code, source: 'typed' as const },
  });
  const done = async <T>(work: Promise<T>): Promise<T> => {
    const said = work.catch((error: unknown) => error);
    await rig.clock.settle();
    await said;
    return work;
  };
  const override = (of: { scanId: string; ticket?: string | undefined }, who = LEAD) =>
    done(
      hand.override(
        {
          ...{ scanId: scanIdOf(++drawn), of: of.scanId, reason: 'came back from first aid' },
          ...{ ticket: of.ticket ?? '', performance: 'evening' },
        },
        who,
      ),
    );
  const scan = (code: string, who = STEWARD, id?: string) => done(hand.scan(asked(code, id), who));
  return { ...rig, hand, asked, done, scan, override };
}

const codeOfError = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );

test('a handheld admits at once, remembers it, and its rows say who held it, never a name', async () => {
  const rig = await rigged();
  const first = await rig.scan(codeOf(1));
  assert.is(first.verdict.key, 'ok');
  assert.is(first.passed, true);
  assert.is((await rig.scan(codeOf(1))).verdict.key, 'just-admitted');
  await rig.clock.advance(11_000);
  assert.is((await rig.scan(codeOf(1))).verdict.key, 'already-used');
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'already-used', 'and every lane knows');
  const rows = rig.rows().filter(({ lane }) => lane === 'hand-1');
  assert.equal(
    rows.map(({ kind, by }) => `${kind} ${by}`),
    ['intent ds-1', 'result ds-1', 'refusal ds-1', 'refusal ds-1'],
  );
  await rig.stop();
});

test('the same scan id gives the same answer and one admission; for another code it is refused', async () => {
  const rig = await rigged();
  const asked = rig.asked(codeOf(1));
  const [one, two] = await rig.done(
    Promise.all([rig.hand.scan(asked, STEWARD), rig.hand.scan(asked, STEWARD)]),
  );
  assert.equal(one, two);
  assert.equal(rig.story(), ['intent', 'result:passed']);
  const other = rig.hand.scan({ ...asked, code: codeOf(2) }, STEWARD);
  assert.is(await codeOfError(other), 'scan-id-reused');
  // After a restart nothing but the journal's passages is left of it.
  const again = rig.hands.open('hand-2');
  const elsewhere = codeOfError(again.scan(asked, STEWARD));
  assert.is(await elsewhere, 'scan-id-reused');
  await rig.hands.close('hand-1');
  const reborn = await rig.done(rig.hands.open('hand-1').scan(asked, STEWARD));
  assert.equal([reborn.verdict.key, reborn.passed], ['ok', true]);
  assert.is(rig.story().length, 2);
  const counted = ticketRow(rig.store, 1, { used: 1, inside: true, scans: [asked.scanId] });
  rig.store.apply(page([counted], { from: 5, cursor: 6 }), new Set([asked.scanId]));
  await rig.hands.close('hand-1');
  const late = await rig.done(rig.hands.open('hand-1').scan(asked, STEWARD));
  assert.equal([late.verdict.key, late.passed], ['ok', true], 'also when the cloud has counted it');
  await rig.stop();
});

test('two handhelds and a lane that read one ticket in the same moment admit one guest', async () => {
  const rig = await rigged();
  const other = rig.hands.open('hand-2');
  const said = await rig.done(
    Promise.all([
      rig.hand.scan(rig.asked(codeOf(3)), STEWARD),
      other.scan(rig.asked(codeOf(3)), STEWARD),
      rig.show(codeOf(3)),
    ]),
  );
  const keys = said.map((one) => one.verdict?.key);
  assert.is(keys.filter((key) => key === 'ok').length, 1, keys.join());
  await rig.stop();
});

test('an admission that waits for the steward is used by his word, released by his no or by silence', async () => {
  const rig = await rigged();
  rig.hand.setMode({ direction: 'entry', performances: [], confirms: true });
  const one = await rig.scan(codeOf(1));
  assert.is(one.passed, false);
  assert.ok((one.open ?? 0) > rig.time.now());
  assert.is((await rig.show(codeOf(1))).verdict?.key, 'busy');
  assert.is((await rig.done(rig.hand.end(one.scanId, true))).passed, true);
  assert.is((await rig.done(rig.hand.end(one.scanId, true))).passed, true, 'said twice');
  const two = await rig.scan(codeOf(2));
  assert.is((await rig.done(rig.hand.end(two.scanId, false))).passed, false);
  const three = await rig.scan(codeOf(3));
  await rig.clock.advance(9_000);
  const { passed } = await rig.done(rig.hand.end(three.scanId, true));
  assert.is(passed, false, 'too late: it was released');
  assert.is(await codeOfError(rig.hand.end(scanIdOf(7), true)), 'scan-not-here');
  const used = [1, 2, 3].map((n) => rig.store.find(codeOf(n))?.used);
  assert.equal(used, [1, 0, 0]);
  await rig.stop();
});

test('a lead overrides with a reason, a steward does not, and nobody admits a stranger or a blocked ticket', async () => {
  const rig = await rigged();
  await rig.scan(codeOf(1));
  await rig.clock.advance(20_000);
  const used = await rig.scan(codeOf(1));
  assert.is(used.verdict.key, 'already-used');
  assert.is(await codeOfError(rig.override(used, STEWARD as never)), 'override-refused');
  const over = await rig.override(used);
  assert.equal([over.verdict.key, over.passed, over.decidedBy], ['override', true, 'staff']);
  const intent = rig.rows().findLast(({ kind }) => kind === 'intent');
  assert.is(intent?.by, 'ds-2');
  assert.is(intent?.kind === 'intent' && intent.refersTo, used.scanId);
  assert.is(intent?.kind === 'intent' && intent.decidedBy, 'staff');
  const stranger = await rig.scan('nobody-knows-this');
  assert.is(stranger.verdict.key, 'unknown');
  assert.is(await codeOfError(rig.override(stranger)), 'override-refused');
  rig.store.apply(
    page([ticketRow(rig.store, 2, { status: 'blocked' })], { from: 5, cursor: 6 }),
    new Set(),
  );
  const blocked = await rig.scan(codeOf(2));
  assert.is(blocked.verdict.key, 'blocked');
  assert.is(await codeOfError(rig.override(blocked)), 'override-refused');
  await rig.stop();
});

test('a ticket blocked after it was refused for another reason is not let in by an old refusal', async () => {
  const rig = await rigged();
  await rig.scan(codeOf(1));
  await rig.clock.advance(20_000);
  const used = await rig.scan(codeOf(1));
  rig.store.apply(
    page([ticketRow(rig.store, 1, { status: 'cancelled' })], { from: 5, cursor: 6 }),
    new Set(),
  );
  const said = await rig.override(used);
  assert.equal([said.verdict.key, said.passed], ['cancelled', false]);
  await rig.stop();
});

test('a grant left open is settled by a person; overriding it waits two minutes', async () => {
  const rig = await rigged();
  const grant = { gateway: 'gate', lane: 'lane-1', scanId: scanIdOf(900), unsettled: true };
  rig.reservations.reserve('ticket-4', 'evening', grant);
  const asked = await rig.scan(codeOf(4));
  assert.equal([asked.verdict.key, asked.verdict.details.reason], ['staff', 'unsettled']);
  assert.is(await codeOfError(rig.override(asked, STEWARD as never)), 'override-refused');
  assert.is(await codeOfError(rig.override(asked)), 'override-too-soon');
  await rig.clock.advance(OVERRIDE_AFTER_MS);
  assert.is((await rig.override(asked)).verdict.key, 'override');
  rig.reservations.reserve('ticket-5', 'evening', { ...grant, scanId: scanIdOf(901) });
  assert.is((await rig.done(rig.hand.settle('ticket-5', false, LEAD))).passed, false);
  assert.is((await rig.scan(codeOf(5))).verdict.key, 'ok', 'given back, it is good again');
  assert.is(await codeOfError(rig.hand.settle('ticket-5', true, LEAD)), 'grant-not-here');
  await rig.stop();
});

test('S9 a group is let in code by code; secure tickets are named to be shown singly', async () => {
  const rig = await rigged();
  const scans = [codeOf(1), codeOf(2), codeOf(2), SECURE, 'stranger'].map((code) =>
    rig.asked(code),
  );
  const said = await rig.done(rig.hand.group(scans, STEWARD));
  const keys = said.map(({ verdict }) => verdict.key);
  assert.equal([keys[0], keys[3], keys[4]], ['ok', 'group', 'unknown']);
  assert.equal(keys.slice(1, 3).filter((key) => key === 'ok').length, 1, 'one ticket twice');
  const again = await rig.done(rig.hand.group(scans, STEWARD));
  assert.equal(again, said);
  assert.is(rig.story().filter((row) => row === 'intent').length, 2);
  await rig.stop();
});

test('several people go in on one pass, up to what is left of it', async () => {
  const rig = await rigged();
  rig.store.apply(page([ticketRow(rig.store, 1, { uses: 3 })], { from: 5, cursor: 6 }), new Set());
  const asked = rig.asked(codeOf(1));
  const said = await rig.done(rig.hand.passes(asked, 5, STEWARD));
  const keys = said.map(({ verdict }) => verdict.key);
  assert.equal(keys, ['pass-use', 'pass-use', 'pass-use', 'already-used']);
  assert.equal(await rig.done(rig.hand.passes(asked, 5, STEWARD)), said);
  assert.is(rig.store.find(codeOf(1))?.used, 3);
  await rig.hands.close('hand-1');
  const reborn = rig.hands.open('hand-1');
  const again = await rig.done(reborn.passes(asked, 5, STEWARD));
  assert.equal(
    again.map(({ passed }) => passed),
    [true, true, true, false],
    'who was let in before a restart is not let in once more',
  );
  assert.is(rig.store.find(codeOf(1))?.used, 3);
  const secure = reborn.passes(rig.asked(SECURE), 2, STEWARD);
  assert.is(await codeOfError(secure), 'group-secure');
  await rig.stop();
});

test('N4 performances that were not chosen are another evening here; an exit opens in any case', async () => {
  const rig = await rigged();
  const performances: PerformanceRow[] = [performanceRow(), performanceRow({ id: 'other' })];
  const rows = [ticketRow(rig.store, 1), ticketRow(rig.store, 2, { performance: 'other' })];
  rig.store.apply(page(rows, { performances, from: 5, cursor: 6 }), new Set());
  rig.hand.setMode({ direction: 'entry', performances: ['other'], confirms: false });
  assert.is((await rig.scan(codeOf(1))).verdict.key, 'wrong-performance');
  assert.is((await rig.scan(codeOf(2))).verdict.key, 'ok');
  rig.disk.fail('journal-disk-full');
  rig.hand.setMode({ direction: 'exit', performances: [], confirms: false });
  assert.is((await rig.scan(codeOf(2))).verdict.key, 'exit');
  assert.is((await rig.scan('stranger')).verdict.key, 'exit-unmatched');
  rig.hand.setMode({ direction: 'entry', performances: [], confirms: false });
  assert.is((await rig.scan(codeOf(1))).verdict.key, 'lane-closed', 'nothing can be written');
  assert.is(rig.hand.fault(), 'journal-disk-full');
  await rig.stop();
});

test.run();
