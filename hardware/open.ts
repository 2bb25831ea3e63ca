import type { z } from 'zod';
import { fileCamera } from './camera/file-camera.ts';
import { pipeCamera } from './camera/pipe-camera.ts';
import { rpicamPipe, v4l2Pipe } from './camera/presets.ts';
import type { Camera, Scanner, Turnstile } from './devices.ts';
import { HardwareError } from './errors.ts';
import type { DeviceParts } from './health.ts';
import { cameraSettings, scannerSettings, turnstileSettings } from './profile.ts';
import { type ScannerProfile, scannerProfiles } from './scanner/profiles.ts';
import { serialScanner } from './scanner/serial-scanner.ts';
import { arduinoTurnstile } from './turnstile/arduino.ts';
import { gpioTurnstile } from './turnstile/gpio.ts';
import { modbusRelayTurnstile } from './turnstile/modbus-relay.ts';
import { serialRelayTurnstile } from './turnstile/serial-relay.ts';

function parsed<S extends z.ZodType>(schema: S, settings: z.input<S>): z.output<S> {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new HardwareError('settings-invalid', `${first?.path.join('.')}: ${first?.message}`);
}

/** The camera for a lane's settings, not yet started. Throws `settings-invalid`. */
export function openCamera(settings: z.input<typeof cameraSettings>, parts: DeviceParts): Camera {
  const camera = parsed(cameraSettings, settings);
  if (camera.kind === 'file') return fileCamera(camera, parts);
  if (camera.kind === 'rpicam') return pipeCamera(rpicamPipe(camera), parts);
  return pipeCamera(v4l2Pipe(camera), parts);
}

/** A scanner for a lane's settings, not yet started. Throws `settings-invalid`. */
export function openScanner(
  settings: z.input<typeof scannerSettings>,
  parts: DeviceParts,
): Scanner {
  const scanner = parsed(scannerSettings, settings);
  const profile: ScannerProfile = scannerProfiles[scanner.profile];
  return serialScanner(
    {
      path: scanner.path,
      serial: { baud: scanner.baud ?? profile.serial.baud, parity: scanner.parity },
      init: scanner.init === undefined ? profile.init : Buffer.from(scanner.init, 'hex'),
      answersInit: scanner.init === undefined && profile.answersInit,
      answers: profile.answers,
    },
    parts,
  );
}

/** The turnstile for a lane's settings, not yet started. Throws `settings-invalid`. */
export function openTurnstile(
  settings: z.input<typeof turnstileSettings>,
  parts: DeviceParts,
): Turnstile {
  const turnstile = parsed(turnstileSettings, settings);
  if (turnstile.kind === 'arduino') return arduinoTurnstile(turnstile, parts);
  if (turnstile.kind === 'gpio') return gpioTurnstile(turnstile, parts);
  if (turnstile.kind === 'modbus-relay') return modbusRelayTurnstile(turnstile, parts);
  return serialRelayTurnstile(turnstile, parts);
}
