import { connect, createServer, type Server, type Socket } from 'node:net';

/** The network cable between gateway and cloud, with somebody who can cut it. */
export interface Cable {
  /** Resolves with the port that the gateway connects to; rejects when it is taken. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>;
  plug(): Promise<void>;
  readonly state: 'plugged' | 'cut';
  readonly connections: number;
}

export interface CableParts {
  /** Port on this machine that the gateway connects to; 0 for a free one. */
  readonly port: number;
  /** Port of the cloud's broker. */
  readonly to: number;
}

const HOST = '127.0.0.1';

export function cable(parts: CableParts): Cable {
  const ends = new Set<Socket>();
  let server: Server | undefined;
  let port = parts.port;

  function carry(near: Socket): void {
    const far = connect({ host: HOST, port: parts.to, noDelay: true });
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      // a connection that breaks ends on both sides; 'close' says so
      end.on('error', () => undefined);
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  }

  async function listen(): Promise<void> {
    const made = createServer({ noDelay: true }, carry);
    await new Promise<void>((resolve, reject) => {
      made.once('error', reject);
      made.listen(port, HOST, resolve);
    });
    const address = made.address();
    if (address && typeof address === 'object') port = address.port;
    server = made;
  }

  async function close(): Promise<void> {
    const old = server;
    server = undefined;
    for (const end of ends) end.destroy();
    if (old) await new Promise<void>((resolve) => old.close(() => resolve()));
  }

  return {
    async start() {
      if (!server) await listen();
      return port;
    },
    stop: close,
    cut: close,
    async plug() {
      if (!server) await listen();
    },
    get state() {
      return server ? 'plugged' : 'cut';
    },
    get connections() {
      return ends.size / 2;
    },
  };
}
