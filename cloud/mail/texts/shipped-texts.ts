import type { Language } from '../templates/data.ts';

/** Where explanation texts stand (M3); labels as in the seed documents. */
export const textKinds = {
  'account-secure': {
    where: 'account',
    label: { nl: 'Uitleg secure ticketverkoop', en: 'Explanation of secure tickets' },
  },
  'order-secure': {
    where: 'order page, logged in',
    label: { nl: 'Uitleg secure ticketverkoop', en: 'Explanation of secure tickets' },
  },
  'order-secure-guest': {
    where: 'order page, not logged in',
    label: {
      nl: 'Uitleg secure ticketverkoop (niet ingelogde gasten)',
      en: 'Explanation of secure tickets (guests not logged in)',
    },
  },
  'payment-secure': {
    where: 'payment page',
    label: { nl: 'Uitleg secure tickets', en: 'Explanation of secure tickets' },
  },
} as const satisfies Record<string, { where: string; label: Record<Language, string> }>;

export type TextName = keyof typeof textKinds;
export const TEXT_NAMES = Object.keys(textKinds) as TextName[];

/** Pages of the shop that the shipped texts link to. */
const ACCOUNT = '/account';
const LOGIN = '/login';

export const shippedTexts: Record<Language, Record<TextName, string>> = {
  nl: {
    'account-secure': `<h3>Bevestig je telefoonnummer</h3>
<p>Voor sommige voorstellingen verkopen we <strong>secure tickets</strong>. Zo komen kaarten bij de
mensen die naar de voorstelling willen, tegen de prijs die op de kaart staat, en niet bij
doorverkopers.</p>
<p>Een secure ticket staat op je mobiele nummer. Daarom vragen we je dat nummer één keer te
bevestigen: je krijgt een sms met een code en vult die hier in. Dat kan met een Nederlands, Belgisch
of Duits mobiel nummer. Doe het op tijd, dan kun je meteen bestellen als de verkoop begint.</p>
<p>We gebruiken je nummer alleen voor je tickets. Wijzig je het later, dan bevestig je het nieuwe
nummer opnieuw; tickets die je al hebt, blijven op het oude nummer staan.</p>`,
    'order-secure': `<h3>Bevestig eerst je telefoonnummer</h3>
<p>Voor deze voorstelling verkopen we alleen <strong>secure tickets</strong>. Die staan op je mobiele
nummer en zijn niet door te verkopen. Je kunt bestellen zodra je nummer is bevestigd; dat is zo
gedaan.</p>
<p><a href="${ACCOUNT}">Bevestig je nummer in je account</a> en kom daarna hier terug.</p>`,
    'order-secure-guest': `<h3>Log in om te bestellen</h3>
<p>Voor deze voorstelling verkopen we alleen <strong>secure tickets</strong>. Die staan op je mobiele
nummer en zijn niet door te verkopen. Je hebt er een account met een bevestigd telefoonnummer voor
nodig.</p>
<p><a href="${LOGIN}">Log in of maak een account</a>, bevestig je nummer en kom daarna hier terug.</p>`,
    'payment-secure': `<h3>Zo krijg je je secure tickets</h3>
<ul><li>Je krijgt ze alleen als e-ticket; per post of afhalen bij de kassa kan niet.</li>
<li>De pdf bij de bevestiging heeft <strong>geen code</strong>. Je code staat in het ticketportaal.</li>
<li>Log voor de voorstelling in op het ticketportaal met het telefoonnummer van je account. Je
tickets staan er kort voor aanvang; de code verschijnt daarna vanzelf en wisselt elke 30 seconden.
Een schermafdruk werkt dus niet.</li></ul>
<p>Neem je telefoon opgeladen mee.</p>`,
  },
  en: {
    'account-secure': `<h3>Verify your phone number</h3>
<p>For some performances we sell <strong>secure tickets</strong>. They bring tickets to the people who
want to see the performance, at the price on the ticket, and not to resellers.</p>
<p>A secure ticket belongs to your mobile number. So we ask you to verify that number once: you get a
text message with a code and enter it here. This works with a Dutch, Belgian or German mobile number.
Do it in time, and you can order as soon as the sale begins.</p>
<p>We use your number for your tickets only. If you change it later, you verify the new number again;
tickets that you already have stay on the old number.</p>`,
    'order-secure': `<h3>Verify your phone number first</h3>
<p>For this performance we sell <strong>secure tickets</strong> only. They belong to your mobile number
and cannot be resold. You can order as soon as your number is verified, which is quickly done.</p>
<p><a href="${ACCOUNT}">Verify your number in your account</a> and then come back here.</p>`,
    'order-secure-guest': `<h3>Log in to order</h3>
<p>For this performance we sell <strong>secure tickets</strong> only. They belong to your mobile number
and cannot be resold. You need an account with a verified phone number for them.</p>
<p><a href="${LOGIN}">Log in or make an account</a>, verify your number and then come back here.</p>`,
    'payment-secure': `<h3>How you get your secure tickets</h3>
<ul><li>They come as e-tickets only; not by post, and not at the box office.</li>
<li>The PDF with the confirmation has <strong>no code</strong>. Your code is in the ticket portal.</li>
<li>Before the performance, log in to the ticket portal with the phone number of your account. Your
tickets are there shortly before the start; the code then shows by itself and changes every 30
seconds. So a screenshot does not work.</li></ul>
<p>Please bring your phone charged.</p>`,
  },
};
