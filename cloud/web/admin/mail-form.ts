/** Settings of mail as the cloud shows them, without the password. */
export interface MailView {
  readonly server: MailServer | null;
  readonly hasPassword: boolean;
  readonly theater: Readonly<Record<string, string>>;
}

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'tls' | 'none';
  readonly user: string | null;
  readonly from: { readonly name: string; readonly address: string };
  readonly replyTo: string | null;
  readonly caCertificate: string | null;
}

export interface MailForm {
  smtp: boolean;
  host: string;
  port: number | null;
  tls: MailServer['tls'];
  user: string;
  password: string;
  fromName: string;
  fromAddress: string;
  replyTo: string;
  caCertificate: string;
  theater: Record<string, string>;
}

const SUBMISSION_PORT = 587;
export const THEATRE_FIELDS = ['naam', 'adres', 'telefoon', 'email', 'website'] as const;

export function mailFormOf({ server, theater }: MailView): MailForm {
  return {
    smtp: server !== null,
    host: server?.host ?? '',
    port: server?.port ?? SUBMISSION_PORT,
    tls: server?.tls ?? 'starttls',
    user: server?.user ?? '',
    password: '',
    fromName: server?.from.name ?? theater.naam ?? '',
    fromAddress: server?.from.address ?? '',
    replyTo: server?.replyTo ?? '',
    caCertificate: server?.caCertificate ?? '',
    theater: { ...theater },
  };
}

/** What to send; a password that was not typed is left out, so that the stored one stays. */
export function mailSettingsOf(form: MailForm): Record<string, unknown> {
  const { smtp, host, port, tls, user, password, fromName, fromAddress } = form;
  const text = (given: string) => (given.trim() === '' ? null : given.trim());
  const server = {
    ...{ host, port, tls, user: text(user) },
    from: { name: fromName, address: fromAddress },
    ...{ replyTo: text(form.replyTo), caCertificate: text(form.caCertificate) },
  };
  const theater = { ...form.theater };
  if (!smtp) return { server: null, password: null, theater };
  return { server, theater, ...(password === '' ? {} : { password }) };
}

/** The usual port of a way of encryption, where the port was the usual one of another way. */
export function portFor(tls: MailServer['tls'], port: number | null): number | null {
  const usual = { starttls: 587, tls: 465, none: 25 };
  return Object.values(usual).includes(port ?? usual[tls]) ? usual[tls] : port;
}

/** Which wrong part, line and column the cloud names when it refuses a template. */
export function faultPlace(details: object): { part: string; line: number; column: number } | null {
  const { part, line, column } = details as Record<string, unknown>;
  if (typeof part !== 'string' || typeof line !== 'number') return null;
  return { part, line, column: typeof column === 'number' ? column : 1 };
}

/** Where a line and column (from 1) stand in a text, for a cursor. */
export function offsetOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return Math.min(text.length, before.join('\n').length + (line > 1 ? 1 : 0) + column - 1);
}
