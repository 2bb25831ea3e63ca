import type { Log } from '../ports.ts';
import type { MailOutboxTable } from '../store/index.ts';
import type { MailFault } from './errors.ts';
import { type AttachmentReference, referencesOf } from './message.ts';
import type { Language, TemplateName } from './templates/data.ts';
import type { Templates } from './templates/templates.ts';
import type { Attachment, SendOutcome, Transport } from './transport.ts';

/** Bytes of all attachments of one mail; most servers take no more. */
export const ATTACHMENTS_BYTES_MAX = 10 * 1024 * 1024;

/**
 * Makes attachments when a mail is sent; `undefined` where what they stand for no longer exists,
 * an empty list where there is nothing to attach after all.
 */
export type AttachmentMaker = (
  reference: string,
  language: Language,
) => Promise<readonly Attachment[] | undefined>;

export interface DeliveryParts {
  readonly templates: Templates;
  readonly makers: ReadonlyMap<string, AttachmentMaker>;
  readonly log: Log;
}

export type Delivered = SendOutcome & { readonly subject?: string };

/** Fills in one mail, makes its attachments and hands it to the server. */
export async function deliver(
  parts: DeliveryParts,
  transport: Transport,
  row: MailOutboxTable,
): Promise<Delivered> {
  const { address, data, message_id: messageId } = row;
  if (address === null || data === null || messageId === null) return failed('mail-too-late');
  const name = row.template as TemplateName;
  let mail: Awaited<ReturnType<Templates['render']>>;
  try {
    mail = await parts.templates.render(name, row.language, JSON.parse(data));
  } catch (cause) {
    const { code } = cause as { code?: string };
    parts.log.error({ mail: row.id, template: name, code }, 'a mail could not be filled in');
    return { ...failed('mail-template-failed'), final: false };
  }
  const attachments = await attach(parts, referencesOf(row.attachments), row);
  if (!Array.isArray(attachments)) return attachments;
  const sent = await transport.send({
    ...{ to: address, messageId, date: row.created, attachments },
    ...mail,
  });
  return { ...sent, subject: mail.subject };
}

async function attach(
  { makers, log }: DeliveryParts,
  references: readonly AttachmentReference[],
  row: MailOutboxTable,
): Promise<Attachment[] | Delivered> {
  const all: Attachment[] = [];
  for (const { kind, reference } of references) {
    try {
      const made = await makers.get(kind)?.(reference, row.language);
      if (!made) return failed('mail-attachment-gone');
      all.push(...made);
    } catch (cause) {
      const { code } = cause as { code?: string };
      log.error({ mail: row.id, kind, code }, 'an attachment could not be made');
      return { ...failed('mail-attachment-failed'), final: false };
    }
  }
  const bytes = all.reduce((sum, { content }) => sum + content.length, 0);
  return bytes > ATTACHMENTS_BYTES_MAX ? failed('mail-attachments-too-large') : all;
}

function failed(fault: MailFault) {
  return { ok: false as const, fault, final: true, answer: null };
}
