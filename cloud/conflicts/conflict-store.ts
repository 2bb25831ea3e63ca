import type { Moment } from '@gatehouse/protocol';
import type { Selectable } from 'kysely';
import type { ScanRow } from '../admission/index.ts';
import type { ConflictTable, Store } from '../store/index.ts';
import type { Hold, Standing, StatusChange } from './hold.ts';
import { type Anchor, type Passage, passageOf } from './passage-time.ts';

export type ConflictRow = Selectable<ConflictTable>;

export interface NewConflict {
  readonly scan: ScanRow;
  readonly ticket: string;
  readonly performance: string;
  readonly other?: ScanRow;
  readonly hold?: Hold;
  readonly found: Moment;
}

/** What the desk reads of a passage and a ticket; synchronous. */
export interface ConflictReads {
  conflict(id: number): ConflictRow | undefined;
  passage(gateway: string, scan: string): Passage | undefined;
  passages(ticket: string): Passage[];
  standing(ticket: string, generation: number | null): Standing;
}

/** What the fold writes down of conflicts; synchronous, inside a batch of the store. */
export interface ConflictStore extends ConflictReads {
  /** Gives its id; `undefined` where it is known already. */
  add(matter: ConflictRow['matter'], conflict: NewConflict): number | undefined;
  /** Double admissions of a ticket that still stand, newest first. */
  doubles(ticket: string): ConflictRow[];
  openOf(ticket: string): ConflictRow[];
  openOfScan(gateway: string, scan: string): ConflictRow[];
  openOfBoot(gateway: string, boot: string): ConflictRow[];
  setHold(id: number, hold: Hold): void;
  /** Closes a conflict that was none, and takes the mark from its scan. */
  explain(conflict: ConflictRow, note: string, at: Moment): void;
  /** Keeps cloud time at one moment of a boot; false where one is known. */
  addAnchor(gateway: string, boot: string, anchor: Anchor): boolean;
}

type Prepare = Store['prepare'];

const SCAN = `select scans.*, boots.mono as anchor_mono, boots.at as anchor_at,
  boots.uncertainty as anchor_uncertainty from scans
  left join gateway_boots boots on boots.gateway = scans.gateway and boots.boot = scans.boot`;

type AnchoredRow = ScanRow & {
  anchor_mono: number | null;
  anchor_at: number | null;
  anchor_uncertainty: number | null;
};

function passageIn(found: unknown): Passage {
  const {
    anchor_mono: mono,
    anchor_at: at,
    anchor_uncertainty: uncertainty,
    ...scan
  } = found as AnchoredRow;
  const anchored = mono !== null && at !== null && uncertainty !== null;
  return passageOf(scan, anchored ? { mono, at, uncertainty } : undefined);
}

/** Reads on one of the store's connections: `prepare` inside a batch, `prepareRead` elsewhere. */
export function createConflictReads(prepare: Prepare): ConflictReads {
  const conflict = prepare('select * from conflicts where id = ?');
  const passage = prepare(`${SCAN} where scans.gateway = ? and scans.scan = ?`);
  const passages = prepare(`${SCAN} where scans.ticket = ? and result in ('passed', 'late')`);
  const ticket = prepare('select status, created from tickets where id = ?');
  const changes = prepare(
    'select change, at, before, after from ticket_statuses where ticket = ? order by change',
  );
  const key = prepare(
    'select change, created as at from ticket_keys where ticket = ? and generation = ?',
  );
  return {
    conflict: (id) => conflict.get(id) as ConflictRow | undefined,
    passage(gateway, scan) {
      const found = passage.get(gateway, scan);
      return found && passageIn(found);
    },
    passages: (id) => passages.all(id).map(passageIn),
    standing(id, generation) {
      const { status, created } = ticket.get(id) as { status: string; created: number };
      const newer = generation === null ? undefined : key.get(id, generation + 1);
      return {
        status,
        created,
        changes: changes.all(id) as unknown as StatusChange[],
        newerKey: newer as Standing['newerKey'],
      };
    },
  };
}

export function createConflictStore(store: Store): ConflictStore {
  const add = store.prepare(
    `insert into conflicts (matter, ticket, performance, gateway, scan, other_gateway, other_scan,
     hold, hold_at, hold_change, found) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do nothing returning id`,
  );
  const doubles = store.prepare(
    `select * from conflicts where ticket = ? and matter = 'double' and explained = 0
     order by id desc`,
  );
  const OPEN = 'select conflicts.* from conflicts where handled_at is null';
  const openOf = store.prepare(`${OPEN} and ticket = ?`);
  const openOfScan = store.prepare(
    `${OPEN} and gateway = ?1 and scan = ?2 union
     ${OPEN} and other_gateway = ?1 and other_scan = ?2`,
  );
  const openOfBoot = store.prepare(
    `${OPEN} and exists (select 1 from scans where scans.gateway = ?1 and scans.boot = ?2
     and ((scans.gateway = conflicts.gateway and scans.scan = conflicts.scan)
     or (scans.gateway = conflicts.other_gateway and scans.scan = conflicts.other_scan)))`,
  );
  const setHold = store.prepare(
    'update conflicts set hold = ?, hold_at = ?, hold_change = ? where id = ?',
  );
  const explain = store.prepare(
    'update conflicts set explained = 1, note = ?, handled_at = ? where id = ?',
  );
  const unflag = store.prepare(
    `update scans set conflict = exists (select 1 from conflicts where explained = 0
     and conflicts.gateway = scans.gateway and conflicts.scan = scans.scan)
     where gateway = ? and scan = ?`,
  );
  const addAnchor = store.prepare(
    `insert into gateway_boots (gateway, boot, mono, at, uncertainty) values (?, ?, ?, ?, ?)
     on conflict do nothing`,
  );
  return {
    ...createConflictReads(store.prepare),
    add(matter, { scan, ticket, performance, other, hold, found }) {
      const row = add.get(
        matter,
        ticket,
        performance,
        scan.gateway,
        scan.scan,
        other?.gateway ?? null,
        other?.scan ?? null,
        hold?.status ?? null,
        hold?.at ?? null,
        hold?.change ?? null,
        found,
      ) as { id: number } | undefined;
      return row?.id;
    },
    doubles: (ticket) => doubles.all(ticket) as unknown as ConflictRow[],
    openOf: (ticket) => openOf.all(ticket) as unknown as ConflictRow[],
    openOfScan: (gateway, scan) => openOfScan.all(gateway, scan) as unknown as ConflictRow[],
    openOfBoot: (gateway, boot) => openOfBoot.all(gateway, boot) as unknown as ConflictRow[],
    setHold: (id, { status, at, change }) => void setHold.run(status, at, change, id),
    explain({ id, gateway, scan }, note, at) {
      explain.run(note, at, id);
      unflag.run(gateway, scan);
    },
    addAnchor: (gateway, boot, { mono, at, uncertainty }) =>
      addAnchor.run(gateway, boot, mono, at, uncertainty).changes === 1,
  };
}
