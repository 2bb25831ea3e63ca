import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A cable between gateway and cloud that can be bad in every way a network is:
 * `cut` ends all connections and refuses new ones; `silent` keeps them open, takes new ones, and
 * swallows all bytes (a router that forgot us); `slow` brings each byte late.
 */
export type CableState = 'good' | 'cut' | 'silent' | 'slow';

export interface BadCable {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** From now on; connections of a silent time stay silent for ever, as real ones do. */
  become(state: CableState): Promise<void>;
}

const HOST = '127.0.0.1';
/** How late a slow cable brings a byte, each way. */
const SLOW_MS = 450;

/** @param port where the gateway connects @param to port of the cloud's broker */
export function badCable(port: number, to: number): BadCable {
  const ends = new Set<Socket>();
  let server: Server | undefined;
  let state: CableState = 'good';

  function kept(end: Socket, other?: Socket): void {
    ends.add(end);
    // a connection that breaks ends on both sides; 'close' says so
    end.on('error', () => undefined);
    end.on('close', () => {
      ends.delete(end);
      other?.destroy();
    });
  }

  function carry(near: Socket): void {
    if (state === 'silent') {
      kept(near);
      near.resume();
      return;
    }
    const far = connect({ host: HOST, port: to, noDelay: true });
    const dead = { is: false };
    kept(near, far);
    kept(far, near);
    pass(near, far, dead);
    pass(far, near, dead);
  }

  /** Order is kept: a delay never gets shorter while bytes are under way. */
  function pass(from: Socket, other: Socket, dead: { is: boolean }): void {
    let free = 0;
    from.on('data', (bytes) => {
      dead.is ||= state === 'silent';
      if (dead.is) return;
      const now = performance.now();
      free = Math.max(free, now + (state === 'slow' ? SLOW_MS : 0));
      if (free <= now) other.write(bytes);
      else setTimeout(() => !dead.is && !other.destroyed && other.write(bytes), free - now);
    });
  }

  async function listen(): Promise<void> {
    if (server) return;
    const next = createServer({ noDelay: true }, carry);
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject);
      next.listen(port, HOST, resolve);
    });
    server = next;
  }

  async function close(): Promise<void> {
    const last = server;
    server = undefined;
    for (const end of ends) end.destroy();
    if (last) await new Promise<void>((resolve) => last.close(() => resolve()));
  }

  return {
    start: listen,
    stop: close,
    async become(next) {
      state = next;
      if (next === 'cut') await close();
      else await listen();
    },
  };
}
