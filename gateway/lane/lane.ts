import type { Health, Signal } from '@gatehouse/hardware';
import { JUST_ADMITTED_MS, outcomeOf, VERDICTS, type Verdict, verdict } from '@gatehouse/protocol';
import type { Decision } from '../admission/index.ts';
import type { Timer } from '../clock.ts';
import type { Reading } from '../reading/index.ts';
import type { LaneState, LaneView } from '../web/events.ts';
import { createFaults } from './faults.ts';
import {
  GRACE_MS,
  type Granted,
  LATE_MS,
  NO_SENSOR_MEMORY_MS,
  NO_SENSOR_PASS_MS,
  PASS_MIN_MS,
} from './granted.ts';
import { askPolicy } from './policy.ts';
import { type Answer, createPresentations, PASSING, RECONSIDER_MS } from './presentations.ts';
import type { Lane, LaneOptions } from './settings.ts';

/** How long an answer stays on the lane's display. */
export const ANSWER_SHOWN_MS = 3_500;
/** The journal may take this long before the lane says so, and this long before it closes. */
export const JOURNAL_SAY_MS = 500;
export const JOURNAL_MAX_MS = 3_000;
/** The next guest's code, read while the lane is busy, is kept this long; one code only. */
export const NEXT_KEPT_MS = 5_000;
const NOT_READY = 'turnstile-not-ready';

export function createLane(options: LaneOptions): Lane {
  const { settings, turnstile, admission, record, clock, log, tell, policy } = options;
  const isExit = settings.direction === 'exit';
  const needsRecord = !isExit && settings.withoutJournal !== 'open';
  const presentations = createPresentations();
  let state: LaneState = 'closed';
  let emergency = false;
  let stopped = false;
  let signal: Signal = 'closed';
  let answer: Answer | undefined;
  let reads = 0;
  let deciding: { code: string; done: Promise<void> } | undefined;
  let next: { reading: Reading; at: number } | undefined;
  let admitted: { code: string; at: number; until: number } | undefined;
  let granted: Granted | undefined;
  let released: { grant: Granted; at: number } | undefined;
  let shownTimer: Timer;
  const faults = createFaults({
    clock,
    probes: { journal: record.probe, relay: relayIsBack },
    tolerates: settings.withoutJournal === 'open' ? 'journal' : undefined,
    // That a board has not answered yet is every start's first moment.
    note: (code) => code !== NOT_READY && void written(record.event('fault', code)),
    onChange: () => (state === 'idle' || state === 'closed') && rest(),
  });

  function view(): LaneView {
    const { lane, name, direction } = settings;
    const [fault, unrecorded] = [faults.first(), faults.tolerated()];
    return { lane, name, direction, state, signal, reads, fault, unrecorded, ...answer };
  }

  function show(to: LaneState, light: Signal): void {
    state = to;
    signal = light;
    turnstile.show(light);
    tell({ type: 'lane', ...view() });
  }

  function restState(): LaneState {
    if (emergency) return 'emergency';
    if (granted) return 'granted';
    return faults.first() === undefined ? 'idle' : 'closed';
  }

  function rest(): void {
    answer = undefined;
    reads = 0;
    const to = restState();
    show(to, to === 'emergency' ? 'emergency' : to === 'idle' ? 'idle' : 'closed');
  }

  /** Shows an answer for a while; the lane is ready for the next guest meanwhile. */
  function say(said: Answer): void {
    const to = restState();
    answer = to === 'emergency' ? undefined : said;
    reads += 1;
    const { outcome } = VERDICTS[said.verdict.key];
    clock.clearTimeout(shownTimer);
    shownTimer = clock.setTimeout(
      () => state !== 'granted' && state !== 'deciding' && rest(),
      ANSWER_SHOWN_MS,
    );
    show(to, to === 'emergency' ? 'emergency' : outcome === 'wait' ? 'wait' : 'stop');
  }

  /** A row that could not be written closes the lane, unless its venue wants it open. */
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

  function read(reading: Reading): void {
    if (stopped) return;
    const now = clock.mono();
    if (emergency) {
      show('emergency', 'emergency');
      return;
    }
    const shown = presentations.see(reading.code, now);
    if (deciding) {
      if (deciding.code !== reading.code) next = { reading, at: now };
    } else if (granted) {
      readWhileGranted(granted, reading, shown !== undefined);
    } else if (shown) {
      say(shown.answer ?? { verdict: verdict('busy') });
    } else {
      presentations.begin(reading.code, now);
      const done = scan(reading).finally(() => {
        deciding = undefined;
        takeNext();
      });
      deciding = { code: reading.code, done };
    }
  }

  /** A re-read shows `go` again, but neither pulses nor lengthens; another guest has to wait. */
  function readWhileGranted(grant: Granted, reading: Reading, again: boolean): void {
    if (grant.code !== reading.code) {
      next = { reading, at: clock.mono() };
      if (grant.committed) endEarly(grant);
    } else if (grant.committed && !again) {
      presentations.begin(reading.code, clock.mono());
      presentations.answer(reading.code, justAdmittedAnswer(grant));
      say(justAdmittedAnswer(grant));
    } else {
      reads += 1;
      show('granted', 'go');
    }
  }

  function takeNext(): void {
    if (!next || stopped || state !== 'idle' || granted || deciding) return;
    const { reading, at } = next;
    next = undefined;
    const now = clock.mono();
    if (now - at <= NEXT_KEPT_MS) read({ ...reading, at: now });
  }

  async function scan(reading: Reading): Promise<void> {
    clock.clearTimeout(shownTimer);
    answer = undefined;
    reads = 0;
    const open = faults.first() === undefined;
    show('deciding', 'read');
    let decision: Decision | undefined;
    try {
      const { gateway, lane, direction, entrance, halls, staffed } = settings;
      const place = { gateway, lane, direction, entrance, halls, staffed, open };
      decision = await admission.decide(reading, place);
      const said = justAdmitted(reading) ?? decision.verdict;
      if (outcomeOf(said.key) !== 'admit') return refuse(reading, decision, said);
      // A rule of the venue can't keep anybody in.
      const words = isExit ? undefined : await askPolicy(policy, { ...decision, lane }, clock);
      if (words === undefined) await admit(reading, decision);
      else refuse(reading, decision, verdict('policy', { reason: words.slice(0, 200) }));
    } catch (error) {
      const { lane } = settings;
      const fault = (error as Error).message;
      log.error({ lane, source: reading.source, fault }, 'scan failed');
      if (decision && granted?.decision !== decision) giveUp(reading, decision);
      else if (!decision) told(reading, { verdict: verdict('fault') });
    }
  }

  /** Says an answer, also to the same code as long as it is held out. */
  function told(reading: Reading, said: Answer): void {
    const passes = PASSING.includes(said.verdict.key);
    const anew = passes ? clock.mono() + RECONSIDER_MS : undefined;
    presentations.answer(reading.code, said, anew);
    say(said);
  }

  /** The same code right after its passage is told so, in its own look, and changes nothing. */
  function justAdmitted(reading: Reading): Verdict | undefined {
    const now = clock.mono();
    if (isExit || admitted?.code !== reading.code || now > admitted.until) return undefined;
    return verdict('just-admitted', { seconds: Math.round((now - admitted.at) / 1000) });
  }

  function refuse(reading: Reading, decision: Decision, said: Verdict): void {
    decision.settle('cancel');
    told(reading, { verdict: said, label: decision.label, scanId: decision.scanId });
    const unknown = decision.ticket === undefined ? options.unknownRead(reading) : undefined;
    const timings = { read: reading.took, ...decision.took };
    void written(record.refusal(decision, said, timings, unknown));
  }

  async function admit(reading: Reading, decision: Decision): Promise<void> {
    const began = clock.mono();
    const onDisk = await intentWritten(decision);
    const now = clock.mono();
    const left = decision.passageMs - (now - decision.at) - GRACE_MS;
    const may = (onDisk || !needsRecord) && !emergency && !stopped && left >= PASS_MIN_MS;
    // A relay may be found stuck while the next guest’s code is looked at. Nobody is kept in for
    // that, or for what has become of his ticket.
    const isGood = isExit || (!faults.has('relay') && decision.stillGood());
    if (!may || !isGood) return giveUp(reading, decision);
    const unlockMs = Math.min(settings.unlockMs, left);
    const timings = { read: reading.took, ...decision.took, journal: now - began };
    const { code } = reading;
    const grant: Granted = { decision, code, timings, at: now, unlockMs, timer: undefined };
    // Held from before the command, so that a passage never finds a lane without its grant.
    granted = grant;
    try {
      await turnstile.unlock(settings.direction, unlockMs);
      grant.timings = { ...timings, relay: clock.mono() - reading.at };
    } catch (error) {
      faults.add('relay', (error as { code?: string }).code ?? 'turnstile-fault');
      if (granted !== grant) return;
      granted = undefined;
      return giveUp(reading, decision);
    }
    if (granted === grant) hold(grant);
  }

  /** Resolves with whether the intent is on disk in time; a slow disk closes the lane. */
  async function intentWritten(decision: Decision): Promise<boolean> {
    const row = written(record.intent(decision, !needsRecord));
    // Nobody waits for a disk that is known to be gone.
    if (!needsRecord && faults.has('journal')) return false;
    let late: Timer;
    const say = clock.setTimeout(() => show('deciding', 'wait'), JOURNAL_SAY_MS);
    const tooLate = new Promise<boolean>((resolve) => {
      late = clock.setTimeout(() => {
        faults.add('journal', 'journal-slow');
        resolve(false);
      }, JOURNAL_MAX_MS);
    });
    const onDisk = await Promise.race([row, tooLate]);
    clock.clearTimeout(say);
    clock.clearTimeout(late);
    return onDisk;
  }

  /** Admits nobody after all. The row follows the intent, however late that reaches the disk. */
  function giveUp(reading: Reading, decision: Decision): void {
    decision.settle('cancel');
    const key = faults.first() === undefined && !emergency ? 'busy' : 'fault';
    told(reading, { verdict: verdict(key), label: decision.label, scanId: decision.scanId });
    log.warn({ lane: settings.lane, source: reading.source, scanId: decision.scanId }, 'gave up');
    void written(record.result(decision, 'cancelled'));
  }

  /** The relay is open: waits for the guest. */
  function hold(grant: Granted): void {
    const { verdict: said, label, scanId } = grant.decision;
    answer = { verdict: said, label, scanId };
    reads += 1;
    clock.clearTimeout(shownTimer);
    show('granted', 'go');
    if (!turnstile.hasPassageSensor) commit(grant, NO_SENSOR_MEMORY_MS);
    grant.timer = clock.setTimeout(() => timeOut(grant), grant.unlockMs);
    if (next && grant.committed) endEarly(grant);
  }

  /** Somebody passed: the ticket is used from here on. */
  function commit(grant: Granted, memory: number): void {
    const now = clock.mono();
    admitted = { code: grant.code, at: now, until: now + memory };
    grant.committed = true;
    presentations.answer(grant.code, justAdmittedAnswer(grant));
    grant.decision.settle('passed');
    void written(record.result(grant.decision, 'passed', grant.timings));
  }

  function justAdmittedAnswer({ decision }: Granted): Answer {
    const { label, scanId } = decision;
    return { verdict: verdict('just-admitted'), label, scanId };
  }

  function timeOut(grant: Granted): void {
    if (granted !== grant) return;
    void locked();
    if (grant.committed) end(grant);
    else grant.timer = clock.setTimeout(() => release(grant), GRACE_MS);
  }

  /** Without a sensor nobody knows when the guest is through: he gets a while, then the next. */
  function endEarly(grant: Granted): void {
    clock.clearTimeout(grant.timer);
    const left = grant.at + Math.min(NO_SENSOR_PASS_MS, grant.unlockMs) - clock.mono();
    grant.timer = clock.setTimeout(() => timeOut(grant), Math.max(0, left));
  }

  /** A device that is not in order speaks for itself; else a relay that stays on is a fault. */
  async function locked(): Promise<void> {
    const off = await turnstile.lock().catch(() => false);
    if (!off && !stopped && !faults.has('turnstile')) faults.add('relay', 'turnstile-relay-stuck');
  }

  async function relayIsBack(): Promise<void> {
    if (granted || !(await turnstile.lock())) throw new Error('the relay is still on');
  }

  /**
   * Nobody passed: the ticket is good again, once its code has been taken away. Where the sensor was
   * away nobody knows, and a person has to say.
   */
  function release(grant: Granted): void {
    if (granted !== grant || grant.committed) return;
    const how = grant.blind ? 'unsettled' : 'released';
    released = emergency || grant.blind ? undefined : { grant, at: clock.mono() };
    presentations.answer(grant.code, { verdict: verdict('busy'), label: grant.decision.label });
    grant.decision.settle(how);
    void written(record.result(grant.decision, how, grant.timings));
    end(grant);
  }

  /** A stop locks at once; of a guest who is through, the sensor may still have to tell. */
  async function lastThrough(grant: Granted): Promise<void> {
    clock.clearTimeout(grant.timer);
    if (grant.committed) return;
    void locked();
    await new Promise<void>((done) => clock.setTimeout(done, GRACE_MS));
    release(grant);
  }

  function end(grant: Granted): void {
    clock.clearTimeout(grant.timer);
    if (granted !== grant) return;
    granted = undefined;
    rest();
    takeNext();
  }

  function onPassage(): void {
    if (emergency) return;
    if (granted && !granted.committed) {
      const grant = granted;
      commit(grant, JUST_ADMITTED_MS);
      void locked();
      end(grant);
    } else if (released && clock.mono() - released.at <= LATE_MS) {
      const { decision, code } = released.grant;
      presentations.answer(code, justAdmittedAnswer(released.grant));
      released = undefined;
      decision.settle('passed', true);
      void written(record.result(decision, 'late'));
    } else if (!granted) {
      void written(record.event('tailgate'));
    }
  }

  function onEmergency(active: boolean): void {
    if (active === emergency) return;
    emergency = active;
    next = undefined;
    if (granted?.committed) end(granted);
    else if (granted) release(granted);
    void written(record.event(active ? 'emergency' : 'emergency-over'));
    if (!deciding) rest();
  }

  return {
    view,
    read,
    shut: (code) => (code ? faults.add('person', code) : faults.clear('person')),
    async start(journalFault) {
      faults.start();
      if (journalFault !== undefined) faults.add('journal', journalFault);
      // A board that is not there keeps this lane closed, not the whole gateway.
      faults.add('turnstile', NOT_READY);
      const onHealth = ({ ok, code }: Health) => {
        if (granted && !ok) granted.blind = true;
        ok ? faults.clear('turnstile') : faults.add('turnstile', code ?? 'turnstile-fault');
      };
      turnstile.start({ onPassage, onEmergency, onHealth }).then(
        () => faults.clear('turnstile', NOT_READY),
        (error: { code?: string }) => faults.add('turnstile', error.code ?? 'turnstile-fault'),
      );
      rest();
    },
    async stop() {
      stopped = true;
      faults.stop();
      await deciding?.done;
      clock.clearTimeout(shownTimer);
      if (granted) await lastThrough(granted);
      await turnstile.stop();
    },
  };
}
