import { createServer } from 'node:net';
import { demoError } from './errors.ts';
import type { Ports } from './notes.ts';

const HOST = '127.0.0.1';

/**
 * The ports used inside: those of last time where they are still free, else others. The cable's
 * port is written into the gateway's enrolment and can't change.
 * @throws GatehouseError `demo-cable-taken`
 */
export async function insidePorts(kept: Ports | undefined, data: string): Promise<Ports> {
  if (kept && !(await isFree(kept.cable))) {
    throw demoError('demo-cable-taken', { port: kept.cable, data });
  }
  const names = ['cloud', 'enrol', 'mqtt', 'cable', 'gateway'] as const;
  const taken = new Set<number>();
  const chosen = {} as Record<(typeof names)[number], number>;
  for (const name of names) {
    const old = kept?.[name];
    const port = old !== undefined && (await isFree(old)) ? old : await freePort(taken);
    taken.add(port);
    chosen[name] = port;
  }
  return chosen;
}

/** Whether nobody listens at a port of this machine. */
export async function isFree(port: number): Promise<boolean> {
  return (await tried(port)) !== undefined;
}

/** Tries for a port that was not given out a moment ago, at most. */
const MAX_TRIES = 20;

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let count = 0; count < MAX_TRIES; count += 1) {
    const port = await tried(0);
    if (port !== undefined && !taken.has(port)) return port;
  }
  throw new Error('this machine has no free ports');
}

/** Listens for a moment; answers the port, or nothing where it is taken. */
function tried(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, HOST, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
