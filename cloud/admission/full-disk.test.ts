import { GatehouseError } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fillUp } from '../test/failing-store.ts';
import { type House, startHouse } from '../test/house.ts';
import { ending, newScanId, question, securePhone } from '../test/phone.ts';

const SCANS = 400;
let house: House;

test.before.each(async () => {
  house = await startHouse();
});
test.after.each(() => house.stop());

test('a full disk is answered with a fault and its code, admits nobody, and mends itself', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const code = await phone.code();
  const free = fillUp(house.store);
  const ask = () => house.validator.validate('gate-1', question(house.clock, code));
  const answers = await Promise.all(Array.from({ length: SCANS }, ask));
  const full = answers.filter(({ verdict }) => verdict.details.reason === 'store-full');
  assert.ok(full.length > 0, 'some scans found no room');
  assert.ok(full.every(({ verdict, grant }) => verdict.key === 'fault' && !grant));
  const kept = await house.store.db.selectFrom('scans').select('n').execute();
  assert.is(kept.length, SCANS - full.length, 'who was answered otherwise is on disk');
  const granted = answers.filter(({ grant }) => grant).length;
  const grants = await house.store.db.selectFrom('grants').selectAll().execute();
  assert.is(grants.length, granted);
  free();
  const after = await ask();
  assert.ok(['ok', 'busy'].includes(after.verdict.key));
});

test('a settle that finds no room is refused with store-full and nothing of it stays', async () => {
  const free = fillUp(house.store);
  let refused: unknown;
  for (let n = 0; n < SCANS && !refused; n++) {
    const request = ending(house.clock, newScanId(), 'passed', { ticket: 'x'.repeat(60) });
    await house.validator.settle('gate-1', request).catch((cause) => {
      refused = cause;
    });
  }
  free();
  assert.instance(refused, GatehouseError);
  assert.is((refused as GatehouseError).code, 'store-full');
  const facts = await house.store.db.selectFrom('scan_facts').selectAll().execute();
  const scans = await house.store.db.selectFrom('scans').selectAll().execute();
  assert.is(facts.length, scans.length);
});

test.run();
