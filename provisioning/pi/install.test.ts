import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const SUITE = 'bookworm';
/** A minute on a quiet machine; this file has to end in time on a busy one too. */
const DEBOOTSTRAP_MAX_MS = 200_000;
const checkout = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-install-'));
const root = join(folder, 'root');

test.after(() => {
  // a debootstrap that was cut off may leave its mounts; nothing below them may be removed
  for (const mounted of ['proc', 'sys']) spawnSync('umount', ['-l', join(root, mounted)]);
  rmSync(folder, { recursive: true, force: true });
});

function missing(): string | undefined {
  if (process.getuid?.() !== 0) return 'root';
  if (spawnSync('debootstrap', ['--version']).error) return 'debootstrap';
  const made = spawnSync('debootstrap', ['--variant=minbase', '--include=systemd', SUITE, root], {
    timeout: DEBOOTSTRAP_MAX_MS,
  });
  return made.status === 0 ? undefined : 'debootstrap and a Debian mirror that answers in time';
}

/** A release as far as the installer looks at it. */
function unpackRelease(version: string): string {
  const release = join(root, 'release');
  rmSync(release, { recursive: true, force: true });
  mkdirSync(join(release, 'provisioning'), { recursive: true });
  const all = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  writeFileSync(join(release, 'package.json'), JSON.stringify({ ...all, version }, null, 2));
  cpSync(join(checkout, 'provisioning', 'pi'), join(release, 'provisioning', 'pi'), {
    recursive: true,
  });
  return '/release/provisioning/pi/install.sh';
}

function inRoot(...command: string[]) {
  const { status, stdout, stderr } = spawnSync('chroot', [root, ...command]);
  return { status, said: `${stdout}`, fault: `${stderr}` };
}

const at = (path: string) => join(root, path);

test('a bare Debian becomes an entrance, and a second run changes nothing', () => {
  const lacking = missing();
  if (lacking) {
    process.stdout.write(`skipped: needs ${lacking}\n`);
    return;
  }
  mkdirSync(at('/boot/firmware'), { recursive: true });
  writeFileSync(at('/boot/firmware/config.txt'), 'arm_64bit=1\n');
  writeFileSync(at('/key.pem'), 'a key\n');
  inRoot('groupadd', 'gpio');
  const install = unpackRelease('1.0.0');

  const first = inRoot(install, '--key', '/key.pem');
  assert.is(first.status, 0, first.fault);
  const { uid } = statSync(at('/var/lib/gatehouse'));
  assert.match(inRoot('id', 'gatehouse').said, new RegExp(`uid=${uid}\\(gatehouse\\).*gpio`));
  assert.is(statSync(at('/var/lib/gatehouse')).mode & 0o777, 0o700);
  assert.match(readFileSync(at('/etc/passwd'), 'utf8'), /^gatehouse:.*nologin$/m);
  assert.is(readlinkSync(at('/opt/gatehouse/current')), 'releases/1.0.0');
  const wants = '/etc/systemd/system/multi-user.target.wants';
  for (const unit of ['gatehouse-gateway.service', 'gatehouse-wifi.path']) {
    assert.ok(lstatSync(at(`${wants}/${unit}`)).isSymbolicLink(), unit);
  }
  const config = readFileSync(at('/boot/firmware/config.txt'), 'utf8');
  assert.is(config, 'arm_64bit=1\n\n[all]\ndtparam=strict_gpiod\n');
  assert.is(readFileSync(at('/etc/gatehouse/release-key.pem'), 'utf8'), 'a key\n');

  const second = inRoot(install, '--key', '/key.pem');
  assert.is(second.status, 0, second.fault);
  assert.is(second.said, 'Gatehouse 1.0.0 is installed, nothing to do\n');
  assert.is(readFileSync(at('/boot/firmware/config.txt'), 'utf8'), config);

  // what a person has set stays, what somebody has spoilt is mended
  writeFileSync(at('/etc/gatehouse/gateway.json'), '{ "mine": true }');
  writeFileSync(at('/etc/udev/rules.d/70-gatehouse.rules'), 'spoilt');
  const third = inRoot(install);
  assert.is(third.said, 'wrote /etc/udev/rules.d/70-gatehouse.rules\n');
  assert.is(readFileSync(at('/etc/gatehouse/gateway.json'), 'utf8'), '{ "mine": true }');

  // a newer release is laid beside; which one runs is for an update to say
  const newer = inRoot(unpackRelease('1.1.0'));
  assert.match(newer.said, /^release 1\.1\.0\n/);
  assert.ok(existsSync(at('/opt/gatehouse/releases/1.1.0/package.json')));
  assert.is(readlinkSync(at('/opt/gatehouse/current')), 'releases/1.0.0');
  const other = inRoot('chroot', '--userspec=gatehouse', '/', '/opt/gatehouse/select-release');
  assert.is(other.status, 0, 'no trial: nothing to select');
});

test('whoever is not root is told so, and an unknown word is refused', () => {
  const install = join(import.meta.dirname, 'install.sh');
  assert.is(spawnSync('sh', [install, '--nonsense']).status, 2);
  if (process.getuid?.() !== 0) {
    const refused = spawnSync('sh', [install]);
    assert.match(`${refused.stderr}`, /root/);
  }
});

test.run();
