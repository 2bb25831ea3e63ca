import { DELTA_ROWS_MAX, type Delta, type DeltaBody, MEMBERS_MAX } from '@gatehouse/protocol';
import type { Clock, Log } from './ports.ts';
import type { Store } from './store/index.ts';
import type { Changes, TicketReads } from './ticketing/index.ts';

/** Changes within this time become one delta. */
export const DELTA_AFTER_MS = 50;
/** Bytes of deltas a second at most; more changes at once wait for each other longer, */
export const DELTA_BYTES_PER_SECOND = 8 * 1024 * 1024;
/** but never longer than this. */
export const DELTA_PAUSE_MAX_MS = 500;
/** Characters of one delta; where its rows are more than that it comes without them, or not. */
export const DELTA_CHARACTERS_MAX = 1_000_000;

/** Tells gateways what changed, signed, so that they can tell each other. */
export interface Deltas {
  /** Something has changed on disk that gateways must hear of. */
  changed(): void;
  /** A session has begun: it gets the newest delta, so that it knows who belongs to its venue. */
  greet(gateway: string): void;
  stop(): void;
}

export interface DeltasParts {
  readonly store: Store;
  readonly reads: TicketReads;
  readonly tenant: string;
  readonly clock: Clock;
  readonly log: Log;
  sign(body: string): Delta;
  /** Gateways that have a session now. */
  live(): readonly string[];
  /** Sends to all of these; one that is gone or slow may be left out. */
  send(gateways: readonly string[], delta: Delta): void;
}

interface MemberRow {
  readonly id: string;
  readonly name: string;
  readonly venue: string;
  readonly entrance: string;
  readonly active: number;
}

export function createDeltas(parts: DeltasParts): Deltas {
  const { reads, clock, log } = parts;
  const members = memberReads(parts.store);
  const newcomers = new Set<string>();
  /** By venue, of those that somebody listens for: what was told last. */
  const newest = new Map<string, Delta>();
  /** Up to where was told; not known while nobody listens. */
  let told: number | undefined;
  let pause = DELTA_AFTER_MS;
  let timer: unknown;

  function plan(): void {
    timer ??= clock.setTimeout(() => {
      timer = undefined;
      try {
        pause = tell();
      } catch (cause) {
        // Whoever misses a delta asks after the nudge.
        told = undefined;
        log.error({ fault: cause }, 'a delta could not be made; gateways will ask');
      }
    }, pause);
  }

  /** @returns milliseconds until the next may be told */
  function tell(): number {
    const live = new Set(parts.live());
    const greeted = [...newcomers].filter((gateway) => live.has(gateway));
    newcomers.clear();
    if (live.size === 0) {
      told = undefined;
      newest.clear();
      return DELTA_AFTER_MS;
    }
    const [changes, rows] = reads.changes(told, DELTA_ROWS_MAX, members);
    const isNews = told !== changes.cursor;
    told = changes.cursor;
    let bytes = 0;
    for (const [venue, all] of byVenue(rows)) {
      const there = all.map(({ id }) => id).filter((id) => live.has(id));
      if (isNews || there.length === 0) newest.delete(venue);
      const wanted = isNews ? there : there.filter((id) => greeted.includes(id));
      if (wanted.length === 0) continue;
      const delta = newest.get(venue) ?? make(parts, changes, venue, all);
      if (!delta) continue;
      newest.set(venue, delta);
      parts.send(wanted, delta);
      bytes += delta.body.length * wanted.length;
    }
    return pauseAfter(bytes);
  }

  return {
    changed: plan,
    greet(gateway) {
      newcomers.add(gateway);
      plan();
    },
    stop() {
      clock.clearTimeout(timer);
      timer = undefined;
      newcomers.clear();
      newest.clear();
      told = undefined;
    },
  };
}

/** All gateways that have come, were accepted and are not revoked; those that count first where there is no room for all. */
function memberReads(store: Store): () => MemberRow[] {
  const members = store.prepareRead(
    `select id, name, venue, entrance, active from gateways
     where revoked is null and activated is not null and accepted is not null
     order by active desc, heard desc, id`,
  );
  return () => members.all() as unknown as MemberRow[];
}

function pauseAfter(bytes: number): number {
  const share = (bytes / DELTA_BYTES_PER_SECOND) * 1000;
  return Math.min(Math.max(share, DELTA_AFTER_MS), DELTA_PAUSE_MAX_MS);
}

function byVenue(rows: readonly MemberRow[]): Map<string, MemberRow[]> {
  const venues = new Map<string, MemberRow[]>();
  for (const row of rows) {
    const known = venues.get(row.venue);
    if (known) known.push(row);
    else venues.set(row.venue, [row]);
  }
  return venues;
}

function make(
  parts: DeltasParts,
  changes: Changes,
  venue: string,
  all: readonly MemberRow[],
): Delta | undefined {
  const text = textOf(parts, changes, venue, all);
  return text === undefined ? undefined : parts.sign(text);
}

/** JSON of a DeltaBody; `undefined` where it is too long. */
function textOf(
  { tenant, log }: DeltasParts,
  changes: Changes,
  venue: string,
  all: readonly MemberRow[],
): string | undefined {
  if (all.length > MEMBERS_MAX) {
    log.warn({ venue, gateways: all.length }, 'a venue has more gateways than can hear each other');
  }
  const members = all
    .slice(0, MEMBERS_MAX)
    .map(({ id, name, entrance, active }) => ({ gateway: id, name, entrance, active: active > 0 }));
  const body: DeltaBody = { tenant, venue, ...changes, members };
  const empty: DeltaBody = { ...body, from: body.cursor, tickets: [], secure: [] };
  for (const one of [body, empty]) {
    const text = JSON.stringify(one);
    if (text.length <= DELTA_CHARACTERS_MAX) return text;
  }
  log.warn({ venue }, 'a venue has more performances than fit in a delta; gateways will ask');
  return undefined;
}
