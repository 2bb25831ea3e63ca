/**
 * The three devices of an entrance, as a lane sees them. Every driver and nothing else stands
 * behind these; a simulated device sits at the far end of the driver's wire, never in its place.
 *
 * Constructors do no work. `start` resolves when the device answers. A device that is absent,
 * silent or lost later is reported through `onHealth` and looked for again by the driver itself,
 * so `start` may stay pending for hours and never rejects: do not let one lane's device hold up
 * the others. `stop` settles a pending `start` too, and resolves when all is let go.
 */

/** One picture as the camera gave it: one byte of brightness a pixel, row by row, no padding. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** `width * height` bytes. Valid only until the listener settles: drivers reuse the memory. */
  readonly luma: Uint8Array;
  /** Monotonic milliseconds at which the last byte of the frame arrived. */
  readonly at: number;
}

/** What a device says of itself; `code` is a stable code from errors.ts where `ok` is false. */
export interface Health {
  readonly ok: boolean;
  readonly code?: string;
  readonly detail?: string;
}

export interface CameraListener {
  /**
   * Given the newest frame. While a returned promise is pending the camera goes on reading and
   * keeps only the newest frame, which follows as soon as the promise settles.
   */
  onFrame(frame: Frame): void | Promise<void>;
  onHealth?(health: Health): void;
}

/** A source of frames. No frame is ever queued behind a newer one; what is dropped is counted. */
export interface Camera {
  start(listener: CameraListener): Promise<void>;
  stop(): Promise<void>;
  /** Frames given to the listener and frames dropped because a newer one came. */
  readonly counts: { frames: number; dropped: number };
}

/** One code as a scanner sent it, framing and prefix taken off. */
export interface ScannedText {
  /** The code's own text, decoded as UTF-8 (Latin-1 where the bytes are not UTF-8). */
  readonly text: string;
  /** AIM symbology identifier such as `]Q1` where the scanner sent one. */
  readonly aim?: string;
  /** Monotonic milliseconds at which the last byte arrived. */
  readonly at: number;
}

export interface ScannerListener {
  onText(scanned: ScannedText): void;
  onHealth?(health: Health): void;
}

export interface Scanner {
  start(listener: ScannerListener): Promise<void>;
  stop(): Promise<void>;
}

/** What lamps and buzzer tell the person in the lane. */
export type Signal = 'idle' | 'read' | 'go' | 'stop' | 'wait' | 'closed' | 'emergency';

export interface TurnstileListener {
  /** The passage sensor saw one person pass. `at` is monotonic milliseconds. */
  onPassage(at: number): void;
  /** The fire input changed. The arms are freed by wiring; software only follows. */
  onEmergency(active: boolean): void;
  /** The button in the cabinet is pressed, or let go. */
  onButton?(pressed: boolean): void;
  onHealth?(health: Health): void;
}

/** An entrance's barrier. Safe state: relay off, lamps dark, buzzer silent. */
export interface Turnstile {
  /** Resolves once the board answers and all outputs have been forced to their safe state. */
  start(listener: TurnstileListener): Promise<void>;
  /** Forces the safe state, then lets go of the board. */
  stop(): Promise<void>;
  /**
   * Unlocks for one passage in the given direction for at most `milliseconds` (a driver maximum
   * of 15,000 applies); the driver drops the relay by itself at the end. Resolves when the
   * command has been handed to the wire.
   */
  unlock(direction: Direction, milliseconds: number): Promise<void>;
  /** Locks at once and resolves with what the relay reads back: `true` when it really is off. */
  lock(): Promise<boolean>;
  show(signal: Signal): void;
  /** Whether this barrier can tell that somebody passed. */
  readonly hasPassageSensor: boolean;
}

export type Direction = 'entry' | 'exit';

/** Monotonic milliseconds, timers; the real one is `systemClock` in clock.ts. */
export interface HardwareClock {
  now(): number;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}
