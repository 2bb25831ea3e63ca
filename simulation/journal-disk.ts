import { copyFileSync, existsSync, rmSync } from 'node:fs';
import {
  gatewayError,
  type Journal,
  JournalFile,
  type PlacedRow,
  WAITING_FOR_DISK_MAX,
} from '@gatehouse/gateway/parts';
import type { JournalBody } from '@gatehouse/protocol';
import type { Mutant } from './mutants.ts';
import { tornWrite } from './torn-disk.ts';
import type { World } from './world.ts';

/** Rows in one commit, as in the journal's writer. */
const GROUP_MAX = 256;
/** How often a disk that only pretends to sync writes what it holds. */
const PRETENDED_SYNC_MS = 4_000;

/** A gateway's disk as it is now. */
export interface Disk {
  /** Milliseconds of one sync, on average. */
  sync: number;
  full: boolean;
}

export const GOOD_DISK: Disk = { sync: 6, full: false };

/** A row that reached the disk. */
export interface DurableRow {
  readonly gateway: string;
  readonly epoch: string;
  readonly seq: number;
  readonly text: string;
  readonly body: JournalBody;
  /** When the gateway asked for it to be written; what it says was decided by then. */
  readonly asked: number;
}

export interface JournalDiskParts {
  readonly world: World;
  readonly gateway: string;
  readonly file: string;
  readonly epoch: string;
  readonly owner: string;
  readonly disk: Disk;
  readonly mutant: Mutant | undefined;
  /** Is told of each row once it is on disk. */
  readonly durable: (row: DurableRow) => void;
  /** Is told of each row that is given to it. */
  readonly written: (epoch: string, body: JournalBody) => void;
  /** The process may end here; true when it has. */
  readonly trap: (port: 'asked' | 'written') => boolean;
}

/** The journal without its thread: its real file, behind a disk that takes virtual time. */
export interface JournalDisk extends Journal {
  /** Rows that wait for the disk. */
  readonly queued: number;
  /** The process ends: what was being written may or may not have reached the disk. */
  die(power: boolean): void;
}

interface Row {
  readonly body: JournalBody;
  readonly text: string;
  readonly asked: number;
  resolve(seq: number): void;
  reject(error: Error): void;
}

type Work = { row: Row } | { run: (file: JournalFile) => void };

/** Opens the file; use `start` of what is given to hear what was found in it. */
export function createJournalDisk(parts: JournalDiskParts): JournalDisk {
  const { world, disk, file: path, epoch, owner, mutant } = parts;
  let file: JournalFile | undefined;
  let queue: Work[] = [];
  let busy: Row[] | undefined;
  let dead = false;
  let seq = 0;
  const listeners = new Set<(row: PlacedRow) => void>();
  const image = mutant?.journal === 'skip-fsync' ? pretendedSync(parts, () => !dead) : undefined;

  function pump(): void {
    if (busy || dead || queue.length === 0 || !file) return;
    const group: Row[] = [];
    for (let next = queue[0]; next && 'row' in next && group.length < GROUP_MAX; next = queue[0]) {
      group.push(next.row);
      queue.shift();
    }
    const other =
      group.length === 0 ? (queue.shift() as { run: (file: JournalFile) => void }) : undefined;
    busy = group;
    world.after(other ? 0.2 : 0.5 + world.random.wait(disk.sync), () => {
      if (dead || !file) return;
      busy = undefined;
      if (other) other.run(file);
      else commit(group);
      pump();
    });
  }

  function commit(group: readonly Row[]): void {
    if (disk.full) {
      for (const { reject } of group) reject(gatewayError('journal-disk-full', { fault: 'full' }));
      return;
    }
    const placed = write(group);
    if (parts.trap('written')) return;
    for (const [i, row] of placed.entries()) {
      seq = row.seq;
      for (const listener of listeners) listener(row);
      group[i]?.resolve(row.seq);
    }
  }

  function write(group: readonly Row[]): PlacedRow[] {
    const rows = group.map(({ text, body }) => ({ body: text, wall: body.at.wall }));
    const placed = (file as JournalFile).append(rows);
    for (const [i, { text, body, asked }] of group.entries()) {
      const seq = placed[i]?.seq ?? 0;
      parts.durable({ gateway: parts.gateway, epoch, seq, text, body, asked });
    }
    return placed;
  }

  function ask<T>(run: (file: JournalFile, resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve) => {
      queue.push({ run: (open) => run(open, resolve) });
      pump();
    });
  }

  return {
    async start() {
      file = new JournalFile({ file: path, epoch, owner });
      const { recovered } = file;
      return mutant?.recovered ? mutant.recovered(recovered) : recovered;
    },
    async stop() {
      if (!mutant?.stopsAtOnce) await ask<void>((_, resolve) => resolve());
      dead = true;
      file?.close();
      file = undefined;
    },
    append(body) {
      if (!dead) parts.written(epoch, body);
      if (parts.trap('asked') || dead) return new Promise(() => undefined);
      if (queue.length >= WAITING_FOR_DISK_MAX) {
        return Promise.reject(gatewayError('journal-queue-full', { rows: WAITING_FOR_DISK_MAX }));
      }
      if (mutant?.loses?.(body)) return Promise.resolve(0);
      return new Promise((resolve, reject) => {
        const row = { body, text: JSON.stringify(body), asked: world.now };
        queue.push({ row: { ...row, resolve, reject } });
        if (mutant?.journal === 'ack-before-write') resolve(0);
        pump();
      });
    },
    unstored: (limit, but) => ask((open, resolve) => resolve(open.unstored(limit, but))),
    rowsAfter: (of, after, limit) =>
      ask((open, resolve) => resolve(open.rowsAfter(of, after, limit))),
    epochs: () => ask((open, resolve) => resolve(open.epochs())),
    used: () => ask((open, resolve) => resolve(open.used)),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stored: (of, upTo) => void (disk.full || ask((open) => open.stored(of, upTo))),
    prune: (before, keep) => void (disk.full || ask((open) => open.prune(before, keep))),
    get waiting() {
      return file?.waiting ?? 0;
    },
    epoch,
    get head() {
      return { epoch, seq };
    },
    get queued() {
      return queue.length;
    },
    die(power) {
      const writing = busy && busy.length > 0 && !disk.full ? busy : undefined;
      const open = file;
      let torn: (() => void) | undefined;
      if (writing && open && world.random.chance(0.5)) {
        const rows = writing.map(({ text, body }) => ({ body: text, wall: body.at.wall }));
        if (power && world.random.chance(0.5))
          torn = tornWrite(world, path, () => open.append(rows));
        else write(writing);
      }
      dead = true;
      queue = [];
      file?.close();
      file = undefined;
      torn?.();
      if (power) image?.restore();
    },
  };
}

/** Takes a database file's image now and then, and brings it back when power fails. */
export function pretendedSync(
  { world, file }: { world: World; file: string },
  alive: () => boolean,
): { restore(): void } {
  function take(): void {
    if (!alive()) return;
    copyDatabase(file, `${file}.image`);
    world.after(PRETENDED_SYNC_MS, take);
  }
  world.after(PRETENDED_SYNC_MS, take);
  return { restore: () => copyDatabase(`${file}.image`, file) };
}

/** Copies a database with what its log holds; a missing one is left alone. */
export function copyDatabase(from: string, to: string): void {
  if (!existsSync(from)) return;
  removeDatabase(to);
  for (const suffix of ['', '-wal']) {
    if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}

export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
