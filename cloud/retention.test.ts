import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRetention, KEPT_MS, ROUND_MS, STEP_ROWS } from './retention.ts';
import { type House, startHouse } from './test/house.ts';
import { journalWriter } from './test/journal.ts';
import { admission, admit, drain, sell } from './test/offline.ts';
import { question } from './test/phone.ts';

let house: House;
let performance: string;

test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
});
test.after.each(() => house.stop());

const prune = () => createRetention(house).round();
const count = async (table: 'journal' | 'scan_facts' | 'scans') =>
  (
    await house.store.db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n;
const used = async (id: string) =>
  (
    await house.store.db
      .selectFrom('tickets')
      .select('used')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).used;

test('journal rows and facts go after their time, and not before', async () => {
  const ticket = await sell(house, performance);
  await admit(house, ticket, { at: house.clock.now() });
  house.clock.move(KEPT_MS.journal - 1_000);
  assert.equal(await prune(), { journal: 0, facts: 0, scans: 0 });
  house.clock.move(2_000);
  assert.equal(await prune(), { journal: 2, facts: 1, scans: 0 });
  assert.is(await count('scans'), 1, 'the passage itself stays');
});

test('what was pruned and is sent again is known, counts nothing and is acknowledged', async () => {
  const ticket = await sell(house, performance);
  const rows = await admit(house, ticket, { at: house.clock.now() });
  house.clock.move(KEPT_MS.journal + 1_000);
  await prune();
  const { epoch } = rows;
  const said = await house.validator.journal(rows.gateway, { epoch, rows: rows.rows });
  assert.equal(said, { epoch, upTo: 2, parked: [] });
  await house.validator.settle(rows.gateway, rows.live);
  assert.is(await used(ticket.id), 1);
  assert.is(await count('journal'), 0);
  assert.equal(await house.desk.list({ limit: 10 }), []);
});

test('a journal goes on where it was pruned', async () => {
  const ticket = await sell(house, performance);
  const { gateway, epoch, rows } = await admit(house, ticket, { at: house.clock.now() });
  house.clock.move(KEPT_MS.journal + 1_000);
  await prune();
  const next = journalWriter(3, rows.at(-1)?.digest).write('{"kind":"nothing known"}');
  const said = await house.validator.journal(gateway, { epoch, rows: [next] });
  assert.equal(said, { epoch, upTo: 3, parked: [3] });
});

test('rows of an open conflict, rows set aside and rows behind a hole stay', async () => {
  const ticket = await sell(house, performance);
  const at = house.clock.now();
  await admit(house, ticket, { gateway: 'a', at: at - 60_000 });
  await admit(house, ticket, { gateway: 'b', at });
  const { epoch, rows } = admission(await sell(house, performance), { gateway: 'c', at });
  await house.validator.journal('c', { epoch, rows: rows.slice(1) });
  const unreadable = [journalWriter().write('{')];
  await house.validator.journal('d', { epoch: 'parked', rows: unreadable });
  house.clock.move(KEPT_MS.journal + 1_000);
  const gone = await prune();
  assert.is(gone.journal, 0);
  assert.is(await count('journal'), 6);
  const [conflict] = await house.desk.list({ limit: 10 });
  assert.is(conflict?.kind, 'could-not-know');
  assert.is(conflict?.passages.length, 2);
});

test('scans that nobody passed on go after their time, passages and open grants never', async () => {
  await sell(house, performance);
  const passed = await sell(house, performance);
  await admit(house, passed, { at: house.clock.now() });
  await house.validator.validate('a', question(house.clock, 'NOBODY-KNOWS'));
  const { code } = (await house.ticketing.addTicket(performance, {
    status: 'valid',
    uses: 1,
    entrances: [],
    label: {},
  })) as { code: string };
  const granted = await house.validator.validate('a', question(house.clock, code));
  assert.is(granted.verdict.key, 'ok');
  house.clock.move(KEPT_MS.scans + 1_000);
  assert.is((await prune()).scans, 1);
  assert.is(await count('scans'), 2);
  await admit(house, passed, { gateway: 'late', at: house.clock.now() });
  assert.is((await house.desk.list({ limit: 10 })).length, 1, 'a second use is still found');
});

test('a scan whose gateway dates it 1970 is kept as long as any other', async () => {
  const refusal = question(house.clock, 'NOBODY-KNOWS');
  const wall = 1_000;
  await house.validator.validate('a', { ...refusal, at: { ...refusal.at, wall } });
  const ticket = await sell(house, performance);
  await drain(house, admission(ticket, { at: 5_000, stamp: { quality: 'untrusted' } }));
  assert.equal(await prune(), { journal: 0, facts: 0, scans: 0 });
});

test('more than one step’s rows go in one round', async () => {
  const journal = journalWriter();
  const stamp = admission({ id: 't', performance }, { at: house.clock.now() }).live.at;
  const event = { kind: 'event', event: 'started', at: stamp, cursor: null } as const;
  const rows = Array.from({ length: STEP_ROWS + 100 }, () => journal.write(event));
  for (let from = 0; from < rows.length; from += 200) {
    await house.validator.journal('a', { epoch: 'e', rows: rows.slice(from, from + 200) });
  }
  house.clock.move(KEPT_MS.journal + 1_000);
  assert.is((await prune()).journal, STEP_ROWS + 100);
});

test('it prunes by itself every hour, and not after it was stopped', async () => {
  const waits: { run: () => void; milliseconds: number }[] = [];
  const clock = {
    ...house.clock,
    setTimeout: (run: () => void, milliseconds: number) => waits.push({ run, milliseconds }),
    clearTimeout: () => undefined,
  };
  const retention = createRetention({ ...house, clock });
  retention.start();
  assert.is(waits.at(-1)?.milliseconds, ROUND_MS);
  waits.at(-1)?.run();
  while (waits.length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.is(waits.at(-1)?.milliseconds, ROUND_MS, 'the next one is planned');
  assert.is(house.log.lines.at(-1)?.level, 'info');
  waits.at(-1)?.run();
  await retention.stop();
  assert.is(waits.length, 2);
});

test.run();
