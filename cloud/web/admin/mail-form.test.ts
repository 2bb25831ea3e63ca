import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MailSettingsInput } from '../../mail/settings.ts';
import { faultPlace, mailFormOf, mailSettingsOf, offsetOf, portFor } from './mail-form.ts';

const THEATER = { naam: 'De Kade', adres: '', telefoon: '', email: '', website: '' };

test('without a mail server the form asks for nothing but the theatre', () => {
  const form = mailFormOf({ server: null, hasPassword: false, theater: THEATER });
  const sent = MailSettingsInput.parse(mailSettingsOf(form));
  assert.equal(sent, { server: null, password: null, theater: THEATER });
});

test('a password that was not typed is left out, so that the stored one stays', () => {
  const form = mailFormOf({ server: null, hasPassword: true, theater: THEATER });
  Object.assign(form, {
    smtp: true,
    host: 'mail.example',
    fromAddress: 'a@kade.example',
    user: ' ',
  });
  const sent = MailSettingsInput.parse(mailSettingsOf(form));
  assert.is(sent.password, undefined);
  assert.is(sent.server?.user, null);
  assert.is(sent.server?.port, 587);
  form.password = 'secret';
  assert.is(MailSettingsInput.parse(mailSettingsOf(form)).password, 'secret');
});

test('the port follows the encryption unless somebody chose one of their own', () => {
  assert.is(portFor('tls', 587), 465);
  assert.is(portFor('none', null), 25);
  assert.is(portFor('tls', 2_525), 2_525);
});

test('M1: the fault of a template is found again in its text', () => {
  const place = faultPlace({ code: 'template-faulty', part: 'html', line: 2, column: 3 });
  assert.equal(place, { part: 'html', line: 2, column: 3 });
  assert.is('one\ntwo'[offsetOf('one\ntwo', 2, 3)], 'o');
  assert.is(offsetOf('one', 1, 1), 0);
  assert.is(offsetOf('one', 9, 9), 3);
  assert.is(faultPlace({ code: 'mail-refused' }), null);
});

test.run();
