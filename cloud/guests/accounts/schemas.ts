import { z } from 'zod';
import { PASSWORD_MAX, SECRET } from '../../http/index.ts';
import type { Account } from './account-store.ts';
import { LANGUAGES } from './ports.ts';

const EMAIL_MAX = 254;
const NAME_MAX = 120;

export const Moment = z.number().int().describe('milliseconds since 1970');
export const Email = z.string().trim().max(EMAIL_MAX).pipe(z.email());
/** Length is bounded here; whether it is good enough is said with its own code. */
export const Password = z.string().max(4 * PASSWORD_MAX);
export const LanguageField = z.enum(LANGUAGES);
export const Secret = z.string().regex(SECRET);
export const Name = z.string().trim().min(1).max(NAME_MAX).nullable();
export const SmsCode = z.string().max(20).describe('as typed; spaces do not matter');

export const AccountView = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  language: LanguageField,
  hasPassword: z.boolean(),
  phone: z.string().nullable().describe('E.164'),
  verified: z.boolean().describe('the number is proved: secure tickets can be ordered'),
  created: Moment,
});

export const LoggedInView = z.object({
  account: AccountView,
  csrf: z.string().describe('send it in the header x-csrf-token with every change'),
});

export function viewOf({ phoneVerified, ...account }: Account): z.infer<typeof AccountView> {
  return { ...account, verified: phoneVerified !== null };
}
