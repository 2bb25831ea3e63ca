import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeOf, performanceRow } from '../test/samples.ts';
import { membersOf, type RigGateway, signedDelta, venueRig } from '../test/venue-rig.ts';
import { homeOf } from './home.ts';

/** A ticket whose home is that gateway. */
function ticketAt(home: string, gateways: readonly string[], skip = 0): number {
  for (let number = 1; number <= 20; number++) {
    if (homeOf(`ticket-${number}`, gateways) === home && skip-- === 0) return number;
  }
  throw new Error(`no ticket has its home at ${home}`);
}

test('gateways of a venue hear each other once the cloud has told who belongs to it', async () => {
  const { gateways, stop } = await venueRig(['north', 'south', 'west']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  assert.equal(north.peers, { heard: ['south', 'west'], missing: [] });
  assert.equal(south.peers, { heard: ['north', 'west'], missing: [] });
  assert.is(north.lane?.split, false);
  await stop();
});

test('a guest who passed at one gateway is refused at another, with no cloud in reach', async () => {
  const { clock, gateways, stop } = await venueRig(['north', 'south']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  assert.is(await north.show(codeOf(1)), 'ok');
  assert.is(await south.show(codeOf(1)), 'busy', 'the grant is open at north');
  north.gate.pass();
  await clock.advance(4_000);
  assert.is(await south.show(codeOf(1)), 'already-used');
  await stop();
});

test('a grant that nobody walked through is good again at another gateway', async () => {
  const { clock, gateways, stop } = await venueRig(['north', 'south']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  assert.is(await north.show(codeOf(1)), 'ok');
  await clock.advance(9_000);
  assert.is(await south.show(codeOf(1)), 'ok');
  await stop();
});

test('two lanes in the same moment: one says yes, whichever is the ticket’s home', async () => {
  const ids = ['north', 'south', 'west'];
  for (const home of ids) {
    const { clock, gateways, stop } = await venueRig(ids);
    const number = ticketAt(home, ids);
    for (const gateway of gateways) gateway.read(codeOf(number));
    await clock.advance(100);
    const said = gateways.map(({ lane }) => lane?.verdict?.key).sort();
    assert.equal(said, ['busy', 'busy', 'ok'], `home ${home}`);
    assert.is(gateways.filter(({ gate }) => gate.state.unlocks > 0).length, 1);
    await stop();
  }
});

test('a home that does not answer within 250 ms: the lane goes on alone and says so', async () => {
  const { clock, hub, gateways, stop } = await venueRig(['north', 'south']);
  const [north] = gateways as [RigGateway];
  const number = ticketAt('south', ['north', 'south']);
  hub.cut('north', 'south');
  north.read(codeOf(number));
  await clock.advance(240);
  assert.is(north.gate.state.unlocks, 0);
  await clock.advance(20);
  assert.is(north.gate.state.unlocks, 1);
  const intent = (await north.rows()).find((row) => row.kind === 'intent');
  assert.is(intent?.kind === 'intent' && intent.unconfirmed, true);
  await stop();
});

test('a split is noticed within a second, shown on lanes and written into admissions', async () => {
  const { clock, hub, gateways, stop } = await venueRig(['north', 'south', 'west']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  hub.cut('north', 'south');
  await clock.advance(1_000);
  assert.equal(north.peers, { heard: ['west'], missing: ['south'] });
  assert.equal(south.peers, { heard: ['west'], missing: ['north'] });
  assert.is(north.lane?.split, true);
  const told = north.events.filter(({ type }) => type === 'peers').at(-1);
  assert.equal(told, { type: 'peers', heard: ['west'], missing: ['south'] });
  await north.show(codeOf(1));
  const intent = (await north.rows()).find((row) => row.kind === 'intent');
  if (intent?.kind !== 'intent') throw new Error('no intent');
  assert.is(intent.split, true);
  assert.equal(Object.keys(intent.heard ?? {}).sort(), ['south', 'west']);
  hub.mend('north', 'south');
  await clock.advance(5_000);
  assert.equal(north.peers.missing, []);
  assert.is(north.lane?.split, false);
  await stop();
});

test('what happened while the network was cut is caught up with once it is whole', async () => {
  const { clock, hub, gateways, stop } = await venueRig(['north', 'south']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  hub.cut('north', 'south');
  await clock.advance(2_000);
  for (const number of [1, 2, 3]) {
    assert.is(await north.show(codeOf(number)), 'ok');
    north.gate.pass();
    await clock.advance(4_000);
  }
  hub.mend('north', 'south');
  await clock.advance(5_000);
  for (const number of [1, 2, 3]) {
    assert.is(await south.show(codeOf(number)), 'already-used');
    await clock.advance(4_000);
  }
  await stop();
});

test('a gateway that starts again has lost nothing of what others told it', async () => {
  const { clock, gateways, stop } = await venueRig(['north', 'south']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  await north.show(codeOf(1));
  north.gate.pass();
  await clock.advance(4_000);
  await north.show(codeOf(2));
  await south.crash();
  await clock.advance(200);
  await south.boot();
  await clock.advance(1_500);
  assert.is(await south.show(codeOf(1)), 'already-used');
  await clock.advance(3_600);
  assert.is(await south.show(codeOf(2)), 'busy', 'still open at north');
  await stop();
});

test('rule 6: the grant of a gateway that died is for a person, not for another lane', async () => {
  const { clock, gateways, stop } = await venueRig(['north', 'south']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  assert.is(await north.show(codeOf(1)), 'ok');
  await north.crash();
  await clock.advance(12_500);
  assert.is(await south.show(codeOf(1)), 'busy');
  await north.boot();
  await clock.advance(5_000);
  const unsettled = (await north.rows()).filter((row) => row.kind === 'result');
  assert.equal(
    unsettled.map((row) => row.kind === 'result' && row.result),
    ['unsettled'],
  );
  assert.is(await south.show(codeOf(1)), 'busy');
  await stop();
});

test('a gateway that stopped of its own accord is not missed; one that died is', async () => {
  const { clock, gateways } = await venueRig(['north', 'south', 'west']);
  const [north, south, west] = gateways as [RigGateway, RigGateway, RigGateway];
  await south.stop();
  await clock.advance(2_000);
  assert.equal(north.peers, { heard: ['west'], missing: [] });
  await west.crash();
  await clock.advance(2_000);
  assert.equal(north.peers, { heard: [], missing: ['west'] });
  await north.stop();
});

test('a block passes from gateway to gateway, to a lane that cannot reach the cloud', async () => {
  const { clock, gateways, stop } = await venueRig(['north', 'south', 'west']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  const cursor = north.store.state().cursor ?? 0;
  const found = north.store.find(codeOf(1));
  const row = { ...(found?.row as NonNullable<typeof found>['row']), status: 'blocked' as const };
  const members = membersOf(['north', 'south', 'west']);
  north.tell({ from: cursor, cursor: cursor + 1, tickets: [row], members });
  await clock.advance(600);
  assert.is(await south.show(codeOf(1)), 'blocked');
  await stop();
});

test('a delta that the tenant has not signed, or of another venue, changes nothing', async () => {
  const { clock, gateways, stop } = await venueRig(['north', 'south']);
  const [north] = gateways as [RigGateway];
  const cursor = north.store.state().cursor ?? 0;
  const found = north.store.find(codeOf(1));
  const row = { ...(found?.row as NonNullable<typeof found>['row']), status: 'blocked' as const };
  const good = signedDelta({ from: cursor, cursor: cursor + 1, tickets: [row] });
  north.link.deliver('delta', { ...good, body: `${good.body} ` });
  north.tell({ venue: 'elsewhere', from: cursor, cursor: cursor + 1, tickets: [row] });
  await clock.advance(100);
  assert.is(await north.show(codeOf(1)), 'ok');
  await stop();
});

test('a gateway that is no member any more is shut out at once', async () => {
  const { clock, gateways, stop } = await venueRig(['north', 'south', 'west']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  const cursor = north.store.state().cursor ?? 0;
  const members = membersOf(['north', 'west']);
  north.tell({ from: cursor, cursor: cursor + 1, members });
  await clock.advance(100);
  assert.equal(north.peers, { heard: ['west'], missing: [] });
  await clock.advance(2_000);
  assert.is(south.peers.heard.includes('north'), false);
  await stop();
});

test('a performance is filled across lanes that hear each other, and by parts where they do not', async () => {
  const { clock, hub, gateways, stop } = await venueRig(['north', 'south']);
  const [north, south] = gateways as [RigGateway, RigGateway];
  const cursor = north.store.state().cursor ?? 0;
  const members = membersOf(['north', 'south']);
  const performances = [performanceRow({ capacity: 5 })];
  for (const { tell } of gateways)
    tell({ from: cursor, cursor: cursor + 1, performances, members });
  const pass = async (gateway: RigGateway, number: number) => {
    const said = await gateway.show(codeOf(number));
    if (said === 'ok') gateway.gate.pass();
    await clock.advance(4_000);
    return said;
  };
  assert.equal([await pass(north, 1), await pass(south, 2)], ['ok', 'ok']);
  hub.cut('north', 'south');
  await clock.advance(2_000);
  // 3 places remain: 2 are north's part, 1 is south's.
  const atNorth = [await pass(north, 3), await pass(north, 4), await pass(north, 5)];
  assert.equal(atNorth, ['ok', 'ok', 'full']);
  assert.equal([await pass(south, 6), await pass(south, 7)], ['ok', 'full']);
  await stop();
});

test('the home of a ticket is the same for all, and few tickets move with a gateway', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const tickets = Array.from({ length: 2_000 }, (_, i) => `ticket-${i}`);
  const before = tickets.map((ticket) => homeOf(ticket, ids));
  assert.equal(
    before,
    tickets.map((ticket) => homeOf(ticket, [...ids].reverse())),
  );
  for (const id of ids) {
    const share = before.filter((home) => home === id).length / tickets.length;
    assert.ok(share > 0.2 && share < 0.3, `${id} has ${share}`);
  }
  const after = tickets.map((ticket) => homeOf(ticket, ids.slice(0, 3)));
  const moved = before.filter((home, i) => home !== 'd' && home !== after[i]).length;
  assert.is(moved, 0);
});

test.run();
