import type { Chance } from './chance.ts';
import type { Gate } from './gate.ts';
import type { Manner, Visit } from './gate-lane.ts';
import type { Paper } from './venue.ts';
import { pause } from './wait.ts';

/** Between the guests who show one ticket: the way of a row to another gateway, or none of it. */
const APART_MAX_MS = 40;

/** One ticket, shown at several gates at nearly the same time. */
export interface Shown {
  readonly paper: Paper;
  readonly visits: readonly Visit[];
}

/** Copies of one ticket at some gates; whoever gets green walks through. */
export async function showAt(
  gates: readonly Gate[],
  paper: Paper,
  chance: Chance,
  manner?: Manner,
): Promise<Shown> {
  const visits = gates.map(async (gate) => {
    await pause(chance.between(0, APART_MAX_MS));
    return (gate.lanes[0] as Gate['lanes'][number]).visit(paper, manner);
  });
  return { paper, visits: await Promise.all(visits) };
}

/** Some of them, by chance, in any order. */
export function someOf<T>(chance: Chance, from: readonly T[], least: number): T[] {
  const left = [...from];
  const count = Math.min(left.length, chance.between(least, Math.max(least, left.length)));
  return Array.from({ length: count }, () => left.splice(left.indexOf(chance.pick(left)), 1)[0]!);
}

/** Tickets that every lane said no to. */
export function refusedEverywhere(shown: readonly Shown[]): Shown[] {
  return shown.filter(({ visits }) => visits.every(({ came }) => came === 'away'));
}

/** Whether somebody came in on it. */
export function cameIn({ visits }: Shown): boolean {
  return visits.some(({ came }) => came === 'in');
}

/** What the lanes said, for a story. */
export function sayings({ paper, visits }: Shown): string {
  const said = visits.map((visit) => (visit.came === 'away' ? visit.verdict : visit.came));
  return `${paper.ticket}: ${said.join(', ')}`;
}
