import type { JournalBody, Stamp } from '@gatehouse/protocol';
import type { Enrolment } from '@gatehouse/provisioning';
import type { createReservations, OfflineShare } from './admission/index.ts';
import { gatewayError } from './errors.ts';
import type { Journal, Recovered } from './journal/index.ts';
import type { Log } from './log.ts';
import { type LocalPassage, newsOf, type TicketStore } from './tickets/index.ts';

export interface BringBackParts {
  readonly store: TicketStore;
  readonly settles: { taken(scanId: string): void };
  readonly reservations: ReturnType<typeof createReservations>;
  readonly share: OfflineShare;
  readonly enrolment: Enrolment;
}

/** Open grants of dead runs: those whose passage the ticket store still knows, and the rest. */
export function tellApart(
  recovered: Recovered,
  store: Pick<TicketStore, 'hasPassage'>,
): { passed: Recovered['unsettled']; open: Recovered['unsettled'] } {
  const isKnown = ({ scanId, isWritten }: Recovered['unsettled'][number]) =>
    scanId !== undefined && !isWritten && store.hasPassage(scanId);
  const passed = recovered.unsettled.filter(isKnown);
  return { passed, open: recovered.unsettled.filter((intent) => !passed.includes(intent)) };
}

/**
 * Own passages that the ticket store has and no row of the journal tells of: their lanes died before
 * the disk took the row, such as at an exit that went on without it.
 */
export function untoldBy(
  recovered: Pick<Recovered, 'passed'>,
  store: Pick<TicketStore, 'passagesLeft'>,
): LocalPassage[] {
  const told = new Set(recovered.passed.map(({ scanId }) => scanId));
  return store.passagesLeft().filter(({ scanId, source }) => !source && !told.has(scanId));
}

/**
 * Brings back what the runs before this one knew: passages, and grants that nobody ended. A grant
 * that a dead run left open stays a person's matter until its rows are gone from the journal.
 */
export function bringBack(recovered: Recovered, parts: BringBackParts): void {
  const { store, settles, reservations, share, enrolment } = parts;
  const { passed, open } = tellApart(recovered, store);
  share.restore(recovered.offline);
  const passages: LocalPassage[] = [];
  for (const row of [...recovered.passed, ...passed]) {
    const { scanId, ticket, performance, direction = 'entry', lane = '', at } = row;
    const said = typeof row.verdict === 'string' ? row.verdict : row.verdict?.key;
    const verdict = 'free' in row && row.free ? 're-entry' : said;
    if (scanId === undefined || ticket === undefined) continue;
    if ('stored' in row && row.stored) settles.taken(scanId);
    // An unmatched exit changes nothing.
    if (verdict === 'exit-unmatched') continue;
    const counts = direction === 'entry' && verdict !== 're-entry';
    const when = at.wall + (at.offset ?? 0);
    const { slot } = row;
    const late = 'result' in row && row.result === 'late';
    const news = { at, ...(late && { late: true as const }) };
    passages.push({ scanId, ticket, performance, direction, lane, counts, at: when, slot, news });
  }
  store.restore(passages);
  for (const { scanId, ticket, performance, lane, direction } of open) {
    if (scanId === undefined || ticket === undefined) continue;
    if (direction === 'exit') continue;
    const grant = { gateway: enrolment.gateway, lane: lane ?? '', scanId, unsettled: true };
    reservations.reserve(ticket, performance ?? '', grant);
  }
}

/**
 * Writes what the start found, and that there is a start. What can't be written is written when the
 * journal takes rows again: a grant of a dead lane is for a person, also in the cloud's books.
 * @returns the stable code of what keeps the journal from being written, if something does
 */
export async function writeStart(
  recovered: Recovered,
  parts: {
    journal: Journal;
    log: Log;
    at: () => Stamp;
    cursor: number | null;
    /** Open grants whose passage is known all the same. */
    passed: Recovered['unsettled'];
    /** What `untoldBy` has found. */
    untold?: readonly LocalPassage[] | undefined;
    /** Runs something a while later, as long as the gateway runs. */
    later?: ((run: () => void) => void) | undefined;
  },
): Promise<string | undefined> {
  const { journal, log, later } = parts;
  const rows = startRows(recovered, parts);
  const write = async () => {
    for (let next = rows[0]; next; next = rows[0]) {
      await journal.append(next);
      rows.shift();
    }
  };
  const again = () => later?.(() => void write().catch(again));
  if (recovered.damage !== undefined) {
    const { code, message } = gatewayError('journal-damaged', { fault: recovered.damage });
    log.error({ code, fault: recovered.damage }, message);
    for (const gap of recovered.gaps ?? []) log.error({ code, ...gap }, 'rows of the journal lost');
  }
  try {
    await write();
    return undefined;
  } catch (error) {
    const { code = 'journal-failed', message } = error as Error & { code?: string };
    log.error({ code, fault: message }, 'the start is not in the journal yet');
    again();
    return code;
  }
}

function startRows(
  recovered: Recovered,
  { at, cursor, passed, untold = [] }: Omit<Parameters<typeof writeStart>[1], 'journal' | 'log'>,
): JournalBody[] {
  const retold = new Set<string | undefined>(untold.map(({ scanId }) => scanId));
  const rows: JournalBody[] = [];
  if (recovered.damage !== undefined) {
    const gap = { kind: 'event', event: 'gap', code: 'journal-damaged', at: at(), cursor } as const;
    rows.push(gap, ...(recovered.gaps ?? []).map((one) => ({ ...gap, gap: one })));
  }
  for (const intent of recovered.unsettled) {
    if (intent.isWritten || retold.has(intent.scanId)) continue;
    const { scanId, ticket, performance, lane, handle, slot, direction } = intent;
    const about = { scanId, ticket, performance, lane, handle, slot, direction };
    const known = { at: at(), cursor: intent.cursor };
    const result = passed.includes(intent) ? 'passed' : 'unsettled';
    rows.push({ kind: 'result', result, ...about, ...known });
  }
  for (const passage of untold) rows.push(toldAgain(passage, cursor));
  return [...rows, { kind: 'event', event: 'started', at: at(), cursor }];
}

/** A run does not vouch for the time of another, whose rows it would seem to overlap. */
function toldAgain(passage: LocalPassage, cursor: number | null): JournalBody {
  const { kind: _, late, at, ...about } = newsOf(passage);
  const quality = at.quality === 'trusted' ? 'plausible' : at.quality;
  const result = late ? 'late' : 'passed';
  return { kind: 'result', result, ...about, at: { ...at, quality }, cursor };
}
