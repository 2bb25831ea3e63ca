import { DatabaseSync } from 'node:sqlite';
import type { Store } from '@gatehouse/cloud/parts';
import {
  type createVenueTime,
  type PartsOptions,
  type Recovered,
  type StoredTicket,
  TicketStore,
} from '@gatehouse/gateway/parts';
import {
  createProver,
  type JournalBody,
  type NameOf,
  type PeerMessage,
  type SettleRequest,
  slotAt,
  type TicketsPage,
  type ValidateRequest,
} from '@gatehouse/protocol';
import { HAND_MUTANTS } from './hand-mutants.ts';
import type { Wish } from './handhelds.ts';
import { PEER_MUTANTS } from './peer-mutants.ts';

/** A bug, planted where the simulation puts parts together; shipping code knows nothing of it. */
export interface Mutant {
  readonly journal?: 'skip-fsync' | 'ack-before-write';
  readonly cloud?: 'ack-before-commit';
  /** Changes or swallows what a gateway sends. */
  up?(gateway: string, name: NameOf<'up'>, message: unknown): unknown;
  /** Changes or swallows what the cloud answers. */
  down?(gateway: string, name: NameOf<'down'>, message: unknown): unknown;
  store?(store: Store): Store;
  readonly ticketStore?: typeof TicketStore;
  recovered?(recovered: Recovered): Recovered;
  epoch?(gateway: string): string;
  /** The journal file is gone at every start. */
  readonly forgetsJournal?: boolean;
  /** What happens to the journal file before a start. */
  boots?(file: string): void;
  /** A stop does not wait for the disk. */
  readonly stopsAtOnce?: boolean;
  readonly signatureCheck?: PartsOptions['signatureCheck'];
  readonly prover?: PartsOptions['prover'];
  /** What a gateway makes of its clock. */
  time?(time: VenueTime): VenueTime;
  readonly relay?: 'believed';
  /** Changes or swallows what a gateway says to another, or answers it itself. */
  tells?(gateway: string, message: PeerMessage): PeerMessage | undefined;
  /** What a gateway makes of a handheld's request. */
  hears?(wish: Wish, drawId: () => string): Wish;
  /** A gateway goes on with a handheld that it has let go of. */
  readonly keepsUnpaired?: boolean;
  /** What a gateway hears instead of an answer. */
  answers?(message: PeerMessage): PeerMessage | undefined;
  /** Who may have a session with a gateway from now on. */
  admits?(before: readonly string[], now: readonly string[]): readonly string[];
  /** Changes of the cloud's are not checked. */
  readonly trustsNews?: boolean;
  /** Exits are set up as entries. */
  readonly exitsAreEntries?: boolean;
  /** The row is said to be written, and is not. */
  loses?(body: JournalBody): boolean;
}

type VenueTime = ReturnType<typeof createVenueTime>;

/** Steps of the evenings in which planted bugs are looked for. */
export const MUTANT_STEPS = 1_500;

export interface Planted {
  /** What is wrong, for docs and people. */
  readonly says: string;
  /** What has to go wrong for it to show, where that is rare among all else. */
  readonly faults?: readonly string[];
  /** Gateways of those evenings at most: with few of them an evening is longer. */
  readonly gateways?: number;
  /** Whether it is about handhelds: no other evening has any. */
  readonly handhelds?: boolean;
  /** An evening of `MUTANT_STEPS` that finds it; others may have to be looked for. */
  readonly seed?: number;
  plant(): Mutant;
}

/** Replaces one statement of the cloud's store. */
function rewritten(
  store: Store,
  begins: string,
  change: (real: Statement) => Partial<Statement>,
): Store {
  return {
    ...store,
    prepare: (sql) => {
      const real = store.prepare(sql);
      const bound = {
        run: real.run.bind(real),
        get: real.get.bind(real),
        all: real.all.bind(real),
      };
      return sql.startsWith(begins) ? ({ ...bound, ...change(bound) } as typeof real) : real;
    },
  };
}

interface Statement {
  run(...given: string[]): unknown;
  get(...given: string[]): object | undefined;
  all(...given: string[]): unknown;
}

/** The longest deadline that a request may have. */
const DEADLINE_MAX_MS = 10_000;
const NOTHING = { changes: 1, lastInsertRowid: 0 };

class DeafStore extends TicketStore {
  readonly #first = new Map<string, StoredTicket>();
  override find(text: string): StoredTicket | undefined {
    const found = this.#first.get(text) ?? super.find(text);
    if (found) this.#first.set(text, found);
    return found && { ...(super.find(text) as StoredTicket), row: found.row };
  }
}

class ForgetfulStore extends TicketStore {
  override passed(): void {}
}

/** An admit that comes after its question was given up opens for the next one. */
function lateGrants(): Mutant {
  const asking = new Map<string, string>();
  return {
    up(gateway, name, message) {
      if (name === 'validate') asking.set(gateway, (message as ValidateRequest).scanId);
      return message;
    },
    down(gateway, name, message) {
      const scanId = asking.get(gateway);
      return name === 'validate' ? { ...(message as object), scanId } : message;
    },
  };
}

class EmptyHouse extends TicketStore {
  override occupancy(): number {
    return 0;
  }
}

class NobodyInside extends TicketStore {
  override find(text: string): StoredTicket | undefined {
    const found = super.find(text);
    return found && { ...found, inside: 0 };
  }
}

/** Takes only whether anybody is inside from the cloud, and not how many. */
function somebodyInside(_: string, name: NameOf<'down'>, message: unknown): unknown {
  if (name !== 'tickets') return message;
  const page = message as TicketsPage;
  return { ...page, tickets: page.tickets.map((row) => ({ ...row, people: undefined })) };
}

class UnburntStore extends TicketStore {
  override findSecure(handle: string): StoredTicket | undefined {
    const found = super.findSecure(handle);
    return found?.secure && { ...found, secure: { ...found.secure, burnt: undefined } };
  }
}

/** Takes each code for one of this moment, as long as its signature is good. */
const anySlot: typeof createProver = (parts) => {
  const prove = createProver(parts);
  return async (text, now) => {
    const proven = await prove(text, now);
    return proven && { ...proven, proof: { ...proven.proof, slot: slotAt(now) } };
  };
};

const nothing = () => ({ run: () => NOTHING });

function loseOldestRow(file: string): void {
  const db = new DatabaseSync(file);
  const known = db.prepare("select 1 from sqlite_schema where name = 'row'").get();
  if (known) db.exec('delete from row where id = (select min(id) from row where stored = 0)');
  db.close();
}

function newIdForRepeat(gateway: string, name: NameOf<'up'>, message: unknown): unknown {
  const request = message as ValidateRequest;
  if (name !== 'validate' || request.attempt === 1) return message;
  const end = [...gateway].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 10;
  return { ...request, scanId: `${request.scanId.slice(0, -1)}${end}` };
}

export const MUTANTS: Readonly<Record<string, Planted>> = {
  'skip-fsync': {
    says: 'the gateway’s journal says a row is durable before the disk has synced it',
    faults: ['power-cut', 'slow-disk'],
    plant: () => ({ journal: 'skip-fsync' }),
  },
  'ack-before-write': {
    says: 'the lane opens while its intent still waits for the disk',
    plant: () => ({ journal: 'ack-before-write' }),
  },
  'ack-before-commit': {
    says: 'the cloud answers before its transaction is on disk',
    faults: ['cloud-crash'],
    plant: () => ({ cloud: 'ack-before-commit' }),
  },
  'ignore-release': {
    says: 'the cloud keeps a grant whose lane gave it back',
    plant: () => ({
      store: (store) => rewritten(store, 'delete from grants', () => ({ run: () => NOTHING })),
    }),
  },
  'forget-tombstone': {
    says: 'a request that arrives after its cancel or its deadline makes a grant all the same',
    faults: ['cloud-busy', 'cut'],
    seed: 13,
    plant: () => ({
      up: (_, name, message) =>
        name === 'validate' ? { ...(message as object), deadlineMs: DEADLINE_MAX_MS } : message,
      store: (store) =>
        rewritten(store, 'select 1 from scan_facts', () => ({ get: () => undefined })),
    }),
  },
  'forget-burnt-slot': {
    says: 'a code that somebody passed on is good again while its ticket has uses left',
    seed: 3,
    plant: () => ({
      store: (store) =>
        rewritten(store, 'select * from tickets where handle', (real) => ({
          get: (handle: string) => {
            const row = real.get(handle);
            return row && { ...row, burnt: null };
          },
        })),
    }),
  },
  'no-idempotency': {
    says: 'a repeated question goes up under a new scan id',
    faults: ['cloud-busy', 'delay', 'loss'],
    plant: () => ({ up: newIdForRepeat }),
  },
  'deliver-late-grant': {
    says: 'an answer opens for whoever asks now, not for the scan it belongs to',
    seed: 2,
    plant: lateGrants,
  },
  'lose-passage': {
    says: 'a passage is neither told live nor written into the journal',
    plant: () => ({
      up: (_, name, message) =>
        name === 'settle' && (message as SettleRequest).kind === 'passed' ? undefined : message,
      loses: (body) => body.kind === 'result' && body.result === 'passed',
    }),
  },
  'reuse-sequence': {
    says: 'a restart counts its journal rows from 1 again under the same epoch',
    seed: 5,
    plant: () => ({ epoch: (gateway) => `epoch-of-${gateway}`, forgetsJournal: true }),
  },
  'stale-ticket-store': {
    says: 'a gateway goes on with the ticket as it first saw it, whatever the cloud says since',
    faults: ['cut', 'cloud-crash', 'cloud-away'],
    seed: 39,
    plant: () => ({ ticketStore: DeafStore }),
  },
  'forget-passage': {
    says: 'a gateway does not remember who passed until the cloud tells it',
    faults: ['cut', 'cloud-away'],
    plant: () => ({ ticketStore: ForgetfulStore }),
  },
  'forget-unsettled': {
    says: 'a restart forgets the grants that the run before it left open',
    plant: () => ({ recovered: (recovered) => ({ ...recovered, unsettled: [] }) }),
  },
  'ignore-capacity': {
    says: 'a gateway counts nobody as inside',
    seed: 9,
    plant: () => ({ ticketStore: EmptyHouse }),
  },
  'pass-is-one': {
    says: 'a gateway takes all who are inside on one pass for one person',
    seed: 15,
    plant: () => ({ down: somebodyInside }),
  },
  'full-cloud-admits': {
    says: 'the cloud counts nobody as inside',
    seed: 8,
    plant: () => ({
      store: (store) => rewritten(store, 'update performances set inside', nothing),
    }),
  },
  're-entry-without-exit': {
    says: 'a gateway lets somebody in again who has not gone out',
    plant: () => ({ ticketStore: NobodyInside }),
  },
  'cap-per-run': {
    says: 'a restart forgets whom the gateway admitted without the cloud in this hour',
    faults: ['crash', 'cloud-away', 'cut'],
    gateways: 2,
    seed: 3,
    plant: () => ({ recovered: (recovered) => ({ ...recovered, offline: [] }) }),
  },
  'accept-any-signature': {
    says: 'a gateway without the cloud takes every signature for good',
    faults: ['cut', 'half-open', 'cloud-crash'],
    seed: 6,
    plant: () => ({ signatureCheck: () => () => async () => true }),
  },
  'forget-burnt-slot-offline': {
    says: 'a gateway without the cloud takes a code again that somebody passed on',
    faults: ['cut', 'cloud-crash'],
    seed: 3,
    plant: () => ({ ticketStore: UnburntStore }),
  },
  'exit-decides': {
    says: 'an exit refuses like an entry',
    plant: () => ({ exitsAreEntries: true }),
  },
  'upgrade-drops-rows': {
    says: 'a gateway that is stopped does not wait for rows that the disk has not taken',
    faults: ['upgrade', 'slow-disk'],
    plant: () => ({ stopsAtOnce: true }),
  },
  'gap-in-restart': {
    says: 'a restart loses the oldest row that the cloud does not have',
    seed: 5,
    plant: () => ({ boots: loseOldestRow }),
  },
  'no-recheck': {
    says: 'the cloud believes what a gateway says that it has proven',
    faults: ['cut', 'half-open'],
    seed: 6,
    plant: () => ({
      store: (store) =>
        rewritten(store, 'update scans set conflict = 1, details', (real) => ({
          get: (_, n = '') => real.get(n),
        })),
    }),
  },
  'any-slot-offline': {
    says: 'a gateway without the cloud takes a code for one of this moment, whenever it was made',
    faults: ['cut', 'cloud-away'],
    seed: 1,
    plant: () => ({ prover: anySlot }),
  },
  'overlook-revoked': {
    says: 'the cloud does not see that a ticket was held back when somebody passed on it',
    faults: ['cloud-away'],
    gateways: 2,
    seed: 2,
    plant: () => ({
      store: (store) =>
        rewritten(store, 'insert into conflicts', (real) => ({
          get: (matter = '', ...more) =>
            matter === 'revoked' ? undefined : real.get(matter, ...more),
        })),
    }),
  },
  'trust-any-clock': {
    says: 'a gateway without the cloud goes by a clock that nobody vouches for',
    faults: ['blackout'],
    gateways: 3,
    seed: 8,
    plant: () => ({ time: (time) => ({ ...time, quality: () => 'trusted' }) }),
  },
  'stuck-stays-open': {
    says: 'a lane believes that its relay is off, whatever it reads back',
    seed: 7,
    plant: () => ({ relay: 'believed' }),
  },
  ...PEER_MUTANTS,
  ...HAND_MUTANTS,
};
