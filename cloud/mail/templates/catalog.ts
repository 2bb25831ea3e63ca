import type { Language, TemplateName } from './data.ts';
import type { Parts } from './job.ts';
import { shippedEn } from './shipped-en.ts';
import { shippedNl } from './shipped-nl.ts';

const MINUTE_MS = 60_000;

export interface TemplateKind {
  /** What administrators see; `nl` as in the seed documents where they name it. */
  readonly label: Record<Language, string>;
  /**
   * For mails with a link or code that lets its bearer in: how long one is worth sending. Nobody
   * can read its text afterwards, administrators included.
   */
  readonly secretFor?: number;
}

export const catalog: Record<TemplateName, TemplateKind> = {
  'order-confirmation': { label: { nl: 'Reserveringsbevestiging', en: 'Order confirmation' } },
  'signup-confirmation': {
    label: { nl: 'Bevestiging inschrijflijst inschrijving', en: 'Sign-up confirmation' },
  },
  'first-round-drawn': {
    label: { nl: 'Inschrijflijst eerste ronde ingeloot', en: 'First round drawn' },
  },
  'first-round-not-drawn': {
    label: { nl: 'Inschrijflijst eerste ronde verloren', en: 'First round not drawn' },
  },
  'later-round-drawn': {
    label: { nl: 'Inschrijflijst overige ronde ingeloot', en: 'Later round drawn' },
  },
  tickets: { label: { nl: 'E-tickets', en: 'E-tickets' } },
  refund: { label: { nl: 'Terugbetaling', en: 'Refund' } },
  'login-link': { label: { nl: 'Inloglink', en: 'Login link' }, secretFor: 60 * MINUTE_MS },
  'password-reset': {
    label: { nl: 'Nieuw wachtwoord', en: 'New password' },
    secretFor: 60 * MINUTE_MS,
  },
  'account-exists': { label: { nl: 'Account bestaat al', en: 'Account exists already' } },
  'email-verify': {
    label: { nl: 'E-mailadres bevestigen', en: 'Confirm e-mail address' },
    secretFor: 24 * 60 * MINUTE_MS,
  },
  'email-changed': { label: { nl: 'E-mailadres gewijzigd', en: 'E-mail address changed' } },
  'password-changed': { label: { nl: 'Wachtwoord gewijzigd', en: 'Password changed' } },
  'phone-changed': { label: { nl: 'Telefoonnummer gewijzigd', en: 'Phone number changed' } },
  'gateway-alerts': { label: { nl: 'Meldingen van gateways', en: 'Alerts of gateways' } },
  test: { label: { nl: 'Testmail', en: 'Test mail' } },
};

/** The templates as they are shipped, complete and in both languages (M4). */
export const shipped: Record<Language, Record<TemplateName, Parts>> = {
  nl: shippedNl,
  en: shippedEn,
};
