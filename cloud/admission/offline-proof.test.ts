import {
  beaconIndexAt,
  beaconIndexFor,
  type JournalBody,
  parseSecure,
  type SecureCode,
  slotAt,
  toHex,
} from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { journalWriter } from '../test/journal.ts';
import { newScanId, type Phone, question, securePhone, stampOf } from '../test/phone.ts';

let house: House;
let phone: Phone;
let performance: string;
let rows: ReturnType<typeof journalWriter>;
test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform({ secure: true, offline: 'verify' })).id;
  phone = await securePhone(house.ticketing, house.clock, performance);
  rows = journalWriter();
});
test.after.each(() => house.stop());

type Intent = Extract<JournalBody, { kind: 'intent' }>;

/** What a gateway writes when it admits a code without the cloud. */
async function intent(changes: Partial<Intent> = {}): Promise<Intent> {
  const now = house.clock.now();
  const code = parseSecure(await phone.code()) as SecureCode;
  return {
    kind: 'intent',
    scanId: newScanId(),
    lane: 'lane-1',
    direction: 'entry',
    ticket: phone.ticket,
    performance,
    handle: toHex(code.handle),
    slot: slotAt(now),
    generation: code.generation,
    beacon: beaconIndexFor(code.beaconLow, beaconIndexAt(now)),
    signature: Buffer.from(code.signature).toString('base64'),
    at: stampOf(house.clock),
    cursor: 1,
    verdict: { key: 'offline', details: {} },
    decidedBy: 'gateway',
    passageMs: 8_000,
    ...changes,
  };
}

async function fold(body: Intent) {
  const { kind, verdict, decidedBy, passageMs, beacon, signature, refersTo, ...about } = body;
  const result = { kind: 'result' as const, ...about, result: 'passed' as const };
  const batch = { epoch: 'e1', rows: [rows.write(body), rows.write(result)] };
  const { upTo, parked } = await house.validator.journal('gate-1', batch);
  assert.equal(parked, []);
  assert.is(upTo, batch.rows.at(-1)?.seq);
  const sql = 'select conflict, details, result, slot from scans where scan = ?';
  return house.store.prepareRead(sql).get(body.scanId as string) as {
    conflict: number;
    details: string;
    result: string;
    slot: number;
  };
}

test('an admission without the cloud whose signature is good stands, and burns its slot', async () => {
  const body = await intent();
  const scan = await fold(body);
  assert.equal([scan.conflict, scan.result, scan.slot], [0, 'passed', body.slot]);
  const { verdict } = await house.validator.validate(
    'gate-2',
    question(house.clock, await phone.code()),
  );
  assert.is(verdict.key, 'code-used');
});

test('one whose proof does not stand is kept, counted and marked as forged', async () => {
  const other = await securePhone(house.ticketing, house.clock, performance);
  const good = await intent();
  for (const changes of [
    { signature: Buffer.alloc(64, 1).toString('base64') },
    { slot: (good.slot as number) + 1 },
    { ticket: other.ticket },
  ]) {
    const scan = await fold(await intent(changes));
    assert.is(scan.conflict, 1);
    assert.is(JSON.parse(scan.details).reason, 'forged');
    assert.is(scan.result, 'passed');
  }
});

test('a code of an hour ago proves nothing about the guest of now', async () => {
  const old = await intent();
  house.clock.move(3_600_000);
  const scan = await fold({ ...old, scanId: newScanId(), at: stampOf(house.clock) });
  assert.is(JSON.parse(scan.details).reason, 'forged');
});

test('one without anything to check is marked as unproven', async () => {
  const { signature, beacon, ...bare } = await intent();
  const scan = await fold(bare);
  assert.is(scan.conflict, 1);
  assert.is(JSON.parse(scan.details).reason, 'unproven');
});

test.run();
