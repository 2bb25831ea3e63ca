import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Camera, CameraListener } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { newestFrame } from './newest-frame.ts';
import { type Luma, readPicture } from './picture.ts';

export interface FileCameraSettings {
  /** A picture, or a folder of pictures shown one after another by name, again and again. */
  readonly path: string;
  readonly framesPerSecond: number;
}

const PICTURE = /\.(png|jpe?g)$/i;

/** A camera that sees pictures from disk. A folder may gain and lose pictures while it runs. */
export function fileCamera(settings: FileCameraSettings, parts: DeviceParts): Camera {
  const counts = { frames: 0, dropped: 0 };
  let run: { started: Promise<void>; stop(): Promise<void> } | undefined;
  return {
    counts,
    async start(listener) {
      run ??= fileRun(settings, parts, listener, counts);
      await run.started;
    },
    async stop() {
      const last = run;
      run = undefined;
      await last?.stop();
    },
  };
}

function fileRun(
  settings: FileCameraSettings,
  { clock, log }: DeviceParts,
  listener: CameraListener,
  counts: { frames: number; dropped: number },
) {
  const health = healthReport('camera', listener, log);
  const { promise: started, resolve: answered } = Promise.withResolvers<void>();
  const slot = newestFrame({
    listener,
    counts,
    onFree: () => undefined,
    onRefused: (error) => health.fail('camera-frame-refused', String(error)),
  });
  const next = pictureCycle(settings.path);
  const period = 1000 / settings.framesPerSecond;
  let running = true;
  let timer: unknown;
  let work: Promise<void> = Promise.resolve();

  async function showNext(): Promise<void> {
    const due = clock.now() + period;
    try {
      const picture = await next();
      answered();
      if (picture && running) {
        health.ok();
        slot.offer({ ...picture, at: clock.now() });
      }
    } catch (error) {
      if (!(error instanceof HardwareError)) throw error;
      if (error.code !== 'camera-missing') answered();
      if (running) health.fail(error.code, error.detail);
    }
    if (running) timer = clock.setTimeout(tick, Math.max(0, due - clock.now()));
  }

  function tick(): void {
    work = showNext();
  }

  tick();
  return {
    started,
    async stop() {
      running = false;
      clock.clearTimeout(timer);
      answered();
      await work;
      await slot.stop();
    },
  };
}

/**
 * The pictures of a file or folder in turn, `undefined` while a folder is empty. The last picture
 * stays decoded, so a single one is not decoded again at every frame.
 */
function pictureCycle(path: string): () => Promise<Luma | undefined> {
  let shown = '';
  let kept: { version: string; picture: Luma } | undefined;

  async function choose(): Promise<string | undefined> {
    try {
      if (!(await stat(path)).isDirectory()) return path;
      const names = (await readdir(path)).filter((name) => PICTURE.test(name)).sort();
      shown = names.find((name) => name > shown) ?? names[0] ?? '';
      return shown === '' ? undefined : join(path, shown);
    } catch (error) {
      throw new HardwareError('camera-missing', (error as NodeJS.ErrnoException).code);
    }
  }

  return async () => {
    const file = await choose();
    if (file === undefined) return undefined;
    const name = basename(file);
    const about = await stat(file).catch(() => undefined);
    const version = `${file} ${about?.mtimeMs} ${about?.size}`;
    if (kept?.version === version) return kept.picture;
    kept = undefined;
    const picture = await readPicture(file, name);
    kept = { version, picture };
    return picture;
  };
}
