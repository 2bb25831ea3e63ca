import { provisioningErrors } from '@gatehouse/provisioning';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GatewayView } from '../shared/device.ts';
import { deviceWords, WHYS } from './device.ts';

const LANGUAGES = ['nl', 'en', 'fr', 'de'] as const;
const own = { language: 'en', camera: 'back', timeZone: 'UTC' } as const;
const said = (view: Partial<GatewayView>) =>
  deviceWords('en', { ...own, state: 'configured', ...view });

test('a device says what it waits for, and nothing once it is an entrance', () => {
  assert.match(said({ state: 'unconfigured' })?.title ?? '', 'no entrance yet');
  assert.match(said({ state: 'claiming' })?.title ?? '', 'was read');
  assert.is(said({ accepted: false, keyMark: 'ABC-DEF' })?.mark, 'ABC-DEF');
  assert.is(said({ accepted: true }), undefined);
  assert.is(said({}), undefined, 'the cloud has not said yet');
});

test('a device says why it took no code, and who helps; also by a code without words', () => {
  const usedUp = said({ state: 'unconfigured', code: 'claim-used-up' });
  assert.match(usedUp?.title ?? '', 'not taken');
  assert.match(usedUp?.todo ?? '', 'Ask the administrator for a new one.');
  assert.is(
    said({ state: 'unconfigured', code: 'server-answer-invalid' })?.code,
    'server-answer-invalid',
  );
  assert.match(said({ code: 'gateway-revoked' })?.title ?? '', 'does not let this gateway in');
});

test('each reason is one that a claim can have, and has words in every language', () => {
  for (const [code, words] of Object.entries(WHYS)) {
    assert.ok(code in provisioningErrors, code);
    for (const language of LANGUAGES) assert.ok(words[language].length > 10, `${code} ${language}`);
  }
});

test.run();
