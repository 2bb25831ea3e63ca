import { systemClock } from '@gatehouse/hardware';
import {
  simulatedArduino,
  simulatedRpicam,
  simulatedScanner,
  simulatedScene,
  type TurnstileView,
} from '@gatehouse/hardware/simulated';
import type { GateView } from './door-state.ts';

/** How long a picture stays in front of the camera when nothing is said to it. */
export const HOLD_MILLISECONDS = 4_000;
/** From the push against the arm to the sensor, and how long the arm turns. */
const STEP_MILLISECONDS = 450;
const TURN_MILLISECONDS = 900;
const ANY_PORT = 'tcp://127.0.0.1:0';
/** Enough for a code that is held still, and kind to a small machine. */
export const FRAMES_PER_SECOND = 10;

/** The simulated devices of the demonstration's one lane, and the people in front of them. */
export interface Entrance {
  /** Starts the devices; resolves with the lane's hardware for the gateway's config file. */
  start(): Promise<LaneDevices>;
  stop(): Promise<void>;
  /** Holds a PNG or JPEG to the camera; answers how many cameras look. */
  hold(picture: Uint8Array, milliseconds?: number): number;
  /** Takes away what is held to the camera. */
  takeAway(): void;
  type(text: string): Promise<void>;
  /** One person walks up to the arm; `true` when it let them through. */
  walk(): Promise<boolean>;
  /** One person gets through without leave. */
  push(): Promise<void>;
  pressFire(pressed: boolean): void;
  readonly gate: GateView;
}

export interface LaneDevices {
  readonly camera: { kind: 'rpicam'; program: string[]; framesPerSecond: number };
  readonly scanners: { profile: 'generic'; path: string }[];
  readonly turnstile: { kind: 'arduino'; path: string };
}

export interface EntranceEvents {
  onGate(gate: GateView): void;
  onPerson(how: 'walks' | 'pushes'): void;
}

export function simulatedEntrance(
  events: EntranceEvents,
  framesPerSecond = FRAMES_PER_SECOND,
): Entrance {
  const scene = simulatedScene(ANY_PORT);
  const scanner = simulatedScanner(ANY_PORT, { profile: 'generic' });
  let turning: NodeJS.Timeout | undefined;
  const arduino = simulatedArduino({
    path: ANY_PORT,
    clock: systemClock,
    onChange: () => events.onGate(gate()),
  });

  const gate = (): GateView => viewOf(arduino.state, turning !== undefined);

  function turn(): void {
    clearTimeout(turning);
    turning = setTimeout(() => {
      turning = undefined;
      events.onGate(gate());
    }, TURN_MILLISECONDS);
    events.onGate(gate());
  }

  const step = () => new Promise((resolve) => setTimeout(resolve, STEP_MILLISECONDS));

  return {
    async start() {
      const [picture, wire, board] = [
        await scene.start(),
        await scanner.start(),
        await arduino.start(),
      ];
      return {
        camera: {
          kind: 'rpicam',
          program: simulatedRpicam(picture),
          framesPerSecond,
        },
        scanners: [{ profile: 'generic', path: wire }],
        turnstile: { kind: 'arduino', path: board },
      };
    },
    async stop() {
      clearTimeout(turning);
      await Promise.all([scene.stop(), scanner.stop(), arduino.stop()]);
    },
    hold: (picture, milliseconds = HOLD_MILLISECONDS) => scene.show(picture, milliseconds),
    takeAway: () => scene.clear(),
    type: (text) => scanner.type(text),
    async walk() {
      if (!arduino.state.free.includes('entry')) return false;
      events.onPerson('walks');
      await step();
      const passed = arduino.walkThrough('entry');
      if (passed) turn();
      return passed;
    },
    async push() {
      events.onPerson('pushes');
      await step();
      arduino.force('entry');
    },
    pressFire: (pressed) => arduino.pressFire(pressed),
    get gate() {
      return gate();
    },
  };
}

function viewOf(state: TurnstileView, turning: boolean): GateView {
  const { lamps, buzzer, emergency } = state;
  const free = state.free.includes('entry');
  const arm = turning ? 'turning' : free ? 'unlocked' : 'locked';
  return { arm, ...lamps, buzzer, emergency };
}
