import { once } from 'node:events';
import fastify, { type FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATIENCE_MS } from '../scripts/patience.ts';
import { type Board, board } from './board.ts';
import type { DoorEvent } from './door-state.ts';
import { type Entrance, simulatedEntrance } from './entrance.ts';
import { eventReader } from './event-source.ts';
import type { DoorActions } from './routes.ts';
import { doorServer } from './server.ts';

interface Stand {
  readonly base: string;
  readonly told: Board;
  readonly entrance: Entrance;
  readonly calls: string[];
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

function actionsOn(entrance: Entrance, calls: string[]): DoorActions {
  return {
    hold: (picture, milliseconds) => entrance.hold(picture, milliseconds),
    takeAway: () => entrance.takeAway(),
    type: (text) => entrance.type(text),
    walk: () => entrance.walk(),
    push: () => entrance.push(),
    pressFire: (pressed) => entrance.pressFire(pressed),
    setCable: async (plugged) => void calls.push(`cable ${plugged}`),
    setGateway: async (running) => void calls.push(`gateway ${running}`),
    newTicket: async () => {
      throw new Error('not asked for here');
    },
    bindKey: async () => ({ tenant: 't', handle: '0011223344', generation: 1 }),
    beacon: async () => ({ index: 1, value: '00', until: 2, now: 0 }),
    adminLink: async () => '/admin/#token=secret',
  };
}

async function fakeCloud(): Promise<{ server: FastifyInstance; address: string }> {
  const server = fastify();
  server.get('/api/v1/beacon', async ({ headers }) => ({ auth: headers.authorization }));
  return { server, address: await server.listen({ port: 0, host: '127.0.0.1' }) };
}

async function withStand(run: (stand: Stand) => Promise<void>): Promise<void> {
  const told = board();
  const entrance = simulatedEntrance({
    onGate: (gate) => told.tell({ type: 'gate', ...gate }),
    onPerson: (how) => told.tell({ type: 'person', how }),
  });
  await entrance.start();
  const cloud = await fakeCloud();
  const calls: string[] = [];
  const actions = actionsOn(entrance, calls);
  const server = await doorServer({ board: told, actions, cloud: cloud.address, names: [] });
  const base = await server.listen({ port: 0, host: '127.0.0.1' });
  const post: Stand['post'] = (path, body, headers = {}) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> =
      body === undefined ? {} : { 'content-type': 'application/json' };
    return fetch(`${base}${path}`, { method: 'POST', headers: { ...type, ...headers }, ...sent });
  };
  try {
    await run({ base, told, entrance, calls, post });
  } finally {
    await server.close();
    await cloud.server.close();
    await entrance.stop();
  }
}

async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!done()) {
    if (Date.now() > deadline) throw new Error('it never came');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a page gets a snapshot first and then what changes', async () => {
  await withStand(async ({ base, post }) => {
    const seen: DoorEvent[] = [];
    const ending = new AbortController();
    const answer = await fetch(`${base}/demo/events`, { signal: ending.signal });
    const read = eventReader((data) => seen.push(JSON.parse(data) as DoorEvent));
    const reading = (async () => {
      for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) read(piece);
    })().catch(() => undefined);
    await until(() => seen.length > 0);
    assert.is(seen[0]?.type, 'snapshot');
    assert.is((await post('/demo/fire', { pressed: true })).status, 200);
    await until(() => seen.some((event) => event.type === 'gate' && event.emergency));
    ending.abort();
    await reading;
  });
});

test('nobody walks through a locked arm, but somebody can push', async () => {
  await withStand(async ({ told, post }) => {
    assert.equal(await (await post('/demo/walk')).json(), { passed: false });
    assert.is(told.state.person.count, 0);
    assert.is((await post('/demo/push')).status, 200);
    assert.equal(told.state.person, { how: 'pushes', count: 1 });
  });
});

test('in a fire everybody walks out and the arm turns', async () => {
  await withStand(async ({ told, post }) => {
    await post('/demo/fire', { pressed: true });
    assert.equal(await (await post('/demo/walk')).json(), { passed: true });
    assert.is(told.state.gate.arm, 'turning');
    await until(() => told.state.gate.arm === 'unlocked');
  });
});

test('a picture goes to the camera, and without a camera the page is told so', async () => {
  await withStand(async ({ base }) => {
    const white = { width: 8, height: 8, channels: 3, background: '#fff' } as const;
    const picture = new Uint8Array(await sharp({ create: white }).jpeg().toBuffer());
    const send = (type: string, body: Uint8Array<ArrayBuffer>) =>
      fetch(`${base}/demo/camera`, { method: 'POST', headers: { 'content-type': type }, body });
    const answer = await send('image/jpeg', picture);
    assert.is(answer.status, 409);
    assert.is(((await answer.json()) as { code: string }).code, 'demo-camera-away');
    assert.is((await send('image/jpeg', new Uint8Array())).status, 400);
    assert.is((await send('text/plain', picture)).status, 400);
  });
});

test('a body that fits nothing is refused with a code and does nothing', async () => {
  await withStand(async ({ calls, post }) => {
    for (const body of [{ plugged: 'yes' }, {}, { plugged: true, more: 1 }, null]) {
      const answer = await post('/demo/cable', body);
      assert.is(answer.status, 400);
      assert.is(((await answer.json()) as { code: string }).code, 'demo-request-wrong');
    }
    assert.is((await post('/demo/scanner', { text: 'x'.repeat(5_000) })).status, 400);
    assert.equal(calls, []);
    await post('/demo/cable', { plugged: false });
    await post('/demo/gateway', { running: false });
    assert.equal(calls, ['cable false', 'gateway false']);
  });
});

test('another site can make nothing happen', async () => {
  await withStand(async ({ calls, post }) => {
    const answer = await post(
      '/demo/cable',
      { plugged: false },
      { origin: 'https://evil.example' },
    );
    assert.is(answer.status, 403);
    assert.equal(calls, []);
  });
});

test('the way to the cloud’s API is open and carries the caller’s own token', async () => {
  await withStand(async ({ base }) => {
    const headers = { authorization: 'Bearer mine' };
    const answer = await fetch(`${base}/api/v1/beacon`, { headers });
    assert.equal(await answer.json(), { auth: 'Bearer mine' });
  });
});

test('a cloud that is away is an answer, not a fault', async () => {
  const told = board();
  const entrance = simulatedEntrance({ onGate() {}, onPerson() {} });
  const nowhere = { board: told, cloud: 'http://127.0.0.1:9', names: [] };
  const server = await doorServer({ ...nowhere, actions: actionsOn(entrance, []) });
  const answer = await server.inject({ url: '/api/v1/beacon', headers: { host: 'localhost' } });
  assert.is(answer.statusCode, 503);
  assert.is(answer.json().code, 'demo-cloud-away');
  await server.close();
});

test('what is typed on the scanner arrives at the other end of its wire', async () => {
  await withStand(async ({ entrance, post }) => {
    const { connect } = await import('node:net');
    const other = simulatedEntrance({ onGate() {}, onPerson() {} });
    const { scanners } = await other.start();
    const { hostname, port } = new URL(scanners[0]!.path);
    const line = connect(Number(port), hostname);
    await once(line, 'connect');
    let heard = '';
    line.on('data', (bytes) => (heard += bytes));
    // until the far end has taken the line, what is typed goes nowhere
    while (!/\s/.test(heard)) {
      await other.type('R0123456789ABCDEF');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.is(heard.split(/\s/)[0], 'R0123456789ABCDEF');
    line.destroy();
    await other.stop();
    assert.is((await post('/demo/scanner', { text: 'abc' })).status, 200);
    assert.is(entrance.gate.arm, 'locked');
  });
});

test.run();
