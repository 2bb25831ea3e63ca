import type { SettleRequest } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { admission, admit, drain, type Rows, sell } from '../test/offline.ts';

let house: House;
let ticket: { id: string; performance: string };
let now: number;
const minute = 60_000;

test.before.each(async () => {
  house = await startHouse();
  ticket = await sell(house, (await house.perform()).id);
  now = house.clock.now();
  house.store
    .prepare(
      `insert into config_codes (id, claim, configuration, uses, used, expires, created)
       values ('code', 'claim', '{}', 9, 0, 0, 0)`,
    )
    .run();
  for (const id of ['a', 'b', 'c']) enrolled(id, id === 'c' ? 'elsewhere' : 'theatre');
});
test.after.each(() => house.stop());

function enrolled(id: string, venue: string) {
  house.store
    .prepare(
      `insert into gateways (id, config_code, key_digest, public_key, name, venue, entrance,
       configuration, hardware, software, created, heard, active, activated, accepted, revoked)
       values (?, 'code', ?, x'00', ?, ?, 'main', '{}', '', '', 0, 1, 1, 0, 0, 1)`,
    )
    .run(id, id, id, venue);
}

const heardOf = ({ gateway, epoch, live }: Rows): SettleRequest => ({
  ...live,
  of: { gateway, epoch, seq: 2 },
});

async function used() {
  const { db } = house.store;
  const row = await db
    .selectFrom('tickets')
    .select(['used', 'inside'])
    .where('id', '=', ticket.id)
    .executeTakeFirstOrThrow();
  return [row.used, row.inside];
}

test('a passage at a gateway that is gone counts on the word of one that has heard of it, once', async () => {
  const lost = admission(ticket, { gateway: 'a', at: now - minute });
  for (let times = 0; times < 2; times++) await house.validator.settle('b', heardOf(lost));
  assert.equal(await used(), [1, 1]);
  const [scan, more] = await house.store.db.selectFrom('scans').selectAll().execute();
  assert.ok(scan && !more);
  assert.equal([scan.gateway, scan.result, scan.epoch, scan.seq], ['a', 'passed', lost.epoch, 2]);
});

test('should its journal come all the same, it says nothing new', async () => {
  const late = admission(ticket, { gateway: 'a', at: now - minute });
  await house.validator.settle('b', heardOf(late));
  await drain(house, late);
  assert.equal(await used(), [1, 1]);
  const scans = await house.store.db.selectFrom('scans').selectAll().execute();
  assert.equal([scans.length, scans[0]?.verdict], [1, 'ok']);
});

test('a double with it is found, and whoever had heard of it knew', async () => {
  const first = admission(ticket, { gateway: 'a', at: now - minute });
  const heard = { a: { epoch: first.epoch, seq: 2 } };
  await admit(house, ticket, { gateway: 'b', at: now, peers: { heard } });
  await house.validator.settle('b', heardOf(first));
  const [conflict] = await house.desk.list({ limit: 9 });
  assert.equal([conflict?.kind, conflict?.order], ['knew', 'peer']);
});

test('nobody speaks for a gateway of another venue, nor of anything but passages', async () => {
  const lost = admission(ticket, { gateway: 'a', at: now - minute });
  const refused = async (by: string, news: SettleRequest) => {
    const said = await house.validator.settle(by, news).catch(({ code }: { code: string }) => code);
    assert.is(said, 'gateway-not-neighbour');
  };
  await refused('c', heardOf(lost));
  await refused('b', { ...heardOf(lost), kind: 'released' });
  await refused('b', heardOf({ ...lost, gateway: 'nobody' }));
  assert.equal(await used(), [0, 0]);
});

test.run();
