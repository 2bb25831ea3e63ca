import type { Moment } from '@gatehouse/protocol';
import type { Transaction } from 'kysely';
import type { Also } from '../change-log.ts';
import { FLEET_ALERTS, type FleetAlert } from '../fleet/index.ts';
import type { Database, Store } from '../store/index.ts';
import type { MailedAlert, Round } from './round.ts';
import { AlertMailSettings, type AlertMailSettingsData, NO_ALERT_MAIL } from './settings.ts';

/** Settings, and when the last mails went. */
export interface KeptAlertMail {
  readonly settings: AlertMailSettingsData;
  readonly mailed: readonly Moment[];
}

export async function readAlertMail(store: Pick<Store, 'read'>): Promise<KeptAlertMail> {
  const row = await store.read.selectFrom('alert_mail_settings').selectAll().executeTakeFirst();
  if (!row) return { settings: NO_ALERT_MAIL, mailed: [] };
  return {
    settings: settingsOf(row.settings),
    mailed: JSON.parse(row.mailed) as Moment[],
  };
}

/** An alert that there is no more is no reason to mail none of the others. */
function settingsOf(text: string): AlertMailSettingsData {
  const kept = JSON.parse(text) as AlertMailSettingsData;
  const kinds = kept.kinds.filter((kind) => FLEET_ALERTS.includes(kind));
  return AlertMailSettings.parse({ ...kept, kinds: kinds.length > 0 ? kinds : FLEET_ALERTS });
}

export async function writeAlertMail(
  store: Store,
  settings: AlertMailSettingsData,
  also?: Also<AlertMailSettingsData>,
): Promise<void> {
  await store.db.transaction().execute(async (step) => {
    const known = await step.selectFrom('alert_mail_settings').selectAll().executeTakeFirst();
    const old = known ? settingsOf(known.settings) : NO_ALERT_MAIL;
    const row = { settings: JSON.stringify(settings) };
    await step
      .insertInto('alert_mail_settings')
      .values({ id: 1, ...row, mailed: '[]' })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
    // Whoever comes onto an empty list hears of everything that stands.
    if (settings.to.length === 0) await step.deleteFrom('alerts_mailed').execute();
    also?.(old, settings);
  });
}

export async function readMailed(store: Pick<Store, 'read'>): Promise<MailedAlert[]> {
  const rows = await store.read.selectFrom('alerts_mailed').selectAll().execute();
  return rows.map((row) => ({ ...row, alert: row.alert as FleetAlert }));
}

/** Writes down what a round mails, or would have mailed; `mailed` where it does. */
export async function writeRound(
  step: Transaction<Database>,
  { fresh, over }: Pick<Round, 'fresh' | 'over'>,
  { now, mailed }: { readonly now: Moment; readonly mailed: readonly Moment[] },
): Promise<void> {
  for (const { gateway, alert, name, venue, since } of fresh) {
    const row = { name, venue, since, mailed: now, over: null };
    await step
      .insertInto('alerts_mailed')
      .values({ gateway, alert, ...row })
      .onConflict((conflict) => conflict.columns(['gateway', 'alert']).doUpdateSet(row))
      .execute();
  }
  for (const { gateway, alert } of over) {
    await step
      .updateTable('alerts_mailed')
      .set({ over: now })
      .where('gateway', '=', gateway)
      .where('alert', '=', alert)
      .execute();
  }
  await step
    .updateTable('alert_mail_settings')
    .set({ mailed: JSON.stringify(mailed) })
    .execute();
}

/** Forgets what was over before a moment. */
export async function forgetMailed(store: Store, before: Moment): Promise<void> {
  await store.db.deleteFrom('alerts_mailed').where('over', '<', before).execute();
}
