import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DOORS_SOON_MS, doorsOpenUntil } from './doors.ts';

const evening = { opens: 10_000_000, closes: 20_000_000 };
const late = { opens: 19_000_000, closes: 30_000_000 };

test('doors count as open from half an hour before until the closing time', () => {
  const at = (now: number) => doorsOpenUntil([evening], now);
  assert.is(at(evening.opens - DOORS_SOON_MS - 1), undefined);
  assert.is(at(evening.opens - DOORS_SOON_MS), evening.closes);
  assert.is(at(evening.closes - 1), evening.closes);
  assert.is(at(evening.closes), undefined);
});

test('the last of several performances counts', () => {
  assert.is(doorsOpenUntil([late, evening], 19_500_000), late.closes);
  assert.is(doorsOpenUntil([], 0), undefined);
});

test.run();
