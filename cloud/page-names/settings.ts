import { z } from 'zod';
import { pageNameError } from './errors.ts';

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/]/;
const DOMAIN = /^(?=.{1,180}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Which authority and DNS give the pages of gateways public names. */
export const PageNameSettings = z.strictObject({
  domain: z
    .string()
    .toLowerCase()
    .regex(DOMAIN)
    .describe('names are `<gateway id>.<domain>`; the hook must be able to change it'),
  directory: z
    .url({ protocol: /^https$/ })
    .max(300)
    .describe('of the authority (ACME, RFC 8555)'),
  contact: z.email().max(254).nullable().describe('whom the authority may write to'),
  caCertificate: z
    .string()
    .max(20_000)
    .nullable()
    .describe('PEM, where the authority is one’s own and its server’s certificate is by it too'),
  hook: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .describe('takes DNS records (docs/provisioning.md)'),
  waitSeconds: z
    .number()
    .int()
    .min(0)
    .max(600)
    .describe('until a record can be seen everywhere after the hook has taken it'),
  agreed: z.literal(true).describe('the terms of the authority were read and agreed to'),
});
export type PageNameSettingsData = z.infer<typeof PageNameSettings>;

export const PageNameInput = z.strictObject({
  settings: PageNameSettings.nullable().describe('null: gateways get no public names'),
  secret: z
    .string()
    .min(16)
    .max(500)
    .optional()
    .describe('the hook’s; left out: as it was, if the hook is as it was'),
});

/** @throws GatehouseError `page-hook-in-clear` */
export function checkHook({ hook }: PageNameSettingsData): void {
  if (!hook.startsWith('https:') && !LOOPBACK.test(hook)) throw pageNameError('page-hook-in-clear');
}
