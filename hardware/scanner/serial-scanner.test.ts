import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Health, Scanner } from '../devices.ts';
import { openScanner } from '../open.ts';
import { pass, until } from '../until.ts';
import type { ScannerProfileName } from './profiles.ts';
import { type SimulatedScanner, simulatedScanner } from './simulated/scanner.ts';

interface Lane {
  device: SimulatedScanner;
  scanner: Scanner;
  texts: string[];
  aims: (string | undefined)[];
  health: Health[];
}

async function withScanner(
  profile: ScannerProfileName,
  run: (lane: Lane) => Promise<void>,
  before?: (device: SimulatedScanner) => void,
): Promise<void> {
  const device = simulatedScanner('tcp://127.0.0.1:0', { profile });
  before?.(device);
  const scanner = openScanner({ profile, path: await device.start() }, { clock: systemClock });
  const lane: Lane = { device, scanner, texts: [], aims: [], health: [] };
  await scanner.start({
    onText({ text, aim }) {
      lane.texts.push(text);
      lane.aims.push(aim);
    },
    onHealth: (health) => lane.health.push(health),
  });
  try {
    await run(lane);
  } finally {
    await scanner.stop();
    await device.stop();
  }
}

const codes = (lane: Lane) => lane.health.map(({ ok, code }) => (ok ? 'ok' : code));

for (const profile of ['gm65', 'honeywell', 'newland', 'zebra', 'generic'] as const) {
  test(`a ${profile} scanner types codes and its AIM prefix is split off`, async () => {
    await withScanner(profile, async ({ device, texts, aims }) => {
      await device.type('GH1:ABCDEFGH234567', { aim: ']Q1' });
      await device.type('8712345678906');
      await until('both came', () => texts.length === 2);
      assert.equal(texts, ['GH1:ABCDEFGH234567', '8712345678906']);
      assert.equal(aims, [']Q1', undefined]);
    });
  });
}

test('the gm65 is told to send AIM prefixes and its answer is no code', async () => {
  await withScanner('gm65', async (lane) => {
    assert.equal(lane.device.commands, ['7e00080100d080abcd']);
    assert.equal(codes(lane), ['ok']);
    await pass(80);
    assert.equal(lane.texts, []);
  });
});

test('a gm65 that does not answer is reported and its codes are taken all the same', async () => {
  const deaf = (device: SimulatedScanner) => {
    device.silent = true;
  };
  await withScanner(
    'gm65',
    async (lane) => {
      assert.equal(codes(lane), ['scanner-no-answer']);
      await lane.device.type('ABC');
      await until('the code came', () => lane.texts.length === 1);
      assert.equal(codes(lane), ['scanner-no-answer', 'ok']);
    },
    deaf,
  );
});

test('a code that is typed slowly or in pieces stays one code', async () => {
  await withScanner('generic', async ({ device, texts }) => {
    await device.type('SLOWLY-TYPED', { piece: 1, pause: 1 });
    await device.type('IN-PIECES', { piece: 4, pause: 5 });
    await until('both came', () => texts.length === 2);
    assert.equal(texts, ['SLOWLY-TYPED', 'IN-PIECES']);
  });
});

test('a code without a terminator ends with 50 ms of silence', async () => {
  await withScanner('generic', async ({ device, texts }) => {
    await device.type('NO-END', { suffix: false });
    await until('it came', () => texts.length === 1);
    assert.equal(texts, ['NO-END']);
  });
});

test('a 20 MB line without an end is thrown away and reported once; the lane goes on', async () => {
  await withScanner('generic', async (lane) => {
    const before = process.memoryUsage().arrayBuffers;
    const part = Buffer.alloc(65_536, 0x41);
    for (let sent = 0; sent < 20_000_000; sent += part.length) {
      lane.device.send(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('it is reported', () => codes(lane).includes('scanner-line-too-long'));
    await pass(150);
    assert.equal(lane.texts, []);
    await lane.device.type('NEXT');
    await until('the next code came', () => lane.texts.length === 1);
    assert.equal(lane.texts, ['NEXT']);
    assert.equal(codes(lane), ['ok', 'scanner-line-too-long', 'ok']);
    assert.ok(process.memoryUsage().arrayBuffers - before < 20_000_000);
  });
});

test('a scanner that is unplugged is reported, found again and set up again', async () => {
  await withScanner('gm65', async (lane) => {
    lane.device.send(Buffer.from('HALF-A-CO'));
    await pass(10);
    lane.device.drop();
    await until('the loss is reported', () => codes(lane).includes('wire-closed'));
    await until('it is back', () => lane.health.at(-1)?.ok === true);
    await lane.device.type('WHOLE');
    await until('the code came', () => lane.texts.length === 1);
    assert.equal(lane.texts, ['WHOLE'], 'half a code is no code');
    assert.is(lane.device.commands.length, 2);
  });
});

test('a scanner that is missing at the start is waited for until stop', async () => {
  const health: Health[] = [];
  const scanner = openScanner({ path: 'tcp://127.0.0.1:1' }, { clock: systemClock });
  const starting = scanner.start({
    onText: () => undefined,
    onHealth: (each) => health.push(each),
  });
  await until('it is reported', () => health.length > 0);
  assert.is(health[0]?.code, 'wire-missing');
  await scanner.stop();
  await starting;
});

test.run();
