import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchBrowser } from '../../scripts/browser.ts';
import { type Office, PHONE, startOffice } from './admin/test/office.ts';

const launched = await launchBrowser();
const people = suite('page of people at the doors');
const test = launched.browser ? people : people.skip;
if (!launched.browser) console.log(`SKIPPED door staff page: ${launched.reason}`);

let office: Office;

people.before(async () => {
  if (!launched.browser) return;
  office = await startOffice(launched.browser);
  await office.api.call('POST', '/door-staff/theatre/people', {
    ...{ name: 'Ida', code: '20', role: 'steward' },
  });
});
people.after(async () => {
  await launched.browser?.close();
  await office?.stop();
});

const csv = (text: string) => ({
  ...{ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) },
});

test('somebody is added, and the PIN that was made is shown once', async () => {
  const { page } = office;
  await office.open('doorStaff');
  await page.getByLabel('Name', { exact: true }).fill('Noor');
  await page.getByLabel('Staff code').fill('21');
  await page.getByLabel('Role').selectOption('lead');
  await page.getByTestId('add-person').click();
  assert.match(await page.getByTestId('pins').innerText(), /Noor\s+·\s+21\s+·\s+\d{6}/);
  await page.getByTestId('door-staff').getByText('Noor', { exact: true }).waitFor();
});

test('a file is tried first: its bad rows are named, and a good one is taken in', async () => {
  const { page } = office;
  await page.getByTestId('door-file').setInputFiles(csv('name,code,role,pin\nBo,31,boss,111111'));
  await page.getByTestId('door-faults').getByText('Row 2, role').waitFor();
  assert.is(await page.getByTestId('door-take').count(), 0);
  await office.shot('door-staff-faults');
  const good = 'name;code;role;pin\nNoor;21;technician;\nKim;33;lead;';
  await page.getByTestId('door-file').setInputFiles(csv(good));
  await page.getByTestId('door-trial').getByText('1 would be added, 1 changed').waitFor();
  await page.getByTestId('door-take').click();
  await page.getByTestId('pins').getByText('Kim').waitFor();
  await office.shot('door-staff');
});

test('without PINs everybody is marked, and the page fits on a phone', async () => {
  const { page } = office;
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: 'Make all PINs void' }).click();
  await page.getByTestId('door-staff').getByText('needs a new PIN').nth(2).waitFor();
  await page.setViewportSize(PHONE);
  assert.is(await office.overflow(), 0);
  assert.equal(office.complaints, []);
});

people.run();
