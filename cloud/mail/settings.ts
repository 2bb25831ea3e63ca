import { z } from 'zod';
import type { Also } from '../change-log.ts';
import type { Store } from '../store/index.ts';
import { mailError } from './errors.ts';
import { Theater, type TheaterData } from './templates/data.ts';

/** A line of a header or of a handshake: nothing in it can end the line. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'has control characters');

/** An address that mail goes to or comes from. */
export const MailAddress = z.email().max(254);

export const MailServer = z.strictObject({
  host: line(253).min(1),
  port: z.number().int().min(1).max(65_535),
  tls: z
    .enum(['starttls', 'tls', 'none'])
    .describe('starttls on 587, tls on 465; none only without a password or on this machine'),
  user: line(200).nullable().describe('null where the server asks for no login'),
  from: z.strictObject({ name: line(100), address: MailAddress }),
  replyTo: MailAddress.nullable(),
  caCertificate: z
    .string()
    .max(20_000)
    .nullable()
    .describe('PEM, where the certificate of the server is signed by an authority of one’s own'),
});

export const MailSettingsInput = z.strictObject({
  server: MailServer.nullable().describe('null: outbox only, nothing is sent'),
  password: z
    .string()
    .max(500)
    .nullable()
    .optional()
    .describe('left out: as it was, if host, port and user are as they were'),
  theater: Theater,
});

export type MailServerData = z.infer<typeof MailServer>;

export interface MailSettings {
  readonly server: MailServerData | null;
  readonly password: string | null;
  readonly theater: TheaterData;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

export async function readSettings(store: Store, theatreName: string): Promise<MailSettings> {
  const row = await store.read.selectFrom('mail_settings').selectAll().executeTakeFirst();
  const server = row?.server ? MailServer.parse(JSON.parse(row.server)) : null;
  const own = row && Theater.parse(JSON.parse(row.theater));
  const { address } = server?.from ?? { address: '' };
  const theater = own ?? { naam: theatreName, adres: '', telefoon: '', email: '', website: '' };
  return {
    server,
    password: row?.password ?? null,
    theater: {
      ...theater,
      naam: theater.naam || theatreName,
      email: theater.email || (server?.replyTo ?? address),
    },
  };
}

/**
 * Keeps settings. The password stays only for the server it was given for: whoever may set another
 * host shall not have it sent there.
 * @throws GatehouseError `mail-password-in-clear`
 */
export async function writeSettings(
  store: Store,
  input: z.infer<typeof MailSettingsInput>,
  also?: Also<LoggedMail>,
): Promise<void> {
  await store.db.transaction().execute(async (step) => {
    const known = await step.selectFrom('mail_settings').selectAll().executeTakeFirst();
    const before = known?.server ? MailServer.parse(JSON.parse(known.server)) : undefined;
    const { server, theater } = input;
    const password = passwordOf(input, before, known?.password ?? null);
    const row = {
      server: server && JSON.stringify(server),
      password,
      theater: JSON.stringify(theater),
    };
    await step
      .insertInto('mail_settings')
      .values({ id: 1, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
    const old = { ...before, ...(known ? JSON.parse(known.theater) : {}) };
    const isNew = password !== (known?.password ?? null);
    also?.(old, { ...server, ...theater, ...(isNew ? { password: passwordWord(password) } : {}) });
  });
}

/** Server and theatre as the log of changes may have them; of a password only that it changed. */
export type LoggedMail = object;
const passwordWord = (password: string | null) => (password === null ? 'removed' : 'changed');

/** @throws GatehouseError `mail-password-in-clear` */
function passwordOf(
  { server, password: given }: z.infer<typeof MailSettingsInput>,
  before: z.infer<typeof MailServer> | undefined,
  known: string | null,
): string | null {
  const same =
    server?.host === before?.host && server?.port === before?.port && server?.user === before?.user;
  const kept = same && server ? known : null;
  const password = given === undefined ? kept : given;
  if (server?.tls === 'none' && password !== null && !LOOPBACK.includes(server.host)) {
    throw mailError('mail-password-in-clear');
  }
  return password;
}
