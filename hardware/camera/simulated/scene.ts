import type { Socket } from 'node:net';
import { systemClock } from '../../clock.ts';
import type { HardwareClock } from '../../devices.ts';
import { simulatedPort } from '../../simulated-port.ts';

/** Pictures larger than this are not held to the camera. */
export const MAX_SCENE_BYTES = 16 * 1024 * 1024;
/** Length of the head: length of the picture, then milliseconds, both 32 bits, big end first. */
export const SCENE_HEAD_BYTES = 8;

/** What stands in front of simulated cameras; they connect to it and come back when it restarts. */
export interface SimulatedScene {
  /** Resolves with the path that the simulated camera's `--scene` takes. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /**
   * Holds a PNG or JPEG to the cameras for so long, then the scene is empty again. Answers how
   * many cameras see it; one that comes later sees it for the rest of the time. Throws a
   * `RangeError` for a picture over 16 MiB.
   */
  show(picture: Uint8Array, milliseconds: number): number;
  /** Takes the picture away at once. */
  clear(): void;
  readonly cameras: number;
}

/** Bytes of one message: head, then the picture; no picture empties the scene. */
export function sceneMessage(picture: Uint8Array, milliseconds: number): Uint8Array {
  if (picture.length > MAX_SCENE_BYTES) throw new RangeError('the picture is too large to show');
  const message = Buffer.alloc(SCENE_HEAD_BYTES + picture.length);
  message.writeUInt32BE(picture.length, 0);
  message.writeUInt32BE(Math.max(0, Math.round(milliseconds)), 4);
  message.set(picture, SCENE_HEAD_BYTES);
  return message;
}

/** Makes a scene that listens at `tcp://host:port` (port 0 for a free one) or `unix:/path`. */
export function simulatedScene(path: string, clock: HardwareClock = systemClock): SimulatedScene {
  let shown: { picture: Uint8Array; until: number } | undefined;
  const port = simulatedPort(
    path,
    {
      onOpen(socket: Socket) {
        const rest = shown ? shown.until - clock.now() : 0;
        if (shown && rest > 0) socket.write(sceneMessage(shown.picture, rest));
      },
    },
    'all',
  );
  return {
    start: () => port.start(),
    stop: () => port.stop(),
    show(picture, milliseconds) {
      const message = sceneMessage(picture, milliseconds);
      shown = { picture, until: clock.now() + milliseconds };
      port.send(message);
      return port.connections;
    },
    clear() {
      shown = undefined;
      port.send(sceneMessage(new Uint8Array(), 0));
    },
    get cameras() {
      return port.connections;
    },
  };
}
