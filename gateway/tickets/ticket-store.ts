import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import {
  COMPARED_ROWS_MAX,
  type DeltaBody,
  fromHex,
  insideAfter,
  insideOf,
  type PerformanceRow,
  type SecureRow,
  type TicketRow,
  type TicketsPage,
  type TicketsRequest,
} from '@gatehouse/protocol';
import { gatewayError } from '../errors.ts';
import { type Log, silentLog } from '../log.ts';
import { countedBy } from './counted.ts';
import type { HeardPlace } from './heard-places.ts';
import { createOccupancy } from './occupancy.ts';
import type { LocalPassage } from './passages.ts';
import type { PerformanceShelf } from './performance-shelf.ts';
import { openShelves, type Shelves } from './shelves.ts';
import { createStatements, type Statements } from './statements.ts';
import { isDamage, moveAside, openTicketFile } from './ticket-file.ts';
import {
  type Detail,
  type Kept,
  lastSlot,
  named,
  type StoredTicket,
  sliceOf,
  type TicketRecord,
} from './ticket-rows.ts';

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
  readonly #occupancy = createOccupancy({
    inside: (performance) => {
      const sql = 'SELECT sum(inside) AS n FROM ticket WHERE performance = ? AND inside > 0';
      return this.#safely(() => Number(this.#sql.of(sql).get(performance)?.n ?? 0));
    },
    passages: () => this.#shelves.passages.all(),
    change: (ticket) => this.#change(ticket),
  });
  #db: DatabaseSync;
  #sql: Statements;
  #shelves: Shelves;
  #count = 0;
  #cursor: number | null = null;

  /** @param venueKey 32 bytes, from the enrolment; a file under another key is not used */
  constructor(file: string, venueKey: Uint8Array, log: Log = silentLog) {
    this.#file = file;
    this.#log = log;
    this.#key = createSecretKey(venueKey);
    this.#db = this.#opened();
    this.#sql = createStatements(this.#db);
    try {
      this.#shelves = openShelves(this.#db);
      this.#look();
    } catch (error) {
      this.#shelves = this.#beginAnew(error, []);
    }
  }

  #opened(): DatabaseSync {
    return openTicketFile(this.#file, this.#key, (fault) => this.#tellDamage(fault));
  }

  /** Moves a damaged file aside and goes on with an empty one. */
  #beginAnew(error: unknown, passages: readonly LocalPassage[]): Shelves {
    if (!isDamage(error)) throw error;
    this.#tellDamage((error as Error).message);
    this.#db.close();
    moveAside(this.#file);
    this.#db = this.#opened();
    this.#sql = createStatements(this.#db);
    this.#look();
    const shelves = openShelves(this.#db);
    shelves.passages.restore(passages);
    return shelves;
  }

  /** Reads once what would be slow to ask for at every scan. */
  #look(): void {
    this.#occupancy.clear();
    this.#count = Number(this.#sql.of('SELECT count(*) AS n FROM ticket').get()?.n);
    this.#cursor = this.#sql.about('cursor');
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
      this.#shelves = this.#beginAnew(error, [...this.#shelves.passages.all()]);
      return work();
    }
  }

  /** What is held of the tickets after an id, for comparing it with the cloud. */
  slice(after: string): NonNullable<TicketsRequest['compare']> {
    const sql = 'SELECT * FROM ticket WHERE id > ? ORDER BY id LIMIT ?';
    const found = this.#safely(() => this.#sql.of(sql).all(after, COMPARED_ROWS_MAX));
    return sliceOf(after, found as unknown as TicketRecord[]);
  }

  /** Forgets how far it is: the next page is one from the beginning, and replaces everything. */
  beginAgain(): void {
    this.#safely(() => this.#sql.setAbout('cursor', null));
    this.#cursor = null;
  }

  /** The name under which a canonical text is stored. */
  digest(text: string): string {
    const mac = createHmac('sha256', this.#key).update(text).digest();
    return mac.subarray(0, 16).toString('base64url');
  }

  find(text: string): StoredTicket | undefined {
    return this.#by('name', this.digest(text));
  }

  /** A secure ticket that this gateway may decide about while the cloud is away. */
  findSecure(handle: string): StoredTicket | undefined {
    return this.#by('name', handle);
  }

  #by(column: 'name' | 'id', value: string): StoredTicket | undefined {
    return this.#safely(() => {
      const record = this.#sql.of(`SELECT * FROM ticket WHERE ${column} = ?`).get(value);
      return record && this.#withPassages(record as unknown as TicketRecord);
    });
  }

  byId(id: string): StoredTicket | undefined {
    return this.#by('id', id);
  }

  /** The venue's performances. */
  get performances(): Pick<PerformanceShelf, 'of' | 'all'> {
    return this.#shelves.performances;
  }

  /** The public key (DER SPKI) of a generation of a handle, if it is the one that counts. */
  key(handle: string, generation: number): Uint8Array | undefined {
    const { secure } = this.findSecure(handle) ?? {};
    const isIt = secure?.generation === generation && secure.key !== undefined;
    return isIt ? Buffer.from(secure.key as string, 'base64') : undefined;
  }

  /** The value of a beacon by its full index. */
  beacon(index: number): Uint8Array | undefined {
    const value = this.#shelves.beacons.valueOf(index);
    return value === undefined ? undefined : fromHex(value);
  }

  /** A ticket's present status; `undefined` where the store does not have it. */
  status(id: string): TicketRow['status'] | undefined {
    const record = this.#safely(() =>
      this.#sql.of('SELECT status FROM ticket WHERE id = ?').get(id),
    );
    return record?.status as TicketRow['status'] | undefined;
  }

  #withPassages(record: TicketRecord): StoredTicket {
    const { secure, ...detail } = JSON.parse(record.detail ?? '{}') as Detail;
    const { name: digest, id, performance, status, uses, used, inside: people } = record;
    const inside = people > 0;
    const base = { id, digest, performance, status, uses, used, inside };
    const row: TicketRow = { ...base, ...(people > 1 && { people }), ...detail };
    const passages = this.#shelves.passages.of(id);
    const own = passages.filter(({ scanId }) => !detail.scans?.includes(scanId));
    const last = own.at(-1);
    return {
      row,
      performance: this.#shelves.performances.of(performance),
      used: used + own.filter(({ counts }) => counts).length,
      inside: insideAfter(people, own),
      lastUse: last ? { at: last.at, lane: last.lane } : detail.lastUse,
      secure: secure && { ...secure, burnt: lastSlot(secure.burnt, passages) },
    };
  }

  /** People of a performance inside, as far as this gateway has heard. */
  occupancy(performance: string): number {
    return this.#occupancy.of(performance);
  }

  /** What this gateway wrote down of a scan's passage, also of one the cloud has counted. */
  passage(scanId: string): LocalPassage | undefined {
    return this.#shelves.passages.written(scanId);
  }

  hasPassage(scanId: string): boolean {
    return this.passage(scanId) !== undefined;
  }

  /** What passages that no row contains change at the count of people inside. */
  #change(ticket: string): number {
    const sql = 'SELECT * FROM ticket WHERE id = ?';
    const record = this.#safely(() => this.#sql.of(sql).get(ticket)) as unknown as TicketRecord;
    if (!record) return insideAfter(0, this.#shelves.passages.of(ticket));
    return this.#withPassages(record).inside - record.inside;
  }

  /** Writes down a passage; a scan id that is there already changes nothing. */
  passed(passage: LocalPassage): void {
    this.#occupancy.around(passage, () => {
      try {
        return this.#safely(() => this.#shelves.passages.add(passage));
      } catch (error) {
        // It is in memory and in the journal, which is the truth: the guest does not wait for this.
        this.#log.warn({ fault: (error as Error).message }, 'passage not kept beside the journal');
        return true;
      }
    });
  }

  /** Takes in what the journal knows of the runs before this one. */
  restore(passages: readonly LocalPassage[]): void {
    this.#sql.transaction(() => this.#shelves.passages.restore(passages));
    this.#occupancy.clear();
  }

  /** Scan ids of passages that no row of the cloud contains yet: their journal rows must stay. */
  uncounted(): string[] {
    return this.passagesLeft().flatMap(({ scanId, source }) => (source ? [] : [scanId]));
  }

  /** All passages that no row of the cloud contains yet, of this gateway and of others. */
  passagesLeft(): readonly LocalPassage[] {
    return [...this.#shelves.passages.all()];
  }

  /** Passages of a ticket that no row of the cloud contains yet, wherever they were, oldest first. */
  passagesOf(ticket: string): readonly LocalPassage[] {
    return this.#shelves.passages.of(ticket);
  }

  /** How far another gateway's journal is known here, newest epoch first. */
  heardOf(gateway: string): HeardPlace[] {
    return this.#safely(() => this.#shelves.heard.of(gateway));
  }

  /** Gateways of whom anything was ever heard. */
  heardGateways(): string[] {
    return this.#safely(() => this.#shelves.heard.gateways());
  }

  /**
   * Takes in what another gateway's journal tells, all or nothing.
   * @param place up to where its rows need not be told again
   * @throws the database's error: then it has to be told again
   */
  hear(gateway: string, place: HeardPlace, passages: readonly LocalPassage[]): void {
    this.#safely(() =>
      this.#sql.transaction(() => {
        for (const passage of passages) {
          if (passage.source && this.#shelves.heard.isStored(passage.source)) continue;
          this.#occupancy.around(passage, () => this.#shelves.passages.add(passage));
        }
        this.#shelves.heard.heard(gateway, place);
      }),
    );
  }

  /** What another part keeps in this file under a name; `undefined` before the first time. */
  kept<N extends keyof Kept>(name: N): Kept[N] | undefined {
    const text = this.#sql.of('SELECT value FROM about WHERE name = ?').get(name)?.value;
    return text === undefined ? undefined : (JSON.parse(String(text)) as Kept[N]);
  }

  keep<N extends keyof Kept>(name: N, value: Kept[N]): void {
    const sql = 'INSERT OR REPLACE INTO about VALUES (?, ?)';
    this.#safely(() => this.#sql.of(sql).run(name, JSON.stringify(value)));
  }

  /**
   * Takes in a delta of the cloud's. One that something is missing before changes only its own
   * tickets, and the cursor stays.
   */
  applyDelta(delta: DeltaBody): void {
    const at = this.#cursor;
    if (at === null || delta.cursor <= at) return;
    const page = { ...delta, requestId: '', from: at, more: false };
    if (delta.from <= at) {
      this.apply(page, new Set());
      return;
    }
    this.#safely(() =>
      this.#sql.transaction(() => {
        this.#count += this.#takeRows(page, this.#sql.about('round') ?? 0);
      }),
    );
    this.#shelves.performances.read();
    this.#occupancy.clear();
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
    const counted = countedBy(page, settled, this.#shelves.passages);
    let count = this.#count;
    this.#safely(() =>
      this.#sql.transaction(() => {
        count = this.#count;
        let round = this.#sql.about('round') ?? 0;
        if (page.from === null) {
          round += 1;
          this.#sql.setAbout('round', round);
          this.#sql.setAbout('sweep', round);
        }
        count += this.#takeRows(page, round);
        if (!page.more && this.#sql.about('sweep') === round) {
          const old = this.#sql.of('DELETE FROM ticket WHERE round < ?').run(round);
          count -= Number(old.changes);
          this.#sql.setAbout('sweep', null);
        }
        this.#shelves.passages.markCounted(counted);
        if (page.stored) this.#shelves.heard.stored(page.stored);
        this.#sql.setAbout('cursor', page.cursor);
      }),
    );
    this.#count = count;
    this.#cursor = page.cursor;
    this.#shelves.passages.drop(counted);
    this.#shelves.performances.read();
    this.#occupancy.clear();
  }

  /** Gives how many tickets more there are. */
  #takeRows(page: TicketsPage, round: number): number {
    let more = 0;
    for (const ticket of page.tickets) more += this.#put(ticket, round);
    for (const ticket of page.secure ?? []) more += this.#put(ticket, round);
    more -= this.#letGo(page.performances);
    this.#shelves.performances.replace(page.performances);
    this.#shelves.beacons.keep(page.beacons ?? []);
    return more;
  }

  /** Gives how many tickets more there are. */
  #put(ticket: TicketRow | SecureRow, round: number): number {
    const { name, rest } = named(ticket);
    const { id, performance, status, uses, used, inside: _, people: __, ...more } = rest;
    const detail = Object.keys(more).length === 0 ? null : JSON.stringify(more);
    const gone = this.#sql.of('DELETE FROM ticket WHERE id = ? OR name = ?').run(id, name);
    this.#sql
      .of('INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(...[name, id, performance, status, uses, used, insideOf(rest), detail, round]);
    return 1 - Number(gone.changes);
  }

  /** Forgets the secure tickets of performances about which only the cloud decides from now on. */
  #letGo(performances: readonly PerformanceRow[]): number {
    const isKept = (id: string) =>
      performances.some((one) => one.id === id && one.offline !== 'refuse');
    let gone = 0;
    for (const { id, offline } of this.#shelves.performances.all()) {
      if (offline === 'refuse' || isKept(id)) continue;
      const sql = `DELETE FROM ticket WHERE performance = ? AND length(name) = ${HANDLE_LENGTH}`;
      gone += Number(this.#sql.of(sql).run(id).changes);
    }
    return gone;
  }

  close(): void {
    this.#db.close();
  }
}
