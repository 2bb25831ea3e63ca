import type { Moment, SettleRequest } from '@gatehouse/protocol';
import type { ScanResult } from '../store/index.ts';
import type { Door } from '../ticketing/index.ts';
import type { GrantStore } from './grant-store.ts';
import { countedLate, useTicket } from './passage.ts';
import type { NewScan, ScanRow, ScanStore } from './scan-store.ts';
import { momentOf, passageTime, type Watching } from './watch.ts';

/** How a grant ended, from a live message or a journal row. */
export type Ending = Omit<SettleRequest, 'scanId' | 'of'> & {
  /** Scan id, or epoch and sequence of a journal row that has none. */
  readonly scan: string;
};

export interface SettleParts {
  readonly scans: ScanStore;
  readonly grants: GrantStore;
  readonly door: Door;
  wrote(row: ScanRow): void;
  /** Is told that a ticket changed. */
  used(): void;
  readonly watching: Watching;
  /** Cloud time. */
  readonly now: Moment;
}

/**
 * Ends a grant, or records the passage of a ticket that the gateway decided by itself. Live news
 * and journal say the same thing twice: what is known by (gateway, scan, kind) changes nothing.
 */
export function settle(parts: SettleParts, gateway: string, ending: Ending): void {
  const { scans, grants } = parts;
  const at = momentOf(ending.at);
  const { scan, kind } = ending;
  const isNew = scans.addFact({ gateway, scan, kind, at, received: parts.now });
  const known = scans.scan(gateway, ending.scan);
  // Live, the cancel of what a gateway decided by itself comes before its scan is known.
  const endsNow = kind === 'cancel' && known?.result === null;
  if (!isNew && !endsNow) return;
  parts.watching.heard(gateway, ending.at);
  const passedBefore = known?.result === 'passed' || known?.result === 'late';
  if (ending.kind === 'passed') {
    // Its fact may have been pruned; the scan stays and knows better.
    if (!passedBefore) commit(parts, gateway, ending, known);
    return;
  }
  grants.end(gateway, ending.scan);
  if (passedBefore || known?.result === 'released') return;
  // A cancel of something never heard of leaves its fact: a request that comes later finds it.
  if (!known && ending.kind === 'cancel') return;
  const row = known ?? scans.addScan(unannounced(parts, gateway, ending));
  const result: ScanResult = ending.kind === 'cancel' ? 'cancelled' : 'released';
  parts.wrote(scans.endScan(row.n, { result, at }));
}

function commit(
  parts: SettleParts,
  gateway: string,
  ending: Ending,
  known: ScanRow | undefined,
): void {
  const { scans, grants, door } = parts;
  const at = momentOf(ending.at);
  const row = known ?? scans.addScan(unannounced(parts, gateway, ending));
  const grant = grants.find(gateway, ending.scan);
  grants.end(gateway, ending.scan);
  // What the cloud itself has granted counts more than what the message says of it.
  const ticketId = row.ticket ?? ending.ticket;
  const ticket = ticketId === undefined ? undefined : door.byId(ticketId);
  const performance = ticket && door.performance(ticket.performance);
  let change: number | null = null;
  if (ticket && performance) {
    const passage = {
      scan: ending.scan.includes('/') ? undefined : ending.scan,
      direction: ending.direction,
      at,
      lane: ending.lane,
      slot: grant?.slot ?? row.slot ?? ending.slot,
    };
    const { direction } = ending;
    const timed = { ...passageTime(ending.at), gateway, direction, received: row.received };
    const past = scans.passagesOf(ticket.facts.id);
    const late = countedLate(ticket, performance.facts, past, timed);
    const use = useTicket(ticket, performance.facts, passage, late);
    if (use) {
      change = door.use(ticket, use);
      parts.used();
    }
  }
  const late = ending.late === true || row.result === 'released' || row.result === 'cancelled';
  const passed = scans.passScan(row.n, {
    result: late ? 'late' : 'passed',
    time: passageTime(ending.at),
    change,
    ticket: ticketId ?? null,
    performance: ticket?.performance ?? ending.performance ?? null,
    slot: grant?.slot ?? ending.slot ?? null,
  });
  const wrong = ticket && performance && parts.watching.passed(passed, ticket, performance.facts);
  parts.wrote(wrong ? scans.flagScan(row.n) : passed);
}

/** A scan of which only the end is known yet. */
function unannounced({ now }: SettleParts, gateway: string, ending: Ending): NewScan {
  return {
    gateway,
    scan: ending.scan,
    lane: ending.lane,
    direction: ending.direction,
    performance: ending.performance ?? null,
    ticket: ending.ticket ?? null,
    decided_by: 'gateway',
    verdict: null,
    details: '{}',
    answer: null,
    slot: ending.slot ?? null,
    at: momentOf(ending.at),
    received: now,
    cursor: null,
    generation: null,
  };
}
