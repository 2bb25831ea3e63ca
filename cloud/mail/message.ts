import { createHash } from 'node:crypto';
import { z } from 'zod';
import { mailError } from './errors.ts';
import type { NewMail } from './outbox-store.ts';
import { MailAddress } from './settings.ts';
import { catalog } from './templates/catalog.ts';
import type { Language, TemplateInput, TemplateName } from './templates/data.ts';
import { templateDataOf } from './templates/templates.ts';

/** Attachments of one mail at most. */
const ATTACHMENTS_MAX = 20;

/** What to attach, by reference: it is made when the mail is sent. */
export interface AttachmentReference {
  /** Who makes it, as given to `Mail.attach`. */
  readonly kind: string;
  /** What its maker knows it by, like an order's id. */
  readonly reference: string;
}

/** A mail to queue. */
export interface Message<N extends TemplateName = TemplateName> {
  readonly to: string;
  readonly template: N;
  readonly language: Language;
  readonly data: TemplateInput<N>;
  /** What it is about, like `order:123:confirmation`: the same key is queued once. */
  readonly key: string;
  readonly attachments?: readonly AttachmentReference[];
  /** When it is no longer worth sending, in milliseconds since 1970. */
  readonly until?: number;
}

const Attachments = z
  .array(z.strictObject({ kind: z.string().min(1).max(40), reference: z.string().max(200) }))
  .max(ATTACHMENTS_MAX);

/**
 * The row of a mail. Its id follows from its key, and with it the Message-ID: should one mail go
 * out twice, mail programs can tell.
 * @throws GatehouseError `mail-address-refused`, `template-data-invalid`
 */
export function rowOf<N extends TemplateName>(message: Message<N>, now: number): NewMail {
  const { to, template, language, data, key, attachments = [], until } = message;
  const address = MailAddress.safeParse(to);
  if (!address.success) throw mailError('mail-address-refused');
  const { secretFor } = catalog[template];
  return {
    id: createHash('sha256').update(`mail ${key}`).digest('hex').slice(0, 32),
    ...{ key, template, language },
    address: address.data,
    data: JSON.stringify(templateDataOf(template, data)),
    attachments: JSON.stringify(Attachments.parse(attachments)),
    until: until ?? (secretFor === undefined ? null : now + secretFor),
  };
}

export function referencesOf(attachments: string): AttachmentReference[] {
  return Attachments.parse(JSON.parse(attachments));
}
