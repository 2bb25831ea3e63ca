import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { z } from 'zod';
import type { CloudClient } from './cloud-client.ts';
import { eveningTimes, isOpen, makeEvening } from './evening.ts';
import { seatOf } from './tickets.ts';

const HOUR = 3_600_000;

test('the door is open from now for at least twelve hours, at any time of the day', () => {
  for (let hour = 0; hour < 24; hour += 1) {
    const now = new Date(2026, 10, 21, hour, 7).getTime();
    const { starts, opens, closes } = eveningTimes(now);
    assert.ok(opens < now);
    assert.ok(closes - now >= 12 * HOUR);
    assert.ok(starts > now && starts < closes);
  }
});

test('an evening makes place for a new one when its door has closed', async () => {
  const asked: string[] = [];
  const cloud: CloudClient = {
    async call<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown) {
      asked.push(`${method} ${path} ${JSON.stringify(body)}`);
      return schema.parse({ id: `id-${asked.length}` });
    },
  };
  const now = Date.UTC(2026, 10, 21, 18);
  const evening = await makeEvening(cloud, 'nl', now);
  assert.is(asked.length, 4);
  assert.match(asked[3] ?? '', /"secure":true/);
  assert.is(evening.secure.secure, true);
  assert.is.not(evening.regular.id, evening.secure.id);
  assert.ok(isOpen(evening, now));
  assert.not(isOpen(evening, evening.regular.closes));
});

test('no two seats in a row are the same', () => {
  const seats = Array.from({ length: 360 }, (_, i) => {
    const { row, seat } = seatOf(i, 'en');
    return `${row}${seat}`;
  });
  assert.is(new Set(seats).size, 360);
  assert.is(seatOf(360, 'en').row, seatOf(0, 'en').row);
});

test.run();
