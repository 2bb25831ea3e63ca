import type { Moment } from '@gatehouse/protocol';
import type { ToldAlert } from '../fleet/index.ts';
import type { AlertMailSettingsData } from './settings.ts';

/** Alerts that one mail names as new, and as over; the others are in the next. */
export const LISTED_MAX = 100;
const MINUTE_MS = 60_000;

/** An alert that was mailed. */
export interface MailedAlert extends ToldAlert {
  readonly mailed: Moment;
  /** When it was over; null while it stands. */
  readonly over: Moment | null;
}

/** What is to be mailed now, and what is to be written down. */
export interface Round {
  readonly fresh: readonly ToldAlert[];
  readonly over: readonly MailedAlert[];
  /** Mailed before, and standing still. */
  readonly still: readonly MailedAlert[];
}

export interface Known {
  readonly now: Moment;
  readonly standing: readonly ToldAlert[];
  readonly mailed: readonly MailedAlert[];
  /** Since when an alert that was mailed is gone; undefined where it may stand. */
  goneSince(alert: MailedAlert): Moment | undefined;
}

/** What is to be mailed now: everything that has stood, or been gone, for long enough. */
export function roundOf(known: Known, settings: AlertMailSettingsData): Round {
  const { now, standing, mailed } = known;
  const wait = settings.waitMinutes * MINUTE_MS;
  const quiet = settings.quietMinutes * MINUTE_MS;
  const isNew = (alert: ToldAlert) => {
    const last = mailed.find((one) => isSame(one, alert));
    return !last || (last.over !== null && now - last.mailed >= quiet);
  };
  const fresh = standing
    .filter(({ alert }) => settings.kinds.includes(alert))
    // Nobody should wait to hear of a copied card.
    .filter(({ alert, since }) => alert === 'cloned' || now - since >= wait)
    .filter(isNew);
  const open = mailed.filter(({ over }) => over === null);
  const over = open.filter((one) => {
    const since = known.goneSince(one);
    return since !== undefined && now - since >= wait;
  });
  return {
    fresh: fresh.slice(0, LISTED_MAX),
    over: over.slice(0, LISTED_MAX),
    still: open.filter((one) => !over.includes(one)),
  };
}

export function isSame(
  one: Pick<ToldAlert, 'gateway' | 'alert'>,
  other: Pick<ToldAlert, 'gateway' | 'alert'>,
): boolean {
  return one.gateway === other.gateway && one.alert === other.alert;
}
