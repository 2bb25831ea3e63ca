import { join } from 'node:path';
import { benchFolder } from './disk.ts';
import { startEcho } from './echo.ts';
import { type Benchmark, type Figure, percentile } from './figure.ts';
import { openLane } from './lane.ts';
import { startCloud } from './venue.ts';

const ROUNDS = 40;
const MESSAGE_BYTES = 600;
const WITHIN_MS = 1_000;

/** From the answer to a block of a ticket until an online gateway's store holds it. */
export const revocation: Benchmark = {
  name: 'revocation',
  about: 'a block in the cloud to the store of an online gateway, beside a bare round trip',
  async run() {
    const folder = benchFolder();
    const cloud = await startCloud(folder.path);
    const dataDir = join(folder.path, 'gateway');
    const kept = await cloud.enrol(dataDir);
    const lane = await openLane(kept, dataDir);
    const path = `/performances/${cloud.regular}/tickets`;
    const { id } = await cloud.api<{ id: string }>('POST', path, {});
    const echo = await startEcho(folder.path);
    const identity = { key: kept.privateKey, cert: kept.enrolment.certificate };
    const [bare] = await echo.clients(1, identity);
    await lane.until(({ tickets }) => tickets.count === 1);
    const cursor = () => lane.entrance.status().tickets.cursor ?? 0;
    const [times, parts]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const asked = performance.now();
      await bare?.ask(Buffer.alloc(MESSAGE_BYTES));
      parts.push(performance.now() - asked);
      const before = cursor();
      const status = round % 2 === 0 ? 'blocked' : 'valid';
      await cloud.api('PATCH', `/tickets/${id}`, { status });
      const answered = performance.now();
      await lane.until(({ tickets }) => (tickets.cursor ?? 0) > before);
      times.push(performance.now() - answered);
    }
    await lane.entrance.stop();
    await echo.stop();
    await cloud.stop();
    folder.remove();
    return [figure(times, parts)];
  },
};

/** The promise is one second; the round trip beside it says what the wire alone takes. */
function figure(times: readonly number[], parts: readonly number[]): Figure {
  const value = percentile(times, 0.99);
  const limit = { name: 'bare round trip p99', value: percentile(parts, 0.99), unit: 'ms' };
  const ratio = value / limit.value;
  const holds = value < WITHIN_MS;
  return {
    ...{ name: 'block to gateway’s store, p99', value, unit: 'ms' },
    ...{ limit, ratio, target: '< 1 s', holds },
  };
}
