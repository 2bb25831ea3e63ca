import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HardwareError } from './errors.ts';
import { FIRST_RETRY_MILLISECONDS, LAST_RETRY_MILLISECONDS, nextRetry } from './kept-wire.ts';
import { simulatedPort } from './simulated-port.ts';
import { until } from './until.ts';
import { MAX_UNSENT_BYTES, openWire, type Wire } from './wire.ts';

const serial = { baud: 9_600 };
const ignore = { onData: () => undefined, onClose: () => undefined };

function codeOf(work: () => Promise<unknown>): Promise<unknown> {
  return work().then(
    () => 'done',
    (error) => (error instanceof HardwareError ? error.code : error),
  );
}

const unixPath = `unix:${join(tmpdir(), `gatehouse-wire-${process.pid}.sock`)}`;

for (const path of ['tcp://127.0.0.1:0', unixPath]) {
  test(`bytes go both ways over ${path.split(':')[0]}, and a lost wire is told once`, async () => {
    let heard = '';
    const port = simulatedPort(path, {
      onData: (bytes) => {
        heard += Buffer.from(bytes).toString();
      },
    });
    let got = '';
    const lost: HardwareError[] = [];
    const wire = await openWire(await port.start(), serial, {
      onData: (bytes) => {
        got += Buffer.from(bytes).toString();
      },
      onClose: (error) => lost.push(error),
    });
    await wire.write(Buffer.from('to the device'));
    await until('it arrived', () => heard === 'to the device');
    port.send(Buffer.from('to the host'));
    await until('it arrived', () => got === 'to the host');
    port.drop();
    await until('the loss is told', () => lost.length === 1);
    assert.is(lost[0]?.code, 'wire-closed');
    assert.is(await codeOf(() => wire.write(Buffer.from('x'))), 'wire-closed');
    await wire.close();
    await port.stop();
    assert.is(lost.length, 1);
  });
}

test('a path that names no wire and a device that is missing have their codes', async () => {
  const open = (path: string) => codeOf(async () => openWire(path, serial, ignore));
  assert.is(await open('COM3'), 'wire-path-unknown');
  assert.is(await open('tcp://host'), 'wire-path-unknown');
  assert.is(await open('tcp://127.0.0.1:1'), 'wire-missing');
  assert.is(await open('unix:/nowhere/at/all'), 'wire-missing');
  assert.is(await open('/dev/gatehouse-nowhere'), 'wire-missing');
});

test('a device that takes no more bytes is given up at the written limit', async () => {
  const port = simulatedPort('tcp://127.0.0.1:0', { onOpen: (socket) => socket.pause() });
  const lost: string[] = [];
  const wire: Wire = await openWire(await port.start(), serial, {
    onData: () => undefined,
    onClose: ({ code }) => lost.push(code),
  });
  assert.is(await codeOf(() => wire.write(new Uint8Array(MAX_UNSENT_BYTES + 1))), 'wire-stuck');
  assert.equal(lost, ['wire-stuck']);
  await port.stop();
});

test('the back-off doubles between its two limits', () => {
  let pause: number | undefined;
  const pauses = Array.from({ length: 9 }, () => {
    pause = nextRetry(pause);
    return pause;
  });
  assert.is(pauses[0], FIRST_RETRY_MILLISECONDS);
  assert.is(pauses[1], FIRST_RETRY_MILLISECONDS * 2);
  assert.is(pauses.at(-1), LAST_RETRY_MILLISECONDS);
});

test.run();
