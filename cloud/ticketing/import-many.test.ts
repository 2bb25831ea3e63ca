import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type House, startHouse } from '../test/house.ts';
import { question } from '../test/phone.ts';

const MANY = 100_000;
let house: House;
let performance: string;
test.before.each(async () => {
  house = await startHouse();
  performance = (await house.perform()).id;
});
test.after.each(() => house.stop());

for (const format of ['csv', 'json-lines'] as const) {
  test(`${MANY} rows of ${format} come in one call while scans go on`, async () => {
    await house.ticketing.importTickets(performance, Readable.from(['code\nDOOR-1\n']), 'csv');
    function* rows() {
      if (format === 'csv') yield 'code,row\n';
      for (let n = 0; n < MANY; n++) {
        const code = `${n}-QWERTYUIOPASDFGH`;
        yield format === 'csv' ? `${code},${n}\n` : `${JSON.stringify({ code, row: `${n}` })}\n`;
      }
    }
    let done = false;
    const importing = house.ticketing
      .importTickets(performance, Readable.from(rows()), format)
      .finally(() => {
        done = true;
      });
    let scans = 0;
    while (!done) {
      // Not how soon they are answered, which a busy machine decides, but that they are.
      const asked = question(house.clock, 'DOOR-1', { deadlineMs: 60_000 });
      const { verdict } = await house.validator.validate('gate-1', asked);
      assert.ok(['ok', 'busy'].includes(verdict.key), JSON.stringify(verdict));
      scans += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.is((await importing).imported, MANY);
    assert.ok(scans > 1, 'scans were answered meanwhile');
    const row = await house.store.db
      .selectFrom('tickets')
      .select(({ fn }) => [fn.countAll<number>().as('all'), fn.max('change').as('newest')])
      .executeTakeFirstOrThrow();
    assert.is(row.all, MANY + 1);
    assert.is(row.newest, house.ticketing.door.cursor());
  });
}

test.run();
