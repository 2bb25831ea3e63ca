import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedModbusRelay, simulatedSerialRelay } from '@gatehouse/hardware/simulated';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lockLanes } from './lock-lanes.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function config(turnstiles: object[]): string {
  const file = join(folder, 'gateway.json');
  const lanes = turnstiles.map((turnstile) => ({ turnstile }));
  writeFileSync(file, JSON.stringify({ data: 'data', lanes }));
  return file;
}

test('relays that a dead gateway left on are off afterwards', async () => {
  const path = 'tcp://127.0.0.1:0';
  const [serial, modbus] = [simulatedSerialRelay({ path }), simulatedModbusRelay({ path })];
  const file = config([
    { kind: 'serial-relay', path: await serial.start() },
    { kind: 'modbus-relay', path: await modbus.start() },
  ]);
  try {
    assert.equal(await lockLanes(file), { lanes: 2, locked: 2 });
    assert.is(serial.isOn(1) || modbus.isOn(1), false);
  } finally {
    await serial.stop();
    await modbus.stop();
  }
});

test('a board that is away holds nobody up', async () => {
  const file = config([{ kind: 'serial-relay', path: 'tcp://127.0.0.1:1' }]);
  assert.equal(await lockLanes(file), { lanes: 1, locked: 0 });
});

test.run();
