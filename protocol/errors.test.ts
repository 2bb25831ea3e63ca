import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { protocolErrors } from './error-table.ts';
import { type ErrorTable, errorsOf, fill, GatehouseError } from './errors.ts';

const table = {
  'lane-on-fire': { acts: 'staff', status: 503, message: 'Lane {lane} is on fire.' },
  'no-status': { acts: 'developer', message: 'Something is wrong.' },
} as const satisfies ErrorTable;
const fail = errorsOf(table);

test('an error carries code, actor, status, details, cause and a filled message', () => {
  const cause = new Error('spark');
  const error = fail('lane-on-fire', { lane: 'lane-1' }, cause);
  assert.instance(error, GatehouseError);
  assert.instance(error, Error);
  assert.equal(
    [error.code, error.acts, error.status, error.message, error.cause],
    ['lane-on-fire', 'staff', 503, 'Lane lane-1 is on fire.', cause],
  );
  assert.equal(error.details, { lane: 'lane-1' });
});

test('an error without a status is a 500, without a cause has none', () => {
  const error = fail('no-status');
  assert.is(error.status, 500);
  assert.not.ok(Object.hasOwn(error, 'cause'));
});

test('only own details are filled in, and never twice', () => {
  assert.is(fill('{a} {b} {toString}', { a: '{b}' }), '{b} {b} {toString}');
  assert.is(fill('{a}', { a: '$&' }), '$&');
});

test('every protocol error names who acts and ends as a sentence', () => {
  for (const [code, { acts, message, status }] of Object.entries(protocolErrors)) {
    assert.match(code, /^[a-z]+(-[a-z]+)+$/);
    assert.ok(acts.length > 0);
    assert.ok(message.endsWith('.'));
    assert.ok(status >= 400 && status < 500);
  }
});

test.run();
