import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Gateway } from '../api.ts';
import { changeOf, configurationState, editFormOf, mayTest, mebibytes } from './fleet-view.ts';

const LANE = { lane: 'lane-1', name: 'Left', direction: 'entry', staffed: false } as const;
const CONFIGURATION = {
  ...{ version: 3, name: 'North', venue: 'kade', entrance: 'north', language: 'nl' },
  ...{ halls: ['main', 'studio'], lanes: [LANE], hardware: { camera: 'rpicam' } },
};

function gatewayWith(changes: Partial<Gateway> = {}): Gateway {
  return {
    ...{ id: 'gw-1', name: 'North', entrance: 'north', venue: 'kade', standing: 'active' },
    ...{ revoked: false, online: true, alerts: [], applied: 3, refused: null, keyMark: 'ABC-DEF' },
    ...{ configuration: CONFIGURATION, health: { configuration: 3, armed: true }, lanes: [] },
    ...changes,
  } as unknown as Gateway;
}

test('a configuration runs, was refused, or is on its way', () => {
  assert.is(configurationState(gatewayWith()), 'running');
  assert.is(configurationState(gatewayWith({ applied: 2 })), 'pushed');
  const refused = { version: 3, code: 'configuration-hardware', fault: '' };
  assert.is(configurationState(gatewayWith({ applied: 2, refused })), 'refused');
  const earlier = { ...refused, version: 2 };
  assert.is(configurationState(gatewayWith({ applied: 1, refused: earlier })), 'pushed');
});

test('a test pulse is offered only while armed, at a lane that is closed', () => {
  const lane = { ...LANE, state: 'closed', fault: null, unrecorded: null };
  assert.ok(mayTest(gatewayWith(), lane));
  assert.not(mayTest(gatewayWith(), { ...lane, state: 'idle' }));
  assert.not(mayTest(gatewayWith({ health: null }), lane));
  assert.not(mayTest(gatewayWith({ online: false }), lane));
});

test('a form that nobody touched says what the gateway has, but for its venue', () => {
  const { venue: _, ...rest } = CONFIGURATION;
  assert.equal(changeOf(editFormOf(gatewayWith())), rest);
  assert.is(mebibytes(700 * 1024 * 1024), '700 MiB');
  assert.is(mebibytes(3.5 * 1024 ** 3), '3.5 GiB');
});

test.run();
