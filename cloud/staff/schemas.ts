import { z } from 'zod';
import { PASSWORD_MAX, SECRET, STAFF_ROLES } from '../http/index.ts';

const LOGIN_MAX = 100;
const NAME_MAX = 120;

export const Moment = z.number().int().describe('milliseconds since 1970');
export const Login = z.string().trim().min(1).max(LOGIN_MAX);
export const StaffName = z.string().trim().min(1).max(NAME_MAX);
export const Roles = z.array(z.enum(STAFF_ROLES)).max(STAFF_ROLES.length);
export const Password = z.string().max(4 * PASSWORD_MAX);
export const Code = z.string().max(40).describe('of the authenticator, or a recovery code');
export const Invitation = z.string().regex(SECRET);
export const StaffId = z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) });

export const StaffView = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  roles: z.array(z.enum(STAFF_ROLES)).readonly(),
  state: z.enum(['invited', 'active', 'disabled']),
  created: Moment,
});
export const Csrf = z.object({
  csrf: z.string().describe('send it in the header x-csrf-token with every change'),
});
export const LoggedInView = Csrf.extend({ account: StaffView });
export const Invited = z.object({
  account: StaffView,
  invitation: z.string().describe('shown once; good for 72 hours'),
});
export const RecoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).describe('shown once; each is good once'),
});
