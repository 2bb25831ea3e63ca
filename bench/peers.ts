import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../scripts/free-port.ts';
import { benchFolder } from './disk.ts';
import type { Benchmark, Figure } from './figure.ts';
import { type BenchLane, openLane } from './lane.ts';
import { type BenchCloud, startCloud } from './venue.ts';

/** Tickets shown at two lanes for each time between them. */
const ROUNDS = 12;
/** Milliseconds between the two lanes. */
const APART = [0, 1, 2, 5, 10, 20, 50, 100, 200, 400, 800, 1_600];
/** A lane shows an answer for a while before it is asked again. */
const REST_MS = 30;
/** A third gateway comes and goes this often. */
const COMING_MS = 150;

interface Kept {
  readonly dataDir: string;
  readonly port: number;
  readonly enrolled: Awaited<ReturnType<BenchCloud['enrol']>>;
}

/** How long after one lane another still admits the same ticket. */
export const peers: Benchmark = {
  name: 'peers',
  about:
    'the time in which two lanes can both admit one ticket, heard or not, with and without cloud',
  async run() {
    const folder = benchFolder();
    const cloud = await startCloud(folder.path);
    const kept: Kept[] = [];
    for (const name of ['one', 'two', 'three']) {
      const dataDir = join(folder.path, name);
      kept.push({ dataDir, port: await freePort(), enrolled: await cloud.enrol(dataDir) });
    }
    const next = await makeTickets(cloud, APART.length * ROUNDS * 5);
    const windows: { name: string; window: Window }[] = [];
    const measure = async (name: string, lanes: readonly BenchLane[], apart = APART) => {
      windows.push({ name, window: await windowOf(lanes, next, apart) });
    };

    let lanes = await openVenue(kept, next.all, true);
    await measure('lanes hear each other, cloud there', lanes);
    await stopAll(lanes);
    lanes = await openVenue(kept, next.all, false);
    await measure('network between lanes cut, cloud there', lanes);
    await stopAll(lanes);
    lanes = await openVenue(kept, next.all, true);
    await cloud.stop();
    await allAway(lanes);
    await measure('lanes hear each other, cloud away', lanes);
    const coming = comeAndGo(lanes, kept);
    await measure('the same while a gateway comes and goes', lanes.slice(0, 2), APART.slice(0, 8));
    await coming.stop();
    await stopAll(lanes);
    lanes = await openVenue(kept, next.all, false, true);
    await measure('network between lanes cut, cloud away', lanes, APART.slice(-1));
    await stopAll(lanes);
    folder.remove();
    return windows.map(figureOf);
  },
};

interface Window {
  /** Longest time apart at which both lanes opened; 0 with `both` 0 for never. */
  readonly longest: number;
  /** Tickets that both lanes opened for, of all that were shown at two. */
  readonly both: number;
  readonly shown: number;
}

interface Tickets {
  readonly all: number;
  take(): string;
}

/** Whoever opens, somebody walks through at once: the worst case for the other lane. */
async function windowOf(
  lanes: readonly BenchLane[],
  tickets: Tickets,
  apart: readonly number[],
): Promise<Window> {
  const [one, other] = lanes as [BenchLane, BenchLane];
  let [longest, both, shown] = [0, 0, 0];
  for (const milliseconds of apart) {
    for (let round = 0; round < ROUNDS; round++) {
      const code = tickets.take();
      const later = async () => {
        if (milliseconds > 0) await pause(milliseconds);
        return showAndPass(other, code);
      };
      const opened = await Promise.all([showAndPass(one, code), later()]);
      shown += 1;
      if (opened.every((is) => is)) {
        both += 1;
        longest = Math.max(longest, milliseconds);
      }
      await pause(REST_MS);
    }
  }
  return { longest, both, shown };
}

async function showAndPass(lane: BenchLane, code: string): Promise<boolean> {
  await lane.until(({ lanes }) => lanes[0]?.state === 'idle');
  const opened = await lane.show(code);
  if (opened) await lane.pass();
  return opened;
}

function figureOf({ name, window }: { name: string; window: Window }): Figure {
  const { longest, both, shown } = window;
  const isHeard = name.startsWith('lanes hear');
  return {
    ...{ name, value: both === 0 ? 0 : longest, unit: 'ms' },
    limit: { name: `both opened, of ${shown}`, value: both, unit: '' },
    ratio: both / shown,
    target: isHeard ? 'none' : 'measured',
    holds: !isHeard || both === 0,
  };
}

async function makeTickets(cloud: BenchCloud, count: number): Promise<Tickets> {
  const codes: string[] = [];
  const path = `/performances/${cloud.regular}/tickets`;
  for (let i = 0; i < count; i++) {
    codes.push((await cloud.api<{ code: string }>('POST', path, {})).code);
  }
  return {
    all: count,
    take() {
      const code = codes.pop();
      if (code === undefined) throw new Error('no ticket is left');
      return code;
    },
  };
}

async function openVenue(
  kept: readonly Kept[],
  tickets: number,
  hear: boolean,
  alone = false,
): Promise<BenchLane[]> {
  const lanes = await Promise.all(kept.map((one) => openOne(kept, one, hear)));
  for (const lane of lanes) {
    await lane.until(({ tickets: { count } }) => count === tickets);
    if (!alone) await lane.until(({ uplink }) => uplink === 'connected');
    if (hear) await lane.until(({ peers: { heard } }) => heard.length === kept.length - 1);
  }
  return lanes;
}

function openOne(kept: readonly Kept[], own: Kept, hear: boolean): Promise<BenchLane> {
  const others = kept.filter((one) => one !== own);
  const addresses = hear ? others.map(({ port }) => `127.0.0.1:${port}`) : [];
  return openLane(own.enrolled, own.dataDir, {
    ...{ enabled: true, host: '127.0.0.1', port: own.port, addresses, mdns: false },
  });
}

async function allAway(lanes: readonly BenchLane[]): Promise<void> {
  for (const lane of lanes) await lane.until(({ uplink }) => uplink !== 'connected');
}

async function stopAll(lanes: readonly BenchLane[]): Promise<void> {
  for (const lane of lanes) await lane.entrance.stop();
}

/** Homes of tickets move with every gateway that comes or goes. */
function comeAndGo(lanes: BenchLane[], kept: readonly Kept[]) {
  let going = true;
  const done = (async () => {
    while (going) {
      await lanes[2]?.entrance.stop();
      await pause(COMING_MS);
      lanes[2] = await openOne(kept, kept[2] as Kept, true);
      await pause(COMING_MS);
    }
  })();
  return {
    async stop() {
      going = false;
      await done;
    },
  };
}
