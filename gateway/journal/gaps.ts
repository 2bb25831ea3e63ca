import type { DatabaseSync } from 'node:sqlite';
import type { JournalGap } from '@gatehouse/protocol';

/** A place as one text, to be found again in a set. */
export const placeOf = (epoch: unknown, seq: unknown) => `${epoch}/${seq}`;

interface KeptRow {
  readonly id: number;
  readonly epoch: string;
  readonly seq: number;
}

/**
 * Sequences that a journal has lost and that the cloud may not have. Row ids rise by one with every
 * row of every epoch, so that what is missing behind the last kept row of an epoch shows too; it is
 * counted to that epoch, also where a whole short epoch has gone with it.
 * @param lastId the highest id that the damaged file ever gave, where that could still be read
 * @param broken places whose row was there with another digest
 */
export function findGaps(
  db: DatabaseSync,
  lastId: number,
  broken: ReadonlySet<string>,
): JournalGap[] {
  const gaps: JournalGap[] = [];
  const stored = storedPlaces(db);
  const missing = (epoch: string, from: number, to: number) =>
    gaps.push(...ranges(epoch, Math.max(from, (stored.get(epoch) ?? 0) + 1), to, broken));
  let last: KeptRow | undefined;
  for (const found of db.prepare('SELECT id, epoch, seq FROM row ORDER BY id').iterate()) {
    const row = found as unknown as KeptRow;
    const begun = row.id - row.seq;
    if (last && last.epoch !== row.epoch) missing(last.epoch, last.seq + 1, tailOf(last, begun));
    const next = last?.epoch === row.epoch ? last.seq + 1 : 1;
    missing(row.epoch, next, row.seq - 1);
    last = row;
  }
  if (last) missing(last.epoch, last.seq + 1, tailOf(last, lastId));
  return gaps;
}

/** The last sequence of a row's epoch when the id of its last row is known. */
function tailOf({ id, seq }: KeptRow, lastId: number): number {
  return seq + lastId - id;
}

/** The cloud stores in order: where it has one row, it has all before. */
function storedPlaces(db: DatabaseSync): Map<string, number> {
  const rows = db.prepare('SELECT epoch, max(seq) AS seq FROM row WHERE stored = 1 GROUP BY epoch');
  return new Map(rows.all().map(({ epoch, seq }) => [String(epoch), Number(seq)]));
}

/** Cuts a range where the reason changes. */
function ranges(epoch: string, from: number, to: number, broken: ReadonlySet<string>) {
  const found: JournalGap[] = [];
  if (from > to) return found;
  const inside = [...broken]
    .filter((place) => place.startsWith(`${epoch}/`))
    .map((place) => Number(place.slice(epoch.length + 1)))
    .filter((seq) => seq >= from && seq <= to)
    .sort((one, other) => one - other);
  let next = from;
  for (const seq of inside) {
    if (seq > next) found.push({ epoch, from: next, to: seq - 1, why: 'missing' });
    const last = found.at(-1);
    if (last?.why === 'broken-seal' && last.to === seq - 1) last.to = seq;
    else found.push({ epoch, from: seq, to: seq, why: 'broken-seal' });
    next = seq + 1;
  }
  if (next <= to) found.push({ epoch, from: next, to, why: 'missing' });
  return found;
}
