import { BEACON_STALE_SECONDS, beaconAge, slotAt } from '@gatehouse/protocol/codes';
import {
  api,
  PortalFault,
  type PortalHouse,
  type PortalLanguage,
  type PortalView,
  speak,
  type TicketView,
} from './api.ts';
import { type BrowserTrouble, browserTrouble, createWakeLock, keepStorage } from './browser.ts';
import { type Kept, openKept } from './kept.ts';
import { nextTicket } from './moving-on.ts';
import { phoneKeys, publicKeyText, signCode } from './signing.ts';
import { languageOf } from './texts.ts';
import { type Anchor, createTime } from './time.ts';

export type Phase = 'starting' | 'number' | 'code' | 'tickets' | 'elsewhere' | 'ended';

/** How often the page looks at the clock. */
const TICK_MS = 200;
/** Without network the page asks again so often. */
const RETRY_MS = 5_000;
/** New beacons are fetched within so long, so that not all phones ask in one moment. */
const SPREAD_MS = 20_000;
/** How long the page stays with a ticket that has just been used, before S16. */
const USED_SHOWN_MS = 4_000;
/** The stream of news is opened again so long after it broke. */
const EVENTS_AGAIN_MS = 1_500;

/** Everything that the page shows. */
export const portal = $state({
  phase: 'starting' as Phase,
  language: languageOf(navigator.languages) as PortalLanguage,
  house: undefined as PortalHouse | undefined,
  trouble: undefined as BrowserTrouble | undefined,
  /** The number as typed. */
  number: '',
  busy: false,
  /** Stable code of what went wrong last; empty when nothing did. */
  fault: '',
  view: undefined as PortalView | undefined,
  /** Server time as the phone knows it. */
  now: Date.now(),
  /** The phone's clocks have parted and the server has not been asked since. */
  doubt: false,
  fast: 0,
  online: true,
  /** Id of the ticket on the screen. */
  ticket: '',
  /** Digits of this slot; empty while none may show. */
  code: '',
});

const time = createTime({ wall: () => Date.now(), mono: () => performance.now() });
const wake = createWakeLock();
let kept: Kept | undefined;
let keys: CryptoKeyPair | undefined;
let signed = '';
let asking: Promise<void> | undefined;
let askAt = 0;
let events: EventSource | undefined;
let usedAt: { id: string; at: number } | undefined;

/** The ticket on the screen. */
export function shownTicket(): TicketView | undefined {
  return portal.view?.tickets.find(({ id }) => id === portal.ticket);
}

/** How long the beacon that codes are signed with still counts as fresh; 0 when stale. */
export function freshFor(): number {
  const beacon = portal.view?.signing?.beacon;
  if (!beacon) return 0;
  return Math.max(0, BEACON_STALE_SECONDS * 1000 - beaconAge(beacon.index, portal.now));
}

export async function start(): Promise<void> {
  kept = await openKept(indexedDB);
  portal.language = (await kept.get<PortalLanguage>('language')) ?? portal.language;
  speak(portal.language);
  portal.house = await kept.get<PortalHouse>('house');
  portal.trouble = await browserTrouble(kept.lasts);
  if (portal.trouble !== 'no-crypto') keys = await phoneKeys(crypto.subtle, kept);
  const anchor = await kept.get<Anchor>('time');
  if (anchor) time.restore(anchor);
  readTime();
  const view = await kept.get<PortalView>('view');
  if (view && portal.now < view.until) show(view);
  setInterval(tick, TICK_MS);
  document.addEventListener('visibilitychange', () => {
    // Whoever comes back to the page never sees a code of before.
    wipe();
    tick();
    if (!document.hidden) void refresh();
  });
  addEventListener('online', () => void refresh());
  addEventListener('pagehide', wipe);
  await Promise.all([refresh(), meetHouse()]);
  if (portal.phase === 'starting') portal.phase = 'number';
}

async function meetHouse(): Promise<void> {
  const asked = performance.now();
  try {
    const { now, ...house } = await api.house();
    learn(now, asked);
    portal.house = house;
    await kept?.set('house', house);
  } catch (fault) {
    heard(fault);
  }
}

export async function setLanguage(language: PortalLanguage): Promise<void> {
  portal.language = language;
  speak(language);
  await kept?.set('language', language);
  // The lanes speak it from now on.
  if (portal.phase === 'tickets') await afterNews();
}

/** Runs what the guest has asked for; what goes wrong is shown by its code. */
async function attempt(work: () => Promise<void>): Promise<void> {
  if (portal.busy) return;
  portal.busy = true;
  portal.fault = '';
  try {
    await work();
  } catch (fault) {
    if (!(fault instanceof PortalFault)) throw fault;
    portal.fault = fault.code;
  } finally {
    portal.busy = false;
  }
}

export const askCode = () =>
  attempt(async () => {
    await api.askCode(portal.number, portal.language);
    portal.phase = 'code';
  });

export const logIn = (code: string) =>
  attempt(async () => {
    if (!keys) return;
    const asked = performance.now();
    const publicKey = await publicKeyText(crypto.subtle, keys);
    const view = await api.login(portal.number, code.replace(/\D/g, ''), publicKey);
    learn(view.now, asked);
    await kept?.set('bound', true);
    await keepStorage();
    await take(view);
  });

export const logOut = () =>
  attempt(async () => {
    await api.logout();
    await leave('number');
  });

export function toNumber(): void {
  portal.fault = '';
  portal.phase = 'number';
}

/** Asks the cloud how things stand; without network the page goes on with what it has. */
export function refresh(): Promise<void> {
  asking ??= (async () => {
    const asked = performance.now();
    try {
      const view = await api.tickets();
      learn(view.now, asked);
      await take(view);
    } catch (fault) {
      heard(fault);
      if (fault instanceof PortalFault && fault.code === 'portal-session-ended') {
        if (portal.phase !== 'code') await leave(portal.view ? 'ended' : 'number');
      } else {
        askAt = portal.now + RETRY_MS;
      }
    } finally {
      asking = undefined;
    }
  })();
  return asking;
}

function heard(fault: unknown): void {
  if (!(fault instanceof PortalFault)) throw fault;
  if (fault.code === 'offline') portal.online = false;
}

/** Takes what the cloud has said; a key that was lost here is replaced first. */
async function take(view: PortalView): Promise<void> {
  portal.online = true;
  if (view.place === 'elsewhere') return leave('elsewhere');
  if (keys && !(await kept?.get('bound'))) {
    const publicKey = await publicKeyText(crypto.subtle, keys);
    view = await api.newKey(publicKey);
    await kept?.set('bound', true);
  }
  await kept?.set('view', view);
  show(view);
  listen();
}

function show(view: PortalView): void {
  const before = shownTicket();
  portal.view = view;
  portal.phase = 'tickets';
  const after = shownTicket();
  if (before?.state === 'code' && after?.state === 'used') {
    usedAt = { id: after.id, at: performance.now() };
    if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(80);
  }
  if (!after) portal.ticket = nextTicket(view.tickets, '')?.id ?? '';
  plan(view);
  tick();
}

/** When to ask again: as the next code begins to show (S6), or for the next beacon. */
function plan(view: PortalView): void {
  const spread = Math.random() * SPREAD_MS;
  const begins = view.tickets
    .filter(({ state }) => state === 'early')
    .map(({ codeFrom }) => codeFrom);
  const beacon = (view.signing?.beacon.until ?? portal.now + 300_000) + spread;
  askAt = Math.max(portal.now + 1_000, Math.min(beacon, ...begins));
}

async function leave(phase: Phase): Promise<void> {
  wipe();
  events?.close();
  events = undefined;
  portal.view = undefined;
  portal.ticket = '';
  portal.phase = phase;
  await kept?.delete('view');
  await kept?.delete('bound');
}

/** Hears of passages and of other phones as they happen. */
function listen(): void {
  if (events) return;
  events = new EventSource('./api/events');
  const mine = events;
  mine.addEventListener('changed', () => void afterNews());
  mine.onerror = () => {
    mine.close();
    if (events !== mine) return;
    events = undefined;
    setTimeout(() => {
      if (portal.phase === 'tickets') void refresh();
    }, EVENTS_AGAIN_MS);
  };
}

/** An answer that was under way when the news came may be older than it. */
async function afterNews(): Promise<void> {
  await asking;
  await refresh();
}

function learn(server: number, asked: number): void {
  const anchor = time.learn(server, asked);
  if (anchor) void kept?.set('time', anchor);
  readTime();
}

function readTime(): void {
  const { now, doubt, fast } = time.read();
  Object.assign(portal, { now, doubt, fast });
}

function tick(): void {
  readTime();
  if (portal.phase !== 'tickets' || !portal.view) return void wake(false);
  if (portal.now >= portal.view.until) return void leave('ended');
  moveOn();
  if (portal.now >= askAt || (portal.doubt && portal.now >= askAt - RETRY_MS)) {
    askAt = portal.now + RETRY_MS;
    void refresh();
  }
  void sign();
  void wake(portal.code !== '' && !document.hidden);
}

/** S16: after a ticket was used, the next unused one comes by itself. */
function moveOn(): void {
  if (!usedAt || performance.now() - usedAt.at < USED_SHOWN_MS) return;
  const next = nextTicket(portal.view?.tickets ?? [], usedAt.id);
  if (next && portal.ticket === usedAt.id) portal.ticket = next.id;
  usedAt = undefined;
}

function wipe(): void {
  signed = '';
  portal.code = '';
}

/** Signs this slot's code, and only this one's; before it is there the old one is gone. */
async function sign(): Promise<void> {
  const ticket = shownTicket();
  const signing = portal.view?.signing;
  const shows = ticket?.state === 'code' && ticket.code && portal.now < ticket.until;
  if (!keys || !shows || !signing || document.hidden) return wipe();
  const slot = slotAt(portal.now);
  const { handle, generation } = ticket.code;
  const { tenant, beacon } = signing;
  const what = `${handle}/${generation}/${slot}/${beacon.index}`;
  if (what === signed) return;
  wipe();
  signed = what;
  const { index, value } = beacon;
  const said = { tenant, handle, generation, slot, beacon: { index, value } };
  const code = await signCode(crypto.subtle, keys.privateKey, said);
  if (signed === what) portal.code = code;
}

/** Shows the ticket before or after this one. */
export function turn(by: number): void {
  const tickets = portal.view?.tickets ?? [];
  const at = tickets.findIndex(({ id }) => id === portal.ticket);
  portal.ticket = tickets[(at + by + tickets.length) % tickets.length]?.id ?? '';
  tick();
}
