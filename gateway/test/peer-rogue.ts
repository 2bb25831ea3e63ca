import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { PEER_PATH } from '../peers/listen.ts';
import { type Papers, papers } from './peer-rig.ts';

/** Dials a gateway's port with any papers, or none; resolves when the gateway closes. */
export async function visit(port: number, shown: Papers | undefined): Promise<void> {
  const own = shown && { key: shown.key, cert: shown.certificate };
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...own });
  socket.on('error', () => socket.destroy());
  socket.resume();
  await once(socket, 'close');
}

export interface Rogue {
  readonly web: WebSocket;
  readonly closed: Promise<unknown>;
}

/** A session of a gateway with good papers and its own mind. */
export async function rogue(
  port: number,
  gateway: string,
  session = 'a1',
  ended = '',
): Promise<Rogue> {
  const { key, certificate } = await papers(gateway);
  const web = new WebSocket(`wss://127.0.0.1:${port}${PEER_PATH}`, {
    ...{ key, cert: certificate, rejectUnauthorized: false, perMessageDeflate: false },
    headers: {
      'gatehouse-session': session,
      'gatehouse-instance': 'b2',
      ...(ended && { 'gatehouse-ended': ended }),
    },
  });
  web.on('error', () => web.terminate());
  const closed = new Promise((resolve) => web.on('close', resolve));
  await Promise.race([new Promise((resolve) => web.on('open', resolve)), closed]);
  return { web, closed };
}

/** Hands bytes on between a port of its own and another. */
export async function forwarder(to: number) {
  let era = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const begun = era;
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => begun < era || into.write(bytes));
      from.on('error', () => from.destroy());
      from.on('close', () => begun < era || into.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    port: (server.address() as { port: number }).port,
    /** Keeps the connections of now open, and carries nothing more over them. */
    freeze() {
      era += 1;
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
