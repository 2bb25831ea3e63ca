import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from './clock.ts';
import { keepWire } from './kept-wire.ts';
import { until } from './until.ts';

/** So many connections are hung up on before one is kept. */
const REFUSED = 3;

test('a wire that is hung up as it opens is opened again until one stays', async () => {
  const sockets: Socket[] = [];
  let refused = 0;
  const server = createServer((socket) => {
    if (refused < REFUSED) {
      refused += 1;
      socket.destroy();
      return;
    }
    sockets.push(socket);
    socket.on('data', (bytes) => socket.write(bytes));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let heard = '';
  const kept = keepWire({
    path: `tcp://127.0.0.1:${port}`,
    serial: { baud: 9_600 },
    clock: systemClock,
    onOpen: (wire) => void wire.write(Buffer.from('hello')).catch(() => undefined),
    onData: (bytes) => {
      heard += Buffer.from(bytes).toString();
    },
    onLost: () => undefined,
  });
  kept.start();
  await until('the last connection echoes', () => heard.includes('hello'));
  assert.is(refused, REFUSED);
  assert.ok(kept.wire);
  await kept.stop();
  for (const socket of sockets) socket.destroy();
  server.close();
});

test.run();
