import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Direction, Health, Signal, Turnstile, TurnstileListener } from '@gatehouse/hardware';
import type { JournalBody, ValidateAnswer } from '@gatehouse/protocol';
import { createProver } from '@gatehouse/protocol';
import {
  createAdmission,
  createCloudQuestion,
  createOfflineShare,
  createPhoneSkew,
  createReservations,
  NO_NEIGHBOURS,
} from '../admission/index.ts';
import { createVenueTime } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import { createHandLanes } from '../handheld/index.ts';
import { JournalFile } from '../journal/journal-file.ts';
import { createLane, createRecord, type Policy } from '../lane/index.ts';
import { TicketStore } from '../tickets/index.ts';
import { createSettles } from '../uplink/index.ts';
import type { GatewayEvent, UplinkState } from '../web/events.ts';
import { fakeLink } from './fake-link.ts';
import { syncCheck, TENANT } from './guest-phone.ts';
import { fill, reading, scanIdOf, temporaryFolder, VENUE_KEY } from './samples.ts';
import { virtualClock } from './virtual-clock.ts';

export interface RigOptions {
  readonly direction?: Direction;
  readonly sensor?: boolean;
  readonly staffed?: boolean;
  readonly withoutJournal?: 'close' | 'open';
  readonly policy?: Policy;
  readonly lanes?: number;
  readonly tickets?: number;
  /** Cloud time of the newest row of an earlier run. */
  readonly lastWall?: number;
}

/** A turnstile under the test's hand; the drivers have tests of their own. */
export function handTurnstile(hasPassageSensor: boolean) {
  let listener: TurnstileListener | undefined;
  const state = { unlocks: 0, open: false, signal: 'closed' as Signal, lockWorks: true };
  let refusal: Error | undefined;
  let gate: Promise<void> = Promise.resolve();
  const turnstile: Turnstile = {
    hasPassageSensor,
    async start(told) {
      listener = told;
    },
    async stop() {
      state.open = false;
    },
    async unlock() {
      if (refusal) throw refusal;
      state.unlocks += 1;
      state.open = true;
      await gate;
    },
    async lock() {
      if (state.lockWorks) state.open = false;
      return state.lockWorks;
    },
    show(signal) {
      state.signal = signal;
    },
  };
  return {
    ...{ turnstile, state },
    pass: () => listener?.onPassage(0),
    fire: (active: boolean) => listener?.onEmergency(active),
    health: (health: Health) => listener?.onHealth?.(health),
    refuse: (error: Error | undefined) => {
      refusal = error;
    },
    holdUnlock: (until: Promise<void>) => {
      gate = until;
    },
  };
}

/** A journal on a real file whose disk the test can slow down or break. */
export function handJournal(epoch = 'epoch') {
  const file = new JournalFile({ file: join(temporaryFolder(), 'journal.db'), epoch });
  let broken: Error | undefined;
  let slow: Promise<void> | undefined;
  return {
    journal: {
      epoch,
      waiting: 0,
      async append(body: JournalBody) {
        await slow;
        if (broken) throw broken;
        const [row] = file.append([{ body: JSON.stringify(body), wall: body.at.wall }]);
        return row?.seq ?? 0;
      },
    },
    rows() {
      const rows: JournalBody[] = [];
      for (;;) {
        const batch = file.rowsAfter(epoch, rows.length, 1_000);
        if (batch.length === 0) return rows;
        rows.push(...batch.map(({ body }) => JSON.parse(body) as JournalBody));
      }
    },
    fail: (code: 'journal-disk-full' | undefined) => {
      broken = code && gatewayError(code);
    },
    slow: (until: Promise<void> | undefined) => {
      slow = until;
    },
    close: () => file.close(),
  };
}

/** Lanes with their real decision, ticket store and journal file, on virtual time. */
export async function laneRig(options: RigOptions = {}) {
  const { direction = 'entry', sensor = true, staffed = false, policy, withoutJournal } = options;
  const clock = virtualClock();
  const link = fakeLink();
  const hand = handJournal();
  const journal = hand.journal as never;
  const time = createVenueTime(clock, options.lastWall ?? 0);
  const store = new TicketStore(join(temporaryFolder(), 'tickets.db'), VENUE_KEY);
  fill(store, options.tickets ?? 5);
  const logged: string[] = [];
  const note = (fields: object, text: string) => logged.push(JSON.stringify({ ...fields, text }));
  const log = { info: note, warn: note, error: note };
  const settles = createSettles({ link, clock });
  let uplink: UplinkState = 'away';
  let scans = 0;
  const missed: number[] = [];
  const pulse = { answered() {}, unanswered: () => missed.push(clock.mono()) };
  const question = createCloudQuestion({ link, clock, log, pulse });
  const share = createOfflineShare(clock);
  const skew = createPhoneSkew(time);
  const prove = createProver({
    tenant: TENANT,
    check: syncCheck((handle, generation) => store.key(handle, generation)),
    beacon: (index) => store.beacon(index),
  });
  const reservations = createReservations(clock);
  const ids = { scan: () => scanIdOf(++scans), epoch: () => 'epoch', request: () => scanIdOf(0) };
  const admission = createAdmission({
    ...{ prove, share, skew },
    ...{
      store,
      reservations,
      ...{ gateway: 'gate', neighbours: NO_NEIGHBOURS, capacity: { of: (_, whole) => whole } },
      question,
      settles,
      time,
      clock,
    },
    ids,
    uplink: () => uplink,
    passageMs: () => 8_000,
  });
  settles.start();
  question.start();
  const events: GatewayEvent[] = [];
  const tell = (event: GatewayEvent) => events.push(event);
  const cursor = () => store.state().cursor;
  const turnstiles = Array.from({ length: options.lanes ?? 1 }, () => handTurnstile(sensor));
  const lanes = turnstiles.map(({ turnstile }, i) => {
    const lane = `lane-${i + 1}`;
    const place = { gateway: 'gate', entrance: 'main', halls: [], staffed, unlockMs: 7_000 };
    return createLane({
      settings: { lane, name: lane, direction, withoutJournal, ...place },
      record: createRecord({ journal, time, lane, direction, cursor, tell }),
      ...{ turnstile, admission, clock, log, tell, policy },
      unknownRead: ({ code, symbology }) => ({
        hmac: createHash('sha256').update(code).digest('hex'),
        length: code.length,
        symbology,
      }),
    });
  });
  const hands = createHandLanes({
    configuration: { entrance: 'main', halls: [], withoutJournal },
    ...{ gateway: 'gate', admission, reservations, store, journal, time, clock, ids, log, policy },
    ...{ tell, cursor },
    unknownRead: ({ code, symbology }) => ({
      hmac: createHash('sha256').update(code).digest('hex'),
      length: code.length,
      symbology,
    }),
  });
  hands.start();
  await Promise.all(lanes.map((lane) => lane.start()));
  await clock.settle();

  return {
    ...{
      clock,
      link,
      store,
      lanes,
      turnstiles,
      events,
      logged,
      missed,
      settles,
      share,
      skew,
      time,
      hands,
      reservations,
    },
    lane: lanes[0]!,
    gate: turnstiles[0]!,
    disk: hand,
    rows: hand.rows,
    setUplink(state: UplinkState) {
      uplink = state;
      link.connect(state !== 'away');
    },
    /** Holds a code out once at a lane and lets everything come to rest. */
    async show(code: string, lane = 0) {
      lanes[lane]!.read(reading(code, clock.mono()));
      await clock.settle();
      return lanes[lane]!.view();
    },
    /** Holds a code out for a while: a camera reads it every 200 ms. */
    async hold(code: string, milliseconds: number) {
      for (let gone = 0; gone < milliseconds; gone += 200) {
        lanes[0]!.read(reading(code, clock.mono()));
        await clock.advance(200);
      }
      return lanes[0]!.view();
    },
    /** Kinds of the scan's rows: `intent`, `refusal:unknown`, `result:passed`, `event:fault`. */
    story: () =>
      hand.rows().map((row) => {
        if (row.kind === 'result') return `result:${row.result}`;
        if (row.kind === 'event') return `event:${row.event}`;
        return row.kind === 'refusal' ? `refusal:${row.verdict.key}` : 'intent';
      }),
    answer(changes: Partial<ValidateAnswer>) {
      link.react('validate', ({ scanId }) =>
        link.deliver('validate', {
          scanId,
          verdict: { key: 'ok', details: {} },
          grant: { passageMs: 8_000 },
          ...changes,
        }),
      );
    },
    async stop() {
      await clock.through(Promise.all([hands.stop(), ...lanes.map((lane) => lane.stop())]));
      store.close();
      hand.close();
    },
  };
}
