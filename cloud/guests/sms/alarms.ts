import type { Clock, Log } from '../../ports.ts';
import type { Store } from '../../store/index.ts';

/** What people have to look at, or may want to know; docs/sms.md lists the same codes. */
export const ALARMS = {
  'sms-provider-auth': ['alarm', 'the provider refuses the credentials'],
  'sms-provider-balance': ['alarm', 'the account at the provider is empty'],
  'sms-provider-config': ['alarm', 'the provider refuses the way it is asked'],
  'sms-provider-down': ['alarm', 'the provider cannot be reached or fails'],
  'sms-provider-slow': ['alarm', 'too many messages are waiting for the provider'],
  'sms-unclear': ['notice', 'the provider did not answer; the message may have gone out'],
  'sms-report-forged': ['alarm', 'a delivery report without the right signature came in'],
  'code-tenant-near': ['alarm', '80 % of the codes of a day are sent'],
  'code-tenant-limit': ['alarm', 'all codes of a day are sent; guests get none'],
  'code-country-near': ['alarm', '80 % of the codes of a day for one country are sent'],
  'code-country-limit': ['alarm', 'all codes of a day for one country are sent'],
  'code-prefix-blocked': ['alarm', 'codes sent to a prefix are almost never entered'],
  'code-network-limit': ['alarm', 'one network asks for too many codes'],
  'code-address-limit': ['notice', 'one address asks for too many codes'],
  'code-number-limit': ['notice', 'a number asked for too many codes in minutes'],
  'code-number-day-limit': ['notice', 'a number asked for too many codes in a day'],
  'code-number-blocked': ['alarm', 'too many wrong codes in a row for a number'],
  'code-resend-early': ['notice', 'a code was asked for again too soon'],
  'code-tried-out': ['notice', 'a code was voided by wrong tries'],
  'code-kept-back': ['notice', 'a rightful guest got the SMS that is kept back'],
} as const satisfies Readonly<Record<string, readonly ['alarm' | 'notice', string]>>;
export type AlarmCode = keyof typeof ALARMS;

const DAY_MS = 86_400_000;
/** Alarms that were written today and are not written again. */
const KNOWN_MAX = 10_000;
/** Different subjects of one code in a day; more say nothing new and would fill the disk. */
export const SUBJECTS_MAX = 200;
export const ALARMS_LISTED_MAX = 200;

export interface Alarm {
  readonly code: AlarmCode;
  readonly severity: 'alarm' | 'notice';
  /** Masked number, prefix, calling code, network or provider. */
  readonly subject: string;
  /** When it first came up that day, milliseconds since 1970. */
  readonly at: number;
}

/** Alarms of one tenant: each code and subject once a day, kept over restarts. */
export interface Alarms {
  raise(code: AlarmCode, subject: string): Promise<void>;
  /** Newest first. */
  list(): Alarm[];
}

export function createAlarms(parts: {
  store: Store;
  tenant: string;
  clock: Clock;
  log: Log;
}): Alarms {
  const { store, tenant, clock, log } = parts;
  const insert = store.prepare(
    `insert into sms_alarms (tenant, code, subject, day, severity, at) values (?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
  );
  const newest = store.prepareRead(
    'select code, severity, subject, at from sms_alarms where tenant = ? order by at desc limit ?',
  );
  const known = new Set<string>();
  const subjects = new Map<AlarmCode, number>();
  let today = 0;

  function isNew(code: AlarmCode, subject: string, day: number): boolean {
    if (day !== today) {
      today = day;
      known.clear();
      subjects.clear();
    }
    const key = `${code} ${subject}`;
    const count = subjects.get(code) ?? 0;
    if (known.has(key) || known.size >= KNOWN_MAX || count >= SUBJECTS_MAX) return false;
    known.add(key);
    subjects.set(code, count + 1);
    return true;
  }

  return {
    async raise(code, subject) {
      const at = clock.now();
      const day = Math.floor(at / DAY_MS);
      if (!isNew(code, subject, day)) return;
      const [severity, words] = ALARMS[code];
      // The subject stays out of the log: it is a part of a number or an address.
      if (severity === 'alarm') log.warn({ code }, words);
      await store.batch(() => insert.run(tenant, code, subject, day, severity, at));
    },
    list: () => newest.all(tenant, ALARMS_LISTED_MAX) as unknown as Alarm[],
  };
}
