import { createHash } from 'node:crypto';
import {
  FIRST_PREVIOUS,
  type JournalBatch,
  JournalBody,
  type JournalGap,
  type JournalRow,
  type JournalStored,
  type Moment,
  type Stamp,
  sealedText,
} from '@gatehouse/protocol';
import type { JournalAlarm } from './alarm.ts';
import { type CloneStore, type Span, stretched } from './clones.ts';
import type { GapStore } from './gap-store.ts';
import type { JournalHead, JournalStore, Parked } from './journal-store.ts';
import { doubt, type ProofFault } from './offline-proof.ts';
import { notePeers } from './peer-notes.ts';
import { type SettleParts, settle } from './settle.ts';
import { momentOf } from './watch.ts';

/** Stands for the digest of a row that is lost. */
const AFTER_GAP = '';

export interface JournalParts extends SettleParts {
  readonly journal: JournalStore;
  /** By digest: rows of admissions without the cloud whose proof does not stand. */
  readonly faults?: ReadonlyMap<string, ProofFault> | undefined;
  readonly gaps: GapStore;
  readonly clones: CloneStore;
  /** Is told of each row that was set aside, of rows that are lost, and of copied cards. */
  alarm(alarm: JournalAlarm): void;
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
  let span: Span | undefined;
  const told = (at: Stamp) => {
    span = stretched(span, at);
  };
  for (const row of batch.rows) {
    const why = storeRow({ ...parts, told }, gateway, epoch, row, head?.prunedTo ?? 0);
    if (why === undefined) continue;
    park(parts, gateway, epoch, row, why);
    parked.push(row.seq);
  }
  for (const other of span ? parts.clones.ran(gateway, epoch, span, parts.now) : []) {
    parts.alarm({ code: 'gateway-cloned', one: other, other: epoch });
  }
  parked.push(...advance(parts, gateway, epoch));
  const upTo = parts.journal.head(gateway, epoch)?.upTo ?? 0;
  return { epoch, upTo, parked: [...new Set(parked)] };
}

function park(
  { journal, alarm }: JournalParts,
  gateway: string,
  epoch: string,
  row: JournalRow,
  why: Parked,
): void {
  journal.park(gateway, epoch, row, why);
  alarm({ code: 'journal-row-parked', epoch, seq: row.seq, why });
}

/** Stores and folds one row; gives why it has to be set aside. */
function storeRow(
  parts: JournalParts & { told(at: Stamp): void },
  gateway: string,
  epoch: string,
  row: JournalRow,
  prunedTo: number,
): Parked | undefined {
  // What was stored and pruned since is known; its gateway sends it only to be told so.
  const isLate = parts.gaps.endOf(gateway, epoch, row.seq) !== undefined;
  if (row.seq <= prunedTo && !isLate) return undefined;
  const known = parts.journal.digests(gateway, epoch, row.seq);
  if (known.includes(row.digest)) return undefined;
  parts.journal.add({ ...row, gateway, epoch, received: parts.now });
  // Its own gateway says that this row is lost: who has it, has the disk of before.
  if (known.length > 0 || isLate) return 'fork';
  const sealed = createHash('sha256').update(sealedText(row.previous, row.body)).digest('hex');
  if (sealed !== row.digest) return 'broken-seal';
  const body = readBody(row.body);
  if (!body) return 'unreadable';
  parts.told(body.at);
  fold(parts, gateway, `${epoch}/${row.seq}`, body);
  doubt(parts, gateway, row, body);
  notePeers(parts, { gateway, epoch, seq: row.seq }, body);
  return undefined;
}

/**
 * Moves the head over all rows that now follow each other, and over what is lost between them;
 * gives those that break the chain. Behind a gap nobody can say which digest came before.
 */
function advance(parts: JournalParts, gateway: string, epoch: string): number[] {
  const { journal, gaps } = parts;
  const before = journal.head(gateway, epoch);
  let head: Omit<JournalHead, 'prunedTo'> = before ?? { upTo: 0, digest: FIRST_PREVIOUS };
  const broken: number[] = [];
  for (;;) {
    const next = journal.row(gateway, epoch, head.upTo + 1);
    if (!next) {
      const end = gaps.endOf(gateway, epoch, head.upTo + 1);
      if (end === undefined) break;
      const row = journal.firstIn(gateway, epoch, head.upTo + 1, end);
      head = { upTo: row === undefined ? end : row - 1, digest: AFTER_GAP };
      continue;
    }
    if (head.digest !== AFTER_GAP && next.previous !== head.digest) {
      park(parts, gateway, epoch, next, 'broken-chain');
      broken.push(next.seq);
    }
    head = { upTo: next.seq, digest: next.digest };
  }
  if (head.upTo > (before?.upTo ?? 0)) journal.setHead(gateway, epoch, head);
  return broken;
}

/** Takes down what a gateway says that it has lost, as far as the cloud lacks it too. */
function lost(parts: JournalParts, gateway: string, gap: JournalGap, at: Moment): void {
  const { journal, gaps, now } = parts;
  const upTo = journal.head(gateway, gap.epoch)?.upTo ?? 0;
  const rest = { ...gap, from: Math.max(gap.from, upTo + 1) };
  if (rest.from > rest.to || !gaps.add(gateway, rest, { at, received: now })) return;
  parts.alarm({ code: 'journal-gap', ...rest });
  advance(parts, gateway, gap.epoch);
}

function readBody(text: string): JournalBody | undefined {
  try {
    return JournalBody.safeParse(JSON.parse(text)).data;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Puts what a row says where it belongs; `row` names it where it has no scan id. */
function fold(parts: JournalParts, gateway: string, row: string, body: JournalBody): void {
  const scan = body.scanId ?? row;
  parts.watching.heard(gateway, body.at);
  if (body.kind === 'intent' || body.kind === 'refusal') {
    announce(parts, gateway, scan, body);
    giveUp(parts, gateway, scan, body);
  }
  if (body.kind === 'result') result(parts, gateway, scan, body);
  if (body.kind === 'event' && body.gap) lost(parts, gateway, body.gap, momentOf(body.at));
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

/**
 * Ends what may have been granted for an answer that never came in time: of a scan that was refused
 * instead, or of which another admission took the place, which then holds the grant till it ends.
 * The live cancel says so too, but only as long as that run of the gateway goes on.
 */
function giveUp(parts: JournalParts, gateway: string, scan: string, body: Announced): void {
  const given = body.kind === 'refusal' ? scan : body.refersTo;
  if (given === undefined || !parts.grants.find(gateway, given)) return;
  const isOpen = body.kind === 'intent' && parts.scans.scan(gateway, scan)?.result === null;
  if (isOpen) parts.grants.handOver(gateway, given, scan);
  const { lane = '', direction = 'entry' as const, at } = body;
  settle(parts, gateway, { scan: given, kind: 'cancel', lane, direction, at });
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
