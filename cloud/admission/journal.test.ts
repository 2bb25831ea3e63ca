import type { JournalBody, JournalRow } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { journalWriter } from '../test/journal.ts';
import { ending, newScanId, question, securePhone, stampOf } from '../test/phone.ts';

const GATE = 'gate-1';
let house: House;
let performance: string;
let ticket: string;

test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
  const order = { status: 'valid' as const, uses: 1, entrances: [], label: {} };
  ticket = (await house.ticketing.addTicket(performance, order)).id;
});
test.after.each(() => house.stop());

const send = (rows: JournalRow[], epoch = 'epoch-1', gateway = GATE) =>
  house.validator.journal(gateway, { epoch, rows });
const place = () => ({
  lane: 'lane-1',
  direction: 'entry' as const,
  ticket,
  performance,
  at: stampOf(house.clock),
  cursor: 1,
});
const intent = (scanId: string): JournalBody => ({
  kind: 'intent',
  scanId,
  ...place(),
  verdict: { key: 'ok', details: {} },
  decidedBy: 'gateway',
  passageMs: 8_000,
});
const result = (scanId: string, how: 'passed' | 'released' | 'unsettled'): JournalBody => ({
  kind: 'result',
  scanId,
  ...place(),
  result: how,
});
const used = async () =>
  (
    await house.store.db
      .selectFrom('tickets')
      .select('used')
      .where('id', '=', ticket)
      .executeTakeFirstOrThrow()
  ).used;
const scans = async () =>
  (await house.store.db.selectFrom('scans').selectAll().orderBy('n').execute()).map(
    ({ verdict, result: how, conflict }) => [verdict, how, conflict],
  );

test('rows are acknowledged up to the highest that follows without a hole', async () => {
  const journal = journalWriter();
  const rows = ['a', 'b', 'c', 'd'].map(() => journal.write(intent(newScanId())));
  const [one, two, three, four] = rows as [JournalRow, JournalRow, JournalRow, JournalRow];
  assert.equal(await send([one]), { epoch: 'epoch-1', upTo: 1, parked: [] });
  assert.is((await send([three, four])).upTo, 1);
  assert.is((await send([two])).upTo, 4);
  assert.is((await send(rows)).upTo, 4, 'rows sent again change nothing');
  assert.is((await send([one], 'epoch-2')).upTo, 1, 'each epoch counts by itself');
});

test('live news and the journal never count a passage twice, in either order', async () => {
  const first = newScanId();
  const live = (scanId: string) =>
    house.validator.settle(GATE, ending(house.clock, scanId, 'passed', { ticket, performance }));
  const journal = journalWriter();
  const rows = [intent(first), result(first, 'passed')].map((body) => journal.write(body));
  await live(first);
  assert.equal(await scans(), [[null, 'passed', 0]], 'the verdict is not known yet');
  await send(rows);
  await live(first);
  assert.equal(await scans(), [['ok', 'passed', 0]]);
  assert.is(await used(), 1);
});

test('a gateway that was away brings its admissions with the journal alone', async () => {
  const scanId = newScanId();
  const journal = journalWriter();
  await send([journal.write(intent(scanId)), journal.write(result(scanId, 'passed'))]);
  assert.equal(await scans(), [['ok', 'passed', 0]]);
  assert.is(await used(), 1);
});

test('a refusal of an unknown code without scan id is a scan of its own', async () => {
  const journal = journalWriter();
  const read = { hmac: 'a'.repeat(64), length: 12, symbology: 'QRCode' };
  const refusal: JournalBody = {
    kind: 'refusal',
    lane: 'lane-1',
    direction: 'entry',
    at: stampOf(house.clock),
    cursor: null,
    verdict: { key: 'unknown', details: {} },
    decidedBy: 'gateway',
    read,
  };
  await send([journal.write(refusal), journal.write(refusal)]);
  assert.equal(await scans(), [
    ['unknown', null, 0],
    ['unknown', null, 0],
  ]);
});

test('the same identity with another digest is a fork: parked, alarmed, both kept', async () => {
  const one = journalWriter().write(intent(newScanId()));
  const other = journalWriter().write(intent(newScanId()));
  await send([one]);
  assert.equal(await send([other]), { epoch: 'epoch-1', upTo: 1, parked: [1] });
  const kept = await house.store.db.selectFrom('journal').select(['digest', 'parked']).execute();
  assert.is(kept.length, 2);
  assert.is(kept.find(({ digest }) => digest === other.digest)?.parked, 'fork');
  assert.is(kept.find(({ digest }) => digest === one.digest)?.parked, null);
  assert.is((await scans()).length, 1, 'a fork is not folded in');
  const alarm = house.log.lines.find(({ level }) => level === 'error');
  assert.is(alarm?.fields.why, 'fork');
});

test('an unreadable row is parked and does not hold up those after it', async () => {
  const journal = journalWriter();
  const rows = [journal.write('{"kind":'), journal.write('{"kind":"news"}')];
  const good = journal.write(intent(newScanId()));
  assert.equal(await send([...rows, good]), { epoch: 'epoch-1', upTo: 3, parked: [1, 2] });
});

test('a row whose seal or chain is broken is kept and parked', async () => {
  const journal = journalWriter();
  const forged = { ...journal.write(intent(newScanId())), body: JSON.stringify({ kind: 'event' }) };
  const stranger = journalWriter(2).write(intent(newScanId()));
  assert.equal((await send([forged, stranger])).parked, [1, 2]);
  const kept = await house.store.db.selectFrom('journal').select('parked').execute();
  assert.equal(
    kept.map(({ parked }) => parked),
    ['broken-seal', 'broken-chain'],
  );
});

test('what a lane does not know itself stays unsettled for a person', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const asked = question(house.clock, await phone.code());
  await house.validator.validate(GATE, asked);
  await send([journalWriter().write(result(asked.scanId, 'unsettled'))]);
  assert.equal(await scans(), [['ok', 'unsettled', 0]]);
  const again = await house.validator.validate(GATE, question(house.clock, await phone.code()));
  assert.is(again.verdict.key, 'busy');
});

test('what a gateway gave up itself has ended, also where the live cancel came first', async () => {
  const journal = journalWriter();
  const scanId = newScanId();
  await house.validator.settle(GATE, ending(house.clock, scanId, 'cancel'));
  const given = { ...result(scanId, 'released'), result: 'cancelled' } as JournalBody;
  await send([journal.write(intent(scanId)), journal.write(given)]);
  assert.equal(await scans(), [['ok', 'cancelled', 0]]);
});

test('a question that was given up holds nothing once its row is here, also without live news', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const journal = journalWriter();
  const open = async () =>
    (await house.store.db.selectFrom('grants').select('scan').execute()).map(({ scan }) => scan);
  const refused = question(house.clock, await phone.code());
  assert.ok((await house.validator.validate(GATE, refused)).grant);
  const alone = {
    verdict: { key: 'needs-connection', details: {} },
    decidedBy: 'gateway',
  } as const;
  const about = { scanId: refused.scanId, ...place(), ticket: undefined };
  await send([journal.write({ kind: 'refusal', ...about, ...alone })]);
  assert.equal(await open(), []);
  house.clock.move(30_000);
  const lost = question(house.clock, await phone.code());
  assert.ok((await house.validator.validate(GATE, lost)).grant);
  const instead = newScanId();
  const body = { ...intent(instead), ticket: phone.ticket, refersTo: lost.scanId } as JournalBody;
  await send([journal.write(body)]);
  assert.equal(await open(), [instead], 'till its end is known');
  await send([
    journal.write({ ...result(instead, 'passed'), ticket: phone.ticket } as JournalBody),
  ]);
  assert.equal(await open(), []);
});

test('an admission of a ticket that was cancelled meanwhile is kept and flagged', async () => {
  await house.ticketing.changeTicket(ticket, { status: 'cancelled' });
  const scanId = newScanId();
  const journal = journalWriter();
  await send([journal.write(intent(scanId)), journal.write(result(scanId, 'passed'))]);
  assert.equal(await scans(), [['ok', 'passed', 1]]);
});

test.run();
