import { execFile } from 'node:child_process';
import { hardwareErrors } from '../errors.ts';
import type { HardwareLog } from '../health.ts';
import type { V4l2Settings } from './presets.ts';

/** A control and what it is set to, under the names that kernels have given it, newest first. */
export interface V4l2Control {
  readonly names: readonly string[];
  readonly value: number;
}

/** `exposure_time_absolute` counts in these. */
const EXPOSURE_MICROSECONDS = 100;
/** UVC's word for an exposure that stays as it was set. */
const MANUAL_EXPOSURE = 1;
/** A camera that does not answer by then is taken as it is. */
export const CONTROL_MAX_MS = 2_000;

/** What the settings ask of a USB camera, in the order in which cameras take it. */
export function v4l2Controls(
  settings: Pick<V4l2Settings, 'shutter' | 'gain' | 'focus' | 'controls'>,
): V4l2Control[] {
  const { shutter, gain, focus } = settings;
  const asked: V4l2Control[] = [];
  if (shutter !== null) {
    const value = Math.max(1, Math.round(shutter / EXPOSURE_MICROSECONDS));
    asked.push(
      { names: ['auto_exposure', 'exposure_auto'], value: MANUAL_EXPOSURE },
      { names: ['exposure_time_absolute', 'exposure_absolute'], value },
    );
  }
  if (gain !== null) asked.push({ names: ['gain'], value: gain });
  if (focus !== null) {
    asked.push(
      { names: ['focus_automatic_continuous', 'focus_auto'], value: 0 },
      { names: ['focus_absolute'], value: focus },
    );
  }
  for (const [name, value] of Object.entries(settings.controls)) {
    asked.push({ names: [name], value });
  }
  return asked;
}

/** Runs `v4l2-ctl` once; other ones in tests. */
type Run = (args: readonly string[]) => Promise<void>;

const runV4l2Ctl: Run = (args) =>
  new Promise((resolve, reject) => {
    execFile('v4l2-ctl', [...args], { timeout: CONTROL_MAX_MS }, (error) =>
      error ? reject(error) : resolve(),
    );
  });

/**
 * Gives what sets a camera's controls one by one, before each time it is opened. Those that it
 * lacks are said in the log, once, and frames are read as they come.
 */
export function controlSetter(
  device: string,
  controls: readonly V4l2Control[],
  run: Run = runV4l2Ctl,
): (log?: HardwareLog) => Promise<void> {
  const code = 'camera-control-refused';
  let said = '';

  return async (log) => {
    const refused: string[] = [];
    for (const { names, value } of controls) {
      if (!(await isAnyTaken(names, value))) refused.push(names[0] as string);
    }
    if (refused.length > 0 && String(refused) !== said) {
      log?.warn({ code, device, refused }, hardwareErrors[code].message);
    }
    said = String(refused);
  };

  async function isAnyTaken(names: readonly string[], value: number): Promise<boolean> {
    for (const name of names) {
      const isTaken = await run(['-d', device, `--set-ctrl=${name}=${value}`]).then(
        () => true,
        () => false,
      );
      if (isTaken) return true;
    }
    return false;
  }
}
