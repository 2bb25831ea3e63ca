import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { networkAddress } from './wire.ts';

/** The far end of a wire, where a simulated device listens. */
export interface SimulatedPort {
  /** Resolves with the path to give to the driver; `tcp://127.0.0.1:0` takes a free port. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** Sends to whoever is connected; bytes sent to nobody are gone, as on a real line. */
  send(bytes: Uint8Array): void;
  /** Pulls the plug; the driver may plug in again at once. */
  drop(): void;
  readonly connections: number;
}

/** `newest`: as a serial line, a newcomer takes the place of who was there. `all`: many at once. */
export type SimulatedPortMode = 'newest' | 'all';

export interface SimulatedPortEvents {
  onOpen?(socket: Socket): void;
  onData?(bytes: Uint8Array): void;
  /** Whoever was connected is gone, or has given place to a newcomer. */
  onClose?(): void;
}

/** Listens at a `tcp://` or `unix:` path for drivers. Does nothing until `start`. */
export function simulatedPort(
  path: string,
  events: SimulatedPortEvents,
  mode: SimulatedPortMode = 'newest',
): SimulatedPort {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    if (mode === 'newest') drop();
    sockets.add(socket);
    socket.on('data', (bytes) => {
      if (sockets.has(socket)) events.onData?.(bytes);
    });
    // a reset by the other side is an ordinary way to leave; 'close' follows
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (sockets.delete(socket)) events.onClose?.();
    });
    events.onOpen?.(socket);
  });
  const drop = () => {
    const gone = [...sockets];
    sockets.clear();
    for (const socket of gone) {
      socket.destroy();
      events.onClose?.();
    }
  };
  return {
    async start() {
      const address = networkAddress(path);
      if ('path' in address) await rm(address.path, { force: true });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(address, () => {
          server.off('error', reject);
          resolve();
        });
      });
      if ('path' in address) return path;
      const bound = server.address();
      const port = typeof bound === 'object' && bound ? bound.port : address.port;
      return `tcp://${address.host}:${port}`;
    },
    async stop() {
      drop();
      if (!server.listening) return;
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    send(bytes) {
      for (const socket of sockets) socket.write(bytes);
    },
    drop,
    get connections() {
      return sockets.size;
    },
  };
}
