import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startCloud, type WholeCloud } from '../test/whole-cloud.ts';
import { INVITATION_MS } from './staff.ts';
import { PROOF_MS, STAFF_IDLE_MS, STAFF_SESSION_MS } from './staff-room.ts';
import { type Member, memberOf, staffBrowser } from './test/member.ts';
import { totpCode } from './totp.ts';

let whole: WholeCloud;
test.before.each(async () => {
  whole = await startCloud();
});
test.after.each(() => whole.stop());

const STEP_MS = 30_000;
const code = (member: Member) => totpCode(member.secret, whole.clock.now());
const login = (member: Member, given: object = {}) =>
  staffBrowser(whole).call('POST', '/staff/login', {
    ...{ login: member.login, password: member.password, code: code(member), ...given },
  });

test('the first administrator is invited with the first token, and joins with a second factor', async () => {
  const given = { login: 'Anna', name: 'Anna de Vries', roles: ['administrator'] };
  const invited = await whole.api.call('POST', '/staff', given);
  assert.is(invited.status, 201);
  const own = staffBrowser(whole);
  const { invitation } = invited.body;
  const opened = await own.call('POST', '/staff/invitations/open', { invitation });
  assert.match(opened.body.uri, /^otpauth:\/\/totp\/Gatehouse:anna\?/);
  assert.match(opened.body.qr, /^data:image\/svg\+xml;base64,/);
  const accept = (body: object) =>
    own.call('POST', '/staff/invitations/accept', { invitation, ...body });
  const password = 'the long evening';
  const right = { password, code: totpCode(opened.body.secret, whole.clock.now()) };
  assert.is((await accept({ ...right, code: '000000' })).body.code, 'staff-code-wrong');
  assert.is((await accept({ ...right, password: 'short' })).body.code, 'staff-password-weak');
  const joined = await accept(right);
  assert.is(joined.status, 200);
  assert.is(joined.body.recoveryCodes.length, 10);
  assert.is((await own.call('GET', '/performances')).status, 200);
  assert.is((await own.call('POST', '/productions', { title: 'Faust' })).status, 201);
  assert.is((await accept(right)).body.code, 'invitation-unknown');
  const { audit } = (await own.call('GET', '/staff/audit')).body;
  assert.equal(
    audit.map(({ who, what }: { who: string; what: string }) => [who, what]),
    [
      [`staff:${joined.body.account.id}`, 'staff-joined'],
      ['token:first administrator', 'staff-invited'],
    ],
  );
});

test('an invitation ends after three days', async () => {
  const given = { login: 'anna', name: 'Anna', roles: [] };
  const { invitation } = (await whole.api.call('POST', '/staff', given)).body;
  whole.clock.move(INVITATION_MS);
  const late = await staffBrowser(whole).call('POST', '/staff/invitations/open', { invitation });
  assert.equal([late.status, late.body.code], [410, 'invitation-unknown']);
});

test('login takes password and code together; each code is good once, one step early or late', async () => {
  const anna = await memberOf(whole, 'anna', ['administrator']);
  const at = (steps: number) => totpCode(anna.secret, whole.clock.now() + steps * STEP_MS);
  assert.is((await login(anna, { code: at(0) })).status, 401, 'used when joining');
  whole.clock.move(5 * STEP_MS);
  for (const wrong of [{ password: 'not this one' }, { code: at(2) }, { code: at(-2) }]) {
    assert.is((await login(anna, wrong)).body.code, 'staff-login-wrong');
  }
  assert.is((await login(anna, { code: at(-1) })).status, 200);
  assert.is((await login(anna, { code: at(1) })).status, 200);
  assert.is((await login(anna, { code: at(1) })).status, 401, 'again');
  assert.is((await login(anna, { code: at(0) })).status, 401, 'before one that was used');
  const unknown = await login(anna, { login: 'nobody' });
  assert.equal([unknown.status, unknown.body.code], [401, 'staff-login-wrong']);
});

test('two logins with the same code at the same moment let one in', async () => {
  const anna = await memberOf(whole, 'anna', ['box-office']);
  whole.clock.move(2 * STEP_MS);
  const given = { code: code(anna) };
  const both = await Promise.all([login(anna, given), login(anna, given)]);
  assert.equal(both.map(({ status }) => status).sort(), [200, 401]);
});

test('a recovery code opens once, and is written down', async () => {
  const anna = await memberOf(whole, 'anna', ['box-office']);
  const [recovery = ''] = anna.recoveryCodes;
  assert.is((await login(anna, { code: recovery.toUpperCase() })).status, 200);
  assert.is((await login(anna, { code: recovery })).status, 401);
  const { audit } = (await whole.api.call('GET', '/staff/audit?limit=1')).body;
  assert.is(audit[0].what, 'staff-recovery-code-used');
});

test('wrong logins make wait, and a wrong password uses up no code', async () => {
  const anna = await memberOf(whole, 'anna', ['box-office']);
  whole.clock.move(2 * STEP_MS);
  const given = { code: code(anna) };
  assert.is((await login(anna, { ...given, password: 'wrong password' })).status, 401);
  assert.is((await login(anna, given)).status, 200);
  for (let n = 0; n < 5; n++) await login(anna, { password: 'wrong password' });
  assert.equal((await login(anna)).body.code, 'login-too-many');
});

test('B6 roles: what a route does not name stays with administrators, lists are for all', async () => {
  const till = await memberOf(whole, 'till', ['box-office']);
  const { browser } = till;
  assert.is((await browser.call('GET', '/performances')).status, 200);
  const change = await browser.call('POST', '/productions', { title: 'Faust' });
  assert.equal([change.status, change.body.code], [403, 'token-role']);
  assert.is((await browser.call('GET', '/guests?search=anna')).status, 200);
  const staff = await browser.call('GET', '/staff');
  assert.equal([staff.status, staff.body.code], [403, 'role-missing']);
  const reporter = await memberOf(whole, 'reporter', ['reporting']);
  assert.is((await reporter.browser.call('GET', '/guests?search=anna')).status, 403);
});

test('roles change only after a fresh proof, at once, and it is written down with who', async () => {
  const anna = await memberOf(whole, 'anna', ['administrator']);
  const till = await memberOf(whole, 'till', ['box-office']);
  whole.clock.move(PROOF_MS);
  const change = () =>
    anna.browser.call('PATCH', `/staff/${till.id}`, { roles: ['box-office', 'refund'] });
  const early = await change();
  assert.equal([early.status, early.body.code], [403, 'staff-proof-needed']);
  const before = anna.browser.cookies.get('gatehouse-staff');
  const proof = { password: anna.password, code: code(anna) };
  assert.is((await anna.browser.call('POST', '/staff/prove', proof)).status, 200);
  assert.is.not(anna.browser.cookies.get('gatehouse-staff'), before);
  assert.equal((await change()).body.roles, ['box-office', 'refund']);
  const { audit } = (await anna.browser.call('GET', `/staff/audit?subject=${till.id}`)).body;
  assert.equal(
    [audit[0].who, audit[0].what, audit[0].details.before],
    [`staff:${anna.id}`, 'staff-changed', ['box-office']],
  );
  const self = await anna.browser.call('PATCH', `/staff/${anna.id}`, { roles: [] });
  assert.is(self.body.code, 'staff-self');
});

test('whoever is shut out or invited again is logged out at once', async () => {
  const till = await memberOf(whole, 'till', ['box-office']);
  assert.is((await till.browser.call('GET', '/performances')).status, 200);
  await whole.api.call('PATCH', `/staff/${till.id}`, { disabled: true });
  assert.is((await till.browser.call('GET', '/performances')).status, 401);
  whole.clock.move(2 * STEP_MS);
  assert.is((await login(till)).status, 401);
  await whole.api.call('PATCH', `/staff/${till.id}`, { disabled: false });
  assert.is((await login(till)).status, 200);
  const again = await whole.api.call('POST', `/staff/${till.id}/invitation`);
  assert.is(again.body.account.state, 'invited');
  whole.clock.move(2 * STEP_MS);
  assert.is((await login(till)).status, 401);
});

test('a staff session ends after an hour unused and after a working day', async () => {
  const anna = await memberOf(whole, 'anna', ['administrator']);
  for (let gone = 0; gone + STAFF_IDLE_MS < STAFF_SESSION_MS; gone += STAFF_IDLE_MS - 60_000) {
    assert.is((await anna.browser.call('GET', '/performances')).status, 200);
    whole.clock.move(STAFF_IDLE_MS - 60_000);
  }
  whole.clock.move(60_000);
  assert.is((await anna.browser.call('GET', '/performances')).status, 401);
});

test('a session changes nothing without its token or from another site; a bearer token needs neither', async () => {
  const anna = await memberOf(whole, 'anna', ['administrator']);
  const make = (headers: object) =>
    anna.browser.call('POST', '/productions', { title: 'Faust' }, headers);
  assert.is((await make({ 'x-csrf-token': 'x' })).body.code, 'csrf-refused');
  assert.is((await make({ origin: 'https://evil.test' })).body.code, 'origin-refused');
  assert.is((await make({})).status, 201);
  assert.is((await whole.api.call('POST', '/productions', { title: 'Faust' })).status, 201);
  const wrong = await make({ authorization: `Bearer ${'x'.repeat(43)}` });
  assert.is(wrong.body.code, 'token-unknown');
});

test('a token is nobody who could log out; secrets stand neither in lists nor in the log', async () => {
  const anna = await memberOf(whole, 'anna', ['administrator']);
  const said = await whole.api.call('POST', '/staff/logout');
  assert.equal([said.status, said.body.code], [403, 'staff-session-needed']);
  const { body } = await whole.api.call('GET', '/staff');
  const text = JSON.stringify([body, whole.log.lines]);
  for (const secret of [anna.secret, anna.password, ...anna.recoveryCodes]) {
    assert.not.match(text, secret);
  }
  assert.is((await anna.browser.call('POST', '/staff/logout')).status, 204);
  assert.is((await anna.browser.call('GET', '/staff/session')).status, 401);
});

test('a new password ends all other logins', async () => {
  const anna = await memberOf(whole, 'anna', ['box-office']);
  const change = await anna.browser.call('POST', '/staff/password', { password: 'newer evening' });
  assert.is(change.status, 200);
  whole.clock.move(2 * STEP_MS);
  assert.is((await login(anna)).status, 401);
  assert.is((await login(anna, { password: 'newer evening' })).status, 200);
  const { sessions } = (await anna.browser.call('GET', '/staff/sessions')).body;
  assert.is(sessions.length, 2);
});

test.run();
