import { Readable } from 'node:stream';
import type { GatehouseError } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { IMPORT_FAULTS_LISTED } from './import.ts';
import { IMPORT_BYTES_MAX, type ImportFormat } from './import-read.ts';
import type { ImportFault } from './import-row.ts';

let house: House;
let performance: string;
test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
});
test.after.each(() => house.stop());

const bring = (text: string | Iterable<string>, format: ImportFormat = 'csv') =>
  house.ticketing.importTickets(
    performance,
    Readable.from(typeof text === 'string' ? [Buffer.from(text)] : text),
    format,
  );
const refusal = (work: Promise<unknown>): Promise<GatehouseError> =>
  work.then(
    () => assert.unreachable('it was not refused'),
    (cause) => cause,
  );
const faultsOf = async (text: string, format: ImportFormat = 'csv') => {
  const fault = await refusal(bring(text, format));
  assert.is(fault.code, 'import-rows-faulty');
  return fault.details.faults as ImportFault[];
};
const tickets = async () =>
  house.store.db.selectFrom('tickets').selectAll().orderBy('change').execute();

test('all columns of a CSV arrive, quoted or not, with or without BOM', async () => {
  const header = '\ufeffCode,type,rank,door,row,seat,note,language,uses,entrances,status';
  const full = 'abc-1,adult,1,B,C,7,"wheelchair, ramp",de,2,main; garden,unpaid';
  const csv = `${header}\r\n${full}\r\nXY-2,,,,,,,,,,\r\n`;
  assert.equal(await bring(csv), { imported: 2, guessable: 2 });
  const [first, second] = await tickets();
  assert.is(first?.digest, house.ticketing.digest('ABC-1'), 'in its canonical form');
  assert.is(first?.uses, 2);
  assert.is(first?.status, 'unpaid');
  assert.equal(JSON.parse(first?.entrances ?? ''), ['main', 'garden']);
  assert.equal(JSON.parse(first?.label ?? ''), {
    type: 'adult',
    rank: '1',
    door: 'B',
    row: 'C',
    seat: '7',
    note: 'wheelchair, ramp',
    language: 'de',
  });
  assert.is(second?.uses, 1);
  assert.is(second?.status, 'valid');
  assert.is(second?.label, '{}');
});

test('JSON lines arrive with numbers and lists as they are', async () => {
  const lines = [
    { code: 12345, seat: '4' },
    { code: 'B-2', entrances: ['main'], uses: 3 },
  ];
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  assert.is((await bring(text, 'json-lines')).imported, 2);
  const [first, second] = await tickets();
  assert.is(first?.digest, house.ticketing.digest('12345'));
  assert.is(second?.uses, 3);
});

test('one bad row: its row and column are named and nothing is imported', async () => {
  const faults = await faultsOf('code,uses,status\nA-1,1,valid\nA-2,0,valid\nA-3,1,gone\n');
  assert.equal(faults, [
    { row: 3, column: 'uses', fault: 'is less than 1' },
    {
      row: 4,
      column: 'status',
      fault: 'is none of valid, unpaid, blocked, cancelled, taken-back',
    },
  ]);
  assert.equal(await tickets(), []);
});

for (const [what, csv, expected] of [
  ['a code of our own form', 'code\nR0123456789ABCDEF\n', [2, 'code']],
  ['a code that only looks like one of a phone', `code\n4283${'1'.repeat(178)}\n`, [2, 'code']],
  ['an empty code', 'code,row\n,A\n', [2, 'code']],
  ['the same code twice, in another case', 'code\nabc\nABC\n', [3, 'code']],
  ['an unknown column', 'code,colour\nA,red\n', [2, 'colour']],
  ['a text that is too long', `code,seat\nA,${'9'.repeat(21)}\n`, [2, 'seat']],
  ['too few fields', 'code,row,seat\nA,1\n', [2, null]],
  ['a quote that does not close', 'code\nA\n"B\n', [3, null]],
  ['a column twice', 'code,row,row\nA,1,2\n', [1, 'row']],
] as const) {
  test(`an import is refused for ${what}`, async () => {
    const [fault] = await faultsOf(csv);
    assert.equal([fault?.row, fault?.column], expected);
    assert.equal(await tickets(), []);
  });
}

for (const [what, line] of [
  ['a line that is not JSON', '{"code":'],
  ['a line that is no object', '["A"]'],
  ['a line without an end', `{"code":"${'x'.repeat(70_000)}`],
] as const) {
  test(`an import is refused for ${what}`, async () => {
    const [fault] = await faultsOf(`{"code":"A"}\n${line}`, 'json-lines');
    assert.is(fault?.row, 2);
    assert.is(fault?.column, null);
  });
}

test('a code that another performance has is refused', async () => {
  await bring('code\nSEASON-1\n');
  const [fault] = await faultsOf('code\nOTHER\nSEASON-1\n');
  assert.equal(fault, { row: 3, column: 'code', fault: 'is in use already' });
  assert.is((await tickets()).length, 1);
});

test('faults never repeat the code, and only the first hundred are listed', async () => {
  const rows = Array.from({ length: 300 }, (_, n) => `SECRET-${n},x`);
  const fault = await refusal(bring(`code,uses\n${rows.join('\n')}\n`));
  assert.is(fault.details.total, 300);
  assert.is(fault.details.rows, 300 + 0);
  assert.is((fault.details.faults as unknown[]).length, IMPORT_FAULTS_LISTED);
  assert.not.match(JSON.stringify(fault.details), 'SECRET');
});

test('guessable codes are counted with their shared beginning taken off', async () => {
  const numbers = Array.from({ length: 50 }, (_, n) => `THEATRE2026SEASON${1000 + n}`);
  assert.equal(await bring(`code\n${numbers.join('\n')}\n`), { imported: 50, guessable: 50 });
  const random = Array.from({ length: 50 }, (_, n) => `${n}QWERTYUIOPASDFGHJKLZXCV`.slice(0, 20));
  assert.equal(await bring(`code\n${random.join('\n')}\n`), { imported: 50, guessable: 0 });
});

test('a body without an end is cut off and nothing is imported', async () => {
  const block = Buffer.alloc(1024 * 1024, `${JSON.stringify({ code: 'A' })}\n`);
  function* endless() {
    for (let bytes = 0; bytes <= 2 * IMPORT_BYTES_MAX; bytes += block.length) yield block;
  }
  const fault = await refusal(bring(endless() as unknown as Iterable<string>, 'json-lines'));
  assert.is(fault.code, 'import-too-large');
  assert.equal(await tickets(), []);
});

test('a second import at the same time is refused, and a secure performance takes none', async () => {
  const [one, two] = [bring('code\nA\n'), refusal(bring('code\nB\n'))];
  assert.is((await two).code, 'import-busy');
  await one;
  const { id } = await house.perform({ secure: true });
  const body = Readable.from(['code\nC\n']);
  const fault = await refusal(house.ticketing.importTickets(id, body, 'csv'));
  assert.is(fault.code, 'import-secure-performance');
});

test.run();
