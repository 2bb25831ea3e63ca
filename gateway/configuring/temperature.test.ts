import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import { createThermometer } from './temperature.ts';

test('the processor’s temperature is what the machine says, and nothing where it says none', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-warm-'));
  const file = join(dir, 'temp');
  const read = async (path: string) => {
    const thermometer = createThermometer(systemClock, path);
    thermometer.start();
    for (let n = 0; n < 40 && thermometer.celsius === undefined; n += 1) {
      await new Promise((again) => setTimeout(again, 5));
    }
    thermometer.stop();
    return thermometer.celsius;
  };
  writeFileSync(file, '48312\n');
  assert.is(await read(file), 48.312);
  writeFileSync(file, 'hot\n');
  assert.is(await read(file), undefined);
  assert.is(await read(join(dir, 'none')), undefined);
  rmSync(dir, { recursive: true });
});

test.run();
