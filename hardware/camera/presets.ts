import type { PipeCameraSettings } from './pipe-camera.ts';

/** What the two presets have in common. */
export interface PresetSettings {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly silenceMilliseconds: number;
  /** Another program with its leading arguments in the place of the preset's own. */
  readonly program?: readonly string[] | undefined;
}

/**
 * The Raspberry Pi camera. Frames are planar yuv420, brightness first. The width must be a
 * multiple of 64: the Pi pads the rows of any other, and the padding would shear the picture.
 */
export function rpicamPipe(settings: PresetSettings): PipeCameraSettings {
  const { width, height, framesPerSecond } = settings;
  const [program = 'rpicam-vid', ...leading] = settings.program ?? [];
  const own = ['-t', '0', '-n', '--codec', 'yuv420', '--width', `${width}`];
  own.push('--height', `${height}`, '--framerate', `${framesPerSecond}`, '--flush', '-o', '-');
  return {
    program,
    args: [...leading, ...own],
    width,
    height,
    frameBytes: (width * height * 3) / 2,
    silenceMilliseconds: settings.silenceMilliseconds,
  };
}

export interface V4l2Settings extends PresetSettings {
  /** `/dev/video0` or a stable name in `/dev/v4l/by-id`. */
  readonly device: string;
  readonly inputFormat: 'mjpeg' | 'yuyv422';
}

/** A USB camera through ffmpeg, which decodes in a process and on a core of its own. */
export function v4l2Pipe(settings: V4l2Settings): PipeCameraSettings {
  const { width, height, framesPerSecond } = settings;
  const [program = 'ffmpeg', ...leading] = settings.program ?? [];
  const own = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-f', 'v4l2'];
  own.push('-input_format', settings.inputFormat, '-video_size', `${width}x${height}`);
  own.push('-framerate', `${framesPerSecond}`, '-i', settings.device);
  own.push('-f', 'rawvideo', '-pix_fmt', 'gray', '-');
  return {
    program,
    args: [...leading, ...own],
    width,
    height,
    frameBytes: width * height,
    silenceMilliseconds: settings.silenceMilliseconds,
  };
}
