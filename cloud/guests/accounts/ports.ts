import type { Clock, Log, Random, Tenant } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import type { CodeRequest, PhoneCodes } from '../phone-codes.ts';

export const LANGUAGES = ['nl', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

interface Addressed {
  readonly to: string;
  readonly language: Language;
  /** The same mail asked for twice is sent once. */
  readonly key: string;
  /** After that it is no longer worth sending, in milliseconds since 1970. */
  readonly until?: number;
}

interface MailedGuest {
  readonly naam: string;
  readonly email: string;
}

/** A mail with a link that is a secret for a while. */
export interface LinkMail extends Addressed {
  readonly template: 'login-link' | 'password-reset' | 'email-verify';
  readonly data: {
    readonly gast: MailedGuest;
    readonly toegang: { readonly url: string; readonly geldigTot: number };
  };
}

/** To the former address of an account. */
export interface MovedMail extends Addressed {
  readonly template: 'email-changed';
  readonly data: {
    readonly gast: MailedGuest;
    readonly wijziging: { readonly oud: string; readonly nieuw: string; readonly op: number };
  };
}

/** To the owner of an account whose password was set. */
export interface PasswordMail extends Addressed {
  readonly template: 'password-changed';
  readonly data: { readonly gast: MailedGuest; readonly gewijzigdOp: number };
}

export type MailToQueue = LinkMail | MovedMail | PasswordMail;

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
