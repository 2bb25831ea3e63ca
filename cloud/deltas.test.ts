import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { join } from 'node:path';
import { DeltaBody } from '@gatehouse/protocol';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { enrol, perform } from './test/api.ts';
import type { GatewayClient } from './test/gateway-client.ts';
import { startCloud, type WholeCloud } from './test/whole-cloud.ts';

interface Venue {
  readonly whole: WholeCloud;
  readonly gates: (GatewayClient & { gateway: string; tenantKey: string; tenant: string })[];
}
const test = suite<Venue>('deltas');
test.before.each(async (venue) => {
  Object.assign(venue, { whole: await startCloud(), gates: [] });
});
test.after.each(async ({ whole, gates }) => {
  for (const gate of gates) await gate.end();
  await whole.stop();
});

/** Enrols and connects a gateway. */
async function open({ whole, gates }: Venue, name: string, venue = 'theatre') {
  const { gateway, enrolment, connect } = await enrol(whole.api, join(whole.dir, name), {
    ...{ name, venue },
  });
  const { tenantKey = '', tenant } = enrolment;
  const client = await connect(whole.cloud.ports().mqtt);
  const gate = { ...client, gateway, tenantKey, tenant };
  gates.push(gate);
  return { ...gate, again: () => connect(whole.cloud.ports().mqtt) };
}

const bodyOf = ({ body }: { body: string }) => DeltaBody.parse(JSON.parse(body));

/** The next delta that fits. */
async function told(gate: GatewayClient, fits: (body: DeltaBody) => boolean) {
  return bodyOf(await gate.next('delta', (delta) => fits(bodyOf(delta))));
}

async function sell({ whole }: Venue, performance: string, code: string): Promise<string> {
  const path = `/performances/${performance}/tickets`;
  return (await whole.api.call('POST', path, { code })).body.id;
}

test('a delta is signed for whoever knows nothing but the enrolment and node:crypto', async (venue) => {
  const gate = await open(venue, 'North');
  await told(gate, () => true);
  const performance = await perform(venue.whole.api);
  const ticket = await sell(venue, performance, 'GUEST-1');
  const has = ({ body }: { body: string }) => body.includes(ticket);
  const { body, signature } = await gate.next('delta', has);
  const key = createPublicKey({
    key: Buffer.from(gate.tenantKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  const bytes = Buffer.from(signature, 'base64');
  assert.ok(verify(null, Buffer.from(`gatehouse/delta/1\n${body}`), key, bytes));
  assert.not.ok(verify(null, Buffer.from(body), key, bytes));
  assert.not.ok(verify(null, Buffer.from(`gatehouse/delta/1\n${body} `), key, bytes));
  const read = bodyOf({ body });
  assert.equal([read.tenant, read.venue], [gate.tenant, 'theatre']);
  assert.equal(
    read.performances.map(({ id }) => id),
    [performance],
  );
  assert.ok(read.from < read.cursor);
});

test('deltas follow each other without a gap, whatever is written meanwhile', async (venue) => {
  const gate = await open(venue, 'North');
  const first = await told(gate, () => true);
  const performance = await perform(venue.whole.api);
  const ids: string[] = [];
  for (let n = 0; n < 30; n++) ids.push(await sell(venue, performance, `GUEST-${n}`));
  const last = ids.at(-1) as string;
  let { cursor } = first;
  const seen = new Set<string>();
  while (!seen.has(last)) {
    const next = await told(gate, () => true);
    assert.is(next.from, cursor);
    assert.ok(next.cursor > next.from);
    for (const { id } of next.tickets) seen.add(id);
    ({ cursor } = next);
  }
  assert.equal([...seen].sort(), ids.sort());
  gate.send('tickets', { requestId: randomUUID(), cursor: null, limit: 1000 });
  assert.is((await gate.next('tickets')).cursor, cursor);
});

test('a session begins with the members, and only of its own venue', async (venue) => {
  const north = await open(venue, 'North');
  const south = await open(venue, 'South');
  const other = await open(venue, 'Elsewhere', 'cinema');
  const names = ({ members }: DeltaBody) => members.map(({ name }) => name).sort();
  for (const gate of [north, south]) {
    const { members } = await told(gate, (body) => names(body).join() === 'North,South');
    assert.equal(
      members.map(({ gateway }) => gateway).sort(),
      [north, south].map((one) => one.gateway).sort(),
    );
    assert.ok(members.every(({ active, entrance }) => active && entrance === 'main'));
  }
  const theirs = await told(other, () => true);
  assert.equal([theirs.venue, names(theirs)], ['cinema', ['Elsewhere']]);
  await north.end();
  const back = await north.again();
  const empty = await told(back, () => true);
  assert.equal(names(empty), ['North', 'South']);
  await back.end();
  assert.ok(
    ![...other.heard].some(
      ({ name, message }) => name === 'delta' && JSON.stringify(message).includes('North'),
    ),
  );
});

test('a revoked gateway is off the list of the others within a second, and hears nothing', async (venue) => {
  const north = await open(venue, 'North');
  const south = await open(venue, 'South');
  await told(north, ({ members }) => members.length === 2);
  venue.whole.clock.endOnlyBelow(1_000);
  await venue.whole.api.call('POST', `/gateways/${south.gateway}/revoke`);
  const { members } = await told(north, (body) => body.members.length === 1);
  assert.is(members[0]?.gateway, north.gateway);
  await south.closed();
  const heard = south.heard.map(({ message }) => JSON.stringify(message));
  assert.ok(heard.every((text) => !text.includes('"delta"')));
});

test('a block reaches every gateway in one delta', async (venue) => {
  const gates = [await open(venue, 'North'), await open(venue, 'South')];
  for (const gate of gates) await told(gate, () => true);
  const performance = await perform(venue.whole.api);
  const ticket = await sell(venue, performance, 'GUEST-1');
  await venue.whole.api.call('PATCH', `/tickets/${ticket}`, { status: 'blocked' });
  for (const gate of gates) {
    const blocked = ({ tickets }: DeltaBody) =>
      tickets.some(({ id, status }) => id === ticket && status === 'blocked');
    assert.ok(await told(gate, blocked));
  }
});

test('more than a delta holds is asked for, and the next delta goes on from there', async (venue) => {
  const gate = await open(venue, 'North');
  const performance = await perform(venue.whole.api);
  const path = `/performances/${performance}/tickets/import`;
  const rows = Array.from({ length: 600 }, (_, n) => `GUEST-${n}\n`).join('');
  const csv = { 'content-type': 'text/csv' };
  assert.is((await venue.whole.api.call('POST', path, `code\n${rows}`, csv)).status, 200);
  const nudge = await gate.next('nudge', ({ cursor }) => cursor > 600);
  const empty = await told(gate, ({ cursor }) => cursor === nudge.cursor);
  assert.equal([empty.from, empty.tickets], [empty.cursor, []]);
  const ticket = await sell(venue, performance, 'LATE-1');
  const next = await told(gate, ({ tickets }) => tickets.some(({ id }) => id === ticket));
  assert.is(next.from, empty.cursor);
});

test.run();
