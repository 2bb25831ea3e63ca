import type { DoorEvent, DoorState } from '../door-state.ts';
import { CLOSED_DOOR, nextDoor } from '../door-state.ts';
import { firstLanguage, type PageLanguage, say, type TextKey } from './texts.ts';

const LANGUAGE_KEY = 'gatehouse-language';
const SOUND_KEY = 'gatehouse-sound';

/** What the whole page shares: the door as the server tells it, and the visitor's choices. */
export const page = $state({
  door: CLOSED_DOOR as DoorState,
  link: 'opening' as 'opening' | 'open' | 'lost',
  language: firstLanguage(localStorage.getItem(LANGUAGE_KEY), navigator.languages),
  sound: localStorage.getItem(SOUND_KEY) === 'on',
  /** Ticks a few times a second, for ages and countdowns. */
  now: Date.now(),
  trouble: '',
});

export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const TICK_MILLISECONDS = 200;
const TROUBLE_MILLISECONDS = 6_000;

/** A text of the page in its language. */
export function t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
  return say(page.language, key, values);
}

export function choose(language: PageLanguage): void {
  page.language = language;
  localStorage.setItem(LANGUAGE_KEY, language);
  document.documentElement.lang = language;
}

export function setSound(on: boolean): void {
  page.sound = on;
  localStorage.setItem(SOUND_KEY, on ? 'on' : 'off');
}

/** Follows the door until the page closes. The browser connects again by itself. */
export function followDoor(onEvent: (event: DoorEvent) => void): () => void {
  document.documentElement.lang = page.language;
  const source = new EventSource('/demo/events');
  source.onopen = () => {
    page.link = 'open';
  };
  source.onerror = () => {
    page.link = page.link === 'opening' ? 'opening' : 'lost';
  };
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data) as DoorEvent;
    page.door = nextDoor(page.door, event);
    onEvent(event);
  };
  const clock = setInterval(() => {
    page.now = Date.now();
  }, TICK_MILLISECONDS);
  return () => {
    clearInterval(clock);
    source.close();
  };
}

let troubleTimer: ReturnType<typeof setTimeout> | undefined;

/** Does something and tells the visitor when it fails. */
export async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    page.trouble = t('trouble', { reason: error instanceof Error ? error.message : String(error) });
    clearTimeout(troubleTimer);
    troubleTimer = setTimeout(() => {
      page.trouble = '';
    }, TROUBLE_MILLISECONDS);
  }
}
