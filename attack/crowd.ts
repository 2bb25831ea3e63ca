import type { Chance } from './chance.ts';
import type { Gate } from './gate.ts';
import type { GateLane, Visit } from './gate-lane.ts';
import type { Paper } from './venue.ts';
import { pause } from './wait.ts';

/** Part of a hundred guests that hold a ticket which was shown before. */
const AGAIN_PERCENT = 20;
const TURN_ROUND_PERCENT = 2;
const SLOW_PERCENT = 15;
const SLOW_MS = 250;
/** Who is sent away makes room; whoever walks in needs this time for the arm. */
const STEP_MS = 100;

/** Guests with tickets at the lanes of some gateways. */
export interface Crowd {
  /** Lets guests come at every lane until its gateway is gone or `enough` says so. */
  come(gates: readonly Gate[], enough: () => boolean): Promise<void>;
  /** Tickets that were shown so far. */
  readonly shown: readonly Paper[];
  readonly visits: readonly Visit[];
}

export function crowd(chance: Chance, papers: readonly Paper[]): Crowd {
  const fresh = [...papers];
  const shown: Paper[] = [];
  const visits: Visit[] = [];

  function next(): Paper {
    const again = shown.length > 0 && chance.percent(AGAIN_PERCENT);
    const paper = again ? undefined : fresh.pop();
    if (paper) shown.push(paper);
    return paper ?? chance.pick(shown);
  }

  async function queue(lane: GateLane, enough: () => boolean): Promise<void> {
    while (!enough()) {
      const waits = chance.percent(SLOW_PERCENT) ? chance.between(0, SLOW_MS) : 0;
      const manner = { waits: chance.percent(TURN_ROUND_PERCENT) ? undefined : waits };
      const visit = await lane.visit(next(), manner);
      visits.push(visit);
      if (visit.came === 'nowhere') return;
      if (visit.came !== 'in') await pause(STEP_MS);
    }
  }

  return {
    async come(gates, enough) {
      const lanes = gates.flatMap((gate) => gate.lanes);
      await Promise.all(lanes.map((lane) => queue(lane, enough)));
    },
    shown,
    visits,
  };
}
