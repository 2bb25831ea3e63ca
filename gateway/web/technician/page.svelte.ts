import type { LocalState, ReadLogEntry, TechnicianState } from '../shared/api.ts';
import { ask, codeOf, OUT_OF_REACH } from '../shared/ask.ts';
import { type Language, languageOf } from '../shared/languages.ts';
import { hear, type News } from '../shared/news.ts';
import { BEAT_MS, createReach } from '../shared/reach.ts';

export const TABS = ['health', 'reading', 'lanes', 'network', 'journal', 'handhelds'] as const;
export type Tab = (typeof TABS)[number];

/** Readings shown at most. */
const READS_MAX = 50;
const TICK_MS = 500;

/** Everything that the page shows. */
export const page = $state({
  phase: 'starting' as 'starting' | 'enter' | 'inside',
  language: languageOf(navigator.languages) as Language,
  gateway: undefined as LocalState['gateway'] | undefined,
  state: undefined as TechnicianState | undefined,
  reads: [] as readonly ReadLogEntry[],
  /** What a lane's camera has read a moment ago, and when that was heard. */
  seen: {} as Readonly<Record<string, { readonly read: ReadLogEntry; readonly at: number }>>,
  tab: 'health' as Tab,
  lost: false,
  busy: false,
  fault: '',
});

const reach = createReach();
let news: News | undefined;
let beating = false;
/** What the technician has begun; an answer from before it is of another time. */
let acts = 0;

export async function start(): Promise<void> {
  setInterval(look, TICK_MS);
  setInterval(() => void beat(), BEAT_MS);
  await beat();
}

async function beat(): Promise<void> {
  if (beating) return;
  beating = true;
  try {
    const before = acts;
    const said = await ask<LocalState>('GET', 'state');
    reach.alive(performance.now());
    if (acts === before) await take(said);
  } catch (fault) {
    if (codeOf(fault) !== OUT_OF_REACH) page.fault = codeOf(fault);
  } finally {
    beating = false;
    look();
  }
}

function look(): void {
  if (page.phase !== 'starting' || page.fault) page.lost = reach.isLost(performance.now());
}

async function take(said: LocalState): Promise<void> {
  page.gateway = said.gateway;
  if (said.person?.role !== 'technician') {
    page.phase = 'enter';
    page.state = undefined;
    page.reads = [];
    news?.stop();
    news = undefined;
    return;
  }
  show(await ask<TechnicianState>('GET', 'technician/state'));
  page.phase = 'inside';
  news ??= hear(
    'events',
    (event) => {
      if (event.type === 'read') note(event.read);
      if (event.type === 'session') void beat();
    },
    () => undefined,
  );
}

function note(read: ReadLogEntry): void {
  page.reads = [read, ...page.reads].slice(0, READS_MAX);
  if (read.corners) page.seen = { ...page.seen, [read.lane]: { read, at: performance.now() } };
}

function show(state: TechnicianState): void {
  page.state = state;
  page.reads = [...state.reads].sort((a, b) => b.at - a.at).slice(0, READS_MAX);
}

/** Runs what the technician has asked for; what goes wrong is shown by its code. */
export async function attempt(work: () => Promise<void>): Promise<boolean> {
  acts += 1;
  page.busy = true;
  page.fault = '';
  try {
    await work();
    return true;
  } catch (fault) {
    page.fault = codeOf(fault);
    return false;
  } finally {
    page.busy = false;
  }
}

export const enter = (pin: string) =>
  attempt(async () => take(await ask<LocalState>('POST', 'technician/enter', { pin })));

export const lock = () => attempt(async () => take(await ask<LocalState>('POST', 'lock', {})));

export const arm = (armed: boolean) =>
  attempt(async () => show(await ask<TechnicianState>('POST', 'technician/arm', { armed })));
