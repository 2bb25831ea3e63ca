import type { TemplateName } from './data.ts';
import type { Parts } from './job.ts';
import { button, type Letter, link, note, paragraph, row, rows, shell } from './shell.ts';
import { shippedAlerts } from './shipped-alerts.ts';
import { orderLines, secureNote } from './shipped-order.ts';

const language = 'nl';
const hello = paragraph('Beste{% if gast.naam %} {{ gast.naam }}{% else %} gast{% endif %},');
const regards = paragraph('Hartelijke groet,<br>{{ theater.naam }}');
const ignore = paragraph(
  'Heb je hier niet om gevraagd? Dan hoef je niets te doen; er is niets veranderd.',
);
const until = '{% if toegang.geldigTot %} tot {{ toegang.geldigTot|date("d-m-Y H:i") }}{% endif %}';
const payUntil = '{{ optie.tot|datum }} om {{ optie.tot|tijd }}';
const show = `<strong>{{ voorstelling.titel }}</strong> op {{ voorstelling.aanvang|datum }} om
{{ voorstelling.aanvang|tijd }} ({{ voorstelling.zaal }})`;

function letter(subject: string, rest: Omit<Letter, 'language'>): Parts {
  const body = [hello, ...rest.body, regards];
  return { subject, html: shell({ language, ...rest, body }), text: null };
}

const drawn = (subject: string, opening: string): Parts =>
  letter(subject, {
    preheader: `Betaal vóór ${payUntil}, daarna vervallen je plaatsen.`,
    heading: 'Je bent ingeloot!',
    body: [
      paragraph(opening),
      note(`Je plaatsen zijn voor je vastgehouden tot <strong>${payUntil}</strong>. Is er dan niet
betaald, dan vervallen ze en gaan ze naar de volgende ronde. Je staat dan niet meer op de
inschrijflijst.`),
      button('{{ optie.betaallink }}', 'Nu betalen'),
      orderLines(language),
      secureNote(language),
      paragraph(`Je schreef je op {{ inschrijving.ingeschrevenOp|datum }} in voor
{{ inschrijving.aantal }} kaart{% if inschrijving.aantal != 1 %}en{% endif %}.`),
    ],
  });

export const shippedNl: Record<TemplateName, Parts> = {
  'order-confirmation': letter('Je bestelling {{ reserveerinfo.nummer }} bij {{ theater.naam }}', {
    preheader: 'Bedankt voor je bestelling. Dit heb je besteld.',
    heading: 'Bedankt voor je bestelling',
    body: [
      paragraph('Je bestelling van {{ reserveerinfo.besteldOp|datum }} is bevestigd.'),
      secureNote(language),
      orderLines(language),
      paragraph('Levering: {{ reserveerinfo.verzendwijze }}.'),
      button('{{ reserveerinfo.link }}', 'Bekijk je bestelling'),
    ],
  }),
  'signup-confirmation': letter('Je inschrijving voor {{ voorstelling.titel }}', {
    preheader: 'Je staat op de inschrijflijst.',
    heading: 'Je staat op de inschrijflijst',
    body: [
      paragraph(`Je hebt je op {{ inschrijving.ingeschrevenOp|datum }} ingeschreven voor
{{ inschrijving.aantal }} kaart{% if inschrijving.aantal != 1 %}en{% endif %} voor ${show}.`),
      paragraph(`De kaarten worden verloot.{% if inschrijving.loting %} De loting is op
{{ inschrijving.loting|datum }} om {{ inschrijving.loting|tijd }}.{% endif %} Je krijgt bericht of
je bent ingeloot. Pas dan betaal je.`),
      paragraph(
        'Kun je toch niet? Trek je inschrijving dan in, dan maak je plaats voor een ander.',
      ),
      button('{{ inschrijving.link }}', 'Bekijk of wijzig je inschrijving'),
    ],
  }),
  'first-round-drawn': drawn(
    'Ingeloot! Betaal je kaarten vóór {{ optie.tot|date("d-m H:i") }}',
    'Goed nieuws: je bent ingeloot in de eerste ronde.',
  ),
  'first-round-not-drawn': letter('Niet ingeloot voor {{ voorstelling.titel }}', {
    preheader: 'Je blijft op de inschrijflijst staan voor de volgende rondes.',
    heading: 'Deze ronde niet ingeloot',
    body: [
      paragraph(`Helaas ben je in de eerste ronde niet ingeloot voor ${show}. Er waren meer
inschrijvingen dan plaatsen.`),
      paragraph(`Je inschrijving voor {{ inschrijving.aantal }}
kaart{% if inschrijving.aantal != 1 %}en{% endif %} blijft staan. Komen er plaatsen vrij, dan loten
we opnieuw{% if inschrijving.loting %}, de volgende keer op {{ inschrijving.loting|datum }} om
{{ inschrijving.loting|tijd }}{% endif %}. Alleen als je dan bent ingeloot, krijg je bericht.`),
      paragraph(link('{{ inschrijving.link }}', 'Bekijk je inschrijving of trek haar in')),
    ],
  }),
  'later-round-drawn': drawn(
    'Alsnog ingeloot! Betaal je kaarten vóór {{ optie.tot|date("d-m H:i") }}',
    'Er zijn plaatsen vrijgekomen en je bent alsnog ingeloot in ronde {{ inschrijving.ronde }}.',
  ),
  tickets: letter('Je tickets voor {{ reserveerinfo.voorstellingen|first.titel }}', {
    preheader: 'Je tickets van bestelling {{ reserveerinfo.nummer }}.',
    heading: 'Je tickets',
    body: [
      secureNote(language),
      `{% if reserveerinfo.getHasSecureTickets %}${paragraph(
        'Heeft de bestelling ook gewone tickets, dan staan hun codes in de bijlage.',
      )}{% else %}${paragraph(`De tickets zitten als pdf bij deze mail. Laat de code zien bij de
ingang, op je telefoon of op papier. Elke code geeft één keer toegang: deel haar met niemand.`)}{% endif %}`,
      orderLines(language),
      button('{{ reserveerinfo.link }}', 'Bekijk je bestelling'),
    ],
  }),
  refund: letter('Terugbetaling van bestelling {{ reserveerinfo.nummer }}', {
    preheader: 'Je krijgt {{ terugbetaling.bedrag|geld }} terug.',
    heading: 'Je krijgt {{ terugbetaling.bedrag|geld }} terug',
    body: [
      paragraph(`We betalen je terug via {{ terugbetaling.betaalwijze }}. Meestal staat het bedrag
binnen vijf werkdagen op je rekening.`),
      '{% if terugbetaling.reden %}',
      paragraph('Reden: {{ terugbetaling.reden }}'),
      '{% endif %}',
      rows(
        '{% for regel in terugbetaling.regels %}',
        row('{{ regel.omschrijving }}', '{{ regel.bedrag|geld }}'),
        '{% endfor %}',
        row('Bestelnummer', '{{ reserveerinfo.nummer }}'),
      ),
      paragraph('De terugbetaalde tickets geven geen toegang meer.'),
      paragraph(link('{{ reserveerinfo.link }}', 'Bekijk je bestelling')),
    ],
  }),
  'login-link': letter('Inloggen bij {{ theater.naam }}', {
    preheader: 'Met deze link log je in zonder wachtwoord.',
    heading: 'Inloggen',
    body: [
      paragraph(`Met deze knop log je in. Hij werkt één keer${until}.`),
      button('{{ toegang.url }}', 'Inloggen'),
      ignore,
    ],
  }),
  'password-reset': letter('Nieuw wachtwoord voor {{ theater.naam }}', {
    preheader: 'Kies een nieuw wachtwoord.',
    heading: 'Kies een nieuw wachtwoord',
    body: [
      paragraph(`Met deze knop kies je een nieuw wachtwoord. Hij werkt één keer${until}.`),
      button('{{ toegang.url }}', 'Nieuw wachtwoord kiezen'),
      ignore,
    ],
  }),
  'account-exists': letter('Je hebt al een account bij {{ theater.naam }}', {
    preheader: 'Log in met het account dat je al hebt.',
    heading: 'Je hebt al een account',
    body: [
      paragraph(`Er is zojuist geprobeerd een account te maken met {{ gast.email }}. Dat account is
er al. Log ermee in, of kies op de inlogpagina een nieuw wachtwoord.`),
      button('{{ toegang.url }}', 'Naar de inlogpagina'),
      ignore,
    ],
  }),
  'email-verify': letter('Bevestig je e-mailadres', {
    preheader: 'Nog één stap: bevestig dat dit adres van jou is.',
    heading: 'Bevestig je e-mailadres',
    body: [
      paragraph(`Bevestig dat {{ gast.email }} van jou is. De knop werkt${until}.`),
      button('{{ toegang.url }}', 'Adres bevestigen'),
      ignore,
    ],
  }),
  'email-changed': letter('Je e-mailadres is gewijzigd', {
    preheader: 'Het e-mailadres van je account is gewijzigd.',
    heading: 'Je e-mailadres is gewijzigd',
    body: [
      paragraph(`Het adres van je account is op {{ wijziging.op|datum }} om {{ wijziging.op|tijd }}
gewijzigd van {{ wijziging.oud }} in {{ wijziging.nieuw }}.`),
      paragraph(
        'Heb jij dit niet gedaan? Bel dan meteen de kassa: {{ theater.telefoon|default(theater.email) }}.',
      ),
    ],
  }),
  'password-changed': letter('Je wachtwoord is gewijzigd', {
    preheader: 'Het wachtwoord van je account is gewijzigd.',
    heading: 'Je wachtwoord is gewijzigd',
    body: [
      paragraph(`Het wachtwoord van je account is op {{ gewijzigdOp|datum }} om
{{ gewijzigdOp|tijd }} gewijzigd. Overal elders ben je nu afgemeld.`),
      paragraph(
        'Heb jij dit niet gedaan? Bel dan meteen de kassa: {{ theater.telefoon|default(theater.email) }}.',
      ),
    ],
  }),
  'phone-changed': letter('Je telefoonnummer is gewijzigd', {
    preheader: 'Het telefoonnummer van je account is gewijzigd.',
    heading: 'Je telefoonnummer is gewijzigd',
    body: [
      paragraph(`Het telefoonnummer van je account is op {{ wijziging.op|datum }} om
{{ wijziging.op|tijd }} gewijzigd van {{ wijziging.oud }} in {{ wijziging.nieuw }}. Bevestig het
nieuwe nummer in je account voordat je er secure tickets mee bestelt.`),
      '{% if heeftSecureTickets %}',
      '{% for blijft in blijvend %}',
      paragraph(
        '{{ blijft.nummer }} houdt {{ blijft.aantal }} × {{ blijft.titel }}, {{ blijft.aanvang|datum }} om {{ blijft.aanvang|tijd }}.',
      ),
      '{% endfor %}',
      note(`<strong>Secure tickets die je al hebt, blijven op het oude nummer staan.</strong> Heb je
dat nummer niet meer? Bel dan ruim voor de voorstelling de kassa: {{ theater.telefoon|default(theater.email) }}.`),
      '{% endif %}',
      paragraph(
        'Heb jij dit niet gedaan? Bel dan meteen de kassa: {{ theater.telefoon|default(theater.email) }}.',
      ),
    ],
  }),
  'gateway-alerts': shippedAlerts(language),
  test: {
    subject: 'Testmail van {{ theater.naam }}',
    html: shell({
      language,
      preheader: 'De mailserver werkt.',
      heading: 'Het werkt',
      body: [
        paragraph(`Deze testmail is verzonden op {{ verzondenOp|datum }} om
{{ verzondenOp|tijd }}. De instellingen van de mailserver kloppen.`),
      ],
    }),
    text: null,
  },
};
