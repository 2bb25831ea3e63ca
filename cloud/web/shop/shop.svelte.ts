import { tick } from 'svelte';
import {
  accountApi,
  api,
  type Basket,
  type House,
  type Language,
  type Session,
  ShopFault,
  useCsrf,
} from './api.ts';
import { type Place, placeOf, ROOT, safeReturn } from './paths.ts';
import { languageOf, TEXTS } from './texts.ts';
import { kept } from './visit.ts';

/** Something to be told on the next page: a stable code or a key of the texts. */
export interface Told {
  readonly code: string;
  readonly details?: ShopFault['details'];
}

/** Everything that all pages of the shop share. */
export const shop = $state({
  place: placeOf(location.pathname) as Place,
  language: languageOf([kept.language() ?? '', ...navigator.languages]),
  house: undefined as House | undefined,
  /** Who is logged in; null for nobody, undefined while that is not known yet. */
  session: undefined as Session | null | undefined,
  basket: undefined as Basket | undefined,
  /** What went wrong, or well, on the page before. */
  told: undefined as Told | undefined,
  /** Time of the server as far as the page knows, to the second. */
  now: Date.now(),
});

let ahead = 0;
const CHANNEL = /^#channel=([\w-]{10,64})$/;

export function say() {
  return TEXTS[shop.language];
}

export async function start(): Promise<void> {
  const [, channel] = CHANNEL.exec(location.hash) ?? [];
  if (channel !== undefined) {
    kept.setChannel(channel);
    history.replaceState(null, '', ROOT);
  }
  addEventListener('popstate', () => show(location.pathname));
  document.addEventListener('visibilitychange', () => {
    // The guest may have logged in by a mailed link in another tab.
    if (!document.hidden && shop.session === null) void meetSession();
  });
  setInterval(() => {
    readClock();
    const { basket } = shop;
    if (basket && basket.until <= shop.now) loseBasket();
  }, 1_000);
  await Promise.all([meetHouse(), meetSession(), meetBasket()]);
}

function readClock(): void {
  shop.now = Date.now() + ahead;
}

async function meetHouse(): Promise<void> {
  try {
    const house = await api.house();
    ahead = house.now - Date.now();
    shop.now = house.now;
    shop.house = house;
  } catch (fault) {
    shop.told = toldOf(fault);
  }
}

/** Asks who is logged in. */
export async function meetSession(): Promise<void> {
  try {
    const { session } = await accountApi.session();
    useSession(session);
  } catch (fault) {
    shop.told = toldOf(fault);
    shop.session ??= null;
  }
}

export function useSession(session: Session | null): void {
  useCsrf(session?.csrf ?? '');
  shop.session = session;
}

/** The session has a new id, and with it a new token for changes. */
export function renewCsrf(csrf: string): void {
  if (shop.session) useSession({ ...shop.session, csrf });
}

async function meetBasket(): Promise<void> {
  if (!kept.basket()) return;
  try {
    useBasket(await api.basket());
  } catch (fault) {
    if (fault instanceof ShopFault && fault.code === 'basket-unknown') forgetBasket();
  }
}

export function useBasket(basket: Basket): void {
  readClock();
  shop.basket = basket;
}

export function forgetBasket(): void {
  kept.setBasket(undefined);
  shop.basket = undefined;
}

/** The time of the basket is over: its places are free for others. */
export function loseBasket(): void {
  forgetBasket();
  shop.told = { code: 'basket-ended' };
}

/** What a fault is called; faults of the page itself are nobody's code. */
export function toldOf(fault: unknown): Told {
  if (fault instanceof ShopFault) return { code: fault.code, details: fault.details };
  console.error(fault);
  return { code: 'http-failed' };
}

/** Goes to a page of the shop. */
export function go(path: string, told?: Told): void {
  history.pushState(null, '', path);
  show(path);
  shop.told = told;
}

function show(path: string): void {
  shop.place = placeOf(path.replace(/[?#].*$/, ''));
  shop.told = undefined;
  scrollTo(0, 0);
  // Keyboard and screen reader begin at the top of the new page.
  void tick().then(() => document.querySelector<HTMLElement>('main')?.focus());
}

/** Goes on where the guest was before logging in. */
export function goBack(otherwise: string): void {
  const path = safeReturn(kept.returnTo()) ?? otherwise;
  kept.setReturn(undefined);
  go(path);
}

export async function setLanguage(language: Language): Promise<void> {
  shop.language = language;
  kept.setLanguage(language);
  if (!shop.session) return;
  try {
    const account = await accountApi.change({ language });
    if (shop.session) shop.session = { ...shop.session, account };
  } catch (fault) {
    // The page speaks it; only the language of mails stays as it was.
    console.warn(fault);
  }
}
