import { createFeed, type Feed, type PassageWatch } from '../admission/index.ts';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { Door } from '../ticketing/index.ts';
import { createConflictReads, createConflictStore } from './conflict-store.ts';
import { conflictError } from './errors.ts';
import { createFinder } from './finder.ts';
import { type Conflict, createConflictView } from './view.ts';

export interface ConflictFilter {
  readonly performance?: string | undefined;
  readonly state?: 'open' | 'handled' | undefined;
  /** Newest first from before this id on. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Where people see what went wrong at the doors and say what they did about it. */
export interface ConflictDesk {
  /** For the validator: finds conflicts inside its batches. */
  readonly watch: PassageWatch;
  /** Conflicts as they are found, as more becomes known of them, and as they are handled. */
  readonly feed: Feed<Conflict>;
  /** Newest first. */
  list(filter: ConflictFilter): Promise<Conflict[]>;
  countOpen(performance?: string): Promise<number>;
  /** @throws GatehouseError `conflict-unknown` */
  find(id: number): Conflict;
  /**
   * Keeps what people did about it.
   * @param by the name of the API token
   * @throws GatehouseError `conflict-unknown`, `conflict-handled`
   */
  handle(id: number, note: string, by: string): Promise<Conflict>;
}

export function createConflictDesk(parts: {
  store: Store;
  door: Door;
  clock: Clock;
}): ConflictDesk {
  const { store, door, clock } = parts;
  const feed = createFeed<Conflict>();
  const view = createConflictView(store, createConflictReads(store.prepareRead));
  const find = (id: number) => {
    const found = view(id);
    if (!found) throw conflictError('conflict-unknown', { id });
    return found;
  };
  const changed = (ids: readonly number[]) => {
    feed.publish(() => ids.map(find));
  };
  const handle = store.prepare(
    `update conflicts set note = ?, handled_by = ?, handled_at = ?
     where id = ? and handled_at is null`,
  );
  return {
    watch: createFinder({
      store: createConflictStore(store),
      clock,
      changed,
      worth(id) {
        const ticket = door.byId(id);
        const performance = ticket && door.performance(ticket.performance);
        return performance && { uses: ticket.facts.uses, reEntry: performance.facts.reEntry };
      },
    }),
    feed,
    find,
    async list(filter) {
      const ids = await listIds(store, filter);
      return ids.map(find);
    },
    async countOpen(performance) {
      let query = store.read
        .selectFrom('conflicts')
        .select(({ fn }) => fn.countAll<number>().as('open'))
        .where('handled_at', 'is', null);
      if (performance !== undefined) query = query.where('performance', '=', performance);
      return (await query.executeTakeFirstOrThrow()).open;
    },
    async handle(id, note, by) {
      find(id);
      const { changes } = await store.batch(() => handle.run(note, by, clock.now(), id));
      if (changes === 0) throw conflictError('conflict-handled');
      changed([id]);
      return find(id);
    },
  };
}

async function listIds(store: Store, filter: ConflictFilter): Promise<number[]> {
  const { performance, state, before, limit } = filter;
  let query = store.read.selectFrom('conflicts').select('id').orderBy('id', 'desc').limit(limit);
  if (performance !== undefined) query = query.where('performance', '=', performance);
  if (state === 'open') query = query.where('handled_at', 'is', null);
  if (state === 'handled') query = query.where('handled_at', 'is not', null);
  if (before !== undefined) query = query.where('id', '<', before);
  return (await query.execute()).map(({ id }) => id);
}
