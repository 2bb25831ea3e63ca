import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { at, note, peerEnd, stopAll, until } from '../test/peer-rig.ts';

const common = { enabled: true, host: '127.0.0.1', mdns: false };

test.after.each(stopAll);

test('two gateways find each other by address and hear each other in order', async () => {
  const north = await peerEnd('north', ['south']);
  const south = await peerEnd('south', ['north'], { addresses: [at(north.port)] });
  await until(() => north.connected.length + south.connected.length === 2, 'connected');
  for (let i = 0; i < 200; i += 1) {
    assert.ok(north.send('south', note(i)));
    assert.ok(south.send('north', note(i)));
  }
  await until(() => north.heard.length + south.heard.length === 400, 'heard');
  const all = Array.from({ length: 200 }, (_, i) => i);
  for (const [end, from] of [
    [north, 'south'],
    [south, 'north'],
  ] as const) {
    assert.equal(
      end.heard.map(([who, message]) => [who, message.type === 'heard' && message.seq]),
      all.map((i) => [from, i]),
    );
  }
  assert.is(north.send('west', note(0)), false);
});

test('gateways that dial each other at once keep exactly one session, and keep it', async () => {
  const ports = await Promise.all(['a', 'b', 'c'].map((name) => peerEnd(name, [])));
  const addresses = ports.map(({ port }) => at(port));
  await stopAll();
  const names = ['a', 'b', 'c'];
  const ends = await Promise.all(
    names.map(async (name, i) => {
      const config = { ...common, addresses, port: ports[i]!.port };
      return peerEnd(name, names, { config });
    }),
  );
  await until(() => ends.every(({ connected }) => connected.length === 2), 'connected');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  for (const [i, end] of ends.entries()) {
    const others = names.filter((name) => name !== names[i]);
    assert.equal([...end.connected].sort(), others);
    assert.equal(
      [...end.changes].sort(),
      others.map((name) => `+${name}`),
    );
    for (const other of others) assert.ok(end.send(other, note(i)));
  }
  await until(() => ends.every(({ heard }) => heard.length === 2), 'heard');
});

test('a gateway that goes and comes back is connected again, from either side', async () => {
  const north = await peerEnd('north', ['south', 'aft']);
  const address = { addresses: [at(north.port)] };
  for (const name of ['south', 'aft']) {
    const first = await peerEnd(name, ['north'], address);
    await until(() => north.connected.includes(name), `${name} connected`);
    await first.stop();
    await until(() => !north.connected.includes(name), `${name} gone`);
    await peerEnd(name, ['north'], address);
    await until(() => north.connected.includes(name), `${name} back`);
  }
  const config = { ...common, addresses: [], port: north.port };
  await north.stop();
  const again = await peerEnd('north', ['south', 'aft'], { config });
  await until(() => again.connected.length === 2, 'the one that was dialled back');
});

test('who is taken off the list loses its session at once, and gets it back with its place', async () => {
  const north = await peerEnd('north', ['south']);
  const south = await peerEnd('south', ['north'], { addresses: [at(north.port)] });
  await until(() => south.connected.length === 1, 'connected');
  north.admit([]);
  assert.equal(north.connected, []);
  assert.is(north.send('south', note(1)), false);
  await until(() => south.connected.length === 0, 'south told');
  await until(() => north.logged.some(({ fault }) => fault === 'not-listed'), 'refused again');
  assert.equal(south.heard, []);
  north.admit(['south']);
  await until(() => north.connected.length === 1, 'back');
  assert.equal(north.changes, ['+south', '-south', '+south']);
});

test('switched off, it listens to nobody and dials nobody', async () => {
  const north = await peerEnd('north', ['south']);
  const config = { ...common, enabled: false, port: 0, addresses: [at(north.port)] };
  const south = await peerEnd('south', ['north'], { config });
  assert.is(south.port, 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(north.connected, []);
});

test('a port in use is told with peer-port-in-use; dialling out still works', async () => {
  const north = await peerEnd('north', ['south']);
  const config = { ...common, port: north.port, addresses: [at(north.port)] };
  const south = await peerEnd('south', ['north'], { config });
  assert.is(south.port, 0);
  assert.ok(south.logged.some(({ code }) => code === 'peer-port-in-use'));
  await until(() => south.connected.length === 1, 'connected');
});

test.run();
