import { randomUUID } from 'node:crypto';
import { filterOf, topicOf } from '@gatehouse/protocol';
import mqtt from 'mqtt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DoorHouse, startDoor } from '../test/door.ts';
import { connectGateway } from '../test/gateway-client.ts';
import { journalWriter } from '../test/journal.ts';
import { ending, newScanId, question, securePhone, stampOf } from '../test/phone.ts';
import { UP_BYTES_MAX } from './broker-rights.ts';

let house: DoorHouse;
test.before.each(async () => {
  house = await startDoor();
});
test.after.each(() => house.stop());

test('a gateway asks, lets pass, tells, and sends its journal', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const gate = await house.gateway('gate-1');
  const asked = question(house.clock, await phone.code());
  gate.send('validate', asked);
  const answer = await gate.next('validate');
  assert.is(answer.scanId, asked.scanId);
  assert.is(answer.verdict.key, 'ok');
  gate.send('settle', ending(house.clock, asked.scanId, 'passed'));
  assert.equal(await gate.next('settle'), { scanId: asked.scanId, kind: 'passed' });
  const row = journalWriter().write({
    kind: 'event',
    event: 'started',
    at: stampOf(house.clock),
    cursor: null,
  });
  gate.send('journal', { epoch: 'e1', rows: [row] });
  assert.equal(await gate.next('journal'), { epoch: 'e1', upTo: 1, parked: [] });
});

test('a heartbeat is answered with the cloud’s time and shows the gateway online', async () => {
  const gate = await house.gateway('gate-1');
  gate.send('heartbeat', {
    beat: 7,
    mono: 123.5,
    at: stampOf(house.clock),
    software: '1.0',
    cursor: null,
    queue: { rows: 0, settles: 0 },
    lanes: [],
  });
  const answer = await gate.next('heartbeat');
  assert.is(answer.beat, 7);
  assert.is(answer.mono, 123.5);
  assert.ok(answer.received <= answer.sent);
  const [session] = house.broker.sessions();
  assert.is(session?.gateway, 'gate-1');
  assert.is(session?.lastHeartbeat?.beat.software, '1.0');
});

test('tickets come in pages, and a change is nudged and comes as a delta', async () => {
  const { id } = await house.perform();
  const order = { status: 'valid' as const, uses: 1, entrances: ['A'], label: { row: '1' } };
  const made = [];
  for (let n = 0; n < 5; n++) made.push(await house.ticketing.addTicket(id, order));
  const gate = await house.gateway('gate-1');
  gate.send('tickets', { requestId: randomUUID(), cursor: null, limit: 3 });
  const first = await gate.next('tickets');
  assert.is(first.more, true);
  assert.is(first.tickets.length, 3);
  gate.send('tickets', { requestId: randomUUID(), cursor: first.cursor, limit: 3 });
  const second = await gate.next('tickets');
  assert.is(second.more, false);
  assert.equal(
    [...first.tickets, ...second.tickets].map((row) => row.digest),
    made.map(({ code }) => house.ticketing.digest(code as string)),
  );
  gate.heard.length = 0;
  await house.ticketing.changeTicket(made[0]?.id as string, { status: 'blocked' });
  const { cursor } = await gate.next('nudge', (nudge) => nudge.cursor > second.cursor);
  gate.send('tickets', { requestId: randomUUID(), cursor: second.cursor, limit: 3 });
  const delta = await gate.next('tickets');
  assert.equal(
    delta.tickets.map(({ id: ticket, status }) => [ticket, status]),
    [[made[0]?.id, 'blocked']],
  );
  assert.is(delta.cursor, cursor);
  assert.is(delta.performances.length, 1);
});

for (const [what, topic] of [
  ['another gateway’s topic', topicOf('gate-2', 'up', 'settle')],
  ['its own answers', topicOf('gate-1', 'down', 'validate')],
  ['a name that is not in the protocol', 'gatehouse/1/gate-1/up/orders'],
] as const) {
  test(`a client that publishes ${what} is disconnected`, async () => {
    const gate = await house.gateway('gate-1');
    gate.mqtt.publish(topic, '{}', { qos: 1 });
    await gate.closed();
    assert.ok(house.log.codes().includes('broker-foreign-topic'));
  });
}

test('a retained message and one that is too large are refused', async () => {
  const gate = await house.gateway('gate-1');
  gate.mqtt.publish(topicOf('gate-1', 'up', 'settle'), '{}', { qos: 1, retain: true });
  await gate.closed();
  const other = await house.gateway('gate-2');
  other.mqtt.publish(topicOf('gate-2', 'up', 'journal'), Buffer.alloc(UP_BYTES_MAX + 1), {
    qos: 1,
  });
  await other.closed();
  assert.ok(house.log.codes().includes('broker-retain-refused'));
  assert.ok(house.log.codes().includes('broker-payload-too-large'));
});

test('a subscription to what belongs to others is not granted', async () => {
  const gate = await house.gateway('gate-1');
  for (const filter of ['#', filterOf('gate-2', 'down'), 'gatehouse/1/+/down/validate']) {
    const fault = await gate.mqtt.subscribeAsync(filter, { qos: 1 }).then(
      (granted) => granted[0]?.qos,
      () => 128,
    );
    assert.is(fault, 128, filter);
  }
});

test('a client hears only what it has asked for: no nudge comes between a question and its answer', async () => {
  const { id } = await house.perform();
  const gate = await house.gateway('gate-1');
  await gate.mqtt.unsubscribeAsync(filterOf('gate-1', 'down'));
  await gate.mqtt.subscribeAsync(topicOf('gate-1', 'down', 'heartbeat'), { qos: 1 });
  await house.ticketing.addTicket(id, { status: 'valid', uses: 1, entrances: [], label: {} });
  house.broker.nudge(9_999);
  gate.send('tickets', { requestId: randomUUID(), cursor: null, limit: 3 });
  await new Promise((resolve) => setTimeout(resolve, 600));
  gate.send('heartbeat', {
    ...{ beat: 1, mono: 1, at: stampOf(house.clock), software: '1.0', cursor: null },
    ...{ queue: { rows: 0, settles: 0 }, lanes: [] },
  });
  await gate.next('heartbeat');
  assert.equal(gate.heard, []);
});

test('messages that fit no schema are rejected by code and the connection stays', async () => {
  const gate = await house.gateway('gate-1');
  const topic = topicOf('gate-1', 'up', 'settle');
  for (const [payload, code] of [
    ['{"scanId":', 'message-not-json'],
    [Buffer.from([0xff, 0xfe]), 'message-not-json'],
    ['{}', 'message-invalid'],
    ['[]', 'message-invalid'],
  ] as const) {
    gate.mqtt.publish(topic, payload as string, { qos: 1 });
    const rejected = await gate.next('rejected');
    assert.is(rejected.code, code);
    assert.is(rejected.topic, topic);
  }
  gate.send('settle', ending(house.clock, newScanId(), 'cancel'));
  await gate.next('settle');
});

test('only the name in its certificate gets a gateway in', async () => {
  const device = await house.authority.device('gate-1');
  const refused = await connectGateway(house.broker.port, 'gate-2', device).catch(
    (fault: Error) => fault,
  );
  assert.instance(refused, Error);
  const noCertificate = { ca: device.ca } as typeof device;
  assert.instance(
    await connectGateway(house.broker.port, 'gate-1', noCertificate).catch((fault) => fault),
    Error,
  );
  const kept = await connectGateway(house.broker.port, 'gate-1', device, { clean: false }).catch(
    (fault: Error) => fault,
  );
  assert.instance(kept, Error);
  assert.ok(house.log.codes().includes('broker-id-mismatch'));
  assert.ok(house.log.codes().includes('broker-session-refused'));
});

test('a gateway that is revoked loses its session at once and gets no new one', async () => {
  const gate = await house.gateway('gate-1');
  house.revoked.add('gate-1');
  house.broker.disconnect('gate-1');
  await gate.closed();
  const again = await house.gateway('gate-1').catch((fault: Error) => fault);
  assert.instance(again, Error);
  assert.ok(house.log.codes().includes('broker-gateway-refused'));
  assert.equal(house.broker.sessions(), []);
});

test('a revoked gateway that nobody disconnected is found by its next message', async () => {
  const gate = await house.gateway('gate-1');
  house.revoked.add('gate-1');
  gate.send('settle', ending(house.clock, newScanId(), 'cancel'));
  await gate.closed();
});

test('a gateway that takes no bytes is sent no more deltas, and is still nudged', async () => {
  const gate = await house.gateway('gate-1');
  const delta = { body: 'x'.repeat(900_000), signature: 'A'.repeat(88) };
  gate.mqtt.stream.pause();
  const sent = 40;
  for (let n = 0; n < sent; n++) {
    house.broker.delta(['gate-1', 'nobody'], delta);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  house.broker.nudge(7);
  gate.mqtt.stream.resume();
  assert.is((await gate.next('nudge')).cursor, 7);
  const got = gate.heard.filter(({ name }) => name === 'delta').length;
  assert.ok(got > 0 && got < sent, `${got} of ${sent}`);
  house.broker.delta(['gate-1'], { ...delta, body: 'caught up' });
  await gate.next('delta', ({ body }) => body === 'caught up');
});

test('who has not asked for deltas is sent none', async () => {
  const { authority, broker } = house;
  const quiet = mqtt.connect(`mqtts://127.0.0.1:${broker.port}`, {
    ...(await authority.device('gate-1')),
    ...{ clientId: 'gate-1', servername: 'localhost', reconnectPeriod: 0 },
  });
  const heard: string[] = [];
  quiet.on('message', (topic) => void heard.push(topic));
  await quiet.subscribeAsync(topicOf('gate-1', 'down', 'nudge'), { qos: 1 });
  broker.delta(['gate-1'], { body: 'early', signature: 'A'.repeat(88) });
  broker.nudge(1);
  await new Promise((resolve) => quiet.once('message', resolve));
  assert.equal(heard, [topicOf('gate-1', 'down', 'nudge')]);
  await quiet.endAsync(true);
});

test('no ticket code and no payload ever stands in the log', async () => {
  const { id } = await house.perform({ secure: true });
  const phone = await securePhone(house.ticketing, house.clock, id);
  const code = await phone.code();
  const gate = await house.gateway('gate-1');
  gate.send('validate', question(house.clock, code));
  await gate.next('validate');
  gate.mqtt.publish(topicOf('gate-1', 'up', 'validate'), JSON.stringify({ code }), { qos: 1 });
  await gate.next('rejected');
  assert.not.match(JSON.stringify(house.log.lines), code);
});

test.run();
