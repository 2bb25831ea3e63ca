import type { JournalBody, SearchAnswer, StaffList } from '@gatehouse/protocol';
import type { Enrolment } from '@gatehouse/provisioning';
import type { Clock } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import type { Ids } from '../ids.ts';
import type { Journal } from '../journal/index.ts';
import type { LaneDevices } from '../lane-devices.ts';
import type { Link } from '../link.ts';
import type { Log } from '../log.ts';
import type { Running, Shared } from '../running.ts';
import {
  type JournalEntry,
  type JournalPage,
  LANGUAGES_OF_PAGES,
  type LaneCommand,
} from './api.ts';
import type { LocalEntrance } from './house.ts';

/** The cloud gets this long to answer a search. */
const SEARCH_DEADLINE_MS = 4_000;
/** Searches under way at once. */
const SEARCHES_MAX = 8;
/** Rows of one page of the journal. */
const PAGE_ROWS = 50;
/** How long a relay is opened for a test. */
const TEST_PULSE_MS = 500;
const SHUT = 'lane-shut';

export interface LocalEntranceOptions {
  readonly enrolment: Enrolment;
  readonly running: Pick<Running, 'hands' | 'lanes' | 'uplink'>;
  readonly shared: Shared;
  readonly link: Link;
  readonly devices: readonly LaneDevices[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Who keeps the venue's staff list. */
  readonly staff: { version(): number | null; take(list: StaffList): Promise<boolean> };
}

/** The entrance as its people deal with it, and what it asks the cloud for them. */
export function createLocalEntrance(
  options: LocalEntranceOptions,
): LocalEntrance & { start(): void; stop(): void } {
  const { enrolment, running, shared, link, devices, clock, ids, log, staff } = options;
  const { configuration, timeZone } = enrolment;
  const { store, time, journal } = shared;
  const searches = new Map<string, (answer: SearchAnswer) => void>();
  let synced: number | undefined;
  let unhear: (() => void)[] = [];
  const askStaff = () => link.send('staff', { version: staff.version() });

  async function take(list: StaffList): Promise<void> {
    const isNew = await staff.take(list);
    if (!isNew) return;
    await Promise.all(list.unpaired.map((handheld) => running.hands.close(handheld)));
    log.info({ version: list.version, people: list.staff.length }, 'staff list of the venue');
  }

  return {
    venue: configuration.venue,
    language: LANGUAGES_OF_PAGES.find((one) => one === configuration.language) ?? 'en',
    timeZone,
    halls: configuration.halls,
    hands: running.hands,
    time,
    store,
    synced: () => synced,
    rows: (before) => rowsBefore(journal, before),
    start() {
      unhear = [
        link.onChange((connected) => connected && askStaff()),
        link.hear('tickets', ({ more }) => {
          if (!more) synced = time.now();
        }),
        link.hear('heartbeat', ({ staff: version }) => {
          if (version !== undefined && version !== staff.version()) askStaff();
        }),
        link.hear('staff', (list) => {
          take(list).catch((fault: Error) =>
            log.error({ fault: fault.message }, 'the staff list was not kept'),
          );
        }),
        link.hear('search', (answer) => searches.get(answer.requestId)?.(answer)),
      ];
    },
    stop() {
      for (const stop of unhear) stop();
    },
    search(words, limit) {
      const requestId = ids.request();
      if (running.uplink() !== 'connected' || searches.size >= SEARCHES_MAX) {
        throw gatewayError('search-needs-cloud');
      }
      return new Promise((resolve, reject) => {
        const timer = clock.setTimeout(() => {
          searches.delete(requestId);
          reject(gatewayError('search-needs-cloud'));
        }, SEARCH_DEADLINE_MS);
        searches.set(requestId, (answer) => {
          searches.delete(requestId);
          clock.clearTimeout(timer);
          resolve(answer);
        });
        link.send('search', { requestId, words, limit });
      });
    },
    async command(id, command) {
      const n = running.lanes.findIndex((lane) => lane.view().lane === id);
      const lane = running.lanes[n];
      const turnstile = devices[n]?.turnstile;
      if (!lane || !turnstile) throw gatewayError('lane-unknown', { lane: id });
      return obey(command, { lane, turnstile, clock });
    },
  };
}

type At = {
  readonly lane: Running['lanes'][number];
  readonly turnstile: LaneDevices['turnstile'];
  readonly clock: Clock;
};

async function obey(command: LaneCommand, { lane, turnstile, clock }: At) {
  if (command.do === 'close' || command.do === 'open') {
    lane.shut(command.do === 'close' ? SHUT : undefined);
    return { ok: true };
  }
  if (lane.view().state !== 'closed') throw gatewayError('lane-not-closed');
  if (command.do === 'lamp') {
    turnstile.show(command.signal);
    return { ok: true };
  }
  try {
    await turnstile.unlock(lane.view().direction, TEST_PULSE_MS);
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, TEST_PULSE_MS));
    const ok = await turnstile.lock();
    return ok ? { ok } : { ok, code: 'turnstile-relay-stuck' };
  } catch (error) {
    return { ok: false, code: (error as { code?: string }).code ?? 'turnstile-fault' };
  }
}

/** The journal from a place on, newest first. */
async function rowsBefore(journal: Journal, before: string | undefined): Promise<JournalPage> {
  const epochs = (await journal.epochs()).reverse();
  const [epoch, seq] = before?.split('/') ?? [];
  const at = epoch === undefined ? 0 : epochs.findIndex((one) => one.epoch === epoch);
  const found = epochs[at];
  if (!found) return { rows: [] };
  const upTo = seq === undefined ? found.last : Math.min(found.last, Number(seq) - 1);
  const from = Math.max(found.first - 1, upTo - PAGE_ROWS);
  const placed = await journal.rowsAfter(found.epoch, from, upTo - from);
  const rows = placed.map(({ epoch, seq, body }) => entryOf(epoch, seq, JSON.parse(body)));
  const older = from >= found.first ? `${found.epoch}/${from + 1}` : nextEpoch(epochs[at + 1]);
  return { rows: rows.reverse(), ...(older !== undefined && { before: older }) };
}

function nextEpoch(next: { epoch: string; last: number } | undefined): string | undefined {
  return next && `${next.epoch}/${next.last + 1}`;
}

function entryOf(epoch: string, seq: number, body: JournalBody): JournalEntry {
  const { kind, lane, scanId, by, at } = body;
  const what = kind === 'result' ? body.result : kind === 'event' ? body.event : undefined;
  const verdict = kind === 'intent' || kind === 'refusal' ? body.verdict : undefined;
  const code = kind === 'event' ? body.code : undefined;
  const when = Math.round(at.wall + (at.offset ?? 0));
  return { epoch, seq, at: when, kind, lane, scanId, verdict, what, code, by };
}
