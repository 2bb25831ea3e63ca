import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const here = import.meta.dirname;
const SCRIPTS = ['gatehouse', 'select-release', 'apply-wifi', 'nmcli', 'install.sh'];
/** `systemd-analyze security`: 0 is shut, 10 open. */
const EXPOSURE_MAX = { 'gatehouse-gateway.service': 2.0, 'gatehouse-wifi.service': 2.2 };
/** Where the host's own units are, which ours stand on. */
const HOST_UNITS = '/lib/systemd/system';
const NO_SYSTEMD = spawnSync('systemd-analyze', ['--version']).error !== undefined;

/** A root folder as the installer leaves it, as far as systemd looks at it. */
function installedRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-units-'));
  const system = join(root, HOST_UNITS);
  mkdirSync(system, { recursive: true });
  cpSync(HOST_UNITS, system, { recursive: true, verbatimSymlinks: true });
  for (const unit of readdirSync(join(here, 'units'))) {
    cpSync(join(here, 'units', unit), join(system, unit));
  }
  const folder = join(root, 'opt', 'gatehouse', 'current', 'provisioning', 'pi');
  mkdirSync(folder, { recursive: true });
  const top = join(root, 'opt', 'gatehouse');
  for (const [name, to] of [
    ['gatehouse', folder],
    ['select-release', top],
    ['apply-wifi', top],
  ] as const) {
    cpSync(join(here, name), join(to, name));
  }
  return root;
}

test('systemd finds nothing wrong with the units', () => {
  if (NO_SYSTEMD) {
    process.stdout.write('skipped: needs systemd-analyze\n');
    return;
  }
  const root = installedRoot();
  try {
    const units = readdirSync(join(here, 'units'));
    assert.is(units.length, 3);
    const found = spawnSync('systemd-analyze', ['verify', `--root=${root}`, ...units]);
    const ours = `${found.stderr}`.split('\n').filter((line) => line.includes('gatehouse'));
    assert.equal(ours, []);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

for (const [unit, limit] of Object.entries(EXPOSURE_MAX)) {
  test(`${unit} is exposed no more than ${limit} of 10`, () => {
    if (NO_SYSTEMD) {
      process.stdout.write('skipped: needs systemd-analyze\n');
      return;
    }
    const root = installedRoot();
    const asked = ['security', '--offline=true', `--root=${root}`, `--threshold=${limit * 10}`];
    const found = spawnSync('systemd-analyze', [...asked, unit]);
    rmSync(root, { recursive: true, force: true });
    const level = Number(/exposure level for \S+ ([\d.]+)/.exec(`${found.stdout}`)?.[1]);
    assert.ok(level > 0 && level <= limit, `${level}: ${found.stderr}`);
    assert.is(found.status, 0);
  });
}

test('the gateway is watched, restarted, bounded, and locked after whatever ended it', () => {
  const unit = readFileSync(join(here, 'units', 'gatehouse-gateway.service'), 'utf8');
  for (const line of [
    'Type=notify',
    'WatchdogSec=30',
    'Restart=always',
    'MemoryMax=750M',
    'User=gatehouse',
    'CapabilityBoundingSet=',
    'StartLimitIntervalSec=0',
  ]) {
    assert.ok(unit.split('\n').includes(line), line);
  }
  assert.match(unit, /^ExecStartPre=\+\/opt\/gatehouse\/select-release$/m);
  assert.match(unit, /^ExecStopPost=-\S+ lock --config/m);
  assert.not.match(unit, /network-online/);
});

test('scripts are plain sh without a warning', () => {
  for (const name of SCRIPTS) execFileSync('sh', ['-n', join(here, name)]);
  if (spawnSync('shellcheck', ['--version']).error) {
    process.stdout.write('skipped: needs shellcheck\n');
    return;
  }
  const args = ['-s', 'sh', '-S', 'warning', ...SCRIPTS.map((name) => join(here, name))];
  const found = spawnSync('shellcheck', args);
  assert.is(`${found.stdout}`, '');
});

/** Asks for a network as the gateway does; gives what root then wrote for NetworkManager. */
function wifi(lines: string): { code: number | null; wrote: string | undefined; fault: string } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-wifi-'));
  const request = join(folder, 'wifi.request');
  writeFileSync(request, lines);
  const found = spawnSync('sh', [join(here, 'apply-wifi')], {
    // no nmcli on this path: the file is what counts
    env: {
      PATH: '/usr/bin:/bin',
      GATEHOUSE_WIFI_REQUEST: request,
      GATEHOUSE_WIFI_FOLDER: folder,
      GATEHOUSE_WIFI_RESULT: join(folder, 'result'),
    },
  });
  const [left] = readdirSync(folder).filter((name) => name.endsWith('.nmconnection'));
  const wrote = left && readFileSync(join(folder, left), 'utf8');
  assert.not(readdirSync(folder).includes('wifi.request'));
  rmSync(folder, { recursive: true, force: true });
  return { code: found.status, wrote, fault: `${found.stderr}` };
}

const hex = (text: string) => Buffer.from(text).toString('hex');

test('a network is written as bytes, its passphrase with what has to be escaped', () => {
  const { wrote } = wifi(`${hex('Théâtre; [x]')}\n${hex('back\\slash and "$(id)"')}\n`);
  const ssid = [...Buffer.from('Théâtre; [x]')].map((byte) => `${byte};`).join('');
  assert.ok(wrote?.includes(`\nssid=${ssid}\n`));
  assert.ok(wrote?.includes('\npsk=back\\\\slash\\sand\\s"$(id)"\n'));
  assert.not.match(wifi(`${hex('open')}\n\n`).wrote ?? '', /wifi-security/);
});

test('the gateway’s nmcli asks for a network and hears what became of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-wifi-'));
  const env = {
    PATH: '/usr/bin:/bin',
    GATEHOUSE_WIFI_REQUEST: join(folder, 'wifi.request'),
    GATEHOUSE_WIFI_RESULT: join(folder, 'result'),
    GATEHOUSE_WIFI_FOLDER: folder,
  };
  const words = ['--wait', '20', 'device', 'wifi', 'connect', 'Théâtre', 'password'];
  for (const [key, code] of [
    ['good enough', 0],
    ['short', 1],
  ] as const) {
    const asking = spawn('sh', [join(here, 'nmcli'), ...words, key], { env });
    const ended = new Promise((resolve) => asking.on('close', resolve));
    while (!readdirSync(folder).includes('wifi.request')) {
      await new Promise((next) => setTimeout(next, 20));
    }
    spawnSync('sh', [join(here, 'apply-wifi')], { env });
    assert.is(await ended, code);
  }
  const other = spawnSync('sh', [join(here, 'nmcli'), 'connection', 'delete', 'lan'], { env });
  assert.is(other.status, 2);
  rmSync(folder, { recursive: true, force: true });
});

test('a request that is no network writes nothing', () => {
  for (const bad of [
    '',
    'zz\n',
    `${hex('a'.repeat(33))}\n${hex('12345678')}\n`,
    `${hex('net')}\n${hex('short')}\n`,
    `${hex('net')}\n${hex('a'.repeat(64))}\n`,
    `${hex('net')}\n${hex('line\nbreak!')}\n`,
    `${hex('net')}\n$(touch /nowhere)\n`,
    `${hex('net')}0\n${hex('12345678')}\n`,
  ]) {
    const { code, wrote, fault } = wifi(bad);
    assert.is(wrote, undefined, bad);
    assert.is(code, 1);
    assert.match(fault, /refused/);
  }
});

test.run();
