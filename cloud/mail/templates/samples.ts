import type { Language, ReserveerinfoInput, TemplateInput, TemplateName } from './data.ts';

/** Data as a theatre has it, for previews and for checking templates when they are saved. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Saturday 12 December 2026, 20:15 in Amsterdam. */
const START = Date.UTC(2026, 11, 12, 19, 15);
const ORDERED = START - 30 * DAY_MS;

const WORDS = {
  nl: {
    adult: 'Normaal',
    cjp: 'CJP',
    fee: 'Servicekosten',
    ticket: 'E-ticket',
    row: 'Rij',
    seat: 'stoel',
    offline: 'Heeft geen verbinding met de cloud.',
    hot: 'Is te heet.',
  },
  en: {
    adult: 'Normal',
    cjp: 'Youth',
    fee: 'Service fee',
    ticket: 'E-ticket',
    row: 'Row',
    seat: 'seat',
    offline: 'Has no connection with the cloud.',
    hot: 'Is too hot.',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** Sample data of every template; the order has secure and regular tickets. */
export function samplesOf(language: Language): { readonly [N in TemplateName]: TemplateInput<N> } {
  const gast = { naam: 'Anna de Vries', email: 'anna@example.org' };
  const reserveerinfo = sampleOrder(language);
  const voorstelling = {
    titel: 'De Meeuw',
    ondertitel: 'Toneelgroep De Branding',
    zaal: 'Grote Zaal',
    aanvang: START,
    einde: START + 2.5 * HOUR_MS,
  };
  const inschrijving = {
    aantal: 2,
    ingeschrevenOp: ORDERED,
    ronde: 1,
    loting: ORDERED + 7 * DAY_MS,
    link: 'https://www.example.org/account/inschrijvingen/S-4711',
  };
  const optie = {
    tot: ORDERED + 8 * DAY_MS,
    betaallink: 'https://www.example.org/betalen/voorbeeld',
  };
  const option = { ...reserveerinfo, status: 'optie' as const, betaalwijze: '' };
  const toegang = {
    url: 'https://www.example.org/inloggen/voorbeeld',
    geldigTot: ORDERED + HOUR_MS,
  };
  const fee = { omschrijving: WORDS[language].adult, bedrag: 3150 };
  return {
    'order-confirmation': { gast, reserveerinfo },
    'signup-confirmation': { gast, voorstelling, inschrijving },
    'first-round-drawn': { gast, reserveerinfo: option, inschrijving, optie },
    'first-round-not-drawn': { gast, voorstelling, inschrijving },
    'later-round-drawn': {
      ...{ gast, reserveerinfo: option, optie },
      inschrijving: { ...inschrijving, ronde: 2 },
    },
    tickets: { gast, reserveerinfo },
    refund: {
      ...{ gast, reserveerinfo },
      terugbetaling: { bedrag: 3150, betaalwijze: 'iDEAL', reden: '', regels: [fee] },
    },
    'login-link': { gast, toegang },
    'password-reset': { gast, toegang },
    'account-exists': { gast, toegang: { ...toegang, geldigTot: null } },
    'email-verify': { gast, toegang },
    'email-changed': {
      gast,
      wijziging: { oud: 'anna@example.com', nieuw: gast.email, op: ORDERED },
    },
    'password-changed': { gast, gewijzigdOp: ORDERED },
    'phone-changed': {
      gast,
      wijziging: { oud: '•••• 78', nieuw: '•••• 12', op: ORDERED },
      heeftSecureTickets: true,
      blijvend: [
        {
          ...{ nummer: '•••• 78', titel: 'De Meeuw', zaal: 'Grote Zaal' },
          ...{ aanvang: START, aantal: 2 },
        },
      ],
    },
    'gateway-alerts': sampleAlerts(language),
    test: { verzondenOp: ORDERED },
  };
}

function sampleAlerts(language: Language): TemplateInput<'gateway-alerts'> {
  const { offline, hot } = WORDS[language];
  const alert = { gateway: 'Hoofdingang', locatie: 'De Kade', sinds: ORDERED };
  return {
    meldingen: [{ ...alert, soort: 'offline', tekst: offline }],
    voorbij: [{ ...alert, soort: 'hot', tekst: hot, tot: ORDERED + HOUR_MS }],
    staand: [{ ...alert, gateway: 'Zij-ingang', soort: 'hot', tekst: hot }],
    link: 'https://www.example.org/admin/#/fleet',
  };
}

function sampleOrder(language: Language): ReserveerinfoInput {
  const words = WORDS[language];
  const seat = (number: number) => `${words.row} 7, ${words.seat} ${number}`;
  return {
    nummer: '2026-104711',
    besteldOp: ORDERED,
    status: 'bevestigd',
    betaalwijze: 'iDEAL',
    verzendwijze: words.ticket,
    totaal: 8850,
    link: 'https://www.example.org/account/bestellingen/2026-104711',
    portaal: 'https://secureticketportal.example.org/',
    voorstellingen: [
      {
        titel: 'De Meeuw',
        ondertitel: 'Toneelgroep De Branding',
        zaal: 'Grote Zaal',
        aanvang: START,
        einde: START + 2.5 * HOUR_MS,
        portaalVanaf: START - 2 * HOUR_MS,
        codeVanaf: START - HOUR_MS,
        boekingen: [
          {
            ...{ aantal: 2, kaartsoort: words.adult, rang: '1e rang', prijs: 3150, totaal: 6300 },
            plaatsen: [seat(11), seat(12)],
            getHasSecureTickets: true,
          },
        ],
      },
      {
        titel: 'Matinee in de Foyer',
        ondertitel: '',
        zaal: 'Foyer',
        aanvang: START + 8 * DAY_MS,
        einde: null,
        portaalVanaf: null,
        codeVanaf: null,
        boekingen: [
          {
            ...{ aantal: 2, kaartsoort: words.cjp, rang: '', prijs: 1150, totaal: 2300 },
            plaatsen: [],
            getHasSecureTickets: false,
          },
        ],
      },
    ],
    toeslagen: [{ omschrijving: words.fee, bedrag: 250 }],
  };
}
