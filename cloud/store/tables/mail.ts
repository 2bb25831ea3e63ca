export interface MailOutboxTable {
  id: string;
  /** What it is about; a second mail with the same key is not queued. */
  key: string;
  template: string;
  language: 'nl' | 'en';
  /** Address, data, subject and answer are `null` once they are no longer kept. */
  address: string | null;
  /** JSON */
  data: string | null;
  /** JSON: what to attach, by reference. */
  attachments: string;
  /** `held`: there was no mail server; it is shown to administrators only. */
  state: 'queued' | 'sending' | 'sent' | 'failed' | 'held';
  tries: number;
  /** How often it was handed over without an answer, so that the guest may have it twice. */
  unsure: number;
  next_at: number;
  /** When it is no longer worth sending. */
  until: number | null;
  created: number;
  changed: number;
  message_id: string | null;
  subject: string | null;
  /** Code of the last fault. */
  fault: string | null;
  /** What the mail server last said. */
  answer: string | null;
}

export interface MailTemplateTable {
  name: string;
  language: 'nl' | 'en';
  subject: string;
  html: string;
  text: string | null;
  saved: number;
}

export interface ExplanationTextTable {
  name: string;
  language: 'nl' | 'en';
  html: string;
  saved: number;
}

export interface MailSettingsTable {
  id: number;
  /** JSON; `null` where no mail server is set. */
  server: string | null;
  password: string | null;
  /** JSON */
  theater: string;
}

export interface MailTables {
  mail_outbox: MailOutboxTable;
  mail_templates: MailTemplateTable;
  explanation_texts: ExplanationTextTable;
  mail_settings: MailSettingsTable;
}
