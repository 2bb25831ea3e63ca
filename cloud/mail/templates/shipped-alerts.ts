import type { Language } from './data.ts';
import type { Parts } from './job.ts';
import { button, heading, note, paragraph, shell } from './shell.ts';

/** The mail to who looks after gateways, in both languages. */

const WORDS = {
  nl: {
    more: 'en {{ meldingen|length - 1 }} meer',
    over: 'Opgelost',
    title: 'Kijk naar deze gateways',
    overTitle: 'Opgelost',
    still: 'Al eerder gemeld, en nog niet opgelost',
    at: 'om',
    since: 'sinds',
    until: 'voorbij {{ een.tot|datum }} om {{ een.tot|tijd }}',
    page: 'Bekijk de gateways',
    why: `Je krijgt deze mail omdat je adres bij de meldingen van {{ theater.naam }} staat. Een
beheerder kan dat wijzigen.`,
  },
  en: {
    more: 'and {{ meldingen|length - 1 }} more',
    over: 'Over',
    title: 'Look at these gateways',
    overTitle: 'Over',
    still: 'Mailed before, and not over yet',
    at: 'at',
    since: 'since',
    until: 'over {{ een.tot|datum }} at {{ een.tot|tijd }}',
    page: 'See the gateways',
    why: `You get this mail because your address is on the list for alerts of {{ theater.naam }}. An
administrator can change that.`,
  },
} as const satisfies Record<Language, Record<string, string>>;

export function shippedAlerts(language: Language): Parts {
  const words = WORDS[language];
  const when = `{{ een.sinds|datum }} ${words.at} {{ een.sinds|tijd }}`;
  const line = `<strong>{{ een.gateway }}</strong> ({{ een.locatie }}): {{ een.tekst }}`;
  const first = '{% set een = meldingen|first %}{{ een.gateway }}: {{ een.tekst }}';
  const more = `{% if meldingen|length > 1 %} ${words.more}{% endif %}`;
  const last = '{% set een = voorbij|first %}{{ een.gateway }}: {{ een.tekst }}';
  const subject = `{% if meldingen|length > 0 %}${first}${more}{% else %}${words.over}: ${last}{% endif %}`;
  const title = `{% if meldingen|length > 0 %}${words.title}{% else %}${words.overTitle}{% endif %}`;
  const section = (list: string, body: string) => `{% if ${list}|length > 0 %}${body}{% endif %}`;
  const each = (list: string, body: string) => `{% for een in ${list} %}${body}{% endfor %}`;
  const body = [
    each('meldingen', note(line, `${words.since} ${when}`)),
    section(
      'voorbij',
      `{% if meldingen|length > 0 %}${heading(words.overTitle)}{% endif %}
${each('voorbij', paragraph(`${line}<br>${words.since} ${when}, ${words.until}`))}`,
    ),
    section(
      'staand',
      heading(words.still) + each('staand', paragraph(`${line}<br>${words.since} ${when}`)),
    ),
    button('{{ link }}', words.page),
    paragraph(words.why),
  ];
  return { subject, html: shell({ language, preheader: title, heading: title, body }), text: null };
}
