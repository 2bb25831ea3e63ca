import type { GatewayEvent } from '@gatehouse/gateway';
import { outcomeOf } from '@gatehouse/protocol/verdicts';
import type { Happening, Held } from './guide.ts';

/** A ticket that this visitor held to the camera. */
export interface Presented {
  readonly held: Held;
  readonly ticket: string;
}

/** An answer that comes later than this is not to what was held. */
const ANSWER_MILLISECONDS = 12_000;
/** Scans that may still get a result; the oldest falls out. */
const MAX_OPEN = 20;

/**
 * Finds out what became of the tickets that this visitor held: the gateway names scans, not
 * tickets, so that the next answer after holding one is taken as the answer to it.
 */
export function presenting(now: () => number) {
  const open = new Map<string, Presented>();
  let waiting: (Presented & { at: number }) | undefined;
  let last = '';

  function answer(event: Extract<GatewayEvent, { type: 'lane' }>, cut: boolean): Happening[] {
    const seen = `${event.scanId ?? ''} ${event.reads}`;
    if (!event.verdict || event.state === 'deciding' || seen === last) return [];
    last = seen;
    const mine = waiting;
    waiting = undefined;
    if (!mine || now() - mine.at > ANSWER_MILLISECONDS) return [];
    const { held, ticket } = mine;
    if (event.scanId) {
      open.set(event.scanId, { held, ticket });
      for (const oldest of open.keys()) if (open.size > MAX_OPEN) open.delete(oldest);
    }
    const { key } = event.verdict;
    return [{ type: 'verdict', held, ticket, key, admitted: outcomeOf(key) === 'admit', cut }];
  }

  return {
    present(presented: Presented): void {
      waiting = { ...presented, at: now() };
    },
    /** What an event of the gateway says about tickets held here. */
    heard(event: GatewayEvent, cut: boolean): Happening[] {
      if (event.type === 'lane') return answer(event, cut);
      if (event.type !== 'journal' || event.kind !== 'result' || !event.scanId) return [];
      const mine = open.get(event.scanId);
      if (!mine) return [];
      if (event.what === 'passed' || event.what === 'late') return [{ type: 'passed', ...mine }];
      return event.what === 'released' ? [{ type: 'released', ...mine }] : [];
    },
  };
}
