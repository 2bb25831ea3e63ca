import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cable, cable } from './cable.ts';

async function echo(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function withCable(run: (wire: Cable, port: number) => Promise<void>): Promise<void> {
  const far = await echo();
  const wire = cable({ port: 0, to: far.port });
  try {
    await run(wire, await wire.start());
  } finally {
    await wire.stop();
    far.server.close();
  }
}

async function said(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const [bytes] = await once(socket, 'data');
  socket.destroy();
  return String(bytes);
}

test('what goes in comes out at the other end', async () => {
  await withCable(async (_, port) => {
    assert.is(await said(port, 'hello'), 'hello');
  });
});

test('a cut ends what is connected and refuses what comes', async () => {
  await withCable(async (wire, port) => {
    const socket = connect(port, '127.0.0.1');
    socket.write('x');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await wire.cut();
    await closed;
    assert.is(wire.state, 'cut');
    const [error] = await once(connect(port, '127.0.0.1'), 'error');
    assert.is((error as { code?: string }).code, 'ECONNREFUSED');
  });
});

test('plugged in again it carries on the same port', async () => {
  await withCable(async (wire, port) => {
    await wire.cut();
    await wire.plug();
    assert.is(wire.state, 'plugged');
    assert.is(await said(port, 'again'), 'again');
  });
});

test('cut and plugged twice is the same as once', async () => {
  await withCable(async (wire, port) => {
    await Promise.all([wire.cut(), wire.cut()]);
    await wire.plug();
    await wire.plug();
    assert.is(await said(port, 'there'), 'there');
  });
});

test.run();
