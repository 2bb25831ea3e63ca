import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decide as judge, type Place } from '@gatehouse/protocol';
import { benchFolder } from './disk.ts';
import { atMost, type Benchmark, percentile } from './figure.ts';
import { fillStore } from './sample.ts';

const TICKETS = 100_000;
const SAMPLES = 20_000;

const place: Place = {
  gateway: 'gw-bench',
  lane: 'lane-1',
  direction: 'entry',
  entrance: 'Main',
  halls: [],
  open: true,
  staffed: false,
  decider: 'gateway',
  clock: 'trusted',
};

/** Finding and deciding a regular ticket against one bare keyed read of the same file. */
export const decide: Benchmark = {
  name: 'decide',
  about: 'decide() on a regular ticket of 100,000 against a bare keyed read',
  async run() {
    const folder = benchFolder();
    const file = join(folder.path, 'tickets.db');
    const { store, codes } = fillStore(file, TICKETS);
    const bare = new DatabaseSync(file);
    const read = bare.prepare('SELECT * FROM ticket WHERE name = ?');
    const digests = codes.map((code) => store.digest(code));
    const times = { read: [] as number[], decide: [] as number[] };
    for (let i = 0; i < SAMPLES; i++) {
      const pick = (i * 7919) % TICKETS;
      times.read.push(timed(() => bareRead(digests[pick] as string)));
      times.decide.push(timed(() => decided(codes[pick] as string)));
    }
    bare.close();
    store.close();
    folder.remove();
    const value = percentile(times.decide, 0.99) * 1000;
    const limit = {
      name: 'keyed read p99',
      value: percentile(times.read, 0.99) * 1000,
      unit: 'µs',
    };
    return [atMost(20, { name: 'decide p99', value, unit: 'µs', limit })];

    function bareRead(name: string): void {
      if (!read.get(name)) throw new Error('a ticket is missing');
    }

    function decided(code: string): void {
      const found = store.find(code);
      if (!found) throw new Error('a ticket is missing');
      const { row, performance, used, inside, lastUse } = found;
      const ticket = { ...row, kind: 'regular' as const, entrances: [] };
      const state = { used, inside, lastUse, grants: [], occupancy: 0 };
      const said = judge({ code: 'regular', ticket, performance }, state, place, Date.now());
      if (said.key !== 'ok') throw new Error(`${said.key} instead of ok`);
    }
  },
};

function timed(run: () => unknown): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}
