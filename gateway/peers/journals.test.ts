import { join } from 'node:path';
import type { JournalBody, PeerMessage, PeerMessageOf } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createReservations } from '../admission/index.ts';
import { fileJournal } from '../test/file-journal.ts';
import { codeOf, EVENING, fill, scanIdOf, temporaryFolder, VENUE_KEY } from '../test/samples.ts';
import { virtualClock } from '../test/virtual-clock.ts';
import { TicketStore } from '../tickets/index.ts';
import { createJournalIn } from './journal-in.ts';
import { createJournalOut } from './journal-out.ts';
import { ALONE } from './peer-link.ts';

const at = { wall: EVENING, mono: 0, boot: 'b', offset: 0, uncertainty: 1 };
const stamp = { ...at, quality: 'trusted' as const };

function intent(number: number, changes: Partial<JournalBody> = {}): JournalBody {
  const about = { ticket: `ticket-${number}`, performance: 'evening', lane: 'north.lane-1' };
  return {
    ...{ kind: 'intent', scanId: scanIdOf(number), direction: 'entry', at: stamp, cursor: 1 },
    ...{ verdict: { key: 'ok', details: {} }, decidedBy: 'gateway', passageMs: 8_000 },
    ...about,
    ...changes,
  } as JournalBody;
}

function result(number: number, what: string, changes: Partial<JournalBody> = {}): JournalBody {
  return { ...intent(number), kind: 'result', result: what, ...changes } as JournalBody;
}

/** North tells, south hears; what goes over the wire is in the test's hands. */
async function rig() {
  const clock = virtualClock();
  const folder = temporaryFolder();
  const journal = fileJournal(join(temporaryFolder(), 'journal.db'), 'epoch-1');
  await journal.start();
  const sent: PeerMessageOf<'rows'>[] = [];
  const renewed: string[] = [];
  const link = {
    ...ALONE,
    send: (_: string, message: PeerMessage) => message.type === 'rows' && sent.push(message) > 0,
    renew: (gateway: string) => void renewed.push(gateway),
  };
  const out = createJournalOut({ journal, link, log: { info() {}, warn() {}, error() {} } });
  out.start();
  const open = () => new TicketStore(join(folder, 'tickets.db'), VENUE_KEY);
  let store = open();
  fill(store, 5);
  let reservations = createReservations(clock);
  let heard = createJournalIn({ store, reservations, clock });
  return {
    ...{ clock, journal, out, sent, renewed },
    get store() {
      return store;
    },
    get heard() {
      return heard;
    },
    grants: (number: number) => reservations.of(`ticket-${number}`),
    used: (number: number) => store.find(codeOf(number))?.used,
    /** Lets the rows through that are under way, and their answers back. */
    async carry() {
      for (let turn = 0; turn < 20; turn++) {
        await clock.settle();
        for (const rows of sent.splice(0)) out.answered('south', heard.take('north', rows));
      }
    },
    restart() {
      store.close();
      store = open();
      reservations = createReservations(clock);
      heard = createJournalIn({ store, reservations, clock });
    },
    async stop() {
      out.stop();
      store.close();
      await journal.stop();
    },
  };
}

test('rows are told as they are written, from what the other has on', async () => {
  const { journal, out, sent, heard, carry, used, stop } = await rig();
  for (const number of [1, 2]) await journal.append(intent(number));
  out.begin('south', [{ epoch: 'epoch-1', seq: 1 }]);
  await carry();
  assert.equal(heard.newest('north'), { epoch: 'epoch-1', seq: 2 });
  await journal.append(result(2, 'passed'));
  assert.is(sent.length, 1, 'at once');
  await carry();
  assert.is(used(2), 1);
  await stop();
});

test('a gateway that does not answer is told batch by batch, and loses nothing', async () => {
  const { journal, out, sent, heard, carry, clock, stop } = await rig();
  out.begin('south', []);
  await clock.settle();
  for (let number = 1; number <= 700; number++) await journal.append(intent(1));
  await clock.settle();
  assert.ok(sent.length < 510, `${sent.length} messages for one that does not answer`);
  await carry();
  assert.equal(heard.newest('north'), { epoch: 'epoch-1', seq: 700 });
  await stop();
});

test('grants open and end as the rows say; a re-entry takes no use, an unmatched exit nothing', async () => {
  const { journal, out, carry, grants, used, stop } = await rig();
  out.begin('south', []);
  await journal.append(intent(1));
  await journal.append(intent(2, { verdict: { key: 're-entry', details: {} } } as never));
  await journal.append(
    intent(4, { verdict: { key: 'offline', details: {} }, free: true } as never),
  );
  const left = { direction: 'exit', verdict: { key: 'exit-unmatched', details: {} } };
  await journal.append(intent(3, left as never));
  await carry();
  assert.equal([grants(1).length, grants(2).length, grants(3).length], [1, 1, 0]);
  await journal.append(result(1, 'released'));
  await journal.append(result(2, 'passed'));
  await journal.append(result(3, 'passed', { direction: 'exit' }));
  await journal.append(result(4, 'passed'));
  await carry();
  assert.equal([grants(1).length, grants(2).length, grants(4).length], [0, 0, 0]);
  assert.equal([used(1), used(2), used(3), used(4)], [0, 0, 0, 0]);
  await journal.append(result(1, 'late'));
  await carry();
  assert.is(used(1), 1);
  await stop();
});

test('after a restart open grants are told again, and passages are counted once', async () => {
  const south = await rig();
  const { journal, out, carry, grants, used } = south;
  out.begin('south', []);
  await journal.append(intent(1));
  await journal.append(result(1, 'passed'));
  await journal.append(intent(2));
  await journal.append(intent(3));
  await journal.append(result(3, 'passed'));
  await carry();
  south.restart();
  assert.equal(grants(2), []);
  assert.equal(south.heard.places('north'), [{ epoch: 'epoch-1', seq: 2 }]);
  out.begin('south', south.heard.places('north'));
  await carry();
  assert.is(grants(2).length, 1);
  assert.equal([used(1), used(3)], [1, 1]);
  await south.stop();
});

test('after a restart a grant that a dead run left is unsettled at once, not busy anew', async () => {
  const south = await rig();
  const { journal, grants } = south;
  await journal.append(intent(1));
  const next = fileJournal(join(temporaryFolder(), 'journal.db'), 'epoch-2');
  await next.start();
  await next.append(result(1, 'unsettled'));
  const tell = async () => {
    for (const { epoch, rowsAfter } of [journal, next]) {
      const known = south.heard.places('north').find((place) => place.epoch === epoch)?.seq ?? 0;
      const rows = await rowsAfter(epoch, known, 10);
      south.heard.take('north', { type: 'rows', epoch, after: known, rows });
    }
  };
  await tell();
  assert.equal(
    grants(1).map(({ unsettled }) => unsettled),
    [true],
  );
  south.restart();
  await tell();
  assert.equal(
    grants(1).map(({ unsettled }) => unsettled),
    [true],
  );
  await next.stop();
  await south.stop();
});

test('rule 6: a grant that nobody ends is unsettled 3 s after its time', async () => {
  const { clock, journal, out, carry, grants, stop } = await rig();
  out.begin('south', []);
  await journal.append(intent(1));
  await carry();
  await clock.advance(10_900);
  assert.is(grants(1)[0]?.unsettled, false);
  await clock.advance(200);
  assert.is(grants(1)[0]?.unsettled, true);
  await stop();
});

test('a row that is not what its digest says is not taken in', async () => {
  const { journal, out, sent, heard, used, clock, stop } = await rig();
  out.begin('south', []);
  await journal.append(result(1, 'passed'));
  await clock.settle();
  const [told] = sent as [PeerMessageOf<'rows'>];
  const [row] = told.rows as [PeerMessageOf<'rows'>['rows'][number]];
  const forged = { ...row, body: row.body.replace('ticket-1', 'ticket-2') };
  assert.throws(() => heard.take('north', { ...told, rows: [forged] }), /digest/);
  assert.equal([used(1), used(2)], [0, 0]);
  heard.take('north', told);
  assert.is(used(1), 1);
  await stop();
});

test('what the cloud’s tickets contain is not counted beside them', async () => {
  const { journal, out, carry, store, used, stop } = await rig();
  out.begin('south', []);
  await journal.append(result(1, 'passed'));
  await carry();
  assert.is(used(1), 1);
  const found = store.find(codeOf(1));
  const row = { ...(found?.row as NonNullable<typeof found>['row']), used: 1 };
  const cursor = store.state().cursor as number;
  const performances = [
    found?.performance as NonNullable<NonNullable<typeof found>['performance']>,
  ];
  const page = { requestId: '', from: cursor, cursor: cursor + 1, more: false, performances };
  const stored = [{ gateway: 'north', epoch: 'epoch-1', upTo: 1 }];
  store.apply({ ...page, tickets: [row], stored }, new Set());
  assert.is(used(1), 1);
  await stop();
});

test.run();
