import { freePort, isFree } from '../scripts/free-port.ts';
import { demoError } from './errors.ts';
import type { Ports } from './notes.ts';

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
    let port = old !== undefined && (await isFree(old)) ? old : await freePort();
    while (taken.has(port)) port = await freePort();
    taken.add(port);
    chosen[name] = port;
  }
  return chosen;
}
