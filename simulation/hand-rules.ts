import type { HandLane, HandScan, Told } from '@gatehouse/gateway/parts';
import { outcomeOf } from '@gatehouse/protocol';
import type { Answer, Handheld, Wish } from './handhelds.ts';
import { type Admission, ANSWER_MS, type Ledger, short } from './ledger.ts';
import type { World } from './world.ts';

/** What may be said to whoever asks again after a restart: his guest is not sent away as used. */
const AS_USED = ['already-used', 'already-inside', 'code-used'];
/** Why a gateway does not take a request; none of them lets anybody in. */
const REFUSALS = [
  ...['handheld-busy', 'handheld-stopped', 'group-secure', 'scan-not-here'],
  ...['grant-not-here', 'override-refused', 'override-too-soon', 'role-missing', 'journal-failed'],
];

/** What must be true at handhelds; each rule has its name in docs/reliability.md. */
export interface HandRules {
  /** A request has reached its gateway; gives what is to be told of its answer. */
  arrives(hand: Handheld, lane: HandLane, wish: Wish): (answer: Answer) => void;
  /** A handheld is paired no more, or its gateway's process has ended. */
  closed(lane: string): void;
  ended(gateway: string): void;
  /** Somebody counts as let in at a handheld, or is about to be: his scan is decided. */
  admitted(hand: Handheld, admission: Admission): void;
  /** Everybody who was let in has been told of to whoever asked. */
  healed(): void;
}

/** What is remembered of one scan id of a handheld. */
interface Answered {
  run: object;
  text: string;
  readonly passed: boolean;
}

export function createHandRules(
  world: World,
  ledger: () => Pick<Ledger, 'admissions' | 'admits' | 'shown' | 'left'>,
  truth: (code: string) => Parameters<Ledger['shown']>[2],
): HandRules {
  const { story } = world;
  const answers = new Map<string, Answered>();
  /** By lane: who was let in, and nobody has been told yet. */
  const untold = new Map<string, Set<string>>();
  const waiting = new Set<{ lane: string; since: number; limit: number; isExit: boolean }>();

  world.watch(() => {
    for (const one of waiting) {
      if (world.now - one.since <= one.limit) continue;
      waiting.delete(one);
      const invariant = one.isExit ? 'exit-opens' : 'answer-in-time';
      story.wrong(invariant, `${one.lane} let a steward wait for ${one.limit} ms`);
    }
  });

  /**
   * The same scan gets the same answer; never is somebody who was let in told he was before.
   * @param asked the handheld's own id of it
   */
  function same(lane: HandLane, asked: string, told: Told): void {
    const name = `${lane.lane}/${asked}`;
    const text = JSON.stringify(told);
    const known = answers.get(name);
    answers.set(name, { run: lane, text, passed: told.passed || (known?.passed ?? false) });
    if (!known) return;
    const isSame = known.run !== lane || known.text === text;
    const isBurnt = known.passed && AS_USED.includes(told.verdict.key);
    if (isSame && !isBurnt) return;
    story.wrong(
      'hand-answer-once',
      `${lane.lane} says ${told.verdict.key} of one scan, and otherwise`,
    );
  }

  /** Told to have been let in: he was, here, on an intent that is on disk. */
  function told(lane: string, { scanId, passed, open, direction }: Told): void {
    if (direction === 'exit') return;
    if (open !== undefined) ledger().admits(lane, scanId);
    untold.get(lane)?.delete(scanId);
    const admission = ledger().admissions.get(scanId);
    const isIn = admission?.lane === lane && admission.pulsed !== undefined;
    if ((passed || open !== undefined) === isIn) return;
    const what = `${lane} was told ${passed ? 'of one who was not let in' : 'nothing of one who was'}`;
    story.wrong('hand-told-true', what);
  }

  function answered(hand: Handheld, lane: HandLane, wish: Wish, answer: Answer): void {
    if ('fault' in answer) {
      if (REFUSALS.includes(answer.fault)) return;
      story.wrong('hand-answer-once', `${lane.lane} has no words: ${answer.fault}`);
      return;
    }
    for (const [n, one] of answer.told.entries()) {
      const asked = idOf(wish, n);
      if (asked) {
        same(lane, asked, one);
        told(lane.lane, one);
      }
      const isGroup = wish.kind === 'group' || wish.kind === 'passes';
      const isSecure = isGroup && one.passed && truthOf(wish, one)?.slot !== undefined;
      if (isSecure) story.wrong('group-regular', `${lane.lane} let in ${short(one.ticket)}`);
    }
    const [first] = answer.told;
    const isOut = first?.direction === 'exit' && wish.kind === 'scan';
    if (!isOut || outcomeOf(first.verdict.key) === 'admit') return;
    if (hand.paired && hand.node.serves) story.wrong('exit-opens', `${lane.lane} kept somebody in`);
  }

  function truthOf(wish: Wish, { scanId }: Told) {
    const scans = wish.kind === 'group' ? wish.scans : wish.kind === 'passes' ? [wish.scan] : [];
    return truth(scans.find((one) => one.scanId === scanId)?.code ?? '');
  }

  function shown(lane: HandLane, scan: HandScan, people = 1): void {
    const known = truth(scan.code);
    ledger().shown(lane.lane, scan.code, known);
    if (!known || lane.mode().direction !== 'exit') return;
    for (let n = 0; n < people; n++) ledger().left(known.ticket, `${scan.scanId} ${n}`);
  }

  return {
    arrives(hand, lane, wish) {
      const people = wish.kind === 'passes' ? wish.people : 1;
      if (wish.kind === 'scan' || wish.kind === 'passes') shown(lane, wish.scan, people);
      if (wish.kind === 'group') for (const scan of wish.scans) shown(lane, scan);
      const isExit = wish.kind === 'scan' && lane.mode().direction === 'exit';
      const one = { lane: lane.lane, since: world.now, limit: ANSWER_MS * people, isExit };
      waiting.add(one);
      return (answer) => {
        waiting.delete(one);
        answered(hand, lane, wish, answer);
      };
    },
    closed(lane) {
      untold.delete(lane);
      for (const one of waiting) if (one.lane === lane) waiting.delete(one);
    },
    ended(gateway) {
      for (const lane of untold.keys()) if (isOf(lane, gateway)) untold.delete(lane);
      for (const one of waiting) if (isOf(one.lane, gateway)) waiting.delete(one);
    },
    admitted(hand, { lane, intent }) {
      const { scanId = '', verdict, by } = intent;
      if (!hand.paired) story.wrong('unpaired-never-green', `${lane} let somebody in`);
      untold.set(lane, (untold.get(lane) ?? new Set()).add(scanId));
      const { by: name, reason } = verdict.details;
      const isNamed = by === hand.who.staff && name === by && (reason ?? '').length > 0;
      if (by !== hand.who.staff || (verdict.key === 'override' && !isNamed)) {
        story.wrong('override-named', `${lane} let in ${short(intent.ticket)} on nobody’s word`);
      }
    },
    healed() {
      for (const [lane, scans] of untold) {
        if (scans.size > 0) story.wrong('hand-told-true', `${lane} told nobody of ${scans.size}`);
      }
    },
  };
}

/** The handheld's own id of each answer; none where it is about an earlier scan. */
function idOf(wish: Wish, n: number): string | undefined {
  if (wish.kind === 'scan') return wish.scan.scanId;
  if (wish.kind === 'group') return wish.scans[n]?.scanId;
  if (wish.kind === 'passes') return `${wish.scan.scanId}/${n}`;
  return wish.kind === 'override' ? wish.override.scanId : undefined;
}

/** Lanes of a gateway, and of those in its place, begin with its first name. */
function isOf(lane: string, gateway: string): boolean {
  return lane.startsWith(`${gateway.replace(/b+$/, '')}.`);
}
