import {
  createProver,
  type JournalBatch,
  type JournalStored,
  kindOf,
  type Moment,
  type SettleAnswer,
  type SettleRequest,
  type Stamp,
  type ValidateAnswer,
  type ValidateRequest,
  verdict,
} from '@gatehouse/protocol';
import { createSignatureCheck } from '@gatehouse/protocol/signature-check';
import type { Clock, Log } from '../ports.ts';
import { storeFault } from '../store/index.ts';
import type { Ticketing } from '../ticketing/index.ts';
import { ALARM_WORDS, type JournalAlarm, type ToldAlarm } from './alarm.ts';
import { createCloneStore, createTurnWatch } from './clones.ts';
import { admissionError } from './errors.ts';
import { createFeed, type Feed, type Scan, scanOf } from './feed.ts';
import { createGapStore } from './gap-store.ts';
import { createGrantStore } from './grant-store.ts';
import { createGroupCommit } from './group-commit.ts';
import { storeJournal } from './journal.ts';
import { createJournalStore } from './journal-store.ts';
import { createOfflineProof } from './offline-proof.ts';
import { createScanStore, type ScanRow } from './scan-store.ts';
import { settle } from './settle.ts';
import { type LanePlace, type ValidateJob, validate } from './validate.ts';
import type { PassageWatch, Watching } from './watch.ts';
import { createNeighbourhood, settleWitnessed } from './witnessed.ts';

/** Validate requests whose signature is being checked or that wait for the disk, at most. */
export const VALIDATE_MAX = 2_000;

/** Decides for gateways; knows nothing of how their messages travel. */
export interface Validator {
  readonly feed: Feed<Scan>;
  /** What people have to look at in what gateways send. */
  readonly alarms: Feed<ToldAlarm>;
  /** Always answers: what fails is a `fault` verdict with the error's code as its reason. */
  validate(gateway: string, request: ValidateRequest): Promise<ValidateAnswer>;
  /** @throws GatehouseError `cloud-busy`, `store-full`, `store-failed`, `gateway-not-neighbour` */
  settle(gateway: string, request: SettleRequest): Promise<SettleAnswer>;
  /** @throws GatehouseError `cloud-busy`, `store-full`, `store-failed` */
  journal(gateway: string, batch: JournalBatch): Promise<JournalStored>;
  /** A gateway's clock in a heartbeat: dates what that start of it wrote before it had the time. */
  heard(gateway: string, at: Stamp): Promise<void>;
  /** Waits until everything that was taken on is on disk. */
  stop(): Promise<void>;
}

export interface ValidatorParts {
  readonly ticketing: Ticketing;
  readonly clock: Clock;
  readonly log: Log;
  /** Where a lane is; `undefined` for one that nobody has configured. */
  place(gateway: string, lane: string): LanePlace | undefined;
  readonly watch: PassageWatch;
}

const ANYWHERE: LanePlace = { entrance: '', halls: [], staffed: false };

/** What one piece of work wrote: told to others only after its commit. */
interface Written {
  readonly rows: ScanRow[];
  readonly alarms: JournalAlarm[];
  readonly watching: Watching;
  readonly now: Moment;
  used: boolean;
}

export function createValidator(parts: ValidatorParts): Validator {
  const { ticketing, clock, log, watch } = parts;
  const { store, door } = ticketing;
  const stores = { scans: createScanStore(store), grants: createGrantStore(store), door };
  const kept = {
    journal: createJournalStore(store),
    gaps: createGapStore(store),
    clones: createCloneStore(store),
  };
  const commits = createGroupCommit(store);
  const areNeighbours = createNeighbourhood(store);
  const feed = createFeed<Scan>();
  const alarms = createFeed<ToldAlarm>();
  const turns = createTurnWatch();
  let told = 0;
  const prove = createOfflineProof({
    tenant: ticketing.tenant.id,
    check: createSignatureCheck(door.key),
    beacon: ticketing.beacons.valueOf,
  });
  /** The start of each gateway whose clock is kept; as many as there are gateways. */
  const boots = new Map<string, string>();
  const decide = createDecider(parts, (gateway, given) =>
    durably(gateway, (written) =>
      validate({ ...stores, ...noted(written) }, { ...given, now: written.now }),
    ),
  );

  async function cloned(gateway: string, one: string, other: string): Promise<void> {
    await durably(gateway, ({ alarms: found, now }) => {
      if (!kept.clones.takeTurns(gateway, one, other, now)) return;
      found.push({ code: 'gateway-cloned', one, other });
    }).catch((cause: unknown) =>
      log.error({ gateway, code: faultCode(cause) }, 'a copied card could not be written down'),
    );
  }

  /** Runs work in the next commit, then shows what it wrote. */
  async function durably<T>(gateway: string, work: (written: Written) => T): Promise<T> {
    const { written, result } = await commits.run(() => {
      const begun: Written = {
        rows: [],
        alarms: [],
        watching: watch.begin(),
        now: clock.now(),
        used: false,
      };
      return { written: begun, result: work(begun) };
    });
    feed.publish(() => written.rows.map(scanOf));
    written.watching.published();
    if (written.used) ticketing.changed();
    for (const alarm of written.alarms) log.error({ gateway, ...alarm }, ALARM_WORDS[alarm.code]);
    alarms.publish(() => written.alarms.map((alarm) => ({ ...alarm, gateway, n: ++told })));
    return result;
  }

  return {
    feed,
    alarms,
    async validate(gateway, request) {
      try {
        return await decide(gateway, request);
      } catch (cause) {
        const code = faultCode(cause);
        log.error({ gateway, code, fault: cause }, 'a scan could not be decided');
        return { scanId: request.scanId, verdict: verdict('fault', { reason: code }) };
      }
    },
    async settle(gateway, request) {
      const { scanId: scan, of, ...rest } = request;
      const mayTell = of === undefined || areNeighbours(gateway, of.gateway);
      if (!mayTell || (of && rest.kind !== 'passed')) throw admissionError('gateway-not-neighbour');
      await durably(gateway, (written) => {
        const given = { ...stores, ...noted(written) };
        if (of) settleWitnessed(given, { ...request, of });
        else settle(given, gateway, { ...rest, scan });
      });
      return { scanId: scan, kind: request.kind };
    },
    async journal(gateway, batch) {
      const faults = await prove(batch);
      if (faults.size > 0) log.error({ gateway, rows: faults.size }, 'admissions unproven');
      return durably(gateway, (written) =>
        storeJournal({ ...stores, ...kept, faults, ...noted(written) }, gateway, batch),
      );
    },
    async heard(gateway, at) {
      const other = turns.beat(gateway, at.boot);
      if (other !== undefined) await cloned(gateway, at.boot, other);
      if (at.quality !== 'trusted' || at.offset === null || boots.get(gateway) === at.boot) return;
      try {
        await durably(gateway, ({ watching }) => watching.heard(gateway, at));
        boots.set(gateway, at.boot);
      } catch (cause) {
        const code = faultCode(cause);
        log.warn(
          { gateway, code },
          'a clock could not be kept; the next heartbeat brings it again',
        );
      }
    },
    stop: () => commits.idle(),
  };
}

/** Where work writes down what others are told after the commit. */
function noted(written: Written) {
  const { watching, now } = written;
  return {
    watching,
    now,
    wrote: (row: ScanRow) => void written.rows.push(row),
    used: () => {
      written.used = true;
    },
    alarm: (alarm: JournalAlarm) => void written.alarms.push(alarm),
  };
}

type Decide = (gateway: string, given: Omit<ValidateJob, 'now'>) => Promise<ValidateAnswer>;

/** Finds out all that can be known before a request's turn to be decided. */
function createDecider({ ticketing, clock, place }: ValidatorParts, decide: Decide) {
  const prove = createProver({
    tenant: ticketing.tenant.id,
    check: createSignatureCheck(ticketing.door.key),
    beacon: ticketing.beacons.valueOf,
  });
  let validating = 0;
  return async (gateway: string, request: ValidateRequest): Promise<ValidateAnswer> => {
    if (validating >= VALIDATE_MAX) throw admissionError('cloud-busy');
    validating += 1;
    try {
      const { code, lane } = request;
      const secure = kindOf(code) === 'secure';
      const proven = secure ? await prove(code, clock.now()) : undefined;
      const digest = secure ? undefined : ticketing.digest(code);
      const where = place(gateway, lane) ?? ANYWHERE;
      return await decide(gateway, { gateway, request, proven, digest, place: where });
    } finally {
      validating -= 1;
    }
  };
}

/** The stable code of a failure; one that has none is ours to mend. */
export function faultCode(cause: unknown): string {
  const { code } = storeFault(cause) as { code?: unknown };
  return typeof code === 'string' && /^[a-z][a-z-]+$/.test(code) ? code : 'cloud-failed';
}
