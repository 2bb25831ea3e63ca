import type { Language } from './data.ts';
import { heading, note, paragraph, row, rows } from './shell.ts';

/** The parts of shipped mails that show an order, in both languages. */

const WORDS = {
  nl: {
    at: 'om',
    total: 'Totaal',
    order: 'Bestelnummer',
    paid: 'Betaalwijze',
    seats: 'Vrije plaatskeuze',
    secureHeading: 'Je tickets staan op je telefoon',
    secure: `Deze bestelling heeft secure tickets. Ze staan op het telefoonnummer waarmee je hebt
besteld, en alleen daarop. In een pdf of op papier staat er geen code op.`,
    portal: 'Open op de avond zelf het ticketportaal en log in met dat telefoonnummer:',
    listed: 'Je ticket staat in het portaal vanaf',
    shown: 'en de code verschijnt vanaf',
    ticket: 'secure ticket',
  },
  en: {
    at: 'at',
    total: 'Total',
    order: 'Order number',
    paid: 'Payment',
    seats: 'Free seating',
    secureHeading: 'Your tickets are on your phone',
    secure: `This order has secure tickets. They belong to the phone number you ordered with, and to
that number only. A PDF or a print of them shows no code.`,
    portal: 'On the evening itself, open the ticket portal and log in with that phone number:',
    listed: 'Your ticket is in the portal from',
    shown: 'and its code shows from',
    ticket: 'secure ticket',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** Performances with their bookings, extras, total, number and payment method. */
export function orderLines(language: Language): string {
  const words = WORDS[language];
  const when = `{{ voorstelling.aanvang|datum }} ${words.at} {{ voorstelling.aanvang|tijd }}`;
  const title = `<strong>{{ voorstelling.titel }}</strong>{% if voorstelling.ondertitel %}<br>
{{ voorstelling.ondertitel }}{% endif %}<br>${when}<br>{{ voorstelling.zaal }}`;
  const booking = `{{ boeking.aantal }} × {{ boeking.kaartsoort }}{% if boeking.rang %}, \
{{ boeking.rang }}{% endif %}{% if boeking.getHasSecureTickets %} (${words.ticket}){% endif %}<br>
{% if boeking.plaatsen is empty %}${words.seats}{% else %}{{ boeking.plaatsen|join('; ') }}\
{% endif %}`;
  return [
    '{% for voorstelling in reserveerinfo.voorstellingen %}',
    paragraph(title),
    rows(
      '{% for boeking in voorstelling.boekingen %}',
      row(booking, '{{ boeking.totaal|geld }}'),
      '{% endfor %}',
    ),
    '{% endfor %}',
    rows(
      '{% for toeslag in reserveerinfo.toeslagen %}',
      row('{{ toeslag.omschrijving }}', '{{ toeslag.bedrag|geld }}'),
      '{% endfor %}',
      row(`<strong>${words.total}</strong>`, '<strong>{{ reserveerinfo.totaal|geld }}</strong>'),
      row(words.order, '{{ reserveerinfo.nummer }}'),
      '{% if reserveerinfo.betaalwijze %}',
      row(words.paid, '{{ reserveerinfo.betaalwijze }}'),
      '{% endif %}',
    ),
  ].join('\n');
}

/** Where secure tickets are and from when; nothing where the order has none. */
export function secureNote(language: Language): string {
  const words = WORDS[language];
  return [
    '{% if reserveerinfo.getHasSecureTickets %}',
    heading(words.secureHeading),
    note(
      words.secure,
      `${words.portal} <a class="link" href="{{ reserveerinfo.portaal }}" style="color:#1d4ed8">\
{{ reserveerinfo.portaal }}</a>`,
      `{% for voorstelling in reserveerinfo.voorstellingen %}\
{% if voorstelling.getHasSecureTickets and voorstelling.codeVanaf %}\
<strong>{{ voorstelling.titel }}</strong>: ${words.listed} \
{{ voorstelling.portaalVanaf|date('d-m-Y H:i') }} ${words.shown} \
{{ voorstelling.codeVanaf|tijd }}.<br>
{% endif %}{% endfor %}`,
    ),
    '{% endif %}',
  ].join('\n');
}
