import type { GatehouseError } from '@gatehouse/protocol';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openMailHouse } from '../test/mail-house.ts';
import { catalog, shipped } from './catalog.ts';
import { LANGUAGES, type ReserveerinfoInput, TEMPLATE_NAMES, templateData } from './data.ts';
import { samplesOf } from './samples.ts';
import { placeholdersOf } from './shape.ts';

const house = await openMailHouse();
const { templates } = house.mail;

/** The two snippets of the seed document, word for word. */
const ORDER_SNIPPET = `{% if reserveerinfo.getHasSecureTickets %} 
  Deze reservering heeft Secure Tickets 
{% endif %}`;
const BOOKING_SNIPPET = `{% for voorstelling in reserveerinfo.voorstellingen %} 
  {% for boeking in voorstelling.boekingen %} 
    {% if boeking.getHasSecureTickets %} 
      Deze boeking heeft Secure Tickets 
    {% endif %} 
  {% endfor %} 
{% endfor %}`;

async function refusal(work: Promise<unknown>): Promise<GatehouseError> {
  try {
    await work;
  } catch (cause) {
    return cause as GatehouseError;
  }
  throw new Error('it was not refused');
}

/** An order whose bookings are secure or not, as listed per performance. */
function orderOf(secure: boolean[][]): ReserveerinfoInput {
  const order = samplesOf('nl')['order-confirmation'].reserveerinfo;
  const [performance] = order.voorstellingen;
  const [booking] = performance?.boekingen ?? [];
  if (!performance || !booking) throw new Error('the sample has no booking');
  return {
    ...order,
    voorstellingen: secure.map((one) => ({
      ...performance,
      boekingen: one.map((getHasSecureTickets) => ({ ...booking, getHasSecureTickets })),
    })),
  };
}

test('M2: every template is shipped in both languages, filled in whole and without warnings', async () => {
  for (const language of LANGUAGES) {
    for (const name of TEMPLATE_NAMES) {
      const { mail, warnings } = await templates.preview(name, language, {});
      assert.equal(warnings, [], `${name} ${language}`);
      assert.match(mail.html, `<html lang="${language}">`);
      assert.match(mail.html, /<\/html>\s*$/);
      assert.not.match(mail.html + mail.text + mail.subject, /\{\{|\{%|undefined|\[object/);
      assert.match(mail.text, 'Theater De Kade');
      assert.not.match(mail.text, /<[a-z]|&[a-z]+;/i);
      assert.ok(mail.subject.length > 5 && !/\n/.test(mail.subject));
      assert.not.match(mail.html, /src=|@import|url\(/i, 'nothing is fetched from elsewhere');
    }
  }
});

test('M2: the five templates of the seed documents bear their names', () => {
  const labels = TEMPLATE_NAMES.map((name) => catalog[name].label.nl);
  for (const label of [
    'Reserveringsbevestiging',
    'Bevestiging inschrijflijst inschrijving',
    'Inschrijflijst eerste ronde ingeloot',
    'Inschrijflijst eerste ronde verloren',
    'Inschrijflijst overige ronde ingeloot',
  ]) {
    assert.ok(labels.includes(label), label);
  }
});

test('M1: both seed snippets tell secure, regular and mixed orders apart, in every template with an order', async () => {
  const withOrder = TEMPLATE_NAMES.filter((name) => 'reserveerinfo' in templateData[name].shape);
  assert.ok(withOrder.length >= 5);
  const cases: [boolean[][], boolean, number][] = [
    [[[true, true]], true, 2],
    [[[false], [false]], false, 0],
    [[[false, true], [false]], true, 1],
  ];
  for (const name of withOrder) {
    for (const [secure, order, bookings] of cases) {
      const data = { ...samplesOf('nl')[name], reserveerinfo: orderOf(secure) };
      const parts = { subject: 'x', html: ORDER_SNIPPET + BOOKING_SNIPPET, text: null };
      const { mail } = await templates.preview(name, 'nl', { parts, data });
      assert.is(mail.html.includes('Deze reservering heeft Secure Tickets'), order);
      assert.is(mail.html.split('Deze boeking heeft Secure Tickets').length - 1, bookings);
    }
  }
});

test('M1: a broken template is refused when saved, naming part, line, column and fault', async () => {
  const html =
    '<p>een</p>\n<p>twee</p>\n{% if reserveerinfo.nummer %}\n  {{ reserveerinfo.nummer }';
  const save = templates.save('order-confirmation', 'nl', { subject: 'x', html, text: null });
  const { code, details } = await refusal(save);
  assert.is(code, 'template-faulty');
  assert.is(details.part, 'html');
  assert.is(details.line, 4);
  assert.type(details.column, 'number');
  assert.match(String(details.fault), '}');
  assert.is((await templates.get('order-confirmation', 'nl')).saved, null, 'nothing was saved');
  const subject = '{{ reserveerinfo.nummer|nope }}';
  const wrong = await refusal(
    templates.save('order-confirmation', 'nl', { subject, html: 'x', text: null }),
  );
  assert.is(wrong.details.part, 'subject');
  assert.match(wrong.message, /subject, line 1/);
});

test('M4: saving without a shipped placeholder, or with an unknown one, warns and names it', async () => {
  const { subject, html } = shipped.nl['order-confirmation'];
  const changed = html
    .replaceAll('{{ reserveerinfo.nummer }}', '')
    .replace('{{ reserveerinfo.verzendwijze }}', '{{ reserveerinfo.verzendwijs }}')
    .replace('{{ boeking.kaartsoort }}', '{{ boeking.kaartsoort }}{{ boeking.stoel }}');
  const warnings = await templates.save('order-confirmation', 'nl', {
    ...{ subject: subject.replace('{{ reserveerinfo.nummer }}', ''), text: null },
    html: changed,
  });
  const named = warnings.map(({ kind, placeholder }) => `${kind} ${placeholder}`);
  assert.equal(named.sort(), [
    'missing reserveerinfo.nummer',
    'missing reserveerinfo.verzendwijze',
    'unknown reserveerinfo.verzendwijs',
    'unknown reserveerinfo.voorstellingen[].boekingen[].stoel',
  ]);
  const unknown = warnings.find(({ placeholder }) => placeholder.endsWith('stoel'));
  assert.ok((unknown?.line ?? 0) > 1);
  const saved = await templates.get('order-confirmation', 'nl');
  assert.is(saved.html, changed);
  assert.ok(saved.saved);
});

test('M4: restore default brings the shipped text back', async () => {
  await templates.restore('order-confirmation', 'nl');
  const { saved, ...template } = await templates.get('order-confirmation', 'nl');
  assert.is(saved, null);
  assert.is(template.html, shipped.nl['order-confirmation'].html);
});

test('M1: a preview shows given data, and refuses data that does not fit', async () => {
  const data = {
    gast: { naam: 'Jan', email: 'jan@example.org' },
    reserveerinfo: orderOf([[true]]),
  };
  const { mail } = await templates.preview('order-confirmation', 'en', { data });
  assert.match(mail.text, 'Dear Jan,');
  assert.match(mail.text, 'Your tickets are on your phone');
  const fault = await refusal(
    templates.preview('order-confirmation', 'en', { data: { ...data, gast: { naam: 1 } } }),
  );
  assert.is(fault.code, 'template-data-invalid');
  assert.match(fault.message, 'gast.naam');
});

test('S4: a confirmation of secure tickets points to the portal, one of regular tickets does not', async () => {
  for (const language of LANGUAGES) {
    for (const name of ['order-confirmation', 'tickets'] as const) {
      const sample = samplesOf(language)[name];
      const secure = await templates.render(name, language, sample);
      assert.match(secure.text, 'https://secureticketportal.example.org/');
      assert.match(secure.text, '18:15');
      assert.match(secure.text, '19:15');
      const data = { ...sample, reserveerinfo: orderOf([[false]]) };
      const regular = await templates.preview(name, language, { data });
      assert.not.match(regular.mail.html, 'secureticketportal');
    }
  }
});

test('an own text part is used as it is; without one it is derived from the HTML', async () => {
  const html =
    '<p>Beste {{ gast.naam }},</p><ul><li>een</li><li><a href="https://x.nl/">twee</a></li></ul>';
  const derived = await templates.preview('test', 'nl', {
    parts: { subject: 's', html: html.replace('{{ gast.naam }}', 'Bo & Co'), text: null },
  });
  assert.is(derived.mail.text, 'Beste Bo & Co,\n\n- een\n\n- twee: https://x.nl/\n');
  const own = await templates.preview('login-link', 'nl', {
    parts: { subject: 's', html, text: '{{ gast.naam }}: {{ toegang.url }}' },
  });
  assert.is(own.mail.text, 'Anna de Vries: https://www.example.org/inloggen/voorbeeld');
});

test('a subject is one line, whatever a name brings along', async () => {
  const sample = samplesOf('nl')['login-link'];
  const data = { ...sample, gast: { naam: 'A\r\nBcc: x@example.org\u2028<b>', email: 'a@b.nl' } };
  const parts = { subject: 'Dag {{ gast.naam }}', html: '{{ gast.naam }}', text: null };
  const { mail } = await templates.preview('login-link', 'nl', { parts, data });
  assert.is(mail.subject, 'Dag A Bcc: x@example.org <b>');
  assert.match(mail.html, '&lt;b&gt;');
});

test('an own template that fails on real data gives way to the shipped one', async () => {
  const loop = '{% for a in reserveerinfo.toeslagen %}'.repeat(6);
  const html = `${loop}x${'{% endfor %}'.repeat(6)}`;
  await templates.save('tickets', 'nl', { subject: 'eigen', html, text: null });
  const sample = samplesOf('nl').tickets;
  const toeslagen = Array.from({ length: 40 }, () => ({ omschrijving: 'x', bedrag: 1 }));
  const data = { ...sample, reserveerinfo: { ...sample.reserveerinfo, toeslagen } };
  const mail = await templates.render('tickets', 'nl', data);
  assert.match(mail.subject, 'Je tickets');
  assert.ok(house.logged.some(({ fields }) => fields.code === 'template-too-slow'));
  await templates.restore('tickets', 'nl');
});

test('every placeholder has a path of its own, and all with an order know its secure flags', () => {
  for (const name of TEMPLATE_NAMES) {
    const paths = placeholdersOf(name).map(({ path }) => path);
    assert.is(new Set(paths).size, paths.length);
    if (!paths.includes('reserveerinfo')) continue;
    for (const path of [
      'reserveerinfo.getHasSecureTickets',
      'reserveerinfo.voorstellingen[].getHasSecureTickets',
      'reserveerinfo.voorstellingen[].boekingen[].getHasSecureTickets',
    ]) {
      assert.ok(paths.includes(path), `${name} ${path}`);
    }
  }
});

test.after(() => house.close());
test.run();
