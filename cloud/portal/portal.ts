import { GatehouseError, type Moment } from '@gatehouse/protocol';
import { digestOf, makeSecret } from '../http/index.ts';
import type { Clock, Log, Random } from '../ports.ts';
import { type Store, storeFault } from '../store/index.ts';
import type { Ticketing } from '../ticketing/index.ts';
import { type CodeDesk, createCodeDesk } from './code-desk.ts';
import { portalError } from './errors.ts';
import { createNews, type News } from './news.ts';
import { createPortalStore, type HeldTicket, type SessionRow } from './portal-store.ts';
import type { LoginCodes, PortalHouse, PortalLanguage, ReadPhone } from './ports.ts';
import { createTurns } from './turns.ts';
import { makeView, type PortalView } from './view.ts';
import { isListed } from './windows.ts';

/** A login that comes as the last window closes lasts at least so long. */
export const SESSION_MIN_MS = 10 * 60_000;
/** Keys that one session may bring; each kills codes, and a ticket has 255 generations. */
export const SESSION_KEYS_MAX = 5;
/** Logins that wait for their code to be checked, at most. */
export const LOGINS_MAX = 500;
export const PRUNE_EVERY_MS = 3_600_000;
/** Choices of another language that one number has in an hour: each goes to all gateways. */
export const LANGUAGES_MAX = 20;

export interface PortalParts {
  readonly store: Store;
  readonly ticketing: Ticketing;
  readonly codes: LoginCodes;
  readonly readPhone: ReadPhone;
  readonly house: () => Promise<PortalHouse>;
  /** Host name where guests enter their code; ends the SMS, so that phones fill it in. */
  readonly host: () => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Login {
  /** E.164. */
  readonly phone: string;
  readonly code: string;
  /** P-256, SubjectPublicKeyInfo, base64. */
  readonly publicKey: string;
  /** What the guest reads there; lanes speak it to the tickets that this phone shows. */
  readonly language?: PortalLanguage | undefined;
}

/** Where a guest's phone gets what its codes are made of (rules S5 to S8). */
export interface Portal {
  readonly codeDesk: CodeDesk;
  readonly news: News;
  readonly readPhone: ReadPhone;
  readonly house: () => Promise<PortalHouse>;
  readonly clock: Clock;
  /** The session behind a cookie; undefined where it is none, or none any more. */
  session(secret: string | undefined): SessionRow | undefined;
  /** @throws GatehouseError `portal-code-wrong`, `portal-busy`, `key-invalid` */
  login(login: Login): Promise<{ secret: string; view: PortalView }>;
  /** @throws GatehouseError `portal-session-ended` */
  view(secret: string | undefined, language?: PortalLanguage): Promise<PortalView>;
  /** @throws GatehouseError `portal-session-ended`, `portal-taken-over`, `portal-keys-used-up` */
  newKey(
    secret: string | undefined,
    publicKey: string,
    language?: PortalLanguage,
  ): Promise<PortalView>;
  logout(secret: string | undefined): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createPortal(parts: PortalParts): Portal {
  const { ticketing, codes, clock, random, log } = parts;
  const rows = createPortalStore(parts.store);
  const news = createNews({ ticketing, tickets: rows, clock, log });
  const codeDesk = createCodeDesk({ ...parts, tickets: rows });
  // A phone that is being pushed out must not bind its key after the one that pushes.
  const inTurn = createTurns();
  /** How often a number’s tickets were given another language since the last round. */
  const spoken = new Map<string, number>();
  let loggingIn = 0;
  let timer: unknown;

  function session(secret: string | undefined): SessionRow | undefined {
    const row = secret === undefined ? undefined : rows.session(digestOf(secret));
    return row && row.expires > clock.now() ? row : undefined;
  }

  function needSession(secret: string | undefined): SessionRow {
    const row = session(secret);
    if (!row) throw portalError('portal-session-ended');
    return row;
  }

  /** The newest choice of the phone that holds the tickets counts. */
  async function speak(phone: string, held: readonly HeldTicket[], language?: PortalLanguage) {
    if (language === undefined) return;
    const others = held.filter(({ label }) => label.language !== language);
    const times = spoken.get(phone) ?? 0;
    if (others.length === 0 || times >= LANGUAGES_MAX) return;
    spoken.set(phone, times + 1);
    await ticketing.speakTo(
      others.map(({ id }) => id),
      language,
    );
  }

  /** The number's tickets inside their window, all bound to this key. */
  async function bound(phone: string, spki: Uint8Array, language?: PortalLanguage) {
    const inside = () => {
      const now = clock.now();
      return rows.ticketsOf(phone, now).filter(({ window }) => isListed(window, now));
    };
    const listed = inside();
    const strange = listed.filter((ticket) => !holds(ticket, spki));
    await speak(
      phone,
      listed.filter((ticket) => holds(ticket, spki)),
      language,
    );
    if (strange.length === 0) return inside();
    const key = Buffer.from(spki).toString('base64');
    for (const { id } of strange) await bindKey({ ticketing, log }, id, key, language);
    return inside();
  }

  async function viewOf(row: SessionRow, language?: PortalLanguage): Promise<PortalView> {
    const now = clock.now();
    const tickets = row.taken_over === null ? await bound(row.phone, row.spki, language) : [];
    const expires = lastEnd(tickets, row.expires);
    if (expires > row.expires) await rows.extend(row.digest, expires);
    return makeView({
      ...{ tickets, now, tenant: ticketing.tenant.id, session: { ...row, expires } },
      beacon: () => ticketing.beacons.current(),
      isBound: (ticket) => holds(ticket, row.spki),
    });
  }

  async function enter(phone: string, spki: Uint8Array, language?: PortalLanguage) {
    const secret = makeSecret(random);
    const tickets = await bound(phone, spki, language);
    const created = clock.now();
    const expires = lastEnd(tickets, created + SESSION_MIN_MS);
    const digest = digestOf(secret);
    await rows.enter({ digest, phone, spki, created, expires });
    news.tell(phone);
    return { secret, view: await viewOf(needSession(secret)) };
  }

  function plan(): void {
    timer = clock.setTimeout(() => {
      spoken.clear();
      rows.prune(clock.now()).catch((cause: unknown) => {
        const { code } = storeFault(cause) as { code?: string };
        log.error({ code }, 'ended portal sessions could not be removed; trying again');
      });
      plan();
    }, PRUNE_EVERY_MS);
  }

  return {
    codeDesk,
    news,
    session,
    ...{ readPhone: parts.readPhone, house: parts.house, clock },
    async login({ phone, code, publicKey, language }) {
      if (loggingIn >= LOGINS_MAX) throw portalError('portal-busy');
      loggingIn += 1;
      try {
        const right = await codes.check({ purpose: 'login', phone, code });
        if (!right) throw portalError('portal-code-wrong');
        const spki = Buffer.from(publicKey, 'base64');
        return await inTurn(phone, () => enter(phone, spki, language));
      } finally {
        loggingIn -= 1;
      }
    },
    async view(secret, language) {
      const { phone } = needSession(secret);
      return inTurn(phone, () => viewOf(needSession(secret), language));
    },
    async newKey(secret, publicKey, language) {
      const { phone } = needSession(secret);
      return inTurn(phone, async () => {
        const row = needSession(secret);
        if (row.taken_over !== null) throw portalError('portal-taken-over');
        const spki = Buffer.from(publicKey, 'base64');
        if (spki.equals(row.spki)) return viewOf(row);
        if (row.keys >= SESSION_KEYS_MAX) throw portalError('portal-keys-used-up');
        await bound(phone, spki, language);
        await rows.setKey(row.digest, spki);
        news.tell(phone);
        return viewOf(needSession(secret));
      });
    },
    async logout(secret) {
      const row = session(secret);
      if (row) await rows.leave(row.digest);
    },
    async start() {
      await rows.prune(clock.now());
      news.start();
      plan();
    },
    async stop() {
      clock.clearTimeout(timer);
      news.stop();
      await codeDesk.stop();
    },
  };
}

function holds({ spki }: HeldTicket, key: Uint8Array): boolean {
  return spki !== null && Buffer.from(spki).equals(key);
}

/** The last moment that any of the tickets is listed, or the given one. */
function lastEnd(tickets: readonly HeldTicket[], least: Moment): Moment {
  return Math.max(least, ...tickets.map(({ window }) => window.until));
}

/** Binds the key; a ticket that has no generation left stays without, and is shown so. */
async function bindKey(
  { ticketing, log }: Pick<PortalParts, 'ticketing' | 'log'>,
  id: string,
  key: string,
  language: PortalLanguage | undefined,
): Promise<void> {
  try {
    await ticketing.bindKey(id, key, language);
  } catch (cause) {
    const usedUp = cause instanceof GatehouseError && cause.code === 'key-generations-used-up';
    if (!usedUp) throw cause;
    log.warn({ ticket: id, code: cause.code }, 'a ticket cannot move to another phone any more');
  }
}
