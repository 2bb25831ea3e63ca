import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PhoneLimits } from '../../guests/phone-limits.ts';
import { limitsFormOf, limitsOf, type SmsView, smsChangeOf, smsFormOf } from './sms-form.ts';
import { alarmTexts } from './sms-texts.ts';
import { alarmCodes } from './test/alarm-codes.ts';

const VIEW: SmsView = {
  ...{ enabled: true, provider: 'cm', offered: ['outbox', 'cm', 'vonage'] },
  ...{ sender: 'De Kade', publicUrl: '', cm: { baseUrl: 'https://gw.example' } },
  vonage: { baseUrl: 'https://rest.example', apiKey: '', mode: 'basic', signatureMethod: 'sha256' },
  messagebird: { baseUrl: '', path: '', scheme: '' },
  ...{ secretsSet: ['cm.productToken'], reportPath: null, tested: null, warnings: [] },
};

test('G4: secrets are sent only when they were typed, and fields only when they differ', () => {
  const form = smsFormOf(VIEW);
  assert.is(form.cm.productToken, '');
  const plain = { enabled: true, provider: 'cm', sender: 'De Kade', publicUrl: '' };
  assert.equal(smsChangeOf(VIEW, form), plain);
  form.cm.productToken = 'new';
  form.vonage.apiKey = 'of another provider';
  assert.equal(smsChangeOf(VIEW, form), { ...plain, cm: { productToken: 'new' } });
  form.provider = 'outbox';
  assert.equal(smsChangeOf(VIEW, form), { ...plain, provider: 'outbox' });
});

test('G3: the form of limits has every limit there is, and gives them back unchanged', () => {
  const limits = PhoneLimits.parse({ ownNetworks: ['192.0.2.0/24', '2001:db8::/32'] });
  assert.equal(PhoneLimits.parse(limitsOf(limitsFormOf(limits))), limits);
});

test('every alarm of the docs has words in both languages', async () => {
  assert.equal(Object.keys(alarmTexts).toSorted(), await alarmCodes());
});

test.run();
