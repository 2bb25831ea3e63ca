import type {
  FoundList,
  GroupAnswer,
  HandAnswer,
  HandheldState,
  ModeRequest,
  ScanRequest,
} from '../shared/api.ts';
import { ask, codeOf, OUT_OF_REACH } from '../shared/ask.ts';
import { calibrate, translate } from '../shared/calibration.ts';
import { lookOf } from '../shared/look.ts';
import { tokenIn } from './keys.ts';
import { draw, fail, own, page, screen, sounder } from './page.svelte.ts';
import { createPresentation } from './presentation.ts';
import { attempt, lineIs, refresh, toPairing } from './session.ts';
import { uuid7 } from './uuid7.ts';

/** The lane's own deadline and the way there and back; then the same question is asked once more. */
const SCAN_PATIENCE_MS = 2_500;
const SCAN_TRIES = 2;
const GROUP_PATIENCE_MS = 20_000;
const SEARCH_PATIENCE_MS = 8_000;
/** Codes in one group; the gateway takes no more. */
export const GROUP_MAX = 100;
export const MEASURE = 'read-to-screen';

export interface Read {
  readonly code: string;
  readonly symbology?: string | undefined;
  readonly source: ScanRequest['source'];
  /** Monotonic milliseconds: of the camera's frame, or of the last key. */
  readonly at: number;
}

const presentation = createPresentation();
let newest: Read | undefined;

const scanId = () => uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));

/** Takes what any reader gave: a ticket, or the calibration or pairing code where that is due. */
export async function onRead(read: Read): Promise<void> {
  if (page.calibrating === 'waiting') return learnKeys(read);
  const code = read.source === 'wedge' ? translate(read.code, page.keyMap) : read.code;
  if (page.phase === 'pair' || page.phase === 'forgotten') {
    const token = tokenIn(code);
    if (token) toPairing(token);
    return;
  }
  if (page.phase !== 'door' || page.lost) return;
  if (page.sheet === 'group' && page.group) return collect(code);
  if (page.sheet !== '' && page.sheet !== 'type') return;
  page.sheet = '';
  await present({ ...read, code });
}

async function present(read: Read): Promise<void> {
  const seen = presentation.see(read.code, performance.now(), read.source !== 'camera');
  if (seen === 'same') {
    screen.again(performance.now());
    return draw();
  }
  newest = read;
  if (seen === 'kept') return;
  await judge(read);
  const next = presentation.done();
  if (next !== undefined && newest?.code === next) await present(newest);
}

async function judge({ code, symbology, source, at }: Read): Promise<void> {
  const id = scanId();
  fail('');
  screen.ask(id);
  draw();
  const request: ScanRequest = { scanId: id, code, source, ...(symbology && { symbology }) };
  try {
    const answer = await again(() =>
      ask<HandAnswer>('POST', 'handheld/scan', request, SCAN_PATIENCE_MS),
    );
    lineIs(true);
    tell(id, answer, at);
  } catch (fault) {
    unanswered(id, fault);
  }
}

/** Asks once more where no answer came: the same scan is answered the same. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (fault) {
      if (codeOf(fault) !== OUT_OF_REACH || tries >= SCAN_TRIES) throw fault;
    }
  }
}

function unanswered(id: string, fault: unknown): void {
  const code = codeOf(fault);
  presentation.forget();
  if (screen.fail(id, code)) {
    draw();
    feel('stop', [250, 90, 250]);
  }
  if (code === OUT_OF_REACH) lineIs(false);
}

/** Shows an answer, sounds it, and measures how long the guest has waited for it. */
function tell(id: string, answer: HandAnswer, from?: number): void {
  if (!screen.answer(id, answer, performance.now())) return;
  draw();
  const { sound, vibration } = lookOf(answer.verdict.key);
  feel(sound, vibration);
  if (from !== undefined) {
    // Behind the second frame the browser has painted the answer.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => performance.measure(MEASURE, { start: from })),
    );
  }
  if (answer.passed) refresh().catch(codeOf);
}

function feel(sound: 'go' | 'stop' | 'attention', vibration: readonly number[]): void {
  if (page.sound) sounder.play(sound);
  // Browsers complain of a page that shakes a phone nobody has touched yet.
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.([...vibration]);
}

async function learnKeys(read: Read): Promise<void> {
  if (read.source !== 'wedge') return;
  const learned = calibrate(read.code);
  page.calibrating = learned.ok ? 'done' : learned.fault;
  if (!learned.ok) return;
  page.keyMap = learned.map;
  await own.kept?.set('keyMap', { ...learned.map });
}

/** The answer on the screen, if there is one. */
function shown(): HandAnswer | undefined {
  return page.showing.kind === 'answer' ? page.showing.answer : undefined;
}

/** Puts the answer away and is ready for the next guest. */
export function next(): void {
  screen.clear();
  draw();
}

/** Admits all the same, with a reason; names either the answer on the screen or a found ticket. */
export const override = (of: { scan: string } | { ticket: string }, reason: string) =>
  attempt(async () => {
    const id = scanId();
    const answer = await again(() =>
      ask<HandAnswer>('POST', 'handheld/override', { scanId: id, of, reason }),
    );
    page.sheet = '';
    screen.ask(id);
    tell(id, answer);
  });

/** Says whether the guest of the open admission on the screen went in. */
export const end = (passed: boolean) =>
  attempt(async () => {
    const scan = shown()?.scanId;
    if (!scan) return;
    const answer = await ask<HandAnswer>('POST', 'handheld/end', { scan, passed });
    presentation.forget();
    if (!passed) return next();
    screen.ask(scan);
    screen.answer(scan, answer, performance.now());
    draw();
    await refresh();
  });

/** Says what became of a passage that its lane left open. */
export const settle = (ticket: string, passed: boolean, reason: string) =>
  attempt(async () => {
    const answer = await ask<HandAnswer>('POST', 'handheld/settle', { ticket, passed, reason });
    page.sheet = '';
    presentation.forget();
    screen.ask(answer.scanId);
    tell(answer.scanId, answer);
  });

export const setMode = (mode: ModeRequest) =>
  attempt(async () => {
    page.state = await ask<HandheldState>('PUT', 'handheld/mode', mode);
    await refresh();
  });

/** Searches by name or order; nothing of the answer is kept. */
export async function search(words: string): Promise<FoundList | undefined> {
  let list: FoundList | undefined;
  await attempt(async () => {
    list = await ask<FoundList>('POST', 'handheld/search', { words }, SEARCH_PATIENCE_MS);
  });
  return list;
}

/** One more ticket of a group, or the pass of a group. */
async function collect(code: string): Promise<void> {
  const { group } = page;
  if (!group || group.answer) return;
  if (group.kind === 'pass') return admitPass(code, group.people);
  if (group.codes.includes(code) || group.codes.length >= GROUP_MAX) return;
  group.codes.push(code);
  if (page.sound) sounder.play('attention');
}

async function admitPass(code: string, people: number): Promise<void> {
  await attempt(async () => {
    const request = { scanId: scanId(), code, people };
    finish(await again(() => ask('POST', 'handheld/passes', request, GROUP_PATIENCE_MS)));
  });
}

/** Admits all tickets of the group that were read. */
export const admitGroup = () =>
  attempt(async () => {
    const { group } = page;
    if (group?.kind !== 'tickets' || group.codes.length === 0) return;
    const scans = group.codes.map((code) => ({ scanId: scanId(), code }));
    finish(await again(() => ask('POST', 'handheld/group', { scans }, GROUP_PATIENCE_MS)));
    group.codes = [];
  });

function finish(answer: GroupAnswer): void {
  if (!page.group) return;
  page.group.answer = answer;
  const isAll = answer.refused === 0 && answer.secure === 0;
  feel(isAll ? 'go' : 'stop', isAll ? [70] : [250, 90, 250]);
  refresh().catch(codeOf);
}
