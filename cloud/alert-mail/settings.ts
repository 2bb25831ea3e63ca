import { z } from 'zod';
import { FLEET_ALERTS } from '../fleet/index.ts';
import { MAIL_LANGUAGES, MailAddress } from '../mail/index.ts';

/** Addresses that alerts are mailed to. */
export const ADDRESSES_MAX = 10;

const isOnce = (values: readonly string[]) => new Set(values).size === values.length;

/** Who gets mail about alerts of gateways, and about which. */
export const AlertMailSettings = z.strictObject({
  to: z
    .array(z.strictObject({ address: MailAddress, language: z.enum(MAIL_LANGUAGES) }))
    .max(ADDRESSES_MAX)
    .refine((list) => isOnce(list.map(({ address }) => address.toLowerCase())), 'has one twice')
    .describe('empty: alerts are not mailed'),
  kinds: z
    .array(z.enum(FLEET_ALERTS))
    .min(1)
    .refine(isOnce, 'has one twice')
    .describe('which alerts are mailed'),
  waitMinutes: z
    .number()
    .int()
    .min(1)
    .max(60)
    .describe('how long an alert must stand, or be gone, before that is mailed'),
  quietMinutes: z
    .number()
    .int()
    .min(5)
    .max(1_440)
    .describe('an alert that was over comes again no sooner than this after its last mail'),
  resolved: z.boolean().describe('whether it is mailed that an alert is over'),
});
export type AlertMailSettingsData = z.infer<typeof AlertMailSettings>;

/** Nobody gets mail until an administrator says who. */
export const NO_ALERT_MAIL: AlertMailSettingsData = {
  ...{ to: [], kinds: [...FLEET_ALERTS], waitMinutes: 2, quietMinutes: 60, resolved: true },
};
