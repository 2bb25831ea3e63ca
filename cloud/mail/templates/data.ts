import { z } from 'zod';

/**
 * What templates can name: placeholder objects with the Dutch words of the seed documents. Moments
 * are milliseconds since 1970 and amounts whole cents; the filters `datum`, `tijd`, `date` and
 * `geld` write them out.
 */

const TEXT_MAX = 2_000;
const LIST_MAX = 500;

const text = z.string().max(TEXT_MAX);
const moment = z.number().int();
const cents = z.number().int();
const url = z.url({ protocol: /^https?$/ }).max(TEXT_MAX);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(LIST_MAX);

export const Theater = z.strictObject({
  naam: text.describe('name of the theatre'),
  adres: text.describe('street, number, postcode and town on one line'),
  telefoon: text,
  email: text,
  website: text,
});

const Gast = z.strictObject({
  naam: text.describe('how to address the guest; may be empty'),
  email: text,
});

const Boeking = z.strictObject({
  aantal: z.number().int().describe('how many tickets'),
  kaartsoort: text.describe('ticket type'),
  rang: text.describe('rank; may be empty'),
  plaatsen: list(text).describe('seats in words; empty for free seating'),
  prijs: cents.describe('of one ticket'),
  totaal: cents,
  getHasSecureTickets: z.boolean().describe('whether these tickets are secure'),
});

const performance = {
  titel: text,
  ondertitel: text.describe('may be empty'),
  zaal: text.describe('hall'),
  aanvang: moment.describe('start'),
  einde: moment.nullable().describe('end, if set'),
};

const Uitvoering = z.strictObject(performance);

const Voorstelling = z.strictObject({
  ...performance,
  portaalVanaf: moment.nullable().describe('from when the portal lists its secure tickets'),
  codeVanaf: moment.nullable().describe('from when the portal shows their codes'),
  getHasSecureTickets: z.boolean().optional().describe('filled in from its bookings'),
  boekingen: list(Boeking),
});

const Bedrag = z.strictObject({ omschrijving: text, bedrag: cents });

export const Reserveerinfo = z.strictObject({
  nummer: text.describe('order number'),
  besteldOp: moment,
  status: z.enum(['optie', 'bevestigd', 'geannuleerd']),
  betaalwijze: text.describe('payment method; may be empty'),
  verzendwijze: text.describe('delivery'),
  totaal: cents,
  link: url.describe('the order in the account'),
  portaal: url.describe('the portal for secure tickets'),
  getHasSecureTickets: z.boolean().optional().describe('filled in from all bookings'),
  voorstellingen: list(Voorstelling),
  toeslagen: list(Bedrag).describe('surcharges, discounts (negative) and extras'),
});

const Inschrijving = z.strictObject({
  aantal: z.number().int().describe('tickets asked for'),
  ingeschrevenOp: moment,
  ronde: z.number().int().describe('number of the round'),
  loting: moment.nullable().describe('when the next round is, if known'),
  link: url.describe('where the guest sees the sign-up and can withdraw'),
});

const Optie = z.strictObject({
  tot: moment.describe('until when the payment link is good'),
  betaallink: url,
});

const Terugbetaling = z.strictObject({
  bedrag: cents,
  betaalwijze: text.describe('how the money goes back'),
  reden: text.describe('may be empty'),
  regels: list(Bedrag),
});

const Toegang = z.strictObject({ url, geldigTot: moment.nullable().describe('if it ends') });

const Wijziging = z.strictObject({
  oud: text.describe('masked where it is a phone number'),
  nieuw: text,
  op: moment,
});

const Blijvend = z.strictObject({
  nummer: text.describe('masked'),
  titel: text,
  zaal: text,
  aanvang: moment,
  aantal: z.number().int().describe('tickets on this number'),
});

const alert = {
  gateway: text.describe('what it is called'),
  locatie: text.describe('venue'),
  soort: text.describe('alert, such as `offline` (docs/provisioning.md)'),
  tekst: text.describe('the same in words'),
  sinds: moment,
};
const Melding = z.strictObject(alert);
const Voorbij = z.strictObject({ ...alert, tot: moment.describe('when it was over') });

const gast = Gast;
const reserveerinfo = Reserveerinfo;

/** What the sender of a mail gives, per template; `theater` is added from the settings. */
export const templateData = {
  'order-confirmation': z.strictObject({ gast, reserveerinfo }),
  'signup-confirmation': z.strictObject({
    gast,
    voorstelling: Uitvoering,
    inschrijving: Inschrijving,
  }),
  'first-round-drawn': z.strictObject({
    gast,
    reserveerinfo,
    inschrijving: Inschrijving,
    optie: Optie,
  }),
  'first-round-not-drawn': z.strictObject({
    gast,
    voorstelling: Uitvoering,
    inschrijving: Inschrijving,
  }),
  'later-round-drawn': z.strictObject({
    gast,
    reserveerinfo,
    inschrijving: Inschrijving,
    optie: Optie,
  }),
  tickets: z.strictObject({ gast, reserveerinfo }),
  refund: z.strictObject({ gast, reserveerinfo, terugbetaling: Terugbetaling }),
  'login-link': z.strictObject({ gast, toegang: Toegang }),
  'password-reset': z.strictObject({ gast, toegang: Toegang }),
  'account-exists': z.strictObject({ gast, toegang: Toegang }),
  'email-verify': z.strictObject({ gast, toegang: Toegang }),
  'email-changed': z.strictObject({ gast, wijziging: Wijziging }),
  'password-changed': z.strictObject({ gast, gewijzigdOp: moment }),
  'phone-changed': z.strictObject({
    gast,
    wijziging: Wijziging,
    heeftSecureTickets: z.boolean().describe('whether tickets stay on another number'),
    blijvend: list(Blijvend).describe('secure tickets to come, by the number they stay on'),
  }),
  'gateway-alerts': z.strictObject({
    meldingen: list(Melding).describe('new alerts of gateways; may be empty'),
    voorbij: list(Voorbij).describe('alerts that are over; may be empty'),
    staand: list(Melding).describe('alerts that were mailed before and are not over'),
    link: url.describe('the page of gateways'),
  }),
  test: z.strictObject({ verzondenOp: moment }),
} as const;

export type TemplateName = keyof typeof templateData;
export type TemplateInput<N extends TemplateName = TemplateName> = z.input<
  (typeof templateData)[N]
>;
export type ReserveerinfoInput = z.input<typeof Reserveerinfo>;
export type TheaterData = z.infer<typeof Theater>;

export const LANGUAGES = ['nl', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const TEMPLATE_NAMES = Object.keys(templateData) as TemplateName[];

/** Fills in what follows from the bookings, so that nobody can get it wrong. */
export function withSecureFlags<T extends object>(data: T): T {
  const order = (data as { reserveerinfo?: ReserveerinfoInput }).reserveerinfo;
  if (!order) return data;
  const voorstellingen = order.voorstellingen.map((one) => ({
    ...one,
    getHasSecureTickets: one.boekingen.some((booking) => booking.getHasSecureTickets),
  }));
  const getHasSecureTickets = voorstellingen.some((one) => one.getHasSecureTickets);
  return { ...data, reserveerinfo: { ...order, voorstellingen, getHasSecureTickets } };
}
