export type { AccountPhones, PhoneChange } from './account-phones.ts';
export { type Account, type AccountRow, accountById, type Step } from './account-store.ts';
export type { Accounts, Forget } from './accounts.ts';
export { accountErrors } from './errors.ts';
export { createGuests, type Guests, type LoggedIn } from './guests.ts';
export { type AuditOfGuests, guestOfficeRoutes } from './office-routes.ts';
export type { MailQueue, MailToQueue } from './ports.ts';
