import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Performance } from '../ticketing/index.ts';
import { startPortal, type TestPhone, testPhone } from './test/portal-house.ts';

const HOUR = 3_600_000;
const SECOND = 1_000;

/**
 * Starts of performances in Europe/Amsterdam. On 29 March 2026 clocks go from 2 to 3, on 25 October
 * from 3 to 2; each window then crosses the change.
 */
const NIGHTS = [
  { name: 'an ordinary evening', starts: Date.parse('2026-11-20T20:15:00+01:00') },
  { name: 'the night into summer', starts: Date.parse('2026-03-29T03:30:00+02:00') },
  { name: 'the night into winter', starts: Date.parse('2026-10-25T02:30:00+01:00') },
];

/**
 * Each end with each sale-until, in hours against the start; where the ticket leaves is written out
 * by hand (S7).
 */
const TIMES: readonly { ends: number | null; sale: number | null; leaves: number }[] = [
  { ends: null, sale: null, leaves: 1 },
  { ends: 2, sale: null, leaves: 2 },
  { ends: null, sale: 0.5, leaves: 0.5 },
  { ends: 2, sale: 0.5, leaves: 0.5 },
  { ends: 2, sale: 3, leaves: 3 },
  { ends: null, sale: -0.5, leaves: -0.5 },
  { ends: 2, sale: -1.5, leaves: -1.5 },
  { ends: 2, sale: -3, leaves: -3 },
  { ends: null, sale: 3, leaves: 3 },
  { ends: 2, sale: -0.5, leaves: -0.5 },
  { ends: null, sale: -1.5, leaves: -1.5 },
  { ends: null, sale: -3, leaves: -3 },
];
const USED = [false, true];

type Seen = 'nothing' | 'early' | 'code' | 'used';

/** What a guest sees at an hour against the start, by the words of S5, S6 and S7. */
function expected(hours: number, leaves: number, used: boolean): Seen {
  if (hours < -2 || hours >= leaves) return 'nothing';
  if (used) return 'used';
  return hours < -1 ? 'early' : 'code';
}

interface Row {
  readonly night: string;
  readonly starts: number;
  readonly leaves: number;
  readonly used: boolean;
  readonly phone: string;
  readonly handle: string;
}

const house = await startPortal();
const rows: Row[] = [];

async function makeRows(): Promise<void> {
  let n = 0;
  for (const { name, starts } of NIGHTS) {
    for (const { ends, sale, leaves } of TIMES) {
      const at = (hours: number | null) => (hours === null ? null : starts + hours * HOUR);
      const settings: Partial<Performance> = { starts, ends: at(ends), secure: true };
      const { id } = await house.perform(settings);
      if (sale !== null) house.sale(id, { saleUntil: at(sale) });
      for (const used of USED) {
        n += 1;
        const phone = `+316${String(10_000_000 + n)}`;
        const [ticket] = await house.sell(id, phone);
        const change = { used: used ? 1 : 0, last_use_at: used ? starts : null };
        const { handle } = await house.store.db
          .updateTable('tickets')
          .set(change)
          .where('id', '=', ticket as string)
          .returning('handle')
          .executeTakeFirstOrThrow();
        rows.push({ night: name, starts, leaves, used, phone, handle: handle as string });
      }
    }
  }
}

test.before(makeRows);
test.after(() => house.stop());

async function seen(phone: TestPhone, handle: string): Promise<Seen> {
  const { view, text } = await phone.tickets();
  const [ticket] = view.tickets;
  const state = (ticket?.state ?? 'nothing') as Seen;
  // S6: what the code is made of is in an answer exactly while the code shows.
  assert.is(text.includes(handle), state === 'code', 'handle');
  assert.is(view.signing !== null, state === 'code', 'beacon');
  return state;
}

test('S5 S6 S7: every ticket is listed and shows its code by its clock, to the second', async () => {
  let checked = 0;
  for (const row of rows) {
    const phone = await testPhone(house.server, row.phone);
    house.setTime(row.starts - 2 * HOUR);
    await phone.login();
    // The session is made to outlast its end, so that the windows alone are asked here.
    await house.store.db
      .updateTable('portal_sessions')
      .set({ expires: row.starts + 99 * HOUR })
      .where('phone', '=', row.phone)
      .execute();
    const edges = [-2, -1, row.leaves].flatMap((hours) =>
      [-SECOND, 0, SECOND].map((off) => hours * HOUR + off),
    );
    for (const edge of edges) {
      house.setTime(row.starts + edge);
      const want = expected(edge / HOUR, row.leaves, row.used);
      const name = `${row.night}, leaves at ${row.leaves} h, used ${row.used}, at ${edge} ms`;
      assert.is(await seen(phone, row.handle), want, name);
      checked += 1;
    }
  }
  assert.is(checked, NIGHTS.length * TIMES.length * USED.length * 9);
});

test('S5: an SMS is sent inside the window only, to the second', async () => {
  for (const row of rows) {
    for (const [edge, inside] of [
      [-2 * HOUR - SECOND, false],
      [-2 * HOUR, row.leaves > -2],
      [row.leaves * HOUR - SECOND, row.leaves > -2],
      [row.leaves * HOUR, false],
    ] as const) {
      house.setTime(row.starts + edge);
      house.sent.length = 0;
      const payload = { phone: row.phone, language: 'nl' };
      const answer = await house.server.inject({
        method: 'POST',
        url: '/portal/api/code',
        payload,
      });
      await house.portal.codeDesk.idle();
      assert.is(answer.statusCode, 202);
      assert.is(house.sent.length, inside ? 1 : 0, `${row.night} ${row.leaves} ${edge}`);
    }
  }
});

test('S14: a performance can list and show earlier or later than usual', async () => {
  const starts = Date.parse('2026-12-05T20:00:00+01:00');
  const { id } = await house.perform({ starts, secure: true });
  house.sale(id, { list: 240, code: 30 });
  await house.sell(id, '+31699999999');
  const phone = await testPhone(house.server, '+31699999999');
  house.setTime(starts - 4 * HOUR);
  const { view } = await phone.login();
  assert.is(view.tickets[0]?.state, 'early');
  assert.is(view.tickets[0]?.codeFrom, starts - HOUR / 2);
  for (const [off, state] of [
    [-HOUR / 2 - SECOND, 'early'],
    [-HOUR / 2, 'code'],
  ] as const) {
    house.setTime(starts + off);
    assert.is((await phone.tickets()).view.tickets[0]?.state, state);
  }
});

test.run();
