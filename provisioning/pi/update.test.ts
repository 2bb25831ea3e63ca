import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IN_ORDER, type ReleaseRig, releaseRig } from '../test/release-rig.ts';
import { alone } from './alone.ts';
import { releaseErrors } from './errors.ts';
import { doorsOpen, passing, RunningStatus } from './health-checks.ts';
import { rollBack, type UpdateParts, update } from './update.ts';

interface House {
  readonly rig: ReleaseRig;
  readonly parts: UpdateParts;
  /** What the running gateway answers, by version; undefined for none. */
  readonly answers: Map<string, unknown>;
  readonly restarts: (string | undefined)[];
}

const LANE = IN_ORDER.lanes[0];

async function withHouse(run: (house: House) => Promise<void>): Promise<void> {
  const rig = await releaseRig();
  const answers = new Map<string, unknown>();
  const restarts: (string | undefined)[] = [];
  let now = 0;
  const parts: UpdateParts = {
    releases: rig.releases,
    async status() {
      const answer = answers.get((await rig.releases.current()) ?? '');
      return answer === undefined ? undefined : RunningStatus.parse(answer);
    },
    async restart() {
      rig.start();
      restarts.push(await rig.releases.current());
    },
    clock: {
      now: () => now,
      async wait(milliseconds) {
        now += milliseconds;
      },
    },
  };
  try {
    for (const version of ['1.0.0', '2.0.0']) await rig.make(version, IN_ORDER);
    await rig.releases.add(join(rig.folder, '1.0.0'), rig.keyFile);
    symlinkSync('releases/1.0.0', join(rig.home, 'current'));
    answers.set('1.0.0', IN_ORDER).set('2.0.0', IN_ORDER);
    await run({ rig, parts, answers, restarts });
  } finally {
    rig.remove();
  }
}

const source = ({ folder, keyFile }: ReleaseRig, version = '2.0.0') => ({
  path: join(folder, version),
  keyFile,
});
const codeOf = (work: Promise<unknown>) =>
  work.then(
    (version) => version,
    (error) => error.code,
  );

test('a release in which a file was changed, added or taken away is refused', async () => {
  await withHouse(async ({ rig, parts }) => {
    const file = join(rig.folder, '2.0.0', 'bin', 'gatehouse.ts');
    const whole = readFileSync(file);
    appendFileSync(file, ' ');
    assert.is(await codeOf(update(source(rig), parts)), 'release-altered');
    rmSync(file);
    assert.is(await codeOf(update(source(rig), parts)), 'release-altered');
    writeFileSync(file, whole);
    writeFileSync(join(rig.folder, '2.0.0', 'more.ts'), '');
    assert.is(await codeOf(update(source(rig), parts)), 'release-altered');
    rmSync(join(rig.folder, '2.0.0', 'more.ts'));
    assert.is(await codeOf(update(source(rig), parts)), '2.0.0');
  });
});

test('a release with another manifest, another key or no signature is refused', async () => {
  await withHouse(async ({ rig, parts }) => {
    const other = await releaseRig();
    const stranger = await other.make('2.0.0', IN_ORDER);
    const foreign = { path: stranger, keyFile: rig.keyFile };
    assert.is(await codeOf(update(foreign, parts)), 'release-unsigned');
    other.remove();
    const manifest = join(rig.folder, '2.0.0', 'release.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"2.0.0"', '"9.0.0"'));
    assert.is(await codeOf(update(source(rig), parts)), 'release-unsigned');
    rmSync(join(rig.folder, '2.0.0', 'release.sig'));
    assert.is(await codeOf(update(source(rig), parts)), 'release-unreadable');
    assert.is(await codeOf(update(source(rig, 'nowhere'), parts)), 'release-unreadable');
    assert.is(await rig.whole(), '1.0.0');
  });
});

test('a link that leads out of the release is refused though it is signed', async () => {
  await withHouse(async ({ rig, parts }) => {
    symlinkSync('../../../etc/passwd', join(rig.folder, '1.0.0', 'out'));
    rmSync(join(rig.folder, '1.0.0', 'gatehouse'));
    await rig.make('1.0.0', IN_ORDER);
    assert.is(await codeOf(update(source(rig, '1.0.0'), parts)), 'release-altered');
  });
});

test('a release comes as an archive too', async () => {
  await withHouse(async ({ rig, parts }) => {
    const path = join(rig.folder, 'gatehouse.tar.gz');
    execFileSync('tar', ['-czf', path, '-C', join(rig.folder, '2.0.0'), '.']);
    assert.is(await update({ path, keyFile: rig.keyFile }, parts), '2.0.0');
    assert.is(await rig.whole(), '2.0.0');
    assert.is(await codeOf(update({ path, keyFile: rig.keyFile }, parts)), 'release-known');
    writeFileSync(path, 'no archive');
    assert.is(await codeOf(update({ path, keyFile: rig.keyFile }, parts)), 'release-unreadable');
  });
});

for (const [what, answer] of [
  ['does not answer', undefined],
  ['has lost its lane', { ...IN_ORDER, lanes: [] }],
  ['has a lane with a fault', { ...IN_ORDER, lanes: [{ ...LANE, fault: 'x' }] }],
  ['is out of the cloud', { ...IN_ORDER, uplink: 'away' }],
  ['has forgotten its entrance', { ...IN_ORDER, gateway: { state: 'unconfigured' } }],
] as const) {
  test(`a release that ${what} is taken back, and the one before is started again`, async () => {
    await withHouse(async ({ rig, parts, answers, restarts }) => {
      if (answer === undefined) answers.delete('2.0.0');
      else answers.set('2.0.0', answer);
      assert.is(await codeOf(update(source(rig), parts)), 'update-taken-back');
      assert.equal(restarts, ['2.0.0', '1.0.0']);
      assert.is(await rig.whole(), '1.0.0');
      assert.is(await rig.releases.trial(), undefined);
    });
  });
}

test('what did not pass before the update is not asked for after it', async () => {
  await withHouse(async ({ rig, parts, answers }) => {
    answers.set('1.0.0', { ...IN_ORDER, uplink: 'away' });
    answers.set('2.0.0', { ...IN_ORDER, uplink: 'away' });
    assert.is(await update(source(rig), parts), '2.0.0');
  });
});

test('a release that falls over twice is taken back by its own start', async () => {
  await withHouse(async ({ rig, parts }) => {
    const status = async () => {
      rig.start();
      return undefined;
    };
    const falling = { ...parts, status };
    assert.is(await codeOf(update(source(rig), falling)), 'update-taken-back');
    assert.is(await rig.whole(), '1.0.0');
    assert.is(await rig.releases.refused(), '2.0.0');
  });
});

test('a service that cannot be restarted leaves the release before in its place', async () => {
  await withHouse(async ({ rig, parts }) => {
    const restart = () => Promise.reject(new Error('no service manager'));
    const refused = await update(source(rig), { ...parts, restart }).catch((error) => error);
    assert.is(refused.code, 'update-taken-back');
    assert.match(refused.message, /no service manager/);
    assert.is(await rig.whole(), '1.0.0');
    assert.is(await rig.releases.trial(), undefined);
  });
});

test('nothing is changed while doors are open or a lane is at work', async () => {
  await withHouse(async ({ rig, parts, answers, restarts }) => {
    for (const busy of [
      { ...IN_ORDER, doorsOpenUntil: 1_800_000_000_000 },
      { ...IN_ORDER, lanes: [{ ...LANE, state: 'granted' }] },
      { ...IN_ORDER, lanes: [{ ...LANE, state: 'emergency' }] },
    ]) {
      answers.set('1.0.0', busy);
      assert.is(await codeOf(update(source(rig), parts)), 'update-doors-open');
      assert.is(await codeOf(rollBack(parts)), 'update-doors-open');
    }
    assert.equal(restarts, []);
    answers.set('1.0.0', IN_ORDER);
    assert.is(await codeOf(rollBack(parts)), 'release-missing');
  });
});

test('doors that open while a release is unpacked stop it before anything has changed', async () => {
  await withHouse(async ({ rig, parts, answers, restarts }) => {
    const onStep = (step: string) => {
      if (step === 'added') answers.set('1.0.0', { ...IN_ORDER, doorsOpenUntil: 1 });
    };
    const code = await codeOf(update(source(rig), { ...parts, onStep }));
    assert.is(code, 'update-doors-open');
    assert.equal(restarts, []);
    assert.ok(existsSync(join(rig.home, 'releases', '2.0.0')), 'unpacked for the next try');
  });
});

test('a gateway that does not answer has no open doors, and passes no check', () => {
  assert.is(doorsOpen(undefined), undefined);
  assert.equal([...passing(undefined)], []);
});

test('two updates at once are one too many, and the lock of a dead one is taken', async () => {
  await withHouse(async ({ rig }) => {
    const lock = join(rig.home, 'update.lock');
    const second = await alone(lock, () => codeOf(alone(lock, async () => 'done')));
    assert.is(second, 'update-busy');
    writeFileSync(lock, '999999999');
    assert.is(await alone(lock, async () => 'done'), 'done');
    assert.not(existsSync(lock));
  });
});

test('docs/operations.md has the table of codes as it is', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  for (const [code, { acts, message }] of Object.entries(releaseErrors)) {
    assert.ok(page.includes(`| \`${code}\` | ${acts} | ${message} |`), code);
  }
});

test.run();
