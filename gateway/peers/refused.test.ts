import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, createServer } from 'node:tls';
import { makeAuthority, makeServerCertificate } from '@gatehouse/provisioning/authority';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  at,
  fastClock,
  issue,
  type Papers,
  type PeerEnd,
  papers,
  peerEnd,
  stopAll,
  until,
  venueAuthority,
} from '../test/peer-rig.ts';
import { visit } from '../test/peer-rogue.ts';

const YEAR_MS = 365 * 86_400_000;
const foreign = await makeAuthority({ ...issue(), name: 'issuing' });
const below = await makeAuthority({ ...issue(), name: 'below', issuer: foreign });
const expired = await papers('south', venueAuthority, Date.now() - YEAR_MS);
const hosts = ['south'];
const server = await makeServerCertificate({ ...issue(), authority: venueAuthority, hosts });
const wrong: Record<string, Papers | undefined> = {
  'no-certificate': undefined,
  'other-authority': await papers('south', foreign),
  expired,
  'not-listed': await papers('west'),
  'own-id': await papers('north'),
  'not-a-device': { key: server.privateKey, certificate: server.chain },
};

test.after.each(stopAll);

const faults = (end: PeerEnd) => end.logged.map(({ code, fault }) => `${code} ${fault}`);

for (const [fault, shown] of Object.entries(wrong)) {
  const told = `peer-refused ${fault}`;
  test(`whoever dials with papers that are ${fault} is closed before any message`, async () => {
    const north = await peerEnd('north', ['south']);
    await visit(north.port, shown);
    await until(() => faults(north).includes(told), fault);
    assert.equal(north.changes, []);
  });

  if (shown) {
    test(`whoever answers with papers that are ${fault} gets no session and no word`, async () => {
      let said = 0;
      const own = { key: shown.key, cert: shown.certificate };
      const server = createServer({ ...own, requestCert: true, rejectUnauthorized: false });
      server.on('secureConnection', (socket) => {
        socket.on('data', (bytes) => {
          said += bytes.length;
        });
        socket.on('error', () => socket.destroy());
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const north = await peerEnd('north', ['south'], { addresses: [at(port)] });
      await until(() => faults(north).includes(told), fault);
      assert.is(said, 0);
      assert.equal(north.connected, []);
      server.close();
    });
  }
}

test('papers of an authority below a foreign one that bears the same name are refused', async () => {
  const north = await peerEnd('north', ['south']);
  await visit(north.port, await papers('south', below));
  await until(() => faults(north).includes('peer-refused other-authority'), 'refused');
});

test('a clock that nobody vouches for refuses no papers for their time', async () => {
  for (const off of [-30 * YEAR_MS, 30 * YEAR_MS]) {
    const time = { now: () => Date.now() + off, quality: () => 'untrusted' as const };
    const north = await peerEnd('north', ['south'], { time });
    await peerEnd('south', ['north'], { addresses: [at(north.port)] });
    await until(() => north.connected.length === 1, 'connected');
    await stopAll();
  }
});

test('papers that ended before the own ones began are refused without any clock', async () => {
  const time = { now: () => 0, quality: () => 'untrusted' as const };
  const north = await peerEnd('north', ['south'], { time });
  await visit(north.port, expired);
  await until(() => faults(north).includes('peer-refused expired'), 'refused');
});

test('no connection is resumed: each shows its papers', async () => {
  const north = await peerEnd('north', ['south']);
  const { key, certificate: cert } = await papers('south');
  const tls = { key, cert, port: north.port, host: '127.0.0.1', rejectUnauthorized: false };
  const first = connectTls(tls);
  let session: Buffer | undefined;
  first.on('session', (one) => {
    session = one;
  });
  await once(first, 'secureConnect');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const second = connectTls(session ? { ...tls, session } : tls);
  await once(second, 'secureConnect');
  assert.is(second.isSessionReused(), false);
  first.destroy();
  second.destroy();
});

test('own papers without their authority: told, and nothing is begun', async () => {
  const { key, certificate } = await papers('north');
  const end = certificate.indexOf('-----BEGIN', 10);
  const north = await peerEnd('north', [], { key, certificate: certificate.slice(0, end) });
  assert.is(north.port, 0);
  assert.match(faults(north)[0]!, /^peer-refused the certificate comes without/);
});

test('a connection that says nothing, or stops in the middle of TLS, is closed in time', async () => {
  const north = await peerEnd('north', ['south'], { clock: fastClock(20) });
  const hello = Buffer.from('16030100c8010000c40303', 'hex');
  for (const bytes of [Buffer.alloc(0), hello, Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
    const socket = connect(north.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.write(bytes);
    await once(socket, 'close');
  }
  assert.ok(faults(north).includes('peer-refused handshake too slow'));
});

test('someone authentic who asks for nothing, or for something else, is closed in time', async () => {
  const north = await peerEnd('north', ['south'], { clock: fastClock(20) });
  const south = await papers('south');
  await visit(north.port, south);
  const asks = [
    'GET /peers/1 HTTP/1.1\r\nhost: x\r\n\r\n',
    'GET /peers/2 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    'GET /peers/1 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
      'gatehouse-session: ../..\r\ngatehouse-instance: b\r\n\r\n',
    'GET /peers/1 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n' +
      'gatehouse-session: a\r\ngatehouse-instance: b\r\n\r\n',
    `GET /${'x'.repeat(9_000)} HTTP/1.1\r\n\r\n`,
    '\0'.repeat(500),
    'POST /peers/1 HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n',
  ];
  for (const ask of asks) {
    const own = { key: south.key, cert: south.certificate, rejectUnauthorized: false };
    const socket = connectTls({ port: north.port, host: '127.0.0.1', ...own });
    socket.on('error', () => socket.destroy());
    socket.resume();
    socket.write(ask);
    await once(socket, 'close');
  }
  assert.equal(north.changes, []);
});

test('hundreds of connections that say nothing do not keep a gateway out', async () => {
  const north = await peerEnd('north', ['south']);
  const idle = Array.from({ length: 300 }, () => {
    const socket = connect(north.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    return socket;
  });
  let open = idle.length;
  for (const socket of idle) socket.on('close', () => (open -= 1)).resume();
  await until(() => open <= 64, 'the oldest closed');
  await peerEnd('south', ['north'], { addresses: [at(north.port)] });
  await until(() => north.connected.length === 1, 'connected');
  for (const socket of idle) socket.destroy();
});

test.run();
