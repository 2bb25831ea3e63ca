import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemIds } from '../ids.ts';
import { silentLog } from '../log.ts';
import { fakeLink } from '../test/fake-link.ts';
import { page, temporaryFolder, ticketRow, VENUE_KEY } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import { createTicketSync } from './sync.ts';
import { TicketStore } from './ticket-store.ts';

function rig() {
  const clock = virtualClock();
  const link = fakeLink();
  const store = new TicketStore(join(temporaryFolder(), 'tickets.db'), VENUE_KEY);
  const settled = new Set<string>();
  const sync = createTicketSync({
    ...{ store, link, clock, settled, log: silentLog, ids: systemIds },
    onChange: () => undefined,
  });
  sync.start();
  link.connect(true);
  return { clock, link, store, sync, asked: () => link.sent('tickets') };
}

test('a page that is lost is asked for again from the same place', async () => {
  const { clock, link, store, sync, asked } = rig();
  await clock.advance(10_000);
  assert.equal(
    asked().map(({ cursor }) => cursor),
    [null, null],
  );
  const [first, second] = asked();
  const row = ticketRow(store, 1);
  link.deliver('tickets', page([row], { requestId: first!.requestId, cursor: 5 }));
  assert.is(store.state().cursor, null, 'an answer to an older question is not taken');
  link.deliver('tickets', page([row], { requestId: second!.requestId, cursor: 5, more: true }));
  assert.is(asked().at(-1)?.cursor, 5, 'more is asked for at once');
  sync.stop();
  store.close();
});

test('a page that can’t be taken in changes nothing and is asked for again', async () => {
  const { clock, link, store, sync, asked } = rig();
  const broken = { ...ticketRow(store, 1), uses: 'many' as never };
  link.deliver('tickets', page([broken], { requestId: asked()[0]!.requestId, cursor: 5 }));
  assert.equal(store.state(), { count: 0, cursor: null });
  await clock.advance(10_000);
  assert.is(asked().length, 2);
  sync.stop();
  store.close();
});

test('a nudge asks at once, and once more if it came while a page was under way', async () => {
  const { link, store, sync, asked } = rig();
  link.deliver('nudge', { cursor: 6 });
  assert.is(asked().length, 1);
  link.deliver('tickets', page([], { requestId: asked()[0]!.requestId, cursor: 5 }));
  assert.is(asked().length, 2);
  link.deliver('tickets', page([], { requestId: asked()[1]!.requestId, from: 5, cursor: 6 }));
  link.deliver('nudge', { cursor: 7 });
  assert.equal(
    asked().map(({ cursor }) => cursor),
    [null, 5, 6],
  );
  sync.stop();
  store.close();
});

test('the whole store is compared slice by slice, and fetched anew where it differs', async () => {
  const { clock, link, store, sync, asked } = rig();
  const rows = Array.from({ length: 2_500 }, (_, i) => ticketRow(store, i + 1));
  const answer = (differs?: boolean) => {
    const { requestId, cursor } = asked().at(-1) as NonNullable<ReturnType<typeof asked>[0]>;
    const told = {
      requestId,
      from: cursor,
      cursor: 5,
      ...(differs === undefined ? {} : { differs }),
    };
    link.deliver('tickets', page(cursor === null ? rows : [], told));
  };
  answer();
  await clock.advance(6_000);
  assert.equal(asked().at(-1)?.compare?.after, '');
  assert.is(asked().at(-1)?.compare?.count, 2_000);
  answer(undefined);
  await clock.advance(6_000);
  assert.is(asked().at(-1)?.compare?.after, '', 'nothing could be compared: once more');
  answer(false);
  await clock.advance(6_000);
  const { upTo, count } = asked().at(-1)?.compare ?? {};
  assert.equal([upTo, count], [null, 500]);
  answer(false);
  await clock.advance(60_000);
  assert.is(asked().at(-1)?.compare, undefined, 'all of it, then not again for five minutes');
  answer();
  await clock.advance(300_000);
  for (let n = 0; n < 5 && !asked().at(-1)?.compare; n++) {
    answer();
    await clock.advance(60_000);
  }
  answer(true);
  assert.is(asked().at(-1)?.cursor, null);
  assert.is(store.state().count, 2_500, 'the old ones stay good until all are here');
  sync.stop();
  store.close();
});

test.run();
