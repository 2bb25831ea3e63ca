import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { systemClock } from './clock.ts';
import { openCamera, openScanner, openTurnstile } from './open.ts';
import { laneHardware } from './profile.ts';

/** As much of JSON Schema as the settings use. */
interface Field {
  type?: string;
  const?: string;
  enum?: string[];
  anyOf?: Field[];
  oneOf?: Field[];
  items?: Field;
  properties?: Record<string, Field>;
  minimum?: number;
  maximum?: number;
  default?: unknown;
  description?: string;
  unit?: string;
}

/** One row of the settings table a field: name, unit, range, default, description. */
function rows(field: Field, name = ''): string[] {
  const below = [...(field.anyOf ?? []), ...(field.oneOf ?? [])].filter((each) => each.properties);
  if (field.items?.properties) below.push(field.items);
  if (field.properties) below.push(field);
  if (below.length > 0) {
    return below.flatMap((each) =>
      Object.entries(each.properties ?? {}).flatMap(([key, inner]) =>
        rows(inner, name === '' ? key : `${name}.${key}`),
      ),
    );
  }
  const plain = field.anyOf?.find(({ type }) => type !== 'null') ?? field;
  const range =
    plain.const ??
    plain.enum?.join(', ') ??
    (plain.minimum === undefined ? (plain.type ?? '') : `${plain.minimum} to ${plain.maximum}`);
  const otherwise = field.default === undefined ? '' : JSON.stringify(field.default);
  const cells = [`\`${name}\``, field.unit ?? '', range, otherwise, field.description ?? ''];
  return [`| ${cells.join(' | ')} |`];
}

const schema = z.toJSONSchema(laneHardware, { io: 'input' }) as Field;
const docs = readFileSync(new URL('../docs/hardware.md', import.meta.url), 'utf8');

test('every setting has a description and stands in docs/hardware.md as it is', () => {
  for (const row of rows(schema)) {
    assert.not.match(row, /\| {2}\|$/, `a description in ${row}`);
    assert.ok(docs.includes(row), `docs/hardware.md has the row: ${row}`);
  }
});

test('the smallest settings are enough, the rest has defaults', () => {
  const lane = laneHardware.parse({
    camera: { kind: 'rpicam' },
    scanners: [{ path: '/dev/ttyACM0' }],
    turnstile: { kind: 'arduino', path: '/dev/ttyUSB0' },
  });
  assert.is(lane.camera?.kind === 'rpicam' && lane.camera.width, 1280);
  assert.is(lane.scanners[0]?.profile, 'generic');
  assert.is(lane.turnstile.kind === 'arduino' && lane.turnstile.pins.relayEntry, 7);
});

test('a wrong setting is named by its place', () => {
  const placeOf = (settings: unknown) =>
    laneHardware.safeParse(settings).error?.issues[0]?.path.join('.');
  const turnstile = { kind: 'arduino', path: '/dev/ttyUSB0' };
  assert.is(placeOf({ turnstile: { ...turnstile, pins: { fire: 7 } } }), 'turnstile.pins.fire');
  assert.is(
    placeOf({ turnstile: { ...turnstile, maximumPulse: 20_000 } }),
    'turnstile.maximumPulse',
  );
  assert.is(placeOf({ turnstile: { ...turnstile, path: 'COM3' } }), 'turnstile.path');
  assert.is(placeOf({ turnstile, camera: { kind: 'rpicam', width: 651 } }), 'camera.width');
  assert.is(placeOf({ turnstile, scanners: [{ path: '/dev/x', init: '7e0' }] }), 'scanners.0.init');
});

test('opening with wrong settings throws the settings code', () => {
  const parts = { clock: systemClock };
  const openers = [
    () => openCamera({ kind: 'rpicam', width: 651 }, parts),
    () => openScanner({ path: 'COM3' }, parts),
    () => openTurnstile({ kind: 'serial-relay', path: '' }, parts),
  ];
  for (const open of openers) {
    assert.throws(open, (error: { code?: string }) => error.code === 'settings-invalid');
  }
});

if (process.argv.includes('--print')) process.stdout.write(`${rows(schema).join('\n')}\n`);
test.run();
