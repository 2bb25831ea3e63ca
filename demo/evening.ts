import { z } from 'zod';
import type { CloudClient } from './cloud-client.ts';
import type { EveningView, PerformanceView } from './door-state.ts';

const HOUR = 3_600_000;
/** The door stays open at least so long after the evening was made. */
export const OPEN_HOURS = 16;
/** An evening with less than this left makes place for a new one at the next start. */
const LEAST_HOURS_LEFT = 1;
const PERFORMANCE_HOUR = 20;
const PERFORMANCE_MINUTE = 15;

const TITLES = {
  en: { regular: 'The Seagull', secure: 'Night Ferry – live', big: 'Main hall' },
  nl: { regular: 'De Meeuw', secure: 'Nachtboot – live', big: 'Grote zaal' },
} as const;

const created = z.object({ id: z.string() });

/** The admission window and start of an evening made at a moment. */
export function eveningTimes(now: number): { starts: number; opens: number; closes: number } {
  const evening = new Date(now);
  evening.setHours(PERFORMANCE_HOUR, PERFORMANCE_MINUTE, 0, 0);
  // later than that, the curtain rises at the next half hour
  const half = HOUR / 2;
  const starts = Math.max(evening.getTime(), Math.ceil((now + half) / half) * half);
  return { starts, opens: now - HOUR, closes: Math.max(now, starts) + OPEN_HOURS * HOUR };
}

/** Whether guests can still come in for a while. */
export function isOpen(evening: EveningView, now: number): boolean {
  return [evening.regular, evening.secure].every(
    ({ closes }) => closes - now > LEAST_HOURS_LEFT * HOUR,
  );
}

/** Makes the demonstration evening: a play with paper tickets, a concert with secure ones. */
export async function makeEvening(
  cloud: CloudClient,
  language: 'nl' | 'en',
  now: number,
): Promise<EveningView> {
  const titles = TITLES[language];
  const times = eveningTimes(now);
  const make = async (title: string, secure: boolean): Promise<PerformanceView> => {
    const production = await cloud.call('POST', '/api/v1/productions', created, { title });
    const { id } = await cloud.call('POST', '/api/v1/performances', created, {
      production: production.id,
      hall: titles.big,
      ...times,
      secure,
    });
    const { starts, closes } = times;
    return { id, title, hall: titles.big, starts, closes, secure };
  };
  return { regular: await make(titles.regular, false), secure: await make(titles.secure, true) };
}
