import type { Health, Signal, Turnstile } from '@gatehouse/hardware';
import {
  JUST_ADMITTED_MS,
  outcomeOf,
  type TicketLabel,
  VERDICTS,
  type Verdict,
  verdict,
} from '@gatehouse/protocol';
import type { Admission, Decision } from '../admission/index.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Reading } from '../reading/index.ts';
import type { GatewayEvent, LaneState, LaneView } from '../web/events.ts';
import { createFaults } from './faults.ts';
import { GRACE_MS, type Granted, LATE_MS } from './granted.ts';
import { askPolicy, type Policy } from './policy.ts';
import type { LaneRecord, UnknownRead } from './record.ts';

/** The same code seen again within this time is still the same presentation. */
const PRESENTATION_MS = 1_500;
/** How long an answer stays on the lane's display. */
const ANSWER_SHOWN_MS = 3_500;
/** The journal may take this long before the lane says so, and this long before it closes. */
const JOURNAL_SAY_MS = 500;
const JOURNAL_MAX_MS = 3_000;
/** A lane without a passage sensor remembers an admitted code this long. */
const NO_SENSOR_MEMORY_MS = 10_000;

export interface LaneSettings {
  readonly lane: string;
  readonly name: string;
  readonly gateway: string;
  readonly direction: 'entry' | 'exit';
  readonly entrance: string;
  readonly halls: readonly string[];
  readonly staffed: boolean;
  /** How long the turnstile stays unlocked for one passage. */
  readonly unlockMs: number;
}

export interface LaneOptions {
  readonly settings: LaneSettings;
  readonly turnstile: Turnstile;
  readonly admission: Admission;
  readonly record: LaneRecord;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (event: GatewayEvent) => void;
  readonly policy?: Policy | undefined;
  /** HMAC, length and symbology of a text nobody knows. */
  readonly unknownRead: (reading: Reading) => UnknownRead;
}

/** One lane: idle → deciding → granted → passed | released; closed; emergency. */
export interface Lane {
  start(): Promise<void>;
  stop(): Promise<void>;
  read(reading: Reading): void;
  view(): LaneView;
}

export function createLane(options: LaneOptions): Lane {
  const { settings, turnstile, admission, record, clock, log, tell, policy } = options;
  let state: LaneState = 'closed';
  let emergency = false;
  let signal: Signal = 'closed';
  let answer: { verdict: Verdict; label?: TicketLabel | undefined; scanId: string } | undefined;
  let reads = 0;
  let seen: { code: string; at: number } | undefined;
  let admitted: { code: string; at: number; until: number } | undefined;
  let granted: Granted | undefined;
  let released: { grant: Granted; at: number } | undefined;
  let shownTimer: Timer;
  const faults = createFaults({
    clock,
    probe: (code) => record.event('fault', code),
    onChange: (open) => (open ? reopen() : close()),
  });

  function view(): LaneView {
    const { lane, name, direction } = settings;
    const fault = faults.first();
    return { lane, name, direction, state, signal, reads, fault, ...answer };
  }

  function show(next: LaneState, light: Signal): void {
    state = next;
    signal = light;
    turnstile.show(light);
    tell({ type: 'lane', ...view() });
  }

  function rest(): void {
    answer = undefined;
    reads = 0;
    if (emergency) show('emergency', 'emergency');
    else if (faults.first() === undefined) show('idle', 'idle');
    else show('closed', 'closed');
  }

  /** Shows an answer for a while; the lane is ready for the next guest meanwhile. */
  function say(said: NonNullable<typeof answer>): void {
    answer = said;
    reads += 1;
    const { outcome } = VERDICTS[said.verdict.key];
    clock.clearTimeout(shownTimer);
    shownTimer = clock.setTimeout(
      () => state !== 'granted' && state !== 'deciding' && rest(),
      ANSWER_SHOWN_MS,
    );
    show(restState(), outcome === 'wait' ? 'wait' : 'stop');
  }

  function restState(): LaneState {
    if (emergency) return 'emergency';
    return faults.first() === undefined ? 'idle' : 'closed';
  }

  function reopen(): void {
    if (state === 'closed') rest();
  }

  function close(): void {
    if (state === 'idle') rest();
  }

  /** A row that could not be written closes the lane; nothing is admitted without a journal. */
  function written(row: Promise<void>): Promise<boolean> {
    return row.then(
      () => true,
      (error: Error & { code?: string }) => {
        log.error({ lane: settings.lane, fault: error.message }, 'journal row not written');
        faults.add('journal', error.code ?? 'journal-failed');
        return false;
      },
    );
  }

  function read(reading: Reading): void {
    const now = clock.mono();
    const again = seen?.code === reading.code && now - seen.at <= PRESENTATION_MS;
    seen = { code: reading.code, at: now };
    if (state === 'deciding') return;
    if (state === 'granted') {
      if (granted?.code !== reading.code) return;
      reads += 1;
      show('granted', 'go');
    } else if (state === 'emergency') {
      show('emergency', 'emergency');
    } else if (again && answer) {
      say(answer);
    } else if (!again) {
      scan(reading).catch((error: Error) => broken(reading, error));
    }
  }

  function broken(reading: Reading, error: Error): void {
    log.error({ lane: settings.lane, source: reading.source, fault: error.message }, 'scan failed');
    state = restState();
    say({ verdict: verdict('fault'), scanId: '' });
  }

  async function scan(reading: Reading): Promise<void> {
    clock.clearTimeout(shownTimer);
    answer = undefined;
    reads = 0;
    const open = faults.first() === undefined;
    show('deciding', 'read');
    const { gateway, lane, direction, entrance, halls, staffed } = settings;
    const place = { gateway, lane, direction, entrance, halls, staffed, open };
    const decision = await admission.decide(reading, place);
    const said = justAdmitted(reading) ?? decision.verdict;
    if (outcomeOf(said.key) !== 'admit') return refuse(reading, decision, said);
    const words = await askPolicy(policy, { ...decision, lane }, clock);
    if (words !== undefined) {
      return refuse(reading, decision, verdict('policy', { reason: words.slice(0, 200) }));
    }
    await admit(reading, decision);
  }

  /** The same code right after its passage is told so, in its own look, and changes nothing. */
  function justAdmitted(reading: Reading): Verdict | undefined {
    const now = clock.mono();
    if (admitted?.code !== reading.code || now > admitted.until) return undefined;
    return verdict('just-admitted', { seconds: Math.round((now - admitted.at) / 1000) });
  }

  async function refuse(reading: Reading, decision: Decision, said: Verdict): Promise<void> {
    decision.settle('cancel');
    state = restState();
    say({ verdict: said, label: decision.label, scanId: decision.scanId });
    const read = decision.ticket === undefined ? options.unknownRead(reading) : undefined;
    const timings = { read: reading.took, ...decision.took };
    await written(record.refusal(decision, said, timings, read));
  }

  async function admit(reading: Reading, decision: Decision): Promise<void> {
    const began = clock.mono();
    const inTime = (await intentWritten(decision)) || settings.direction === 'exit';
    const journal = clock.mono() - began;
    const good =
      inTime &&
      state === 'deciding' &&
      !emergency &&
      clock.mono() - decision.at < decision.passageMs;
    if (!good || !decision.stillGood()) return giveUp(reading, decision);
    try {
      await turnstile.unlock(settings.direction, settings.unlockMs);
    } catch (error) {
      faults.add('turnstile', (error as { code?: string }).code ?? 'turnstile-fault');
      return giveUp(reading, decision);
    }
    const relay = clock.mono() - reading.at;
    const timings = { read: reading.took, ...decision.took, journal, relay };
    grant({ decision, code: reading.code, timings, timer: undefined });
  }

  /** Resolves with whether the intent is on disk in time; a slow disk closes the lane. */
  async function intentWritten(decision: Decision): Promise<boolean> {
    const row = written(record.intent(decision));
    let tooLate = false;
    const say = clock.setTimeout(() => show('deciding', 'wait'), JOURNAL_SAY_MS);
    const late = new Promise<boolean>((resolve) => {
      const timer = clock.setTimeout(() => {
        tooLate = true;
        faults.add('journal', 'journal-slow');
        resolve(false);
      }, JOURNAL_MAX_MS);
      row.finally(() => clock.clearTimeout(timer));
    });
    const done = await Promise.race([row, late]);
    clock.clearTimeout(say);
    if (tooLate) row.then((onDisk) => onDisk && written(record.result(decision, 'cancelled')));
    return done;
  }

  async function giveUp(reading: Reading, decision: Decision): Promise<void> {
    decision.settle('cancel');
    const key = faults.first() === undefined ? 'busy' : 'fault';
    const said = emergency ? 'fault' : key;
    state = restState();
    say({ verdict: verdict(said), label: decision.label, scanId: decision.scanId });
    log.warn({ lane: settings.lane, source: reading.source, scanId: decision.scanId }, 'gave up');
    if (faults.first() !== 'journal-slow') await written(record.result(decision, 'cancelled'));
  }

  function grant(next: Granted): void {
    granted = next;
    const { verdict, label, scanId } = next.decision;
    answer = { verdict, label, scanId };
    reads += 1;
    clock.clearTimeout(shownTimer);
    show('granted', 'go');
    if (!turnstile.hasPassageSensor) commit(next, NO_SENSOR_MEMORY_MS);
    next.timer = clock.setTimeout(() => timeOut(next), settings.unlockMs);
  }

  /** Somebody passed: the ticket is used from here on. */
  function commit(grant: Granted, memory: number): void {
    const now = clock.mono();
    admitted = { code: grant.code, at: now, until: now + memory };
    grant.committed = true;
    grant.decision.settle('passed');
    void written(record.result(grant.decision, 'passed', grant.timings));
  }

  async function timeOut(grant: Granted): Promise<void> {
    if (granted !== grant) return;
    await locked();
    if (grant.committed) return end(grant);
    grant.timer = clock.setTimeout(() => release(grant), GRACE_MS);
  }

  async function locked(): Promise<void> {
    const off = await turnstile.lock().catch(() => false);
    if (!off) faults.add('turnstile', 'turnstile-relay-stuck');
  }

  function release(grant: Granted): void {
    if (granted !== grant || grant.committed) return;
    released = { grant, at: clock.mono() };
    grant.decision.settle('released');
    void written(record.result(grant.decision, 'released', grant.timings));
    end(grant);
  }

  function end(grant: Granted): void {
    clock.clearTimeout(grant.timer);
    if (granted === grant) granted = undefined;
    rest();
  }

  function onPassage(): void {
    if (granted && !granted.committed) {
      const grant = granted;
      commit(grant, JUST_ADMITTED_MS);
      void locked();
      end(grant);
    } else if (released && clock.mono() - released.at <= LATE_MS) {
      const { decision } = released.grant;
      released = undefined;
      decision.settle('passed', true);
      void written(record.result(decision, 'late'));
    } else if (!emergency && !granted) {
      void written(record.event('tailgate'));
      tell({ type: 'lane', ...view() });
    }
  }

  function onEmergency(active: boolean): void {
    if (active === emergency) return;
    emergency = active;
    if (granted && !granted.committed) release(granted);
    void written(record.event(active ? 'emergency' : 'emergency-over'));
    if (state !== 'deciding') rest();
  }

  return {
    view,
    read,
    async start() {
      faults.start();
      // A board that is not there keeps this lane closed, not the whole gateway.
      faults.add('turnstile', 'turnstile-not-ready');
      const onHealth = ({ ok, code }: Health) =>
        ok ? faults.clear('turnstile') : faults.add('turnstile', code ?? 'turnstile-fault');
      turnstile.start({ onPassage, onEmergency, onHealth }).then(
        () => faults.clear('turnstile'),
        (error: { code?: string }) => faults.add('turnstile', error.code ?? 'turnstile-fault'),
      );
      rest();
    },
    async stop() {
      faults.stop();
      clock.clearTimeout(shownTimer);
      if (granted && !granted.committed) release(granted);
      await turnstile.stop();
    },
  };
}
