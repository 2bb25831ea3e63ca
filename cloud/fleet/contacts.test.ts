import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Log } from '../ports.ts';
import { ACTIVE_MS, createContacts, HEARD_AGAIN_MS, LOOK_MS } from './contacts.ts';
import { type FleetHouse, openFleetHouse } from './test/fleet-house.ts';

const quiet: Log = { info() {}, warn() {}, error() {} };
const test = suite<{ house: FleetHouse }>('contacts');
test.before.each(async (context) => {
  context.house = await openFleetHouse();
});
test.after.each(({ house }) => house.stop());

/** Contacts whose timer the test runs, and what they have told. */
function contactsOf({ store, clock }: FleetHouse, log = quiet) {
  const live: string[] = [];
  const told = { changes: 0 };
  let look: (() => void) | undefined;
  const contacts = createContacts({
    db: store.db,
    clock: {
      now: clock.now,
      monotonic: clock.now,
      setTimeout: (run, milliseconds) => {
        assert.is(milliseconds, LOOK_MS);
        look = run;
      },
      clearTimeout: () => undefined,
    },
    log,
    live: () => live,
    changed: () => void told.changes++,
  });
  contacts.start();
  return {
    ...{ contacts, live, told },
    async look() {
      look?.();
      await contacts.stop();
    },
  };
}

async function rowOf({ store }: FleetHouse, id: string) {
  const found = store
    .prepareRead('select heard, active, revoked from gateways where id = ?')
    .get(id) as Record<string, number | null>;
  return { ...found };
}

const counter = ({ store }: FleetHouse): number =>
  (store.prepareRead(`select value from counters where name = 'change'`).get() as { value: number })
    .value;

test('enrolment, silence, contact and revocation each move the number of changes once', async ({
  house,
}) => {
  const { contacts, told, look } = contactsOf(house);
  const first = counter(house);
  const { gateway } = await house.enrol('pi-1', (await house.code(1, { waiveMinutes: 60 })).text);
  assert.is(counter(house), first + 1);
  await contacts.heard(gateway);
  assert.is(counter(house), first + 2);
  assert.equal(await rowOf(house, gateway), { heard: house.clock.at, active: 1, revoked: null });
  house.clock.at += ACTIVE_MS;
  await look();
  assert.is(counter(house), first + 2, 'twelve hours are not over');
  house.clock.at += 1;
  await look();
  assert.is((await rowOf(house, gateway)).active, 0);
  await contacts.heard(gateway);
  assert.equal(await rowOf(house, gateway), { heard: house.clock.at, active: 1, revoked: null });
  assert.is(counter(house), first + 4);
  assert.is(told.changes, 3);
  await house.fleet.revokeGateway(gateway);
  await house.fleet.revokeGateway(gateway);
  assert.is(counter(house), first + 5, 'a second time changes nothing');
});

test('a session that lasts keeps its gateway active, for one write per hour', async ({ house }) => {
  const { contacts, live, told, look } = contactsOf(house);
  const { gateway } = await house.enrol('pi-1', (await house.code(1, { waiveMinutes: 60 })).text);
  live.push(gateway);
  await contacts.heard(gateway);
  const began = house.clock.at;
  let writes = 0;
  let last = began;
  for (let n = 0; n < 26 * 60; n++) {
    house.clock.at += LOOK_MS;
    await look();
    const { heard, active } = await rowOf(house, gateway);
    assert.is(active, 1);
    if (heard !== last) writes++;
    last = heard as number;
  }
  assert.is(writes, (26 * 3_600_000) / HEARD_AGAIN_MS);
  assert.is(told.changes, 1, 'its first session');
});

test('a revoked gateway does not become active again', async ({ house }) => {
  const { contacts, told } = contactsOf(house);
  const { gateway } = await house.enrol('pi-1', (await house.code(1, { waiveMinutes: 60 })).text);
  await house.fleet.revokeGateway(gateway);
  const before = counter(house);
  await contacts.heard(gateway);
  await contacts.heard('gw-0000000000');
  assert.is(counter(house), before);
  assert.is(told.changes, 0);
});

test('a contact that could not be written is written at the next look', async ({ house }) => {
  const errors: object[] = [];
  const { contacts, live, look } = contactsOf(house, {
    ...quiet,
    error: (fields) => void errors.push(fields),
  });
  const { gateway } = await house.enrol('pi-1', (await house.code(1, { waiveMinutes: 60 })).text);
  const fail = `create trigger fail before update of heard on gateways begin
    select raise(abort, 'broken'); end`;
  house.store.prepare(fail).run();
  house.clock.at += HEARD_AGAIN_MS;
  await contacts.heard(gateway);
  assert.is(errors.length, 1);
  house.store.prepare('drop trigger fail').run();
  live.push(gateway);
  await look();
  assert.is((await rowOf(house, gateway)).heard, house.clock.at);
});

test.run();
