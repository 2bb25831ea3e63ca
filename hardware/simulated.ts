/** Devices at the far end of a wire, for the demonstration and for tests. */
import { fileURLToPath } from 'node:url';

export { type SimulatedScene, simulatedScene } from './camera/simulated/scene.ts';
export {
  type SimulatedScanner,
  simulatedScanner,
  type Typing,
} from './scanner/simulated/scanner.ts';
export {
  type SimulatedArduino,
  type SimulatedArduinoOptions,
  simulatedArduino,
} from './turnstile/simulated/arduino.ts';
export {
  type SimulatedGpioChip,
  type SimulatedGpioChipOptions,
  simulatedGpioChip,
} from './turnstile/simulated/gpio-chip.ts';
export {
  type SimulatedModbusRelay,
  type SimulatedModbusRelayOptions,
  simulatedModbusRelay,
} from './turnstile/simulated/modbus-relay.ts';
export {
  type SimulatedSerialRelay,
  type SimulatedSerialRelayOptions,
  simulatedSerialRelay,
} from './turnstile/simulated/serial-relay.ts';
export type { SimulatedTurnstile, TurnstileView } from './turnstile/simulated/turnstile-on-pins.ts';

/**
 * The `program` setting of an `rpicam` camera that sees a `simulatedScene`: this Node, the
 * simulated rpicam-vid, and where the scene listens.
 */
export function simulatedRpicam(scenePath?: string): string[] {
  const program = fileURLToPath(new URL('camera/simulated/rpicam-vid.ts', import.meta.url));
  const scene = scenePath === undefined ? [] : ['--scene', scenePath];
  return [process.execPath, program, ...scene];
}
