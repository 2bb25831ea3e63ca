import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IN_ORDER, type ReleaseRig, releaseRig, saidBy } from '../test/release-rig.ts';

async function withRig(run: (rig: ReleaseRig) => Promise<void>): Promise<void> {
  const rig = await releaseRig();
  try {
    const first = await rig.make('1.0.0', IN_ORDER);
    await rig.releases.add(first, rig.keyFile);
    symlinkSync('releases/1.0.0', join(rig.home, 'current'));
    await run(rig);
  } finally {
    rig.remove();
  }
}

/** The power comes back twice, and each time one whole release is what starts. */
async function powerCut(rig: ReleaseRig, allowed: readonly string[]): Promise<string> {
  rig.start();
  assert.ok(allowed.includes(await rig.whole()), 'one whole release after the first start');
  rig.start();
  const version = await rig.whole();
  assert.ok(allowed.includes(version), 'and after the second');
  return version;
}

test('an update ends with the new release, and the one before beside it', async () => {
  await withRig(async (rig) => {
    const second = await rig.make('2.0.0', IN_ORDER);
    const said = await saidBy(rig.run('update', second));
    const steps = 'added asked switched restarted judged kept runs 2.0.0';
    assert.is(said.trim().replaceAll('\n', ' '), steps);
    assert.is(await powerCut(rig, ['2.0.0']), '2.0.0');
    assert.is(await rig.releases.previous(), '1.0.0');
    const back = await saidBy(rig.run('rollBack', ''));
    assert.match(back, /runs 1\.0\.0/);
    assert.is(await rig.whole(), '1.0.0');
  });
});

const ENDS = {
  added: '1.0.0',
  asked: '1.0.0',
  switched: '1.0.0',
  restarted: '1.0.0',
  judged: '1.0.0',
  kept: '2.0.0',
};

for (const [step, end] of Object.entries(ENDS)) {
  test(`killed after "${step}", two starts later ${end} runs whole, and a new try works`, async () => {
    await withRig(async (rig) => {
      const second = await rig.make('2.0.0', IN_ORDER);
      const said = await saidBy(rig.run('update', second, step));
      assert.match(said, new RegExp(`${step}\n$`));
      assert.is(await powerCut(rig, ['1.0.0', '2.0.0']), end);
      if (end === '2.0.0') return;
      assert.match(await saidBy(rig.run('update', second)), /runs 2\.0\.0/);
      assert.is(await powerCut(rig, ['2.0.0']), '2.0.0');
      const left = readdirSync(join(rig.home, 'releases')).sort();
      assert.equal(left, ['1.0.0', '2.0.0']);
    });
  });
}

test('killed at any moment, one whole release runs', async () => {
  await withRig(async (rig) => {
    const second = await rig.make('2.0.0', IN_ORDER);
    for (let after = 0; after < 5; after++) {
      const child = rig.run('update', second);
      const said = saidBy(child);
      // between the start of the process and its last step, wherever that falls on this machine
      setTimeout(() => child.kill('SIGKILL'), 120 + after * 70);
      await said;
      const version = await powerCut(rig, ['1.0.0', '2.0.0']);
      if (version === '2.0.0') await saidBy(rig.run('rollBack', ''));
    }
    await saidBy(rig.run('update', second));
    assert.is(await rig.whole(), '2.0.0');
  });
});

test('a trial whose judge was killed and that nobody started again is taken back first', async () => {
  await withRig(async (rig) => {
    const second = await rig.make('2.0.0', IN_ORDER);
    await saidBy(rig.run('update', second, 'restarted'));
    assert.is(await rig.whole(), '2.0.0');
    const third = await rig.make('3.0.0', IN_ORDER);
    assert.match(await saidBy(rig.run('update', third)), /runs 3\.0\.0/);
    assert.is(await rig.releases.previous(), '1.0.0');
  });
});

test.run();
