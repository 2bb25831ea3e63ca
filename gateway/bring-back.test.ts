import { join } from 'node:path';
import type { JournalBody } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tellApart, untoldBy, writeStart } from './bring-back.ts';
import type { Recovered } from './journal/index.ts';
import { silentLog } from './log.ts';
import { EVENING, scanIdOf, temporaryFolder, VENUE_KEY } from './test/samples.ts';
import { TicketStore } from './tickets/index.ts';

type Intent = Recovered['unsettled'][number];
const at = {
  wall: EVENING,
  mono: 1,
  boot: 'b',
  offset: 0,
  uncertainty: 1,
  quality: 'trusted',
} as const;

function intent(number: number, isWritten = false): Intent {
  return {
    ...{ kind: 'intent', scanId: scanIdOf(number), lane: 'lane-1', direction: 'entry', at },
    ...{ ticket: `ticket-${number}`, performance: 'evening', cursor: 1, decidedBy: 'gateway' },
    ...{ verdict: { key: 'ok', details: {} }, passageMs: 8_000, isWritten },
  };
}

test('a passage that the store wrote before the journal could is told to the cloud as passed', async () => {
  const file = join(temporaryFolder(), 'tickets.db');
  const before = new TicketStore(file, VENUE_KEY);
  const passage = { lane: 'lane-1', at: EVENING, counts: true, direction: 'entry' } as const;
  const about = { scanId: scanIdOf(1), ticket: 'ticket-1', performance: 'evening' };
  before.passed({ ...about, ...passage });
  before.close();
  const store = new TicketStore(file, VENUE_KEY);
  const unsettled = [intent(1), intent(2), intent(3, true)];
  const recovered: Recovered = { lastWall: 0, passed: [], offline: [], unsettled };
  const { passed, open } = tellApart(recovered, store);
  assert.equal(
    [passed, open].map((some) => some.map(({ ticket }) => ticket)),
    [['ticket-1'], ['ticket-2', 'ticket-3']],
  );
  const rows: JournalBody[] = [];
  const journal = { append: async (body: JournalBody) => rows.push(body) } as never;
  await writeStart(recovered, { journal, log: silentLog, at: () => at, cursor: 1, passed });
  assert.equal(
    rows.map((row) => (row.kind === 'result' ? [row.ticket, row.result] : row.kind)),
    [['ticket-1', 'passed'], ['ticket-2', 'unsettled'], 'event'],
  );
  store.close();
});

test('a passage that no row tells of is told again, with its own time, and what has a row is not', async () => {
  const file = join(temporaryFolder(), 'tickets.db');
  const before = new TicketStore(file, VENUE_KEY);
  const then = { ...at, wall: EVENING - 60_000, boot: 'earlier' };
  for (const number of [1, 2, 3]) {
    const about = { scanId: scanIdOf(number), ticket: `ticket-${number}`, lane: 'lane-1' };
    const news = { at: then, ...(number === 3 && { late: true as const }) };
    before.passed({ ...about, at: then.wall, counts: false, direction: 'exit', news });
  }
  before.close();
  const store = new TicketStore(file, VENUE_KEY);
  const row = {
    ...intent(1),
    kind: 'result',
    result: 'passed',
    verdict: 'exit',
    stored: true,
  } as const;
  const recovered: Recovered = { lastWall: 0, passed: [row], offline: [], unsettled: [intent(2)] };
  const untold = untoldBy(recovered, store);
  const rows: JournalBody[] = [];
  const journal = { append: async (body: JournalBody) => rows.push(body) } as never;
  const { passed } = tellApart(recovered, store);
  await writeStart(recovered, { journal, log: silentLog, at: () => at, cursor: 1, passed, untold });
  const told = rows.flatMap((body) => (body.kind === 'result' ? [body] : []));
  assert.equal(
    told.map(({ ticket, direction, result }) => [ticket, direction, result]),
    [
      ['ticket-2', 'exit', 'passed'],
      ['ticket-3', 'exit', 'late'],
    ],
  );
  // Rows of two starts at one time would look like a copied card.
  for (const one of told) assert.equal(one.at, { ...then, quality: 'plausible' });
  store.close();
});

test('what a start found and a full disk did not take is written when the disk is back', async () => {
  const recovered: Recovered = { lastWall: 0, passed: [], offline: [], unsettled: [intent(2)] };
  const rows: string[] = [];
  let full = true;
  let retry: (() => void) | undefined;
  const append = async ({ kind }: JournalBody) => {
    if (full) throw Object.assign(new Error('full'), { code: 'journal-disk-full' });
    return rows.push(kind);
  };
  const later = (run: () => void) => {
    retry = run;
  };
  const journal = { append } as never;
  const parts = { journal, log: silentLog, at: () => at, cursor: 1, passed: [], later };
  assert.is(await writeStart(recovered, parts), 'journal-disk-full');
  retry?.();
  await new Promise((done) => setImmediate(done));
  full = false;
  retry?.();
  await new Promise((done) => setImmediate(done));
  assert.equal(rows, ['result', 'event']);
});

test.run();
