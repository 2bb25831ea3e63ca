import { DOOR_STAFF_MAX, type DoorRole } from '@gatehouse/protocol';
import type { Transaction } from 'kysely';
import type { Caller } from '../http/index.ts';
import type { Clock, Random } from '../ports.ts';
import type { Audit } from '../staff/index.ts';
import type { Database, DoorStaffTable, Store } from '../store/index.ts';
import { doorError } from './errors.ts';
import { DOOR_FAULTS_LISTED, type DoorRow, readDoorCsv } from './import.ts';
import * as kept from './people-store.ts';
import { createDoorPins, isWeakPin } from './pins.ts';

const ID_BYTES = 8;

type Who = Pick<Caller, 'id' | 'name'>;

/** Somebody who works at the doors, as administrators see them. */
export interface DoorWorker {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly role: DoorRole;
  /** False: no gateway lets them in until they have a new PIN. */
  readonly hasPin: boolean;
}

/** A PIN that the cloud made: said once, kept as its hash only. */
export interface MadePin {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly pin: string;
}

export interface Imported {
  readonly added: number;
  readonly changed: number;
  readonly pins: readonly MadePin[];
}

export interface DoorList {
  readonly version: number;
  readonly rows: readonly DoorStaffTable[];
  readonly unpaired: readonly string[];
}

/** The people of each venue's doors; every change is one transaction with its line in the log. */
export interface DoorStaffList {
  /** Versions of all lists that there are, by venue. */
  readonly versions: ReadonlyMap<string, number>;
  of(venue: string): Promise<DoorList>;
  /** @throws `door-code-taken`, `door-staff-full`, `door-pin-weak`, `door-busy` */
  add(who: Who, venue: string, row: DoorRow): Promise<{ person: DoorWorker; pin?: string }>;
  /** @throws `door-person-unknown`, `door-code-taken` */
  change(who: Who, venue: string, id: string, to: Partial<DoorRow>): Promise<DoorWorker>;
  /** @throws `door-person-unknown` */
  remove(who: Who, venue: string, id: string): Promise<void>;
  /** Gives a new PIN. @throws `door-person-unknown`, `door-pin-weak`, `door-busy` */
  newPin(who: Who, venue: string, id: string, pin?: string): Promise<MadePin>;
  /**
   * Takes a CSV file in, whole or not at all; who is on the list by the same code is changed.
   * @param isTrial only says what it would do
   * @throws `door-import-faulty` (details: rows, total, faults), `door-staff-full`, `door-busy`
   */
  import(who: Who, venue: string, body: string, isTrial: boolean): Promise<Imported>;
  /** Makes every PIN of a venue void, such as when a gateway was stolen. */
  voidPins(who: Who, venue: string): Promise<void>;
  /** Has every gateway of a venue let go of a handheld. */
  unpair(who: Who, venue: string, handheld: string): Promise<void>;
}

export interface DoorStaffParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: Audit;
  /** Work of one PIN; smaller in tests only. */
  readonly pinLogN?: number | undefined;
}

export async function openDoorStaffList(parts: DoorStaffParts): Promise<DoorStaffList> {
  const { store, clock, random, audit } = parts;
  const pins = createDoorPins(random, parts.pinLogN);
  const listed = await kept.listVersions(store.db);
  const versions = new Map(listed.map(({ venue, version }) => [venue, version]));
  const newId = () => `ds-${Buffer.from(random(ID_BYTES)).toString('hex')}`;

  /** One change of a venue's list, which gateways hear of by its version. */
  async function changed<T>(
    venue: string,
    work: (step: Transaction<Database>) => Promise<T>,
  ): Promise<T> {
    const [version, made] = await store.db.transaction().execute(async (step) => {
      const done = await work(step);
      return [await kept.nextVersion(step, venue, clock.now()), done] as const;
    });
    versions.set(venue, Math.max(version, versions.get(venue) ?? 0));
    return made;
  }

  /** Its people by code; no more than a list may have. */
  async function room(step: Transaction<Database>, venue: string, more: readonly DoorRow[]) {
    const rows = await kept.listPeople(step, venue);
    const byCode = new Map(rows.map((row) => [row.code_key, row]));
    const added = more.filter(({ code }) => !byCode.has(code.toLowerCase())).length;
    if (rows.length + added > DOOR_STAFF_MAX) {
      throw doorError('door-staff-full', { max: DOOR_STAFF_MAX });
    }
    return byCode;
  }

  async function known(step: Transaction<Database>, venue: string, id: string) {
    const row = await kept.findPerson(step, venue, id);
    if (!row) throw doorError('door-person-unknown', { id });
    return row;
  }

  async function hashed(given: string | undefined) {
    if (given !== undefined && isWeakPin(given)) throw doorError('door-pin-weak');
    const pin = given ?? pins.make();
    return { pin, hash: await pins.hash(pin) };
  }

  return {
    versions,
    of: (venue) =>
      store.db.transaction().execute(async (step) => {
        const all = await kept.listVersions(step);
        const version = all.find((one) => one.venue === venue)?.version ?? 0;
        const rows = await kept.listPeople(step, venue);
        return { version, rows, unpaired: await kept.lostHandhelds(step, venue) };
      }),
    async add(who, venue, row) {
      const { pin, hash } = await hashed(row.pin);
      const made = rowOf(row, { id: newId(), venue, pin: hash, created: clock.now() });
      await changed(venue, async (step) => {
        const { code } = row;
        if ((await room(step, venue, [row])).has(made.code_key)) {
          throw doorError('door-code-taken', { code });
        }
        await kept.putPerson(step, made);
        const details = { venue, name: row.name, role: row.role };
        await audit.write(who, { what: 'door-person-added', subject: made.id, details }, step);
      });
      return { person: workerOf(made), ...(row.pin === undefined && { pin }) };
    },
    change: (who, venue, id, to) =>
      changed(venue, async (step) => {
        const row = await known(step, venue, id);
        const { name = row.name, code = row.code, role = row.role } = to;
        const other = (await kept.listPeople(step, venue)).find(
          ({ code_key }) => code_key === code.toLowerCase(),
        );
        if (other && other.id !== id) throw doorError('door-code-taken', { code });
        const next = rowOf({ name, code, role }, row);
        await kept.putPerson(step, next);
        const details = { venue, name, role };
        await audit.write(who, { what: 'door-person-changed', subject: id, details }, step);
        return workerOf(next);
      }),
    remove: (who, venue, id) =>
      changed(venue, async (step) => {
        const { name, role } = await known(step, venue, id);
        await kept.removePerson(step, id);
        const details = { venue, name, role };
        await audit.write(who, { what: 'door-person-removed', subject: id, details }, step);
      }),
    async newPin(who, venue, id, given) {
      const { pin, hash } = await hashed(given);
      return changed(venue, async (step) => {
        const row = await known(step, venue, id);
        await kept.putPerson(step, { ...row, pin: hash });
        const change = { what: 'door-pin-reset', subject: id, details: { venue } };
        await audit.write(who, change, step);
        return { id, name: row.name, code: row.code, pin };
      });
    },
    async import(who, venue, body, isTrial) {
      const { rows, faults, count } = readDoorCsv(body);
      if (faults.length > 0) {
        const listed = faults.slice(0, DOOR_FAULTS_LISTED);
        throw doorError('door-import-faulty', {
          ...{ rows: count, total: faults.length, faults: listed },
        });
      }
      const before = await store.db.transaction().execute((step) => room(step, venue, rows));
      const isKnown = ({ code }: DoorRow) => before.has(code.toLowerCase());
      const known = rows.filter(isKnown).length;
      const sum = { added: rows.length - known, changed: known };
      if (isTrial) return { ...sum, pins: [] };
      // Hashed before the transaction, which must not last; one who keeps theirs is not hashed.
      const ready = await Promise.all(
        rows.map(async (row) => ({
          row,
          made: row.pin === undefined && isKnown(row) ? undefined : await hashed(row.pin),
        })),
      );
      return changed(venue, async (step) => {
        const byCode = await room(step, venue, rows);
        const told: MadePin[] = [];
        for (const { row, made } of ready) {
          const { code, name } = row;
          const old = byCode.get(code.toLowerCase());
          const { id, created } = old ?? { id: newId(), created: clock.now() };
          const pin = made?.hash ?? old?.pin ?? null;
          await kept.putPerson(step, rowOf(row, { id, venue, pin, created }));
          if (made && row.pin === undefined) told.push({ id, name, code, pin: made.pin });
        }
        const details = { venue, ...sum };
        await audit.write(who, { what: 'door-people-imported', details }, step);
        return { ...sum, pins: told };
      });
    },
    voidPins: (who, venue) =>
      changed(venue, async (step) => {
        await kept.voidPins(step, venue);
        await audit.write(who, { what: 'door-pins-voided', details: { venue } }, step);
      }),
    unpair: (who, venue, handheld) =>
      changed(venue, async (step) => {
        await kept.loseHandheld(step, { venue, handheld, lost: clock.now() });
        const change = { what: 'door-handheld-unpaired', subject: handheld, details: { venue } };
        await audit.write(who, change, step);
      }),
  };
}

export function workerOf({ id, name, code, role, pin }: DoorStaffTable): DoorWorker {
  return { id, name, code, role, hasPin: pin !== null };
}

function rowOf(
  { name, code, role }: Omit<DoorRow, 'pin'>,
  rest: Pick<DoorStaffTable, 'id' | 'venue' | 'pin' | 'created'>,
): DoorStaffTable {
  const { id, venue, pin, created } = rest;
  return { id, venue, pin, created, name, code, role, code_key: code.toLowerCase() };
}
