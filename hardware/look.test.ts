import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAtLane } from './look.ts';
import { laneHardware } from './profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-look-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('devices that are missing are named with their path and code', async () => {
  const lane = laneHardware.parse({
    camera: { kind: 'v4l2', device: '/dev/no-camera' },
    scanners: [{ path: '/dev/no-scanner' }, { path: 'tcp://127.0.0.1:1' }],
    turnstile: { kind: 'serial-relay', path: '/dev/no-board' },
  });
  const found = await lookAtLane(lane);
  assert.equal(
    found.map(({ device, path, ok, code }) => [device, path, ok, code]),
    [
      ['camera', '/dev/no-camera', false, 'camera-missing'],
      ['scanner 1', '/dev/no-scanner', false, 'wire-missing'],
      ['turnstile', '/dev/no-board', false, 'wire-missing'],
    ],
  );
});

test('devices that are there are in order; a machine without a GPIO chip says so', async () => {
  const lane = laneHardware.parse({
    camera: { kind: 'file', path: folder },
    scanners: [{ path: '/dev/null' }],
    turnstile: { kind: 'gpio' },
  });
  const bare = await lookAtLane(lane, folder);
  assert.equal(
    bare.map(({ ok, code }) => code ?? ok),
    [true, true, 'gpio-chip-missing'],
  );
  writeFileSync(join(folder, 'gpiochip0'), '');
  const [, , chip] = await lookAtLane(lane, folder);
  assert.equal(chip, { device: 'turnstile', path: `${folder}/gpiochip0`, ok: true });
});

test.run();
