import type { JournalBody } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf, page, ticketRow } from './test/samples.ts';
import { venueRig } from './test/venue-rig.ts';

test('who left while the disk was full is told again when his gateway died before the disk was back', async () => {
  const rig = await venueRig(['north'], { direction: 'exit' });
  const [north] = rig.gateways;
  assert.ok(north);
  const inside = ticketRow(north.store, 1, { used: 1, inside: true });
  north.store.apply(page([inside], { from: 1, cursor: 2 }), new Set());
  const full = Object.assign(new Error('full'), { code: 'journal-disk-full' });
  Object.assign(north.journal, { append: () => Promise.reject(full) });
  assert.is(await north.show(codeOf(1)), 'exit');
  north.gate.pass();
  await rig.clock.advance(500);
  assert.is(north.store.find(codeOf(1))?.inside, 0);
  await north.crash();
  // Long enough that the time of the new start is another one.
  await rig.clock.advance(60_000);
  north.link.connect(true);
  await north.boot();
  const isHis = (row: JournalBody) => row.kind === 'result' && row.ticket === 'ticket-1';
  const [row, more] = (await north.rows()).filter(isHis);
  assert.ok(row && !more);
  assert.equal([row.kind === 'result' && row.result, row.direction], ['passed', 'exit']);
  assert.is(row.at.boot, 'boot-1-of-north');
  const [live] = north.link.sent('settle');
  assert.equal([live?.scanId, live?.kind, live?.at.mono], [row.scanId, 'passed', row.at.mono]);
  await north.crash();
  await north.boot();
  assert.is((await north.rows()).filter(isHis).length, 1, 'its row tells of it from now on');
  await rig.stop();
});

test.run();
