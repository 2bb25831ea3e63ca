import type { TemplateName } from './data.ts';
import type { Parts } from './job.ts';
import { button, type Letter, link, note, paragraph, row, rows, shell } from './shell.ts';
import { shippedAlerts } from './shipped-alerts.ts';
import { orderLines, secureNote } from './shipped-order.ts';

const language = 'en';
const hello = paragraph('Dear {% if gast.naam %}{{ gast.naam }}{% else %}guest{% endif %},');
const regards = paragraph('Kind regards,<br>{{ theater.naam }}');
const ignore = paragraph('You did not ask for this? Then do nothing; nothing has changed.');
const until =
  '{% if toegang.geldigTot %} until {{ toegang.geldigTot|date("d-m-Y H:i") }}{% endif %}';
const payUntil = '{{ optie.tot|datum }} at {{ optie.tot|tijd }}';
const tickets = `{{ inschrijving.aantal }}
ticket{% if inschrijving.aantal != 1 %}s{% endif %}`;
const show = `<strong>{{ voorstelling.titel }}</strong> on {{ voorstelling.aanvang|datum }} at
{{ voorstelling.aanvang|tijd }} ({{ voorstelling.zaal }})`;

function letter(subject: string, rest: Omit<Letter, 'language'>): Parts {
  const body = [hello, ...rest.body, regards];
  return { subject, html: shell({ language, ...rest, body }), text: null };
}

const drawn = (subject: string, opening: string): Parts =>
  letter(subject, {
    preheader: `Pay before ${payUntil}, or your seats are given up.`,
    heading: 'You have been drawn!',
    body: [
      paragraph(opening),
      note(`Your seats are held for you until <strong>${payUntil}</strong>. If they are not paid by
then, they are given up and go into the next round. You are then no longer on the sign-up list.`),
      button('{{ optie.betaallink }}', 'Pay now'),
      orderLines(language),
      secureNote(language),
      paragraph(`You signed up for ${tickets} on {{ inschrijving.ingeschrevenOp|datum }}.`),
    ],
  });

export const shippedEn: Record<TemplateName, Parts> = {
  'order-confirmation': letter('Your order {{ reserveerinfo.nummer }} at {{ theater.naam }}', {
    preheader: 'Thank you for your order. This is what you ordered.',
    heading: 'Thank you for your order',
    body: [
      paragraph('Your order of {{ reserveerinfo.besteldOp|datum }} is confirmed.'),
      secureNote(language),
      orderLines(language),
      paragraph('Delivery: {{ reserveerinfo.verzendwijze }}.'),
      button('{{ reserveerinfo.link }}', 'See your order'),
    ],
  }),
  'signup-confirmation': letter('You signed up for {{ voorstelling.titel }}', {
    preheader: 'You are on the sign-up list.',
    heading: 'You are on the sign-up list',
    body: [
      paragraph(`On {{ inschrijving.ingeschrevenOp|datum }} you signed up for ${tickets} for
${show}.`),
      paragraph(`The tickets are drawn by lot.{% if inschrijving.loting %} The draw is on
{{ inschrijving.loting|datum }} at {{ inschrijving.loting|tijd }}.{% endif %} We will tell you
whether you have been drawn. You pay only then.`),
      paragraph('You cannot come after all? Please withdraw; that makes room for somebody else.'),
      button('{{ inschrijving.link }}', 'See or change your sign-up'),
    ],
  }),
  'first-round-drawn': drawn(
    'You have been drawn! Pay your tickets before {{ optie.tot|date("d-m H:i") }}',
    'Good news: you have been drawn in the first round.',
  ),
  'first-round-not-drawn': letter('Not drawn for {{ voorstelling.titel }}', {
    preheader: 'You stay on the sign-up list for the next rounds.',
    heading: 'Not drawn this time',
    body: [
      paragraph(`Unfortunately you have not been drawn in the first round for ${show}. More people
signed up than there are seats.`),
      paragraph(`Your sign-up for ${tickets} stays. When seats come free we draw
again{% if inschrijving.loting %}, next on {{ inschrijving.loting|datum }} at
{{ inschrijving.loting|tijd }}{% endif %}. You hear from us only if you are drawn then.`),
      paragraph(link('{{ inschrijving.link }}', 'See your sign-up or withdraw')),
    ],
  }),
  'later-round-drawn': drawn(
    'Drawn after all! Pay your tickets before {{ optie.tot|date("d-m H:i") }}',
    'Seats have come free and you have been drawn in round {{ inschrijving.ronde }}.',
  ),
  tickets: letter('Your tickets for {{ reserveerinfo.voorstellingen|first.titel }}', {
    preheader: 'Your tickets of order {{ reserveerinfo.nummer }}.',
    heading: 'Your tickets',
    body: [
      secureNote(language),
      `{% if reserveerinfo.getHasSecureTickets %}${paragraph(
        'If the order has ordinary tickets too, their codes are in the attachment.',
      )}{% else %}${paragraph(`Your tickets are attached as a PDF. Show the code at the entrance, on
your phone or on paper. Each code lets one person in once: share it with nobody.`)}{% endif %}`,
      orderLines(language),
      button('{{ reserveerinfo.link }}', 'See your order'),
    ],
  }),
  refund: letter('Refund of order {{ reserveerinfo.nummer }}', {
    preheader: 'You get {{ terugbetaling.bedrag|geld }} back.',
    heading: 'You get {{ terugbetaling.bedrag|geld }} back',
    body: [
      paragraph(`We refund you by {{ terugbetaling.betaalwijze }}. The amount is usually on your
account within five working days.`),
      '{% if terugbetaling.reden %}',
      paragraph('Reason: {{ terugbetaling.reden }}'),
      '{% endif %}',
      rows(
        '{% for regel in terugbetaling.regels %}',
        row('{{ regel.omschrijving }}', '{{ regel.bedrag|geld }}'),
        '{% endfor %}',
        row('Order number', '{{ reserveerinfo.nummer }}'),
      ),
      paragraph('The refunded tickets no longer let anybody in.'),
      paragraph(link('{{ reserveerinfo.link }}', 'See your order')),
    ],
  }),
  'login-link': letter('Log in at {{ theater.naam }}', {
    preheader: 'Log in with this link, without a password.',
    heading: 'Log in',
    body: [
      paragraph(`This button logs you in. It works once${until}.`),
      button('{{ toegang.url }}', 'Log in'),
      ignore,
    ],
  }),
  'password-reset': letter('New password for {{ theater.naam }}', {
    preheader: 'Choose a new password.',
    heading: 'Choose a new password',
    body: [
      paragraph(`Choose a new password with this button. It works once${until}.`),
      button('{{ toegang.url }}', 'Choose a new password'),
      ignore,
    ],
  }),
  'account-exists': letter('You already have an account at {{ theater.naam }}', {
    preheader: 'Log in with the account you have.',
    heading: 'You already have an account',
    body: [
      paragraph(`Somebody just tried to make an account with {{ gast.email }}. That account is there
already. Log in with it, or choose a new password on the login page.`),
      button('{{ toegang.url }}', 'To the login page'),
      ignore,
    ],
  }),
  'email-verify': letter('Confirm your e-mail address', {
    preheader: 'One more step: confirm that this address is yours.',
    heading: 'Confirm your e-mail address',
    body: [
      paragraph(`Please confirm that {{ gast.email }} is yours. The button works${until}.`),
      button('{{ toegang.url }}', 'Confirm address'),
      ignore,
    ],
  }),
  'email-changed': letter('Your e-mail address has changed', {
    preheader: 'The e-mail address of your account has changed.',
    heading: 'Your e-mail address has changed',
    body: [
      paragraph(`The address of your account was changed on {{ wijziging.op|datum }} at
{{ wijziging.op|tijd }} from {{ wijziging.oud }} to {{ wijziging.nieuw }}.`),
      paragraph(
        'It was not you? Call the box office at once: {{ theater.telefoon|default(theater.email) }}.',
      ),
    ],
  }),
  'password-changed': letter('Your password has changed', {
    preheader: 'The password of your account has changed.',
    heading: 'Your password has changed',
    body: [
      paragraph(`The password of your account was changed on {{ gewijzigdOp|datum }} at
{{ gewijzigdOp|tijd }}. You are now logged out everywhere else.`),
      paragraph(
        'It was not you? Call the box office at once: {{ theater.telefoon|default(theater.email) }}.',
      ),
    ],
  }),
  'phone-changed': letter('Your phone number has changed', {
    preheader: 'The phone number of your account has changed.',
    heading: 'Your phone number has changed',
    body: [
      paragraph(`The phone number of your account was changed on {{ wijziging.op|datum }} at
{{ wijziging.op|tijd }} from {{ wijziging.oud }} to {{ wijziging.nieuw }}. Please verify the new
number in your account before you order secure tickets with it.`),
      '{% if heeftSecureTickets %}',
      '{% for blijft in blijvend %}',
      paragraph(
        '{{ blijft.nummer }} keeps {{ blijft.aantal }} × {{ blijft.titel }}, {{ blijft.aanvang|datum }} at {{ blijft.aanvang|tijd }}.',
      ),
      '{% endfor %}',
      note(`<strong>Secure tickets that you already have stay on the old number.</strong> You no
longer have that number? Call the box office well before the performance: {{ theater.telefoon|default(theater.email) }}.`),
      '{% endif %}',
      paragraph(
        'It was not you? Call the box office at once: {{ theater.telefoon|default(theater.email) }}.',
      ),
    ],
  }),
  'gateway-alerts': shippedAlerts(language),
  test: {
    subject: 'Test mail of {{ theater.naam }}',
    html: shell({
      language,
      preheader: 'The mail server works.',
      heading: 'It works',
      body: [
        paragraph(`This test mail was sent on {{ verzondenOp|datum }} at {{ verzondenOp|tijd }}.
The settings of the mail server are right.`),
      ],
    }),
    text: null,
  },
};
