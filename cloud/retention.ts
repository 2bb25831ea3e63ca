import type { Clock, Log } from './ports.ts';
import type { Store } from './store/index.ts';

const DAY_MS = 86_400_000;
/** How long things are kept, by the cloud's clock, from when it received them. */
export const KEPT_MS = {
  /** A gateway's rows, word for word. Those set aside, or of a conflict then open, stay. */
  journal: 90 * DAY_MS,
  /** That a scan was passed, released or cancelled; after that its scan says so. */
  facts: 90 * DAY_MS,
  /** Scans that nobody passed on. Passages are kept as long as their tickets. */
  scans: 400 * DAY_MS,
} as const;
/** Time between two rounds, and before the first. */
export const ROUND_MS = 3_600_000;
/** Rows that one transaction looks at: a few milliseconds in which no scan is decided. */
export const STEP_ROWS = 500;
/** Time between two transactions of a round, for scans. */
const STEP_PAUSE_MS = 20;

/** Prunes what has been kept long enough. */
export interface Retention {
  start(): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
  /** One round now; gives how many rows went. */
  round(): Promise<{ journal: number; facts: number; scans: number }>;
}

const OF_OPEN_CONFLICT = (gateway: string, scan: string) => `exists (select 1 from conflicts c
  where c.handled_at is null and ((c.gateway = ${gateway} and c.scan = ${scan})
  or (c.other_gateway = ${gateway} and c.other_scan = ${scan})))`;

export function createRetention(parts: { store: Store; clock: Clock; log: Log }): Retention {
  const { store, clock, log } = parts;
  let stopping = false;
  let timer: unknown;
  let running: Promise<unknown> = Promise.resolve();
  const steps = {
    journal: journalStep(store),
    facts: factsStep(store),
    scans: scansStep(store),
  };

  /** Repeats one step until it finds nothing more to look at. */
  async function all(name: keyof typeof steps): Promise<number> {
    const until = clock.now() - KEPT_MS[name];
    let gone = 0;
    for (;;) {
      const step = await store.batch(() => steps[name](until));
      gone += step.gone;
      if (!step.more) return gone;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, STEP_PAUSE_MS));
      if (stopping) return gone;
    }
  }

  async function round() {
    return { journal: await all('journal'), facts: await all('facts'), scans: await all('scans') };
  }

  function plan(): void {
    timer = clock.setTimeout(() => {
      running = round()
        .then((gone) => log.info(gone, 'what was kept long enough has been pruned'))
        .catch((fault: unknown) =>
          log.error({ fault }, 'pruning failed; the next round tries again'),
        )
        .finally(() => {
          if (!stopping) plan();
        });
    }, ROUND_MS);
  }

  return {
    round,
    start() {
      stopping = false;
      plan();
    },
    async stop() {
      stopping = true;
      clock.clearTimeout(timer);
      await running;
    },
  };
}

type Step = (until: number) => { gone: number; more: boolean };

/**
 * Rows of a journal go in their order: only from its beginning, only those acknowledged, and never
 * one that was set aside or that an open conflict rests on.
 */
function journalStep(store: Store): Step {
  const next = store.prepare(
    `select h.gateway, h.epoch, h.pruned_to as prunedTo, min(h.up_to, h.pruned_to + ?) as "to"
     from journal_heads h where h.up_to > h.pruned_to and (select j.received from journal j
     where j.gateway = h.gateway and j.epoch = h.epoch and j.seq > h.pruned_to
     order by j.seq limit 1) < ? limit 1`,
  );
  const young = store.prepare(
    `select min(seq) as seq from journal where gateway = ? and epoch = ? and seq > ? and seq <= ?
     and received >= ?`,
  );
  const setPruned = store.prepare(
    'update journal_heads set pruned_to = ? where gateway = ? and epoch = ?',
  );
  const scan = `coalesce(case when json_valid(journal.body) then journal.body ->> '$.scanId' end,
    journal.epoch || '/' || journal.seq)`;
  const prune = store.prepare(
    `delete from journal where gateway = ? and epoch = ? and seq > ? and seq <= ?
     and parked is null and not ${OF_OPEN_CONFLICT('journal.gateway', scan)}`,
  );
  return (until) => {
    const head = next.get(STEP_ROWS, until) as
      | { gateway: string; epoch: string; prunedTo: number; to: number }
      | undefined;
    if (!head) return { gone: 0, more: false };
    const { gateway, epoch, prunedTo, to } = head;
    const first = young.get(gateway, epoch, prunedTo, to, until) as { seq: number | null };
    const last = first.seq === null ? to : first.seq - 1;
    const { changes } = prune.run(gateway, epoch, prunedTo, last);
    setPruned.run(last, gateway, epoch);
    return { gone: Number(changes), more: true };
  };
}

function factsStep(store: Store): Step {
  const prune = store.prepare(
    `delete from scan_facts where (gateway, scan, kind) in (select gateway, scan, kind
     from scan_facts f where received < ? and not ${OF_OPEN_CONFLICT('f.gateway', 'f.scan')}
     order by received limit ?)`,
  );
  return (until) => {
    const gone = Number(prune.run(until, STEP_ROWS).changes);
    return { gone, more: gone === STEP_ROWS };
  };
}

/** Scans stand in the order in which they were received; up to where they were looked at is kept. */
function scansStep(store: Store): Step {
  const read = store.prepare(`select value from counters where name = 'scans-pruned'`);
  const write = store.prepare(`update counters set value = ? where name = 'scans-pruned'`);
  const last = store.prepare(
    `select max(n) as n from (select n, received from scans where n > ? order by n limit ?)
     where received < ?`,
  );
  const prune = store.prepare(
    `delete from scans where n > ? and n <= ? and received < ?
     and (result is null or result not in ('passed', 'late'))
     and not exists (select 1 from grants g where g.gateway = scans.gateway and g.scan = scans.scan)
     and not ${OF_OPEN_CONFLICT('scans.gateway', 'scans.scan')}`,
  );
  return (until) => {
    const { value: from } = read.get() as { value: number };
    const { n: to } = last.get(from, STEP_ROWS, until) as { n: number | null };
    if (to === null) return { gone: 0, more: false };
    const { changes } = prune.run(from, to, until);
    write.run(to);
    return { gone: Number(changes), more: true };
  };
}
