import {
  canonical,
  kindOf,
  mayOverride,
  outcomeOf,
  parseSecure,
  toHex,
  type Verdict,
  verdict,
} from '@gatehouse/protocol';
import type { Decision, LanePlace } from '../admission/index.ts';
import { gatewayError } from '../errors.ts';
import { askPolicy, createFaults, JOURNAL_MAX_MS } from '../lane/index.ts';
import type { Reading } from '../reading/index.ts';
import { createAnswered } from './answered.ts';
import { createHolds } from './holds.ts';
import type {
  HandLane,
  HandLaneOptions,
  HandMode,
  HandScan,
  HandWorker,
  Overridden,
  Told,
} from './settings.ts';

/** A grant whose lane fell silent may be set aside by a lead after this long. */
export const OVERRIDE_AFTER_MS = 2 * 60_000;
/** The code let in last is told so, in its own look, this long. */
export const HAND_MEMORY_MS = 10_000;
/** Requests of one handheld that are judged at once; group admits count as one. */
const AT_ONCE_MAX = 4;

/**
 * A handheld: a lane without a turnstile, moved by people. It admits by the same judge, journal and
 * reservations as any other lane, and its rows say who held it.
 */
export function createHandLane(options: HandLaneOptions): HandLane {
  const { settings, admission, records, reservations, store, clock, time, log, policy } = options;
  const answered = createAnswered();
  let mode: HandMode = { direction: 'entry', performances: [], confirms: false };
  let last: { code: string; at: number } | undefined;
  let stopped = false;
  let busy = 0;
  const faults = createFaults({
    clock,
    probes: { journal: records.entry.probe, relay: async () => undefined },
    tolerates: settings.withoutJournal === 'open' ? 'journal' : undefined,
    note: () => undefined,
    onChange: options.onChange,
  });

  const holds = createHolds({
    clock,
    onEnd(decision, passed) {
      // Whoever did not go in after all may be read again at once.
      if (!passed) last = undefined;
      decision.settle(passed ? 'passed' : 'released');
      const { direction } = decision;
      void written(records[direction].result(decision, passed ? 'passed' : 'released'));
    },
  });

  /** A row that could not be written closes the handheld as it would a lane. */
  function written(row: Promise<void>): Promise<boolean> {
    return row.then(
      () => true,
      (error: Error & { code?: string }) => {
        const code = error.code ?? 'journal-failed';
        log.error({ lane: settings.lane, code, fault: error.message }, 'journal row not written');
        faults.add('journal', code);
        return false;
      },
    );
  }

  function place(direction: HandMode['direction'], counted?: true): LanePlace {
    const { gateway, lane, entrance, halls } = settings;
    const open = !stopped && faults.first() === undefined;
    return { gateway, lane, direction, entrance, halls, staffed: true, open, counted };
  }

  /** Why this handheld does not let in what the judge would. */
  function notHere(decision: Decision, code: string, counted?: true): Verdict | undefined {
    const { performances, direction } = mode;
    if (direction === 'exit') return undefined;
    const now = clock.mono();
    if (!counted && last?.code === code && now - last.at <= HAND_MEMORY_MS) {
      return verdict('just-admitted', { seconds: Math.round((now - last.at) / 1000) });
    }
    const { performance = '' } = decision;
    if (performances.length === 0 || performances.includes(performance)) return undefined;
    const { title, starts } = store.performances.of(performance) ?? {};
    return verdict('wrong-performance', { title, at: starts });
  }

  async function judge(asked: HandScan, who: HandWorker, counted?: true): Promise<Told> {
    const { direction, confirms } = mode;
    const symbology = asked.symbology ?? 'unknown';
    const code = canonical(asked.code, symbology);
    const source = asked.source === 'camera' ? 'camera' : 'scanner';
    const at = clock.mono();
    const reading: Reading = { code, raw: asked.code, symbology, source, at, took: 0 };
    const found = await admission.decide(reading, place(direction, counted), asked.scanId);
    const decision = { ...found, by: who.staff, direction };
    if (outcomeOf(found.verdict.key) !== 'admit') return refuse(reading, decision, found.verdict);
    const other = notHere(found, code, counted);
    if (other) return refuse(reading, decision, other);
    const { lane } = settings;
    const words =
      direction === 'exit' ? undefined : await askPolicy(policy, { ...found, lane }, clock);
    if (words !== undefined) {
      return refuse(reading, decision, verdict('policy', { reason: words.slice(0, 200) }));
    }
    return admit(decision, { code, holds: confirms && !counted });
  }

  function refuse(reading: Reading, decision: Deciding, said: Verdict): Told {
    decision.settle('cancel');
    const read = decision.ticket === undefined ? options.unknownRead(reading) : undefined;
    void written(records[decision.direction].refusal(decision, said, decision.took, read));
    return told(decision, said, false);
  }

  async function admit(
    decision: Deciding,
    { code, holds: isHeld }: { code?: string; holds: boolean },
  ): Promise<Told> {
    const isExit = decision.direction === 'exit';
    const mayDoWithout = isExit || settings.withoutJournal === 'open';
    const onDisk = await intentWritten(decision, mayDoWithout);
    const isGood = isExit || decision.stillGood();
    if (stopped || (!onDisk && !mayDoWithout) || !isGood) {
      decision.settle('cancel');
      void written(records[decision.direction].result(decision, 'cancelled'));
      return told(decision, verdict(faults.first() === undefined ? 'busy' : 'fault'), false);
    }
    if (code !== undefined) last = { code, at: clock.mono() };
    if (isHeld) {
      const until = holds.hold(decision, decision.passageMs);
      return { ...told(decision, decision.verdict, false), open: time.now() + until };
    }
    decision.settle('passed');
    void written(records[decision.direction].result(decision, 'passed'));
    return told(decision, decision.verdict, true);
  }

  /** Whether the intent is on disk in time; a slow disk closes the handheld. */
  async function intentWritten(decision: Deciding, isOwed: boolean): Promise<boolean> {
    const row = written(records[decision.direction].intent(decision, isOwed));
    if (isOwed && faults.has('journal')) return false;
    let late: unknown;
    const tooLate = new Promise<boolean>((resolve) => {
      late = clock.setTimeout(() => {
        faults.add('journal', 'journal-slow');
        resolve(false);
      }, JOURNAL_MAX_MS);
    });
    const onDisk = await Promise.race([row, tooLate]);
    clock.clearTimeout(late);
    return onDisk;
  }

  function told(decision: Deciding, said: Verdict, passed: boolean): Told {
    const { scanId, label, ticket, performance, direction, decidedBy } = decision;
    const at = time.now();
    return {
      ...{ scanId, verdict: said, label, ticket, performance, direction, decidedBy, at, passed },
    };
  }

  /** A few at a time, each answered once however often it is asked. */
  async function once(
    scanId: string,
    asked: unknown,
    work: () => Promise<Told[]>,
  ): Promise<Told[]> {
    const known = answered.of(scanId, asked);
    if (known) return known;
    if (stopped) throw gatewayError('handheld-stopped');
    if (busy >= AT_ONCE_MAX) throw gatewayError('handheld-busy');
    busy += 1;
    const done = work().finally(() => {
      busy -= 1;
    });
    answered.keep(scanId, asked, done);
    return done;
  }

  /** What an earlier run has let in or out under this id, with this code, at this handheld. */
  function earlier({ scanId, code, symbology = 'unknown' }: HandScan): Told | undefined {
    const passage = store.passage(scanId);
    if (!passage) return undefined;
    const { ticket, performance, direction, at, lane } = passage;
    const isIts = lane === settings.lane && isCodeOf(canonical(code, symbology), ticket);
    if (!isIts) throw gatewayError('scan-id-reused');
    const said = verdict(direction === 'exit' ? 'exit' : 'ok');
    const { label } = store.byId(ticket)?.row ?? {};
    const about = { scanId, label, ticket, performance, direction, at };
    return { ...about, verdict: said, decidedBy: 'gateway', passed: true };
  }

  /** Of a secure ticket that only the cloud has, the scan id alone has to do. */
  function isCodeOf(code: string, ticket: string): boolean {
    if (kindOf(code) !== 'secure') return store.find(code)?.row.id === ticket;
    const handle = parseSecure(code)?.handle;
    const found = handle && store.findSecure(toHex(handle));
    return found === undefined || found.row.id === ticket;
  }

  async function first(answers: Promise<Told[]>): Promise<Told> {
    return (await answers)[0] as Told;
  }

  return {
    lane: settings.lane,
    mode: () => mode,
    setMode(next) {
      mode = next;
    },
    fault: () => faults.first(),
    unrecorded: () => faults.tolerated(),
    answer: (scanId) => answered.answer(scanId),
    start(fault) {
      faults.start();
      if (fault !== undefined) faults.add('journal', fault);
    },
    async stop() {
      stopped = true;
      faults.stop();
      await answered.settled();
      holds.stop();
    },
    scan(asked, who) {
      return first(
        once(asked.scanId, asked, async () => [earlier(asked) ?? (await judge(asked, who))]),
      );
    },
    async group(scans, who) {
      const secure = scans.filter(({ code }) => kindOf(canonical(code, 'unknown')) === 'secure');
      const people = secure.length;
      const one = (asked: HandScan): Promise<Told[]> => {
        const isSecure = secure.includes(asked);
        const judged = async () => earlier(asked) ?? (await judge(asked, who, true));
        const { direction } = mode;
        const singly: Told = {
          ...{ scanId: asked.scanId, direction, at: time.now(), passed: false },
          ...{ verdict: verdict('group', { people }), decidedBy: 'gateway' },
        };
        return Promise.resolve(answered.of(asked.scanId, asked)).then((known) => {
          if (known) return known;
          const done = isSecure ? Promise.resolve([singly]) : judged().then((said) => [said]);
          answered.keep(asked.scanId, asked, done);
          return done;
        });
      };
      return (await Promise.all(scans.map(one))).flat();
    },
    passes(asked, people, who) {
      return once(asked.scanId, { ...asked, people }, async () => {
        const all: Told[] = [];
        if (kindOf(canonical(asked.code, 'unknown')) === 'secure') {
          throw gatewayError('group-secure');
        }
        for (let n = 0; n < people; n += 1) {
          const one = { ...asked, scanId: nthOf(asked.scanId, n) };
          all.push(earlier(one) ?? (await judge(one, who, true)));
          if (!all.at(-1)?.passed) break;
        }
        return all;
      });
    },
    override(asked, who) {
      return first(once(asked.scanId, asked, async () => [await onWord(asked, who)]));
    },
    async end(scan, passed) {
      const known = await answered.answer(scan);
      if (!known) throw gatewayError('scan-not-here');
      const ended = holds.end(scan, passed);
      if (ended === undefined) throw gatewayError('scan-not-here');
      return { ...known, open: undefined, passed: ended };
    },
    async settle(ticket, passed, who) {
      const open = reservations
        .of(ticket)
        .find(({ gateway, unsettled }) => unsettled && gateway === settings.gateway);
      if (!open) throw gatewayError('grant-not-here');
      const { performance } = store.byId(ticket)?.row ?? {};
      const direction = 'entry' as const;
      const grant = { scanId: open.scanId, ticket, performance };
      const decision: Deciding = {
        ...{ ...grant, direction, by: who.staff, verdict: verdict('ok'), decidedBy: 'staff' },
        ...{ passageMs: 0, at: clock.mono(), took: {}, stillGood: () => true, settle() {} },
      };
      const row = records.entry.result(decision, passed ? 'passed' : 'released');
      if (!(await written(row))) throw gatewayError('journal-failed', { fault: 'see the log' });
      admission.settle(grant, place(direction), passed ? 'passed' : 'released');
      return told(decision, verdict(passed ? 'ok' : 'busy'), passed);
    },
  };

  async function onWord(asked: Overridden, who: HandWorker): Promise<Told> {
    const { scanId, ticket, performance, label, of, reason } = asked;
    const { verdict: said } = (of && (await answered.answer(of))) || {};
    if (said && !mayOverride(said, who.role)) throw gatewayError('override-refused');
    if (!said && who.role === 'steward') throw gatewayError('role-missing', { role: 'lead' });
    const isSilent = reservations.of(ticket).some(({ unsettled }) => unsettled);
    if (isSilent && reservations.silentFor(ticket) < OVERRIDE_AFTER_MS) {
      throw gatewayError('override-too-soon');
    }
    const word = { by: who.staff, role: who.role, reason };
    const found = await admission.onWord(
      { scanId, ticket, performance, label, of, word },
      place('entry', true),
    );
    const decision = { ...found, by: who.staff, direction: 'entry' as const };
    if (outcomeOf(found.verdict.key) === 'admit') return admit(decision, { holds: false });
    decision.settle('cancel');
    void written(records.entry.refusal(decision, found.verdict, found.took));
    return told(decision, found.verdict, false);
  }
}

type Deciding = Decision & { readonly direction: HandMode['direction'] };

/** The scan id of the nth person of one request: the same each time it comes. */
function nthOf(scanId: string, n: number): string {
  const last = (Number.parseInt(scanId.slice(-4), 16) + n) % 0x1_0000;
  return `${scanId.slice(0, -4)}${last.toString(16).padStart(4, '0')}`;
}
