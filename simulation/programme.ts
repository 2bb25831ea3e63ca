import type { Performance, Ticketing } from '@gatehouse/cloud/parts';
import { EVENING, type World } from './world.ts';

/** The doors open this long after the cloud has started, so that phones can have old beacons. */
export const DOORS_MS = 40 * 60_000;
const HOUR_MS = 3_600_000;

/** What an administrator may change of a performance, and what a door goes by. */
export type Settings = Pick<
  Performance,
  | 'hall'
  | 'opens'
  | 'closes'
  | 'secure'
  | 'reEntry'
  | 'capacity'
  | 'offline'
  | 'offlineCap'
  | 'stalePhone'
>;

/** A performance with all that its settings have been. */
export interface Show {
  readonly id: string;
  readonly secure: boolean;
  readonly reEntry: boolean;
  readonly settings: () => Settings;
  /** Settings that the cloud may have gone by at some moment since then. */
  possible(since: number): Settings[];
}

/** The performances of the evening. */
export interface Programme {
  readonly shows: readonly Show[];
  show(id: string | undefined): Show | undefined;
  change(show: Show, changes: Partial<Settings>): Promise<void>;
}

type Ticketed = () => Pick<Ticketing, 'addProduction' | 'addPerformance' | 'changePerformance'>;

/** Draws the evening's performances: at least one regular and one secure that are on now. */
export async function createProgramme(world: World, ticketing: Ticketed): Promise<Programme> {
  const { random } = world;
  const { id: production } = await ticketing().addProduction('An evening');
  const kinds = [
    false,
    true,
    ...Array.from({ length: random.whole(0, 3) }, () => random.chance(0.5)),
  ];
  const versions = new Map<string, { settings: Settings; until: number }[]>();
  const shows: Show[] = [];
  const unsure = new Set<string>();
  for (const [n, secure] of kinds.entries()) {
    const settings = drawn(world, secure, n < 2);
    const starts = settings.opens + HOUR_MS;
    const { id } = await ticketing().addPerformance({
      ...{ ...settings, production, starts, ends: null },
    });
    const known = [{ settings, until: Number.POSITIVE_INFINITY }];
    versions.set(id, known);
    shows.push({
      ...{ id, secure, reEntry: settings.reEntry },
      settings: () => (known.at(-1) as (typeof known)[0]).settings,
      possible: (since) => known.filter(({ until }) => until >= since).map((one) => one.settings),
    });
  }
  return {
    shows,
    show: (id) => shows.find((one) => one.id === id),
    async change(show, changes) {
      const known = versions.get(show.id) ?? [];
      const before = known.filter(({ until }) => until === Number.POSITIVE_INFINITY);
      known.push({ settings: { ...show.settings(), ...changes }, until: Number.POSITIVE_INFINITY });
      try {
        await ticketing().changePerformance(show.id, changes);
      } catch (fault) {
        // The cloud did not say that it has it: from now on it may go by any of them.
        unsure.add(show.id);
        throw fault;
      }
      if (!unsure.has(show.id)) for (const old of before) old.until = world.now;
    },
  };
}

/** @param isOn guests of it may come in now */
function drawn({ random }: World, secure: boolean, isOn: boolean): Settings {
  const doors = EVENING + DOORS_MS;
  const opens = isOn ? doors - HOUR_MS : doors + random.pick([-HOUR_MS, HOUR_MS, 20 * HOUR_MS]);
  const closes = opens + random.pick([HOUR_MS / 2, 5 * HOUR_MS]) * (isOn ? 2 : 1);
  const offline = random.pick(['refuse', 'staff', 'verify', 'verify'] as const);
  return {
    hall: isOn || random.chance(0.5) ? 'main' : 'studio',
    ...{ opens, closes: isOn ? doors + 5 * HOUR_MS : closes, secure },
    reEntry: random.chance(0.45),
    capacity: random.chance(0.4) ? random.whole(1, 10) : null,
    offline,
    offlineCap: offline === 'verify' && random.chance(0.5) ? random.whole(1, 6) : null,
    stalePhone: random.pick(['refuse', 'staff', 'admit', 'admit'] as const),
  };
}
