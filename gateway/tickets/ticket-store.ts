import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  fromHex,
  type PerformanceRow,
  type SecureRow,
  type TicketLabel,
  type TicketRow,
  type TicketsPage,
} from '@gatehouse/protocol';
import { gatewayError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import { type BeaconShelf, createBeaconShelf } from './beacon-shelf.ts';
import { createOwnPassages, type LocalPassage, type OwnPassages } from './own-passages.ts';
import { isDamage, moveAside, openTicketFile } from './ticket-file.ts';

/** A ticket with what has happened to it, this gateway's own news folded in. */
export interface StoredTicket {
  /** Of a secure ticket the handle stands for the digest. */
  readonly row: TicketRow;
  /** Only of a secure ticket. */
  readonly secure?: Secure | undefined;
  readonly performance: PerformanceRow | undefined;
  readonly used: number;
  readonly inside: boolean;
  readonly lastUse?: { readonly at: number; readonly lane: string } | undefined;
}

/** What a gateway has to know of a secure ticket to prove its codes. */
export interface Secure {
  readonly generation: number;
  /** Public key of that generation, base64 of its SPKI; none until a phone is bound. */
  readonly key?: string | undefined;
  /** This slot and all before it are dead. */
  readonly burnt?: number | undefined;
}

interface TicketRecord {
  /** Digest, or handle of a secure ticket; the two differ in length. */
  readonly name: string;
  readonly id: string;
  readonly performance: string;
  readonly status: TicketRow['status'];
  readonly uses: number;
  readonly used: number;
  readonly inside: number;
  readonly detail: string | null;
}

interface Detail {
  readonly entrances?: string[];
  readonly lastUse?: { at: number; lane: string };
  readonly scans?: string[];
  readonly label?: TicketLabel;
  readonly secure?: Secure;
}

/** Hex digits of a handle; a digest is longer. */
const HANDLE_LENGTH = 10;

/**
 * The tickets this entrance may admit by itself. The journal is the truth of what happened here;
 * this file only has to find it again quickly, and is rebuilt from journal and cloud if it is lost
 * (docs/decisions/ticket-store.md), so its commits don't each wait for the disk.
 */
export class TicketStore {
  readonly #file: string;
  readonly #key: KeyObject;
  readonly #log: Log;
  readonly #statements = new Map<string, StatementSync>();
  readonly #performances = new Map<string, PerformanceRow>();
  readonly #occupied = new Map<string, number>();
  #db: DatabaseSync;
  #own: OwnPassages;
  #beacons: BeaconShelf;
  #count = 0;
  #cursor: number | null = null;

  /** @param venueKey 32 bytes, from the enrolment; a file under another key is not used */
  constructor(file: string, venueKey: Uint8Array, log: Log = silentLog) {
    this.#file = file;
    this.#log = log;
    this.#key = createSecretKey(venueKey);
    this.#db = this.#opened();
    try {
      this.#own = createOwnPassages(this.#db);
      this.#beacons = createBeaconShelf(this.#db);
      this.#look();
    } catch (error) {
      this.#own = this.#beginAnew(error, []);
      this.#beacons = createBeaconShelf(this.#db);
    }
  }

  #opened(): DatabaseSync {
    return openTicketFile(this.#file, this.#key, (fault) => this.#tellDamage(fault));
  }

  /** Moves a damaged file aside and goes on with an empty one. */
  #beginAnew(error: unknown, passages: readonly LocalPassage[]): OwnPassages {
    if (!isDamage(error)) throw error;
    this.#tellDamage((error as Error).message);
    this.#db.close();
    moveAside(this.#file);
    this.#db = this.#opened();
    this.#look();
    const own = createOwnPassages(this.#db);
    own.restore(passages);
    return own;
  }

  /** Reads once what would be slow to ask for at every scan. */
  #look(): void {
    this.#statements.clear();
    this.#occupied.clear();
    this.#count = Number(this.#statement('SELECT count(*) AS n FROM ticket').get()?.n);
    this.#cursor = this.#about('cursor');
    this.#readPerformances();
  }

  #tellDamage(fault: string): void {
    const { code, message } = gatewayError('tickets-unreadable', { fault });
    this.#log.error({ code, fault }, message);
  }

  /** Works on the file; one that turns out to be damaged is begun anew, own passages kept. */
  #safely<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#own = this.#beginAnew(error, [...this.#own.all()]);
      this.#beacons = createBeaconShelf(this.#db);
      return work();
    }
  }

  /** The name under which a canonical text is stored. */
  digest(text: string): string {
    const mac = createHmac('sha256', this.#key).update(text).digest();
    return mac.subarray(0, 16).toString('base64url');
  }

  find(text: string): StoredTicket | undefined {
    return this.#named(this.digest(text));
  }

  /** A secure ticket that this gateway may decide about while the cloud is away. */
  findSecure(handle: string): StoredTicket | undefined {
    return this.#named(handle);
  }

  #named(name: string): StoredTicket | undefined {
    return this.#safely(() => {
      const record = this.#statement('SELECT * FROM ticket WHERE name = ?').get(name);
      return record && this.#withPassages(record as unknown as TicketRecord);
    });
  }

  /** The public key (DER SPKI) of a generation of a handle, if it is the one that counts. */
  key(handle: string, generation: number): Uint8Array | undefined {
    const { secure } = this.#named(handle) ?? {};
    const isIt = secure?.generation === generation && secure.key !== undefined;
    return isIt ? Buffer.from(secure.key as string, 'base64') : undefined;
  }

  /** The value of a beacon by its full index. */
  beacon(index: number): Uint8Array | undefined {
    const value = this.#beacons.valueOf(index);
    return value === undefined ? undefined : fromHex(value);
  }

  /** A ticket's present status; `undefined` where the store does not have it. */
  status(id: string): TicketRow['status'] | undefined {
    const record = this.#safely(() =>
      this.#statement('SELECT status FROM ticket WHERE id = ?').get(id),
    );
    return record?.status as TicketRow['status'] | undefined;
  }

  #withPassages(record: TicketRecord): StoredTicket {
    const { secure, ...detail } = JSON.parse(record.detail ?? '{}') as Detail;
    const { name: digest, id, performance, status, uses, used } = record;
    const inside = record.inside === 1;
    const row: TicketRow = { id, digest, performance, status, uses, used, inside, ...detail };
    const passages = this.#own.of(id);
    const own = passages.filter(({ scanId }) => !detail.scans?.includes(scanId));
    const last = own.at(-1);
    return {
      row,
      performance: this.#performances.get(performance),
      used: used + own.filter(({ counts }) => counts).length,
      inside: last ? last.direction === 'entry' : inside,
      lastUse: last ? { at: last.at, lane: last.lane } : detail.lastUse,
      secure: secure && { ...secure, burnt: lastSlot(secure.burnt, passages) },
    };
  }

  /** People of a performance inside, as far as this gateway has heard. */
  occupancy(performance: string): number {
    const known = this.#occupied.get(performance);
    if (known !== undefined) return known;
    const sql = 'SELECT count(*) AS n FROM ticket WHERE performance = ? AND inside = 1';
    let occupied = this.#safely(() => Number(this.#statement(sql).get(performance)?.n));
    const seen = new Set<string>();
    for (const passage of this.#own.all()) {
      if (passage.performance !== performance || seen.has(passage.ticket)) continue;
      seen.add(passage.ticket);
      occupied += this.#change(passage.ticket);
    }
    this.#occupied.set(performance, occupied);
    return occupied;
  }

  /** Whether this gateway wrote down a passage of that scan, also one the cloud has counted. */
  hasPassage(scanId: string): boolean {
    return this.#own.wrote(scanId);
  }

  /** What this gateway's own passages change at the count of people inside: 1, 0 or -1. */
  #change(ticket: string): number {
    const sql = 'SELECT * FROM ticket WHERE id = ?';
    const record = this.#safely(() => this.#statement(sql).get(ticket)) as unknown as TicketRecord;
    if (!record) return this.#own.of(ticket).at(-1)?.direction === 'entry' ? 1 : 0;
    return Number(this.#withPassages(record).inside) - record.inside;
  }

  /** Writes down a passage; a scan id that is there already changes nothing. */
  passed(passage: LocalPassage): void {
    const { performance, ticket } = passage;
    const occupied = performance === undefined ? undefined : this.#occupied.get(performance);
    const before = occupied === undefined ? 0 : this.#change(ticket);
    try {
      if (!this.#safely(() => this.#own.add(passage))) return;
    } catch (error) {
      // It is in memory and in the journal, which is the truth: the guest does not wait for this.
      this.#log.warn({ fault: (error as Error).message }, 'passage not kept beside the journal');
    }
    if (performance === undefined || occupied === undefined) return;
    this.#occupied.set(performance, occupied - before + this.#change(ticket));
  }

  /** Takes in what the journal knows of the runs before this one. */
  restore(passages: readonly LocalPassage[]): void {
    this.#transaction(() => this.#own.restore(passages));
    this.#occupied.clear();
  }

  /** Scan ids of passages that no row of the cloud contains yet: their journal rows must stay. */
  uncounted(): string[] {
    return [...this.#own.all()].map(({ scanId }) => scanId);
  }

  /** How many tickets there are, and the delta they are at; null before the first page. */
  state(): { count: number; cursor: number | null } {
    return { count: this.#count, cursor: this.#cursor };
  }

  /**
   * Takes one delta page in, all or nothing. A page from the beginning replaces all tickets, but
   * the old ones stay good until its last page is here.
   * @param settled passages that the cloud had taken before it was asked for this page
   */
  apply(page: TicketsPage, settled: ReadonlySet<string>): void {
    const counted = this.#countedBy(page, settled);
    let count = this.#count;
    this.#safely(() =>
      this.#transaction(() => {
        count = this.#count;
        let round = this.#about('round') ?? 0;
        if (page.from === null) {
          round += 1;
          this.#setAbout('round', round);
          this.#setAbout('sweep', round);
        }
        for (const ticket of page.tickets) count += this.#put(ticket, round);
        for (const ticket of page.secure ?? []) count += this.#put(ticket, round);
        count -= this.#letGo(page.performances);
        this.#replacePerformances(page.performances);
        this.#beacons.keep(page.beacons ?? []);
        if (!page.more && this.#about('sweep') === round) {
          const old = this.#statement('DELETE FROM ticket WHERE round < ?').run(round);
          count -= Number(old.changes);
          this.#setAbout('sweep', null);
        }
        this.#own.markCounted(counted);
        this.#setAbout('cursor', page.cursor);
      }),
    );
    this.#count = count;
    this.#cursor = page.cursor;
    this.#own.drop(counted);
    this.#readPerformances();
    this.#occupied.clear();
  }

  /**
   * Own passages that the rows contain from this page on: those a row names, and with the last
   * page, which brings the store to where the cloud is, all that the cloud had taken before.
   */
  #countedBy(page: TicketsPage, settled: ReadonlySet<string>): string[] {
    const rows = [...page.tickets, ...(page.secure ?? [])];
    const named = rows.flatMap(({ scans }) => scans ?? []);
    const taken = page.more ? [] : [...settled];
    return [...new Set([...named, ...taken])].filter((scanId) => this.#own.has(scanId));
  }

  /** Gives how many tickets more there are. */
  #put(ticket: TicketRow | SecureRow, round: number): number {
    const { name, rest } = named(ticket);
    const { id, performance, status, uses, used, inside, ...more } = rest;
    const detail = Object.keys(more).length === 0 ? null : JSON.stringify(more);
    const gone = this.#statement('DELETE FROM ticket WHERE id = ? OR name = ?').run(id, name);
    this.#statement('INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      ...[name, id, performance, status, uses, used, inside ? 1 : 0, detail, round],
    );
    return 1 - Number(gone.changes);
  }

  /** Forgets the secure tickets of performances about which only the cloud decides from now on. */
  #letGo(performances: readonly PerformanceRow[]): number {
    const isKept = (id: string) =>
      performances.some((one) => one.id === id && one.offline !== 'refuse');
    let gone = 0;
    for (const { id, offline } of this.#performances.values()) {
      if (offline === 'refuse' || isKept(id)) continue;
      const sql = `DELETE FROM ticket WHERE performance = ? AND length(name) = ${HANDLE_LENGTH}`;
      gone += Number(this.#statement(sql).run(id).changes);
    }
    return gone;
  }

  #replacePerformances(rows: readonly PerformanceRow[]): void {
    this.#statement('DELETE FROM performance').run();
    const put = this.#statement('INSERT INTO performance VALUES (?, ?)');
    for (const row of rows) put.run(row.id, JSON.stringify(row));
  }

  #readPerformances(): void {
    this.#performances.clear();
    for (const { id, row } of this.#statement('SELECT id, row FROM performance').all()) {
      this.#performances.set(String(id), JSON.parse(String(row)) as PerformanceRow);
    }
  }

  #about(name: string): number | null {
    const value = this.#statement('SELECT value FROM about WHERE name = ?').get(name)?.value;
    return value === undefined || value === null ? null : Number(value);
  }

  #setAbout(name: string, value: number | null): void {
    this.#statement('INSERT OR REPLACE INTO about VALUES (?, ?)').run(name, value);
  }

  #transaction(work: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  close(): void {
    this.#db.close();
  }
}

/** The name a row is stored under, and all else of it. */
function named(ticket: TicketRow | SecureRow) {
  if ('digest' in ticket) {
    const { digest: name, ...rest } = ticket;
    return { name, rest };
  }
  const { handle: name, generation, key, burnt, ...rest } = ticket;
  return { name, rest: { ...rest, secure: { generation, key, burnt } } };
}

function lastSlot(burnt: number | undefined, passages: readonly LocalPassage[]) {
  const slots = passages.flatMap(({ slot }) => slot ?? []);
  return slots.length === 0 ? burnt : Math.max(burnt ?? 0, ...slots);
}
