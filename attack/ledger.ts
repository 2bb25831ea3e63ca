import { DatabaseSync } from 'node:sqlite';
import type { JournalBody } from '@gatehouse/protocol';
import { byTicket, type Observer } from './observer.ts';

interface JournalLine {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
  readonly digest: string;
  readonly previous: string;
  readonly body: string;
  readonly parked: string | null;
}
interface ScanLine {
  readonly gateway: string;
  readonly scan: string;
  readonly ticket: string | null;
  readonly verdict: string | null;
  readonly result: string | null;
  readonly conflict: number;
}

/** What the cloud has on disk, read from its database without its help. */
export interface Ledger {
  readonly journal: readonly JournalLine[];
  readonly bodies: readonly (JournalBody & { readonly gateway: string })[];
  readonly scans: readonly ScanLine[];
  /** Uses counted, by ticket. */
  readonly used: ReadonlyMap<string, number>;
}

export function readLedger(database: string): Ledger {
  const db = new DatabaseSync(database, { readOnly: true });
  try {
    const rows = <T>(sql: string) => db.prepare(sql).all() as unknown as T[];
    const journal = rows<JournalLine>('select * from journal order by gateway, epoch, seq');
    const tickets = rows<{ id: string; used: number }>('select id, used from tickets');
    return {
      journal,
      bodies: journal.map(({ gateway, body }) => ({ ...JSON.parse(body), gateway })),
      scans: rows<ScanLine>('select * from scans'),
      used: new Map(tickets.map(({ id, used }) => [id, used])),
    };
  } finally {
    db.close();
  }
}

/** Every way in which the cloud's record is not what somebody at the doors saw; none is right. */
export function discrepancies(ledger: Ledger, seen: readonly Observer[]): string[] {
  return [
    ...chainFaults(ledger),
    ...lostRows(ledger, seen),
    ...unlocksWithoutIntent(ledger, seen),
    ...passageFaults(ledger, seen),
  ];
}

/** Promise 1: each epoch runs from 1 without gap, fork or broken link, and nothing is parked. */
function chainFaults({ journal }: Ledger): string[] {
  const faults: string[] = [];
  let last: JournalLine | undefined;
  for (const line of journal) {
    const at = `${line.gateway} ${line.epoch}/${line.seq}`;
    const follows = last?.gateway === line.gateway && last.epoch === line.epoch;
    const [seq, digest] = follows && last ? [last.seq, last.digest] : [0, '0'.repeat(64)];
    if (line.seq !== seq + 1) faults.push(`${at} comes after ${seq}`);
    else if (line.previous !== digest) faults.push(`${at} does not seal the row before`);
    if (line.parked !== null) faults.push(`${at} is parked: ${line.parked}`);
    last = line;
  }
  return faults;
}

/** Promise 1: a row that was told is on disk, so it is in the cloud. */
function lostRows({ journal }: Ledger, seen: readonly Observer[]): string[] {
  const stored = new Set(journal.map(({ epoch, seq }) => `${epoch}/${seq}`));
  return seen
    .flatMap(({ rows }) => rows)
    .filter(({ epoch, seq }) => !stored.has(`${epoch}/${seq}`))
    .map(({ epoch, seq, kind }) => `${kind} ${epoch}/${seq} was told and is not in the cloud`);
}

/** Promise 1: the intent is on disk before the turnstile moves, so it is in the cloud. */
function unlocksWithoutIntent({ bodies }: Ledger, seen: readonly Observer[]): string[] {
  const intents = new Map<string, number>();
  for (const { kind, lane, ticket } of bodies) {
    const key = `${lane} ${ticket}`;
    if (kind === 'intent') intents.set(key, (intents.get(key) ?? 0) + 1);
  }
  const unlocks = new Map<string, number>();
  for (const { lane, ticket } of seen.flatMap(({ unlocked }) => unlocked)) {
    unlocks.set(`${lane} ${ticket}`, (unlocks.get(`${lane} ${ticket}`) ?? 0) + 1);
  }
  return [...unlocks]
    .filter(([key, times]) => times > (intents.get(key) ?? 0))
    .map(([key, times]) => `${key}: ${times} unlocks, ${intents.get(key) ?? 0} intents`);
}

/**
 * Promises 1 to 3, ticket by ticket: each passage stands once, as passed or as unsettled; nothing
 * stands that nobody saw; a second passage is a conflict; and `used` counts what stands.
 */
function passageFaults({ scans, used }: Ledger, seen: readonly Observer[]): string[] {
  const faults: string[] = [];
  const passages = byTicket(seen.flatMap(({ passed }) => passed));
  const known = Map.groupBy(scans, ({ ticket }) => ticket ?? '');
  for (const [ticket, uses] of used) {
    const of = known.get(ticket) ?? [];
    const count = (isSo: (scan: ScanLine) => boolean) => of.filter(isSo).length;
    const through = passages.get(ticket) ?? 0;
    const passed = count(({ result }) => result === 'passed' || result === 'late');
    const unsettled = count(({ result }) => result === 'unsettled');
    const open = count(({ verdict, result }) => verdict === 'ok' && result === null);
    const conflicts = count(({ conflict }) => conflict === 1);
    const story = `${ticket}: ${through} seen, ${passed} passed, ${unsettled} unsettled, ${open} open, ${conflicts} conflicts, used ${uses}`;
    if (passed > through) faults.push(`counted and not seen: ${story}`);
    if (passed + unsettled < through) faults.push(`seen and not counted: ${story}`);
    if (through > 1 && conflicts === 0) faults.push(`used twice: ${story}`);
    if (uses !== passed) faults.push(`uses are not passages: ${story}`);
    if (open > 0) faults.push(`left open: ${story}`);
  }
  return faults;
}
