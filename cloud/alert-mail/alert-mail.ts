import type { Moment } from '@gatehouse/protocol';
import type { Also } from '../change-log.ts';
import { alertTexts } from '../fleet/api.ts';
import type { ToldAlert } from '../fleet/index.ts';
import type { Mail, TemplateInput } from '../mail/index.ts';
import type { Clock, Log } from '../ports.ts';
import { type Store, storeFault } from '../store/index.ts';
import {
  forgetMailed,
  readAlertMail,
  readMailed,
  writeAlertMail,
  writeRound,
} from './alert-mail-store.ts';
import { MAILS_AN_HOUR_MAX } from './api.ts';
import { isSame, LISTED_MAX, type MailedAlert, type Round, roundOf } from './round.ts';
import type { AlertMailSettingsData } from './settings.ts';

/** Time between two looks at what stands. */
export const LOOK_EVERY_MS = 10_000;
export const HOUR_MS = 3_600_000;
/** A mail that could not be sent for so long says nothing any more. */
export const WORTH_SENDING_MS = 12 * HOUR_MS;
/** What was over is forgotten when no quiet time can matter any more. */
export const MAILED_KEPT_MS = 48 * HOUR_MS;

/** Mails alerts of gateways to who is to look at them. */
export interface AlertMail {
  start(): Promise<void>;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
  settings(): Promise<AlertMailSettingsData>;
  configure(
    settings: AlertMailSettingsData,
    also?: Also<AlertMailSettingsData>,
  ): Promise<AlertMailSettingsData>;
}

export interface AlertMailParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly mail: Pick<Mail, 'queueIn' | 'nudge'>;
  /** What stands now. */
  alerts(): readonly ToldAlert[];
  /** Where the page of gateways is. */
  pageUrl(): string;
}

export function createAlertMail(parts: AlertMailParts): AlertMail {
  const { store, clock, log } = parts;
  /** Since when alerts that were mailed are gone. */
  const gone = new Map<string, Moment>();
  let running = false;
  let timer: unknown;
  let looking: Promise<void> = Promise.resolve();

  /** Of a gateway that is away nobody knows what is over. */
  function watchGone(mailed: readonly MailedAlert[], standing: readonly ToldAlert[]): void {
    const away = new Set(standing.filter(({ alert }) => alert === 'offline').map(gatewayOf));
    const missing = mailed
      .filter(({ over, gateway }) => over === null && !away.has(gateway))
      .filter((one) => !standing.some((other) => isSame(one, other)));
    const keys = new Set(missing.map(keyOf));
    for (const key of gone.keys()) if (!keys.has(key)) gone.delete(key);
    for (const key of keys) if (!gone.has(key)) gone.set(key, clock.now());
  }

  async function look(): Promise<void> {
    const { settings, mailed: last } = await readAlertMail(store);
    if (settings.to.length === 0) return;
    const now = clock.now();
    const standing = parts.alerts();
    const mailed = await readMailed(store);
    watchGone(mailed, standing);
    const goneSince = (alert: MailedAlert) => gone.get(keyOf(alert));
    const round = roundOf({ now, standing, mailed, goneSince }, settings);
    const says = round.fresh.length > 0 || (settings.resolved && round.over.length > 0);
    if (!says && round.over.length === 0) return forgetMailed(store, now - MAILED_KEPT_MS);
    const recent = last.filter((at) => at > now - HOUR_MS && at <= now);
    if (says && recent.length >= MAILS_AN_HOUR_MAX) return;
    await store.db.transaction().execute(async (step) => {
      await writeRound(step, round, { now, mailed: says ? [...recent, now] : recent });
      if (!says) return;
      for (const [place, { address, language }] of settings.to.entries()) {
        await parts.mail.queueIn(step, {
          ...{ to: address, template: 'gateway-alerts', language },
          data: dataOf(round, settings, { language, now, link: parts.pageUrl() }),
          ...{ key: `alerts:${now}:${place}`, until: now + WORTH_SENDING_MS },
        });
      }
    });
    if (says) parts.mail.nudge();
  }

  function lookNow(): void {
    clock.clearTimeout(timer);
    looking = looking
      .then(look)
      .catch((raised: unknown) => {
        log.error({ fault: storeFault(raised) }, 'alerts could not be mailed; the next look tries');
      })
      .finally(() => {
        clock.clearTimeout(timer);
        if (running) timer = clock.setTimeout(lookNow, LOOK_EVERY_MS);
      });
  }

  return {
    async start() {
      running = true;
      lookNow();
      await looking;
    },
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      await looking;
    },
    settings: async () => (await readAlertMail(store)).settings,
    async configure(settings, also) {
      await writeAlertMail(store, settings, also);
      if (running) lookNow();
      return settings;
    },
  };
}

const gatewayOf = ({ gateway }: ToldAlert) => gateway;
const keyOf = ({ gateway, alert }: ToldAlert) => `${gateway} ${alert}`;

type Language = 'nl' | 'en';

/** What a mail says, in the words of its reader. */
function dataOf(
  { fresh, over, still }: Round,
  { resolved }: AlertMailSettingsData,
  { language, now, link }: { language: Language; now: Moment; link: string },
): TemplateInput<'gateway-alerts'> {
  const said = ({ name, venue, alert, since }: ToldAlert) => ({
    ...{ gateway: name, locatie: venue, soort: alert, sinds: since },
    tekst: alertTexts[alert][language === 'nl' ? 1 : 0],
  });
  return {
    meldingen: fresh.map(said),
    voorbij: resolved ? over.map((one) => ({ ...said(one), tot: now })) : [],
    staand: still.slice(0, LISTED_MAX).map(said),
    link,
  };
}
