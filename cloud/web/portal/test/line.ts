import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../../../scripts/free-port.ts';

/** A line between phone and cloud that a test can cut; its near end keeps its address. */
export interface Line {
  readonly url: string;
  /** Bytes that have gone to the phone so far. */
  readonly carried: number;
  readonly isCut: boolean;
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Cuts it for good. */
  end(): Promise<void>;
}

export async function drawLine(to: number): Promise<Line> {
  const ends = new Set<Socket>();
  let carried = 0;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    far.on('data', (bytes) => {
      carried += bytes.length;
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const end of ends) end.destroy();
    await closed;
  };
  const port = await freePort();
  await listen(port);
  return {
    ...{ url: `http://localhost:${port}`, cut, mend: () => listen(port), end: cut },
    get isCut() {
      return !server.listening;
    },
    get carried() {
      return carried;
    },
  };
}
