import type { HardwareClock } from '../devices.ts';
import type { HealthReport } from '../health.ts';
import type { ArduinoSettings } from './arduino-settings.ts';
import type { FirmataLink } from './firmata-link.ts';
import { inputPins, relayPins } from './pins.ts';
import type { RelayTimers } from './relay-timers.ts';

/** How often a board at rest is asked for the state of its relays. */
export const CHECK_MILLISECONDS = 2_000;
/** How soon a board that was set up again is looked at. */
const SET_UP_MILLISECONDS = 100;
const PULLUP = 0x0b;

/** Asks the board whether what should be off is off, and whether it still knows its pins. */
export interface RelayCheck {
  /** `true` when every relay that should be off reads back as off. */
  now(): Promise<boolean>;
  later(milliseconds: number): void;
  cancel(): void;
  /** Cancels for good. */
  stop(): void;
}

export interface RelayCheckParts {
  readonly settings: ArduinoSettings;
  readonly link: FirmataLink;
  readonly relays: RelayTimers;
  readonly health: HealthReport;
  readonly clock: HardwareClock;
  /** Sets a board up again that restarted by itself. */
  configure(): void;
}

export function relayCheck(parts: RelayCheckParts): RelayCheck {
  const { settings, link, relays, health, clock } = parts;
  const input = inputPins(settings.pins).slice(0, 1);
  const off = settings.unlockLevel === 'high' ? 0 : 1;
  let timer: unknown;
  let stopped = false;

  const cancel = () => clock.clearTimeout(timer);
  function later(milliseconds: number): void {
    cancel();
    if (!stopped && link.ready) timer = clock.setTimeout(() => void now(), milliseconds);
  }

  async function now(): Promise<boolean> {
    cancel();
    const held = relayPins(settings.pins).filter(({ name }) => !relays.isOn(name));
    const states = await link.pinStates([...held, ...input].map(({ pin }) => pin));
    if (stopped || !link.ready) return false;
    if (!states) {
      link.giveUp('no pin state');
      return false;
    }
    // a board that restarted by itself has made outputs of its inputs
    if (input.length > 0 && states.at(-1)?.mode !== PULLUP) {
      parts.configure();
      later(SET_UP_MILLISECONDS);
      return false;
    }
    const stuck = held.filter(
      ({ name }, index) => states[index]?.state !== off && !relays.isOn(name),
    );
    if (stuck.length > 0) {
      health.fail('turnstile-relay-stuck', stuck.map(({ name }) => name).join(', '));
    } else health.ok();
    later(CHECK_MILLISECONDS);
    return stuck.length === 0;
  }

  return {
    now,
    later,
    cancel,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
