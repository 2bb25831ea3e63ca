import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../../scripts/browser.ts';
import { CM_TOKEN, cmRejects, type FakeCm, fakeCm } from '../../guests/sms/test/fake-cm.ts';
import { type FakeSmtp, startSmtp } from '../../mail/test/fake-smtp.ts';
import { DESKTOP, need, type Office, PHONE, startOffice } from './test/office.ts';

const launched = await launchBrowser();
const settings = suite('pages of SMS, mail and templates');
const test = launched.browser ? settings : settings.skip;
if (!launched.browser) console.log(`SKIPPED admin pages: ${launched.reason}`);

let office: Office;
let cm: FakeCm;
let smtp: FakeSmtp;

settings.before(async () => {
  if (!launched.browser) return;
  cm = await fakeCm();
  smtp = await startSmtp({});
  office = await startOffice(launched.browser, { localProviders: true });
});
settings.after(async () => {
  await launched.browser?.close();
  await office?.stop();
  await cm?.stop();
  await smtp?.stop();
});

test('G4: every page says that nothing is sent while no provider and no mail server is set', async () => {
  const { page } = office;
  for (const name of ['today', 'conflicts', 'orders', 'sms', 'staff']) {
    await office.open(name);
    await page.getByTestId('no-sms').getByText('Nothing is sent').waitFor();
    await page.getByTestId('no-mail').waitFor();
  }
});

test('G4: without a provider a test SMS stands in the outbox, and the page says so', async () => {
  const { page } = office;
  await office.open('sms');
  await page.getByTestId('test-number').fill('0612345678');
  await page.getByTestId('test-sms').click();
  await page.getByTestId('sms-answer').getByText('Nothing went out').waitFor();
  await page.getByTestId('sms-outbox').getByText('+31612345678').waitFor();
  assert.equal(
    await page.getByLabel('Provider', { exact: true }).locator('option').allInnerTexts(),
    ['none: messages stay in the outbox', 'CM.com', 'Vonage'],
  );
  await office.shot('sms-outbox');
});

test('G4: a provider is set, refuses in its own words, and then takes a test SMS', async () => {
  const { page } = office;
  await page.getByLabel('Provider', { exact: true }).selectOption('cm');
  await page.getByLabel('Sender', { exact: true }).fill('De Kade');
  await page.getByLabel('Product token').fill(CM_TOKEN);
  await page.getByLabel('Address of the provider').fill(cm.url);
  await page.getByTestId('save-sms').click();
  await page.getByTestId('sms-tested').getByText('Not tested').waitFor();
  assert.is(await page.getByLabel('Product token').inputValue(), '');
  await page.getByTestId('no-sms').waitFor({ state: 'detached' });
  cm.next(cmRejects(303));
  await page.getByTestId('test-sms').click();
  await page.getByTestId('sms-answer').getByText('Not sent').waitFor();
  assert.match(await page.getByTestId('sms-answer').innerText(), '"messageErrorCode":303');
  await office.shot('sms-refused');
  await page.getByTestId('test-sms').click();
  await page.getByTestId('sms-answer').getByText('Accepted by the provider').waitFor();
  await page.getByTestId('sms-tested').getByText('Tested').waitFor();
  assert.is(cm.sent.length, 1);
});

test('G3: limits of codes are settings, and a wrong one is refused in words', async () => {
  const { page, api } = office;
  const perNumber = page.getByLabel('Codes per number …');
  await perNumber.fill('2');
  await page.getByLabel('Own networks').fill('not a network');
  await page.getByTestId('save-limits').click();
  await page.getByText(/ownNetworks/).waitFor();
  await page.getByLabel('Own networks').fill('192.0.2.0/24');
  await page.getByTestId('save-limits').click();
  await page.getByRole('region', { name: 'Limits of codes' }).getByText('Saved.').waitFor();
  const { body } = await api.call('GET', '/sms/limits');
  assert.is(body.perNumber, 2);
  assert.equal(body.ownNetworks, ['192.0.2.0/24']);
});

test('a mail server is set and says itself that it took the test mail', async () => {
  const { page } = office;
  await office.open('mail');
  await page.getByLabel('Mail', { exact: true }).selectOption('send through a mail server');
  await page.getByLabel('Host').fill('127.0.0.1');
  await page.getByLabel('Encryption').selectOption('none');
  await page.getByLabel('Port').fill(String(smtp.port));
  await page.getByLabel('Sender’s address').fill('tickets@kade.example');
  await page.getByTestId('save-mail').click();
  await page.getByText('Saved.').waitFor();
  await page.getByTestId('no-mail').waitFor({ state: 'detached' });
  await page.getByTestId('test-address').fill('sanne@example.org');
  await page.getByTestId('test-mail').click();
  await page.getByText(/The mail server said: 250/).waitFor();
  assert.is(smtp.received.length, 1);
  await office.shot('mail');
});

test('who gets mail about alerts is a list; the same address twice is refused in words', async () => {
  const { page, api } = office;
  await office.open('mail');
  const card = page.getByTestId('alert-mail');
  for (const n of [1, 2]) {
    await card.getByTestId('add-alert-address').click();
    await card.getByLabel(`Address ${n}`, { exact: true }).fill('techniek@kade.example');
  }
  await card.getByLabel('Language of address 1').selectOption('nl');
  await card.getByLabel('Is too hot.').uncheck();
  await card.getByLabel('Quiet minutes').fill('90');
  await card.getByTestId('save-alert-mail').click();
  await card
    .getByTestId('failed')
    .getByText(/to.*twice/)
    .waitFor();
  await office.shot('alert-mail-refused');
  await card.getByRole('button', { name: 'Remove techniek@kade.example' }).last().click();
  await card.getByTestId('save-alert-mail').click();
  await card.getByText('Saved.').waitFor();
  const { body } = await api.call('GET', '/alerts/mail');
  assert.equal(body.to, [{ address: 'techniek@kade.example', language: 'nl' }]);
  assert.equal([body.quietMinutes, body.kinds.includes('hot')], [90, false]);
  await office.shot('alert-mail');
  await page.setViewportSize(PHONE);
  assert.is(await office.overflow(), 0);
  await office.shot('alert-mail-phone');
  await page.setViewportSize(DESKTOP);
});

test('public names: a hook in clear is refused in words, the secret is never shown again', async () => {
  const { page, api } = office;
  await office.open('entrances');
  const card = page.getByTestId('page-names');
  await card.getByLabel('Get names by ACME').selectOption('yes');
  await card.getByLabel('Names end in').fill('gate.kade.example');
  await card.getByLabel('DNS hook', { exact: true }).fill('http://dns.kade.example/hook');
  await card.getByLabel('Secret of the hook').fill('a secret of sixteen');
  await card.getByLabel('I have read the terms').check();
  await card.getByTestId('save-page-names').click();
  await card.getByTestId('failed').getByText(/HTTPS/).waitFor();
  await card.getByLabel('DNS hook', { exact: true }).fill('https://dns.kade.example/hook');
  await card.getByTestId('save-page-names').click();
  await card.getByText('Saved.').waitFor();
  await card.getByText('No gateway has asked yet.').waitFor();
  assert.is(await card.getByLabel('Secret of the hook').inputValue(), '');
  const { body } = await api.call('GET', '/page-names/settings');
  assert.equal([body.settings.domain, body.hasSecret], ['gate.kade.example', true]);
  assert.not.match(JSON.stringify(body), 'sixteen');
  await office.shot('page-names');
  await page.setViewportSize(PHONE);
  assert.is(await office.overflow(), 0);
  await office.shot('page-names-phone');
  await page.setViewportSize(DESKTOP);
  await card
    .getByLabel('Get names by ACME')
    .selectOption('no: certificates from files, or by hand');
  await card.getByTestId('save-page-names').click();
  await card.getByText('Saved.').waitFor();
  assert.is((await api.call('GET', '/page-names/settings')).body.settings, null);
});

test('M1: a broken template is refused naming line and fault, and nothing is saved', async () => {
  const { page, api } = office;
  await office.open('templates');
  await page.getByTestId('templates').getByText('Order confirmation').click();
  const html = page.getByLabel('HTML', { exact: true });
  const shipped = await html.inputValue();
  await html.fill('<p>one</p>\n<p>{{ gast.naam </p>');
  await page.getByTestId('save-template').click();
  await page
    .getByTestId('failed')
    .getByText(/line 2/)
    .waitFor();
  await html.fill(shipped);
  const { body } = await api.call('GET', '/templates/order-confirmation/en');
  assert.is(body.saved, null);
});

test('M1, M4: missing and unknown placeholders are named, and the default comes back', async () => {
  const { page, api } = office;
  const html = page.getByLabel('HTML', { exact: true });
  await html.fill('<p>Dear {{ gast.naam }}</p><p>{{ gast.nonsense }}</p>');
  await page.getByTestId('save-template').click();
  await page.getByText('Saved, with warnings.').waitFor();
  const warnings = await page.getByTestId('template-warning').allInnerTexts();
  assert.ok(warnings.some((text) => /Not known[\s\S]*gast\.nonsense/.test(text)));
  assert.ok(warnings.some((text) => /Missing[\s\S]*reserveerinfo\.totaal/.test(text)));
  await office.shot('template-warnings');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByTestId('restore').click();
  await page.getByText('The shipped text is back.').waitFor();
  assert.match(await html.inputValue(), 'reserveerinfo');
  const { body } = await api.call('GET', '/templates/order-confirmation/en');
  assert.is(body.saved, null);
});

test('M1: a preview on sample data stands in a frame that runs nothing', async () => {
  const { page } = office;
  const html = page.getByLabel('HTML', { exact: true });
  const script = '<script>top.document.title = "taken"</script>';
  await html.fill(`<p>Dear {{ gast.naam }}</p>${script}`);
  await page.getByTestId('preview').click();
  const frame = page.getByTestId('mail-frame');
  await page
    .frameLocator('[data-testid=mail-frame]')
    .getByText(/^Dear \p{L}+/u)
    .waitFor();
  assert.is(await frame.getAttribute('sandbox'), '');
  assert.not.match(await page.title(), 'taken');
  await office.shot('template-preview');
});

test('M3: an explanation text is written, cleaned, and an empty one brings the shipped back', async () => {
  const { page, api } = office;
  await office.open('texts');
  const text = page.getByTestId('text-order-secure-guest');
  await text.getByRole('textbox').fill('Log in first, please.');
  await text.getByTestId('save-text').click();
  await text.getByText('Saved; as guests see it.').waitFor();
  const own = (await api.call('GET', '/mail/texts')).body.texts.find(
    (one: { name: string; language: string }) =>
      one.name === 'order-secure-guest' && one.language === 'en',
  );
  assert.match(own.html, 'Log in first, please.');
  await text.getByRole('button', { name: 'Restore default' }).click();
  await text.getByText('as shipped').waitFor();
  await office.shot('texts');
});

test('somebody is invited with roles, and the log says who did it', async () => {
  const { page } = office;
  await office.open('staff');
  await page.getByLabel('Name', { exact: true }).fill('Anna de Vries');
  await page.getByLabel('Login name').fill('anna');
  await page.getByTestId('invite').click();
  assert.match(
    await page.getByTestId('invitation-link').innerText(),
    /\/admin\/#invite=[\w-]{43}$/,
  );
  await page.getByTestId('staff').getByText('Anna de Vries').waitFor();
  await office.shot('staff');
  await office.open('audit');
  await page.getByTestId('audit').getByRole('row').nth(1).waitFor();
});

test('an entrance that goes on without a journal is made only after its cost was read', async () => {
  const { page, api } = office;
  await office.open('entrances');
  await page.getByLabel('Name of the gateway').fill('North');
  await page.getByLabel('Venue (short id)').fill('kade');
  await page.getByLabel('Entrance (short id)').fill('north');
  await page.getByLabel('Name 1').fill('Left');
  await page.getByTestId('without-journal').getByText('go on admitting').click();
  await page.getByText(/their passages stand in memory only/).waitFor();
  await page.getByTestId('make-code').click();
  assert.is((await api.call('GET', '/config-codes')).body.configCodes.length, 0);
  await page.getByLabel('I take this into account').check();
  await page.getByTestId('make-code').click();
  await page.getByTestId('config-code').locator('canvas').waitFor();
  await office.shot('entrances');
  const [code] = (await api.call('GET', '/config-codes')).body.configCodes;
  assert.is(code.configuration.withoutJournal, 'open');
});

test('P10: what a secure performance still lacks is named, and its sale cannot be opened', async () => {
  const { page, api } = office;
  const production = need(await api.call('POST', '/productions', { title: 'Hamlet' }), 201).id;
  const given = { production, hall: 'main', starts: Date.now() + 86_400_000, capacity: 10 };
  const { id } = need(await api.call('POST', '/performances', given), 201);
  await page.reload();
  await office.open('performances');
  await page.getByTestId('selling').getByText('Hamlet').click();
  await page.getByTestId('secure').check();
  await page.getByTestId('save-admission').click();
  await page.getByTestId('missing').getByText('does not answer over TLS').waitFor();
  assert.not.match(await page.getByTestId('missing').innerText(), 'SMS');
  await page.getByTestId('open-sale').check();
  await page.getByTestId('save-sale').click();
  await page
    .getByTestId('failed')
    .getByText(/portal-not-answering/)
    .waitFor();
  assert.is(need(await api.call('GET', `/performances/${id}/sale`), 200).open, false);
  await office.shot('missing');
});

test('all of these pages fit a phone, in Dutch too, and complain of nothing', async () => {
  const { page } = office;
  await page.setViewportSize(PHONE);
  await page.getByRole('button', { name: 'NL' }).click();
  for (const name of ['sms', 'mail', 'templates', 'texts', 'staff', 'audit', 'entrances']) {
    await office.open(name);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await page.waitForLoadState('networkidle');
    assert.is(await office.overflow(), 0, name);
    await office.shot(`phone-${name}`);
  }
  await page.setViewportSize(DESKTOP);
  assert.equal(office.complaints, []);
});

settings.run();
