import type { Clock, Log, Random, Tenant } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import type { CodeRequest, PhoneCodes } from '../phone-codes.ts';

export const LANGUAGES = ['nl', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Mails that accounts send, by the key of their template, with what each is filled in with. */
export interface AccountMails {
  readonly 'login-link': LinkMail;
  readonly 'email-verify': LinkMail;
  readonly 'email-changed': { readonly email: string };
  readonly 'password-changed': Readonly<Record<string, never>>;
}

export interface LinkMail {
  /** Whole address of the page that uses the link. */
  readonly link: string;
  /** For how long it is good. */
  readonly minutes: number;
}

export interface MailToQueue {
  readonly to: string;
  readonly template: keyof AccountMails;
  readonly language: Language;
  readonly data: AccountMails[keyof AccountMails];
  /** The same mail asked for twice is sent once. */
  readonly key: string;
}

/** What accounts need of the mail room: it takes on a mail for good, and sends it later. */
export interface MailQueue {
  queue(mail: MailToQueue): Promise<unknown>;
}

/** What accounts need of phone codes. */
export type CodesForAccounts = {
  send(
    request: CodeRequest,
  ): Promise<
    | { readonly ok: true; readonly resendMs: number }
    | Extract<Awaited<ReturnType<PhoneCodes['send']>>, { ok: false }>
  >;
  check: PhoneCodes['check'];
};

export interface AccountParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tenant: Tenant;
  readonly mail: MailQueue;
  readonly codes: CodesForAccounts;
  /** Where guests' pages are, from settings and never from a request: `https://shop.theatre.nl`. */
  readonly shopUrl: () => string;
}
