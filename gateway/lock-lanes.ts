import { systemClock as hardwareClock, openTurnstile } from '@gatehouse/hardware';
import { readConfig } from './config.ts';

/** A board that has not answered by then is left to its own timer. */
const LOCK_WITHIN_MS = 5_000;

/**
 * Forces every turnstile of a configuration file to its safe state and lets go again: what a
 * service manager does after the gateway has ended, however it ended.
 * @returns how many lanes there are, and how many have answered
 */
export async function lockLanes(configFile: string): Promise<{ lanes: number; locked: number }> {
  const { lanes } = await readConfig(configFile);
  const locked = await Promise.all(lanes.map(({ turnstile }) => lockOne(turnstile)));
  return { lanes: lanes.length, locked: locked.filter(Boolean).length };
}

type Settings = Parameters<typeof openTurnstile>[0];

async function lockOne(settings: Settings): Promise<boolean> {
  const turnstile = openTurnstile(settings, { clock: hardwareClock });
  let late: NodeJS.Timeout | undefined;
  const given = new Promise<boolean>((resolve) => {
    late = setTimeout(() => resolve(false), LOCK_WITHIN_MS);
  });
  const listener = { onPassage: () => undefined, onEmergency: () => undefined };
  // starting forces the safe state already; the read-back is the proof
  const locked = await Promise.race([
    turnstile.start(listener).then(() => turnstile.lock()),
    given,
  ]);
  clearTimeout(late);
  await turnstile.stop();
  return locked;
}
