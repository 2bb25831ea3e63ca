import type { Moment } from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { Store, TicketTable } from '../store/index.ts';
import type { ConflictReads, ConflictRow } from './conflict-store.ts';
import { type Judgement, judgeDouble, judgeRevoked } from './judge.ts';
import type { Passage, TimeQuality } from './passage-time.ts';

/** One passage of a conflict as the API gives it. */
export interface Side {
  readonly gateway: string;
  readonly lane: string;
  readonly scanId: string;
  readonly verdict: string | null;
  readonly decidedBy: 'cloud' | 'gateway' | 'staff';
  readonly decided: Moment | null;
  readonly passed: Moment;
  /** ± ms; `null` where the clock proves nothing. */
  readonly uncertainty: number | null;
  readonly quality: TimeQuality;
  /** The ticket change that whoever decided knew, and the one this passage made. */
  readonly cursor: number | null;
  readonly change: number | null;
  readonly slot: number | null;
  /** Made while not every gateway of the venue was heard. */
  readonly split: boolean;
  /** Made without the word of the ticket's home gateway. */
  readonly unconfirmed: boolean;
}

/** A conflict as the API gives it. */
export interface Conflict extends Judgement {
  readonly id: number;
  readonly matter: 'double' | 'revoked';
  readonly ticket: string;
  readonly performance: string;
  readonly title: string;
  /** Where the guest sits, as a lane shows it. */
  readonly place: string;
  /** One or two, in their likely order. */
  readonly passages: Side[];
  readonly sharedPicture: boolean;
  readonly revocation: {
    readonly status: string;
    readonly at: Moment;
    readonly change: number;
  } | null;
  readonly found: Moment;
  readonly state: 'open' | 'handled';
  readonly handled: {
    readonly note: string;
    /** Name of the token; `null` where a later record explained it. */
    readonly by: string | null;
    readonly at: Moment;
  } | null;
}

/** Makes the function that puts a conflict together from what is stored, at any time. */
export function createConflictView(
  store: Store,
  reads: ConflictReads,
): (id: number) => Conflict | undefined {
  const title = store.prepareRead(
    `select title from performances join productions on productions.id = performances.production
     where performances.id = ?`,
  );
  const label = store.prepareRead('select label from tickets where id = ?');
  return (id) => {
    const row = reads.conflict(id);
    if (!row) return undefined;
    const shown = title.get(row.performance) as { title: string } | undefined;
    const known = label.get(row.ticket) as Pick<Selectable<TicketTable>, 'label'> | undefined;
    return {
      id,
      matter: row.matter,
      ticket: row.ticket,
      performance: row.performance,
      title: shown?.title ?? '',
      place: placeOf(known?.label ?? '{}'),
      ...weighed(row, reads),
      found: row.found,
      state: row.handled_at === null ? 'open' : 'handled',
      handled:
        row.handled_at === null
          ? null
          : { note: row.note ?? '', by: row.handled_by, at: row.handled_at },
    };
  };
}

type Weighed = Pick<Conflict, 'kind' | 'order' | 'passages' | 'sharedPicture' | 'revocation'>;

function weighed(row: ConflictRow, reads: ConflictReads): Weighed {
  const one = reads.passage(row.gateway, row.scan);
  const { hold, hold_at: at, hold_change: change } = row;
  const revocation =
    hold !== null && at !== null && change !== null ? { status: hold, at, change } : null;
  const other =
    row.other_gateway !== null && row.other_scan !== null
      ? reads.passage(row.other_gateway, row.other_scan)
      : undefined;
  const blank = { kind: null, order: 'unknown', sharedPicture: false, revocation } as const;
  if (!one) return { ...blank, passages: [] };
  if (revocation) {
    return { ...blank, ...judgeRevoked(one, revocation), passages: [sideOf(one)] };
  }
  if (!other) return { ...blank, passages: [sideOf(one)] };
  const { first, second, kind, order } = judgeDouble(one, other);
  const slot = first.scan.slot;
  return {
    kind,
    order,
    passages: [sideOf(first), sideOf(second)],
    sharedPicture: slot !== null && slot === second.scan.slot,
    revocation,
  };
}

function sideOf({ scan, passed, decided }: Passage): Side {
  const { gateway, lane, verdict, cursor, change, slot } = scan;
  return {
    gateway,
    lane,
    scanId: scan.scan,
    verdict,
    decidedBy: scan.decided_by,
    decided,
    passed: passed.at,
    uncertainty: passed.uncertainty,
    quality: passed.quality,
    cursor,
    change,
    slot,
    split: scan.split === 1,
    unconfirmed: scan.unconfirmed === 1,
  };
}

/** What a lane shows of a place, in one line. */
function placeOf(label: string): string {
  const { rank, door, row, seat } = JSON.parse(label) as Record<string, string | undefined>;
  return [rank, door, row, seat].filter((part) => part !== undefined && part !== '').join(' · ');
}
