import type {
  ChallengeAnswer,
  HandheldState,
  LocalEvent,
  LocalState,
  PairAnswer,
  PerformanceList,
} from '../shared/api.ts';
import { AskFault, ask, codeOf, OUT_OF_REACH } from '../shared/ask.ts';
import { hear, type News } from '../shared/news.ts';
import { BEAT_MS, BEAT_PATIENCE_MS, createReach } from '../shared/reach.ts';
import { openKept } from './kept.ts';
import { challengeText, handheldKeys, pairingText, publicKeyText, signText } from './keys.ts';
import { draw, fail, own, page, screen } from './page.svelte.ts';

/** How often ages, locks and the freshness of answers are looked at. */
const TICK_MS = 250;
/** Occupancy and the list of performances are asked for so often, and after each admission. */
const SHOWS_EVERY_MS = 10_000;
const DEVICE_MAX = 120;
const UNKNOWN = ['handheld-unknown', 'proof-wrong'];

const reach = createReach();
let news: News | undefined;
let askedShows = 0;
let beating = false;

/** Finds out who this handheld is and whether it may work. */
export async function start(token: string): Promise<void> {
  page.token = token;
  setInterval(tick, TICK_MS);
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
    await meet().catch(codeOf);
    page.phase = 'insecure';
    return;
  }
  const kept = await openKept(indexedDB);
  own.kept = kept;
  own.keys = await handheldKeys(crypto.subtle, kept);
  page.language = (await kept.get('language')) ?? page.language;
  page.reader = (await kept.get('reader')) ?? page.reader;
  page.camera = await kept.get('camera');
  page.sound = (await kept.get('sound')) ?? page.sound;
  page.keyMap = await kept.get('keyMap');
  setInterval(() => void beat(), BEAT_MS);
  addEventListener('online', () => void beat());
  await beat();
}

/** Asks who we are; proves the key where the gateway has forgotten the session. */
async function meet(patienceMs?: number): Promise<void> {
  const asked = Date.now();
  const said = await ask<LocalState>('GET', 'state', undefined, patienceMs);
  page.ahead = said.now - (asked + Date.now()) / 2;
  await take(said);
}

async function take(said: LocalState): Promise<void> {
  page.gateway = said.gateway;
  page.handheld = said.handheld;
  if (page.phase === 'insecure') return;
  const before = page.person?.staff;
  page.person = said.person;
  if (!said.handheld) return page.phase === 'forgotten' ? undefined : prove();
  if (!said.person) return lockScreen();
  if (page.phase === 'door' && before === said.person.staff) return;
  page.phase = 'door';
  screen.clear();
  draw();
  await refresh();
  listen();
}

/** Proves that this is the handheld that was paired. */
async function prove(): Promise<void> {
  const handheld = await own.kept?.get('handheld');
  if (!handheld || !own.keys || page.token) {
    page.phase = 'pair';
    return;
  }
  try {
    const { challenge } = await ask<ChallengeAnswer>('POST', 'challenge', { handheld });
    const said = challengeText(handheld, challenge);
    const signature = await signText(crypto.subtle, own.keys, said);
    await ask('POST', 'session', { handheld, challenge, signature });
  } catch (fault) {
    // Only a gateway that does not know it makes a handheld forget its pairing.
    if (!UNKNOWN.includes(codeOf(fault))) throw fault;
    await forget();
    page.phase = 'forgotten';
    return;
  }
  const said = await ask<LocalState>('GET', 'state');
  if (said.handheld) await take(said);
}

/** The gateway no longer knows this handheld: the next pairing makes new keys. */
async function forget(): Promise<void> {
  news?.stop();
  news = undefined;
  await own.kept?.delete('handheld');
  await own.kept?.delete('keys');
  if (own.kept) own.keys = await handheldKeys(crypto.subtle, own.kept);
}

function lockScreen(): void {
  page.person = undefined;
  page.sheet = '';
  page.group = undefined;
  screen.clear();
  draw();
  page.phase = 'identify';
  listen();
}

/** One sign of life; what it says of the session counts at once. */
async function beat(): Promise<void> {
  if (beating) return;
  beating = true;
  try {
    await meet(page.phase === 'starting' ? undefined : BEAT_PATIENCE_MS);
    reach.alive(performance.now());
    if (page.phase === 'door' && Date.now() - askedShows > SHOWS_EVERY_MS) await refresh();
  } catch (fault) {
    if (codeOf(fault) !== OUT_OF_REACH) fail(codeOf(fault));
    // A handheld that is paired waits for its gateway; it has nothing to pair again.
    const isPaired = (await own.kept?.get('handheld')) !== undefined && !page.token;
    if (page.phase === 'starting' && !isPaired) page.phase = 'pair';
  } finally {
    beating = false;
    look();
  }
}

/** A request has just gone through, or has not: both say something about the line. */
export function lineIs(open: boolean): void {
  if (open) reach.alive(performance.now());
  else reach.lost();
  look();
}

function look(): void {
  const lost = reach.isLost(performance.now());
  if (lost && !page.lost) {
    screen.clear();
    draw();
  }
  page.lost = lost;
}

function tick(): void {
  page.now = Date.now();
  page.mono = performance.now();
  screen.tick(page.mono);
  draw();
  if (page.phase === 'starting') return;
  look();
  const { person } = page;
  if (person && page.now + page.ahead > person.locks) lockScreen();
}

function listen(): void {
  news ??= hear('events', onNews, () => undefined);
}

function onNews(event: LocalEvent): void {
  reach.alive(performance.now());
  if (event.type === 'handheld') page.state = event.state;
  if (event.type === 'session') void beat();
}

/** State, performances and how many are inside. */
export async function refresh(): Promise<void> {
  askedShows = Date.now();
  const [state, list] = await Promise.all([
    ask<HandheldState>('GET', 'handheld/state'),
    ask<PerformanceList>('GET', 'handheld/performances'),
  ]);
  page.state = state;
  page.shows = list.performances;
}

/** Runs what a person has asked for; what goes wrong is shown by its code. */
export async function attempt(work: () => Promise<void>): Promise<boolean> {
  if (page.busy) return false;
  page.busy = true;
  fail('');
  try {
    await work();
    lineIs(true);
    return true;
  } catch (fault) {
    const code = codeOf(fault);
    fail(code, fault instanceof AskFault ? fault.details : {});
    if (code === OUT_OF_REACH) lineIs(false);
    return false;
  } finally {
    page.busy = false;
  }
}

export const pair = (name: string) =>
  attempt(async () => {
    const { keys, kept } = own;
    if (!keys || !kept) return;
    const key = await publicKeyText(crypto.subtle, keys);
    const signature = await signText(crypto.subtle, keys, pairingText(page.token, key));
    const device = navigator.userAgent.slice(0, DEVICE_MAX);
    const request = { token: page.token, key, signature, name, device };
    const { handheld } = await ask<PairAnswer>('POST', 'pair', request);
    await kept.set('handheld', handheld.handheld);
    await navigator.storage?.persist?.();
    page.token = '';
    page.phase = 'starting';
    await prove();
  });

export const identify = (code: string, pin: string) =>
  attempt(async () => take(await ask<LocalState>('POST', 'identify', { code, pin })));

export const lock = () =>
  attempt(async () => {
    // Whether or not the gateway hears it, this screen forgets at once who was here.
    lockScreen();
    await ask('POST', 'lock', {});
  });

/** A handheld that was let go of begins again. */
export function toPairing(token: string): void {
  page.token = token;
  page.phase = 'pair';
}
