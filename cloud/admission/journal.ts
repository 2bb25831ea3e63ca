import { createHash } from 'node:crypto';
import {
  FIRST_PREVIOUS,
  type JournalBatch,
  JournalBody,
  type JournalRow,
  type JournalStored,
  type Moment,
  sealedText,
} from '@gatehouse/protocol';
import type { JournalHead, JournalStore, Parked } from './journal-store.ts';
import { doubt, type ProofFault } from './offline-proof.ts';
import { type SettleParts, settle } from './settle.ts';
import { momentOf } from './watch.ts';

export interface JournalParts extends SettleParts {
  readonly journal: JournalStore;
import { notePeers } from './peer-notes.ts';
  /** By digest: rows of admissions without the cloud whose proof does not stand. */
  readonly faults?: ReadonlyMap<string, ProofFault> | undefined;
  /** Is told of each row that was set aside. */
  parked(gateway: string, epoch: string, seq: number, why: Parked): void;
}

/**
 * Stores rows of a gateway's journal word for word, folds what they say into scans and tickets,
 * and gives the highest sequence up to which all are stored. Runs inside a batch of the store.
 */
export function storeJournal(
  parts: JournalParts,
  gateway: string,
  batch: JournalBatch,
): JournalStored {
  const { epoch } = batch;
  const parked: number[] = [];
  const head = parts.journal.head(gateway, epoch);
  for (const row of batch.rows) {
    const why = storeRow(parts, gateway, epoch, row, head?.prunedTo ?? 0);
    if (why === undefined) continue;
    parts.journal.park(gateway, epoch, row, why);
    parts.parked(gateway, epoch, row.seq, why);
    parked.push(row.seq);
  }
  parked.push(...advance(parts, gateway, epoch));
  const upTo = parts.journal.head(gateway, epoch)?.upTo ?? 0;
  return { epoch, upTo, parked: [...new Set(parked)] };
}

/** Stores and folds one row; gives why it has to be set aside. */
function storeRow(
  parts: JournalParts,
  gateway: string,
  epoch: string,
  row: JournalRow,
  prunedTo: number,
): Parked | undefined {
  // What was stored and pruned since is known; its gateway sends it only to be told so.
  if (row.seq <= prunedTo) return undefined;
  const known = parts.journal.digests(gateway, epoch, row.seq);
  if (known.includes(row.digest)) return undefined;
  parts.journal.add({ ...row, gateway, epoch, received: parts.now });
  if (known.length > 0) return 'fork';
  const sealed = createHash('sha256').update(sealedText(row.previous, row.body)).digest('hex');
  if (sealed !== row.digest) return 'broken-seal';
  const body = readBody(row.body);
  if (!body) return 'unreadable';
  fold(parts, gateway, `${epoch}/${row.seq}`, body);
  doubt(parts, gateway, row, body);
  return undefined;
}

/** Moves the head over all rows that now follow each other; gives those that break the chain. */
function advance({ journal, parked }: JournalParts, gateway: string, epoch: string): number[] {
  const before = journal.head(gateway, epoch);
  let head: Omit<JournalHead, 'prunedTo'> = before ?? { upTo: 0, digest: FIRST_PREVIOUS };
  const broken: number[] = [];
  for (;;) {
    const next = journal.row(gateway, epoch, head.upTo + 1);
    if (!next) break;
    if (next.previous !== head.digest) {
      journal.park(gateway, epoch, next, 'broken-chain');
      parked(gateway, epoch, next.seq, 'broken-chain');
      broken.push(next.seq);
    }
    head = { upTo: next.seq, digest: next.digest };
  }
  if (head.upTo > (before?.upTo ?? 0)) journal.setHead(gateway, epoch, head);
  return broken;
}

function readBody(text: string): JournalBody | undefined {
  try {
    return JournalBody.safeParse(JSON.parse(text)).data;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
  notePeers(parts, { gateway, epoch, seq: row.seq }, body);

/** Puts what a row says where it belongs; `row` names it where it has no scan id. */
function fold(parts: JournalParts, gateway: string, row: string, body: JournalBody): void {
  const scan = body.scanId ?? row;
  parts.watching.heard(gateway, body.at);
  if (body.kind === 'intent' || body.kind === 'refusal') announce(parts, gateway, scan, body);
  if (body.kind === 'result') result(parts, gateway, scan, body);
}

type Announced = Extract<JournalBody, { kind: 'intent' | 'refusal' }>;

function announce(parts: JournalParts, gateway: string, scan: string, body: Announced): void {
  const known = parts.scans.scan(gateway, scan);
  if (known && known.verdict !== null) return;
  const news = {
    gateway,
    scan,
    lane: body.lane ?? '',
    direction: body.direction ?? ('entry' as const),
    performance: body.performance ?? null,
    ticket: body.ticket ?? null,
    decided_by: body.decidedBy,
    verdict: body.verdict.key,
    details: JSON.stringify(body.verdict.details),
    answer: null,
    slot: body.slot ?? null,
    at: momentOf(body.at),
    received: parts.now,
    cursor: body.cursor,
    generation: body.generation ?? null,
  };
  if (!known) {
    parts.wrote(parts.scans.addScan(news));
    return;
  }
  const filled = parts.scans.fillScan(known.n, news);
  parts.wrote(parts.watching.learned(filled) ? parts.scans.flagScan(known.n) : filled);
}

type Result = Extract<JournalBody, { kind: 'result' }>;

const KINDS = {
  passed: 'passed',
  late: 'passed',
  released: 'released',
  cancelled: 'cancel',
} as const;

function result(parts: JournalParts, gateway: string, scan: string, body: Result): void {
  if (body.result === 'unsettled') {
    unsettled(parts, gateway, scan, momentOf(body.at));
    return;
  }
  settle(parts, gateway, {
    scan,
    kind: KINDS[body.result],
    lane: body.lane ?? '',
    direction: body.direction ?? 'entry',
    ticket: body.ticket,
    performance: body.performance,
    slot: body.slot,
    late: body.result === 'late' ? true : undefined,
    at: body.at,
  });
}

/** The lane itself does not know whether somebody passed: the grant stays, for a person. */
function unsettled(parts: JournalParts, gateway: string, scan: string, at: Moment): void {
  parts.grants.unsettle(gateway, scan);
  const known = parts.scans.scan(gateway, scan);
  if (!known || known.result !== null) return;
  parts.wrote(parts.scans.endScan(known.n, { result: 'unsettled', at }));
}
