import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { World } from './world.ts';

/** Below this nothing of a log has been carried over into its database since it was opened. */
const CHECKPOINT_BYTES = 4_000_000;
/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

/**
 * Makes a commit of which the power lets only a part reach the log, its last sector perhaps not as
 * it should be. Gives what brings that about once the database is closed.
 */
export function tornWrite(world: World, file: string, commit: () => unknown): () => void {
  const [database, before] = [readFileSync(file), logOf(file)];
  commit();
  const after = logOf(file);
  const from = firstDifference(before, after);
  const cut = from + world.random.whole(0, Math.max(0, after.length - from - 1));
  const log = Buffer.concat([after.subarray(0, cut), before.subarray(cut)]);
  if (world.random.chance(0.3)) spoil(world, log, from, cut);
  return () => put(file, database, log);
}

/**
 * A log whose commits did not each wait for the disk: power lets only its beginning be there. Gives
 * what brings that about once the database is closed; nothing where all of it is older.
 */
export function tornLog(world: World, file: string): (() => void) | undefined {
  const size = existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0;
  if (size === 0 || size >= CHECKPOINT_BYTES) return undefined;
  const database = readFileSync(file);
  const log = logOf(file).subarray(0, world.random.whole(0, size));
  if (world.random.chance(0.3)) spoil(world, log, 0, log.length);
  return () => put(file, database, log);
}

function logOf(file: string): Buffer {
  return existsSync(`${file}-wal`) ? readFileSync(`${file}-wal`) : Buffer.alloc(0);
}

function firstDifference(one: Buffer, other: Buffer): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at++) if (one[at] !== other[at]) return at;
  return shorter;
}

/** The sector that was being written when power went, but nothing that was there before. */
function spoil(world: World, log: Buffer, begin: number, end: number): void {
  const from = end - (end % SECTOR_BYTES || SECTOR_BYTES);
  for (let at = Math.max(begin, from); at < end; at++) log[at] = world.random.whole(0, 255);
}

function put(file: string, database: Buffer, log: Buffer): void {
  rmSync(`${file}-shm`, { force: true });
  writeFileSync(file, database);
  writeFileSync(`${file}-wal`, log);
}
