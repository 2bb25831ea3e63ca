import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailFault } from './errors.ts';
import type { MailServerData } from './settings.ts';

/** Connections to the mail server at once, and mails being sent. */
export const SENDING_MAX = 4;
/** How long each step of a connection may take. */
export interface TransportTimes {
  readonly connectMs: number;
  readonly silentMs: number;
}
export const TRANSPORT_TIMES: TransportTimes = { connectMs: 30_000, silentMs: 120_000 };
/** What a server's answer is cut to when it is kept. */
const ANSWER_MAX = 300;

export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface Outgoing {
  readonly to: string;
  readonly messageId: string;
  readonly date: number;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export type SendOutcome =
  | { readonly ok: true; readonly answer: string }
  | {
      readonly ok: false;
      readonly fault: MailFault;
      /** Another try cannot help. */
      readonly final: boolean;
      readonly answer: string | null;
    };

export interface Transport {
  send(mail: Outgoing): Promise<SendOutcome>;
  /** Ends all connections; what is on its way fails. */
  stop(): void;
}

/** Speaks SMTP with one server; never logs, since everything it could say is somebody's mail. */
export function createSmtp(
  server: MailServerData,
  password: string | null,
  times: TransportTimes = TRANSPORT_TIMES,
): Transport {
  const smtp = createTransport({
    pool: true,
    maxConnections: SENDING_MAX,
    // Whether a mail is sent again is decided and counted by the outbox alone.
    maxRequeues: 0,
    host: server.host,
    port: server.port,
    secure: server.tls === 'tls',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    ...(server.user === null ? {} : { auth: { user: server.user, pass: password ?? '' } }),
    ...(server.caCertificate === null ? {} : { tls: { ca: server.caCertificate } }),
    connectionTimeout: times.connectMs,
    greetingTimeout: times.connectMs,
    dnsTimeout: times.connectMs,
    socketTimeout: times.silentMs,
    logger: false,
  });
  return {
    async send(mail) {
      const raw = await sourceOf(server, mail);
      let handedOver = false;
      const stream = Readable.from([raw], { objectMode: false });
      stream.once('end', () => {
        handedOver = true;
      });
      try {
        const sent = await smtp.sendMail({
          envelope: { from: server.from.address, to: [mail.to] },
          raw: stream,
        });
        return { ok: true, answer: sent.response.slice(0, ANSWER_MAX) };
      } catch (cause) {
        return refusalOf(cause as SmtpFault, handedOver);
      }
    },
    stop: () => smtp.close({ force: true }),
  };
}

/** The mail as it goes over the line, the same at every try. */
function sourceOf(server: MailServerData, mail: Outgoing): Promise<Buffer> {
  const composer = new MailComposer({
    from: server.from,
    to: { name: '', address: mail.to },
    ...(server.replyTo === null ? {} : { replyTo: server.replyTo }),
    messageId: mail.messageId,
    date: new Date(mail.date),
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments: mail.attachments.map(({ filename, contentType, content }) => ({
      filename,
      contentType,
      content: Buffer.from(content),
    })),
    // Nothing is ever read from a disk or fetched for a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

interface SmtpFault {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** What a failed try means: whose fault it is, and whether another one makes sense. */
function refusalOf(cause: SmtpFault, handedOver: boolean): SendOutcome {
  const { code, command = '', responseCode = 0, response } = cause;
  const answer = response?.slice(0, ANSWER_MAX) ?? null;
  const refused = (fault: MailFault, final = false): SendOutcome => ({
    ...{ ok: false, fault, final, answer },
  });
  if (code === 'EAUTH' || command.startsWith('AUTH')) return refused('mail-login-refused');
  if (code === 'ETLS' || command === 'STARTTLS') return refused('mail-tls-failed');
  if (responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA')) {
    return refused('mail-refused', true);
  }
  if (responseCode >= 500) return refused('mail-sender-refused');
  if (responseCode >= 400) return refused('mail-deferred');
  if (handedOver) return refused('mail-unsure');
  if (code === 'EMESSAGE' || code === 'EENVELOPE') return refused('mail-refused', true);
  return refused(isTlsFault(cause) ? 'mail-tls-failed' : 'mail-server-unreachable');
}

/** A certificate that does not fit comes as a fault of the socket. */
function isTlsFault(cause: object): boolean {
  const { originalCode = '', message = '' } = cause as { originalCode?: string; message?: string };
  return /CERT|TLS|SSL|SELF_SIGNED|ALTNAME/.test(originalCode) || /STARTTLS/.test(message);
}
