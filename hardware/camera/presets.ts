import type { PipeCameraSettings } from './pipe-camera.ts';
import { controlSetter, v4l2Controls } from './v4l2-controls.ts';

/** What the two presets have in common. */
export interface PresetSettings {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly silenceMilliseconds: number;
  /** Microseconds of light a frame; null: as the camera likes. */
  readonly shutter: number | null;
  /** Another program with its leading arguments in the place of the preset's own. */
  readonly program?: readonly string[] | undefined;
}

export interface RpicamSettings extends PresetSettings {
  /** Times the sensor's own sensitivity; null: as bright as `brightness` asks. */
  readonly gain: number | null;
  /** Stops brighter or darker than the camera would choose. */
  readonly brightness: number;
  /** Dioptres, 1 / metres; null: as the camera likes. */
  readonly focus: number | null;
}

/** The Pi's ISP begins each row of brightness at a multiple of this. */
const ROW_BYTES = 64;

/** The Raspberry Pi camera. Frames are planar yuv420 with padded rows, brightness first. */
export function rpicamPipe(settings: RpicamSettings): PipeCameraSettings {
  const { width, height, framesPerSecond } = settings;
  const [program = 'rpicam-vid', ...leading] = settings.program ?? [];
  const own = ['-t', '0', '-n', '--codec', 'yuv420', '--width', `${width}`];
  own.push('--height', `${height}`, '--framerate', `${framesPerSecond}`, '--flush');
  const rowBytes = Math.ceil(width / ROW_BYTES) * ROW_BYTES;
  return {
    program,
    args: [...leading, ...own, ...rpicamLight(settings), '-o', '-'],
    ...{ width, height, rowBytes, framesPerSecond },
    frameBytes: (rowBytes * height * 3) / 2,
    silenceMilliseconds: settings.silenceMilliseconds,
  };
}

/** Exposure and focus as rpicam-vid names them; denoising only smears modules. */
function rpicamLight({ shutter, gain, brightness, focus }: RpicamSettings): string[] {
  const light = ['--denoise', 'cdn_off'];
  if (shutter !== null) light.push('--shutter', `${shutter}`);
  if (gain !== null) light.push('--gain', `${gain}`);
  if (brightness !== 0) light.push(`--ev=${brightness}`);
  if (focus !== null) light.push('--autofocus-mode', 'manual', '--lens-position', `${focus}`);
  return light;
}

export interface V4l2Settings extends PresetSettings {
  /** `/dev/video0` or a stable name in `/dev/v4l/by-id`. */
  readonly device: string;
  readonly inputFormat: 'mjpeg' | 'yuyv422';
  /** In the camera's own numbers; null: as the camera likes. */
  readonly gain: number | null;
  readonly focus: number | null;
  /** Further controls by their names in `v4l2-ctl --list-ctrls`. */
  readonly controls: Readonly<Record<string, number>>;
}

/** A USB camera through ffmpeg, which decodes in a process and on a core of its own. */
export function v4l2Pipe(settings: V4l2Settings): PipeCameraSettings {
  const { width, height, framesPerSecond, device } = settings;
  const [program = 'ffmpeg', ...leading] = settings.program ?? [];
  const own = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-f', 'v4l2'];
  own.push('-input_format', settings.inputFormat, '-video_size', `${width}x${height}`);
  own.push('-framerate', `${framesPerSecond}`, '-i', device);
  own.push('-f', 'rawvideo', '-pix_fmt', 'gray', '-');
  return {
    program,
    args: [...leading, ...own],
    ...{ width, height, framesPerSecond },
    frameBytes: width * height,
    silenceMilliseconds: settings.silenceMilliseconds,
    prepare: controlSetter(device, v4l2Controls(settings)),
  };
}
