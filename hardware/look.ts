import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import type { HardwareErrorCode } from './errors.ts';
import type { LaneHardware } from './profile.ts';

/** What a look at one device of a lane found, without opening it. */
export interface DeviceLook {
  /** `camera`, `scanner 1`, `turnstile`. */
  readonly device: string;
  /** The path that was looked for; undefined where there is none on this machine. */
  readonly path: string | undefined;
  readonly ok: boolean;
  /** `wire-missing`, `wire-refused`, `camera-missing` or `gpio-chip-missing`. */
  readonly code?: HardwareErrorCode;
}

const DEVICES = '/dev';

/**
 * Whether the devices of a lane are there and may be opened: cheap, and safe while the gateway holds
 * them. What is behind a network address or a program can't be seen this way and is left out.
 * @param folder where device files are; another one in tests
 */
export async function lookAtLane(lane: LaneHardware, folder = DEVICES): Promise<DeviceLook[]> {
  const looks: Promise<DeviceLook>[] = [];
  const { camera, scanners, turnstile } = lane;
  if (camera?.kind === 'file') looks.push(look('camera', camera.path, 'camera-missing'));
  if (camera?.kind === 'v4l2') looks.push(look('camera', camera.device, 'camera-missing'));
  for (const [index, { path }] of scanners.entries()) {
    if (path.startsWith('/dev/')) looks.push(look(`scanner ${index + 1}`, path, 'wire-missing'));
  }
  if (turnstile.kind === 'gpio') looks.push(lookAtChip(turnstile.chip, folder));
  else if (turnstile.path.startsWith('/dev/')) {
    looks.push(look('turnstile', turnstile.path, 'wire-missing'));
  }
  return Promise.all(looks);
}

async function look(device: string, path: string, missing: HardwareErrorCode): Promise<DeviceLook> {
  const may = (mode: number) =>
    access(path, mode).then(
      () => true,
      () => false,
    );
  if (!(await may(constants.F_OK))) return { device, path, ok: false, code: missing };
  const mode = missing === 'camera-missing' ? constants.R_OK : constants.R_OK | constants.W_OK;
  if (!(await may(mode))) return { device, path, ok: false, code: 'wire-refused' };
  return { device, path, ok: true };
}

async function lookAtChip(chip: string, folder: string): Promise<DeviceLook> {
  if (chip.startsWith('/')) return look('turnstile', chip, 'gpio-chip-missing');
  const names = (await readdir(folder)).filter((name) => name.startsWith('gpiochip')).sort();
  const [first] = names;
  if (first === undefined) {
    return { device: 'turnstile', path: undefined, ok: false, code: 'gpio-chip-missing' };
  }
  return look('turnstile', `${folder}/${first}`, 'gpio-chip-missing');
}
