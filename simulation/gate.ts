import type { Direction, Signal, Turnstile, TurnstileListener } from '@gatehouse/hardware';
import type { World } from './world.ts';

/** The board drops its relay by itself after this long, whatever it was told. */
export const PULSE_MAX_MS = 15_000;
/** From the arms to the listener, at most. */
const EDGE_MS = 120;

export interface GateListener {
  /** The relay was told to open. */
  pulse(direction: Direction, milliseconds: number): void;
  signal(signal: Signal): void;
  /** Somebody went through; `open` says whether the relay let him. */
  passage(open: boolean): void;
  /** The relay was told to close; says what it reads back. */
  lock(off: boolean): void;
  trap(port: 'unlock' | 'passage'): boolean;
}

/** A barrier and what is true of it, whatever its gateway believes. */
export interface Gate {
  readonly hasSensor: boolean;
  readonly isOpen: boolean;
  readonly fire: boolean;
  /** The relay stays where it is, and reads back so. */
  stuck: boolean;
  /** The driver of one run of the gateway. */
  turnstile(alive: () => boolean): Turnstile;
  /** A person goes through. */
  pass(): void;
  setFire(active: boolean): void;
}

export function createGate(
  { world, listener, believed }: { world: World; listener: GateListener; believed: boolean },
  hasSensor: boolean,
): Gate {
  let openUntil = Number.NEGATIVE_INFINITY;
  let fire = false;
  let stuck = false;
  let heard: { told: TurnstileListener; alive: () => boolean } | undefined;
  const soon = () => new Promise<void>((done) => world.after(world.random.between(1, 15), done));
  const never = () => new Promise<never>(() => undefined);

  return {
    hasSensor,
    get isOpen() {
      return world.now < openUntil;
    },
    get fire() {
      return fire;
    },
    get stuck() {
      return stuck;
    },
    set stuck(is) {
      stuck = is;
    },
    turnstile: (alive) => ({
      hasPassageSensor: hasSensor,
      async start(told) {
        await soon();
        if (!alive()) return never();
        heard = { told, alive };
        openUntil = world.now;
        if (fire) told.onEmergency(true);
      },
      async stop() {
        openUntil = world.now;
        heard = undefined;
      },
      async unlock(direction, milliseconds) {
        if (!alive() || listener.trap('unlock')) return never();
        openUntil = world.now + Math.min(milliseconds, PULSE_MAX_MS);
        listener.pulse(direction, milliseconds);
        await soon();
        if (!alive()) return never();
      },
      async lock() {
        if (!alive()) return never();
        openUntil = world.now;
        await soon();
        if (!alive()) return never();
        listener.lock(!stuck);
        return !stuck || believed;
      },
      show: (signal) => void (alive() && listener.signal(signal)),
    }),
    pass() {
      if (fire) return;
      listener.passage(world.now < openUntil);
      if (!hasSensor) return;
      const to = heard;
      world.after(world.random.between(1, EDGE_MS), () => {
        if (to?.alive() && !listener.trap('passage')) to.told.onPassage(world.now);
      });
    },
    setFire(active) {
      fire = active;
      if (heard?.alive()) heard.told.onEmergency(active);
    },
  };
}
