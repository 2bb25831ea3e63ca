import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../clock.ts';
import type { Health } from '../devices.ts';
import { openCamera } from '../open.ts';
import { until } from '../until.ts';

type Background = string | { r: number; g: number; b: number; alpha: number };

function picture(background: Background, width = 8, height = 4) {
  return sharp({ create: { width, height, channels: 4, background } });
}

interface Seen {
  sizes: string[];
  lumas: number[];
  health: Health[];
}

async function withCamera(
  path: string,
  run: (seen: Seen) => Promise<void>,
  wait = true,
): Promise<void> {
  const camera = openCamera({ kind: 'file', path, framesPerSecond: 60 }, { clock: systemClock });
  const seen: Seen = { sizes: [], lumas: [], health: [] };
  const starting = camera.start({
    onFrame({ width, height, luma }) {
      assert.is(luma.length, width * height);
      seen.sizes.push(`${width}x${height}`);
      seen.lumas.push(luma[0]!);
    },
    onHealth: (health) => seen.health.push(health),
  });
  try {
    if (wait) await starting;
    await run(seen);
  } finally {
    await camera.stop();
    await starting;
  }
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-camera-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const codes = (seen: Seen) => seen.health.map(({ ok, code }) => (ok ? 'ok' : code));

test('one picture is shown again and again as brightness', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'one.png');
    await picture('#ffffff').png().toFile(file);
    await withCamera(file, async ({ sizes, lumas }) => {
      await until('three frames came', () => sizes.length >= 3);
      assert.is(sizes[0], '8x4');
      assert.is(lumas[0], 255);
    });
  });
});

test('a transparent picture is shown on white and a JPEG is read too', async () => {
  await withFolder(async (folder) => {
    await picture({ r: 0, g: 0, b: 0, alpha: 0 }).png().toFile(join(folder, 'a.png'));
    await picture('#000000', 16, 8).jpeg().toFile(join(folder, 'b.jpg'));
    await writeFile(join(folder, 'notes.txt'), 'no picture');
    await withCamera(folder, async ({ sizes, lumas }) => {
      await until('both came twice', () => sizes.length >= 4);
      assert.equal(sizes.slice(0, 4), ['8x4', '16x8', '8x4', '16x8']);
      assert.is(lumas[0], 255);
      assert.ok(lumas[1]! < 8);
    });
  });
});

test('a broken picture is reported by name and the camera goes on with the next', async () => {
  await withFolder(async (folder) => {
    await picture('#ffffff').png().toFile(join(folder, 'a.png'));
    await writeFile(join(folder, 'b.png'), 'this is no picture');
    await withCamera(folder, async (seen) => {
      await until('it is reported', () => codes(seen).includes('camera-picture-broken'));
      assert.is(seen.health.find(({ ok }) => !ok)?.detail, 'b.png');
      const before = seen.sizes.length;
      await until('the camera goes on', () => seen.sizes.length > before);
    });
  });
});

test('a picture with more pixels than the limit is passed over', async () => {
  await withFolder(async (folder) => {
    await picture('#ffffff', 10_000, 6_000).png().toFile(join(folder, 'huge.png'));
    await withCamera(folder, async (seen) => {
      await until('it is reported', () => codes(seen).includes('camera-picture-too-large'));
      assert.is(seen.sizes.length, 0);
    });
  });
});

test('an empty folder is waited for and a picture laid into it is shown', async () => {
  await withFolder(async (folder) => {
    await withCamera(folder, async ({ sizes }) => {
      assert.equal(sizes, []);
      await picture('#808080').png().toFile(join(folder, 'late.png'));
      await until('it is shown', () => sizes.length > 0);
    });
  });
});

test('a missing path is reported and found when it comes', async () => {
  await withFolder(async (folder) => {
    const file = join(folder, 'later.png');
    await withCamera(
      file,
      async (seen) => {
        await until('it is reported', () => codes(seen).includes('camera-missing'));
        await picture('#808080').png().toFile(file);
        await until('it is shown', () => seen.sizes.length > 0);
        assert.is(seen.health.at(-1)?.ok, true);
      },
      false,
    );
  });
});

test.run();
