import { UNPAIRED_MAX } from '@gatehouse/protocol';
import type { Kysely, Transaction } from 'kysely';
import type { Database, DoorStaffTable } from '../store/index.ts';

type Db = Kysely<Database>;
type Step = Transaction<Database>;

export function listVersions(db: Db): Promise<{ venue: string; version: number }[]> {
  return db.selectFrom('door_lists').selectAll().orderBy('venue').execute();
}

export function listPeople(db: Db, venue: string): Promise<DoorStaffTable[]> {
  return db
    .selectFrom('door_staff')
    .selectAll()
    .where('venue', '=', venue)
    .orderBy('name')
    .orderBy('id')
    .execute();
}

export function findPerson(db: Db, venue: string, id: string): Promise<DoorStaffTable | undefined> {
  return db
    .selectFrom('door_staff')
    .selectAll()
    .where('venue', '=', venue)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Puts a person in, or in the place of the one with that id. */
export async function putPerson(step: Step, row: DoorStaffTable): Promise<void> {
  const { id, ...rest } = row;
  await step
    .insertInto('door_staff')
    .values(row)
    .onConflict((same) => same.column('id').doUpdateSet(rest))
    .execute();
}

export async function removePerson(step: Step, id: string): Promise<void> {
  await step.deleteFrom('door_staff').where('id', '=', id).execute();
}

export async function voidPins(step: Step, venue: string): Promise<void> {
  await step.updateTable('door_staff').set({ pin: null }).where('venue', '=', venue).execute();
}

/** Newest first. */
export async function lostHandhelds(db: Db, venue: string): Promise<string[]> {
  const rows = await db
    .selectFrom('lost_handhelds')
    .select('handheld')
    .where('venue', '=', venue)
    .orderBy('lost', 'desc')
    .orderBy('handheld')
    .limit(UNPAIRED_MAX)
    .execute();
  return rows.map(({ handheld }) => handheld);
}

export async function loseHandheld(
  step: Step,
  row: { venue: string; handheld: string; lost: number },
): Promise<void> {
  await step
    .insertInto('lost_handhelds')
    .values(row)
    .onConflict((same) => same.columns(['venue', 'handheld']).doUpdateSet({ lost: row.lost }))
    .execute();
}

/** The next version of a venue's list; greater than any before, also where a copy was restored. */
export async function nextVersion(step: Step, venue: string, now: number): Promise<number> {
  const known = await step
    .selectFrom('door_lists')
    .select('version')
    .where('venue', '=', venue)
    .executeTakeFirst();
  const version = Math.max((known?.version ?? 0) + 1, now);
  await step
    .insertInto('door_lists')
    .values({ venue, version })
    .onConflict((same) => same.column('venue').doUpdateSet({ version }))
    .execute();
  return version;
}
