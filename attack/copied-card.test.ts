import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnrolment } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Gate, gateOn, makeGate } from './gate.ts';
import { readLedger } from './ledger.ts';
import { openVenue, type Venue } from './venue.ts';
import { until } from './wait.ts';

const PAPERS = 20;
let venue: Venue | undefined;
const gates: Gate[] = [];

test.after(async () => {
  for (const gate of gates) await gate.stop();
  await venue?.close();
});

interface SetAside {
  readonly clones: readonly { readonly gateway: string; readonly evidence: string }[];
}

test('two machines with one card: people are told, nobody is refused, rows of both are kept', async () => {
  venue = await openVenue();
  const at = venue;
  const data = join(at.folder, 'card');
  const papers = await at.sell(await at.perform(false), PAPERS);
  const first = await makeGate(at, 1, data);
  gates.push(first);
  await first.open();
  await first.knows(PAPERS);
  assert.is((await first.lanes[0]?.visit(papers[0]!))?.came, 'in');
  await first.drained();
  await first.kill();
  await first.open();
  await first.connected();
  const aside = () => at.api<SetAside>('GET', '/parked');
  assert.equal((await aside()).clones, [], 'a restart is no copied card');
  await first.kill();

  const copy = join(at.folder, 'copied-card');
  cpSync(data, copy, { recursive: true });
  const kept = await loadEnrolment(copy);
  assert.is(kept.state, 'configured');
  if (kept.state !== 'configured') return;
  const second = await gateOn(at, copy, kept.enrolment);
  gates.push(second);
  await Promise.all(gates.map((gate) => gate.open()));
  await until('people are told', async () => (await aside()).clones.length > 0);
  assert.is((await aside()).clones[0]?.gateway, first.name);
  assert.ok(at.cloud.log.some((line) => line.includes('gateway-cloned')));
  const visits = await Promise.all(gates.map((gate, i) => gate.lanes[0]?.visit(papers[i + 1]!)));
  assert.equal(
    visits.map((visit) => visit?.came),
    ['in', 'in'],
  );

  // one after the other gets the line to itself
  await second.kill();
  await first.drained();
  await first.kill();
  await second.open();
  await second.drained();
  const stored = new Set(
    readLedger(at.database).journal.map(({ epoch, seq, parked }) => `${epoch}/${seq} ${parked}`),
  );
  const told = gates.flatMap(({ seen }) =>
    seen.rows.map(({ epoch, seq }) => `${epoch}/${seq} null`),
  );
  assert.equal(
    told.filter((row) => !stored.has(row)),
    [],
  );
});

test.run();
