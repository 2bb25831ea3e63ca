import { createSocket } from 'node:dgram';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import { type PeerEnd, peerEnd, stopAll, until } from '../test/peer-rig.ts';
import { type Address, readAddress, writeAddress } from './address.ts';
import { createMdnsFinder, type Finder, venueTag } from './find.ts';

const MDNS_GROUP = '224.0.0.251';
const LOOP = '127.0.0.1';
const faults: unknown[] = [];

/** A port of our own instead of 5353, and this machine's loop only: nobody else is disturbed. */
const mdnsPort = await freeUdpPort();

function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.bind(0, LOOP, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Why multicast does not work on this machine's loop, or undefined. */
function whyNoMulticast(): Promise<string | undefined> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  return new Promise<string | undefined>((resolve) => {
    setTimeout(() => resolve('nothing sent came back'), 10_000);
    socket.on('error', (error) => resolve(error.message));
    socket.on('message', () => resolve(undefined));
    socket.bind(mdnsPort, () => {
      try {
        socket.addMembership(MDNS_GROUP, LOOP);
        socket.setMulticastInterface(LOOP);
        socket.send('x', mdnsPort, MDNS_GROUP, (error) => error && resolve(error.message));
      } catch (error) {
        resolve((error as Error).message);
      }
    });
  }).finally(() => socket.close());
}

function finder(gateway: string, venue = 'venue', networks = () => [LOOP]): Finder {
  return createMdnsFinder({
    ...{ gateway, venue, networks, mdnsPort, tenant: 'tenant', clock: systemClock },
    refuse: (code, details) => faults.push([code, details]),
  });
}

const reason = await whyNoMulticast();
if (reason) console.log(`SKIPPED finding each other: no multicast on this machine (${reason})`);
const multicast = reason ? test.skip : test;

test.after.each(async () => {
  await stopAll();
  faults.length = 0;
});

multicast('gateways of one venue find each other without an address, in either order', async () => {
  const names = ['north', 'south', 'west'];
  const ends: PeerEnd[] = [];
  for (const name of names) {
    const config = { enabled: true, host: LOOP, port: 0, mdns: true, addresses: [] };
    ends.push(await peerEnd(name, names, { config, finder: finder(name) }));
  }
  await until(() => ends.every(({ connected }) => connected.length === 2), 'all connected');
  assert.equal(faults, []);
});

multicast('another venue is not dialled, nor is one’s own announcement', async () => {
  const found: string[] = [];
  const note = (who: string) => (address: Address) => found.push(`${who} ${address.port}`);
  const all = [finder('north'), finder('south'), finder('east', 'other')];
  for (const [i, one] of all.entries()) {
    one.start(note(['north', 'south', 'east'][i]!));
    one.announce(7001 + i);
  }
  await until(() => new Set(found).size >= 2, 'found');
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal([...new Set(found)].sort(), ['north 7002', 'south 7001']);
  await Promise.all(all.map((one) => one.stop()));
});

multicast('packets that are no DNS, or DNS full of nonsense, stop nothing', async () => {
  const found: Address[] = [];
  const north = finder('north');
  north.start((address) => found.push(address));
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, LOOP, resolve));
  socket.setMulticastInterface(LOOP);
  for (const packet of nonsense()) {
    await new Promise((resolve) => socket.send(packet, mdnsPort, MDNS_GROUP, resolve));
  }
  const south = finder('south');
  south.start(() => {});
  south.announce(7002);
  await until(() => found.some(({ port }) => port === 7002), 'found after all');
  socket.close();
  await Promise.all([north.stop(), south.stop()]);
});

/** Responses cut short, with records of the service that lack what they should have. */
function nonsense(): Buffer[] {
  const name = (text: string) =>
    Buffer.concat([
      ...text.split('.').map((part) => Buffer.from([part.length, ...Buffer.from(part)])),
      Buffer.from([0]),
    ]);
  const service = '_gatehouse._tcp.local';
  const record = (type: number, data: Buffer, of = service) => {
    const fixed = Buffer.alloc(10);
    fixed.writeUInt16BE(type, 0);
    fixed.writeUInt16BE(1, 2);
    fixed.writeUInt32BE(120, 4);
    fixed.writeUInt16BE(data.length, 8);
    return Buffer.concat([name(of), fixed, data]);
  };
  const response = (...records: Buffer[]) => {
    const header = Buffer.from([0, 0, 0x84, 0, 0, 0, 0, records.length, 0, 0, 0, 0]);
    return Buffer.concat([header, ...records]);
  };
  const pointer = record(12, name('x._gatehouse._tcp.local'));
  const whole = response(pointer, record(33, Buffer.alloc(0)), record(16, Buffer.from([9, 1])));
  const cut = Array.from({ length: whole.length }, (_, i) => whole.subarray(0, i));
  const self = response(record(12, Buffer.from([0xc0, 0x0c])), record(12, name('__proto__')));
  const port = Buffer.concat([Buffer.alloc(6), name('a')]);
  const bare = response(record(12, name('a')), record(33, port, 'a'));
  return [bare, ...cut, whole, self, Buffer.alloc(2_000, 0xc0), Buffer.from('hello')];
}

test('a network that is not there is told and does not stop the gateway', async () => {
  const lost = finder('north', 'venue', () => ['203.0.113.9']);
  lost.start(() => {});
  lost.announce(7001);
  await until(() => faults.length > 0, 'told');
  await lost.stop();
  const codes = (faults as [string][]).map(([code]) => code);
  assert.equal([...new Set(codes)], ['peer-finder-failed']);
});

test('the tag of a venue tells nothing but that it is the same one', () => {
  assert.match(venueTag('tenant', 'venue'), /^[0-9a-f]{16}$/);
  assert.is.not(venueTag('tenant', 'venue'), venueTag('tenant', 'other'));
});

test('addresses are read as people write them, and written in one way', () => {
  const written = (text: string) => {
    const address = readAddress(text);
    return address && writeAddress(address);
  };
  assert.is(written('10.0.0.5:7444'), '10.0.0.5:7444');
  assert.is(written('10.0.0.5'), '10.0.0.5:7443');
  assert.is(written('[fe80::1%eth0]:7443'), '[fe80::1%eth0]:7443');
  assert.equal(readAddress('[fe80::1%eth0]'), { host: 'fe80::1%eth0', port: 7443 });
  assert.is(written('entrance-north.local:7443'), 'entrance-north.local:7443');
  for (const text of ['', ':7443', 'a:0', 'a:65536', 'fe80::1', '[a]:1', 'a b', 'a/b:1', '[::1']) {
    assert.is(written(text), undefined, text);
  }
});

test.run();
