import type { Direction, Turnstile, TurnstileListener } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { keepWire } from '../kept-wire.ts';
import { atExit } from './exit-hook.ts';
import { turnstileInputs } from './inputs.ts';
import { frame, modbusBus } from './modbus-bus.ts';
import { type Contact, contactOf, type InputName } from './pins.ts';
import { relayTimers } from './relay-timers.ts';

export interface ModbusRelaySettings {
  readonly path: string;
  readonly baud: number;
  /** Modbus address of the board. */
  readonly address: number;
  /** Channel (1 to 8) of the board for each direction, `null` where there is none. */
  readonly entryChannel: number | null;
  readonly exitChannel: number | null;
  /** Digital inputs (1 to 8) of boards that have them. */
  readonly passageEntryInput: number | null;
  readonly passageExitInput: number | null;
  readonly fireInput: number | null;
  readonly buttonInput: number | null;
  readonly passageContact: Contact;
  readonly fireContact: Contact;
  readonly maximumPulse: number;
}

/** How often the relays are read back while all is well. */
export const CHECK_MILLISECONDS = 2_000;
/** Pause between two looks at the inputs; a contact must hold for about twice as long. */
export const POLL_MILLISECONDS = 25;
/** The board counts its pulses in this unit. */
export const PULSE_UNIT_MILLISECONDS = 100;
const READ_COILS = 1;
const READ_INPUTS = 2;
const WRITE_COIL = 5;
const CHANNELS = 8;
/** Waveshare: a coil at this address is a relay that goes on and falls back by itself. */
const FLASH_ON = 0x0200;

/** Switches a channel (from 1) off. */
export const relayOff = (address: number, channel: number): Uint8Array =>
  frame(address, WRITE_COIL, channel - 1, 0);

/** Switches a channel (from 1) on for so long; whole tenths of a second, at least one. */
export function relayPulse(address: number, channel: number, milliseconds: number): Uint8Array {
  const units = Math.max(1, Math.floor(milliseconds / PULSE_UNIT_MILLISECONDS));
  return frame(address, WRITE_COIL, FLASH_ON + channel - 1, units);
}

/**
 * A Modbus RTU relay board (Waveshare), which times each pulse itself: the relay drops also when
 * this host is dead. Every command is answered, and the relays are read back.
 */
export function modbusRelayTurnstile(settings: ModbusRelaySettings, parts: DeviceParts): Turnstile {
  let run: ReturnType<typeof modbusRun> | undefined;
  const running = () => {
    if (!run) throw new HardwareError('turnstile-disconnected');
    return run;
  };
  const { passageEntryInput, passageExitInput } = settings;
  return {
    hasPassageSensor: passageEntryInput !== null || passageExitInput !== null,
    async start(listener) {
      run ??= modbusRun(settings, parts, listener);
      await run.started;
    },
    async stop() {
      const last = run;
      run = undefined;
      await last?.stop();
    },
    unlock: async (direction, milliseconds) => running().unlock(direction, milliseconds),
    lock: async () => running().lock(),
    show: () => undefined,
  };
}

function rows<Name>(all: readonly [Name, number | null][]): [Name, number][] {
  return all.flatMap(([name, number]) => (number === null ? [] : [[name, number]]));
}

function modbusRun(
  settings: ModbusRelaySettings,
  { clock, log }: DeviceParts,
  listener: TurnstileListener,
) {
  const { address } = settings;
  const health = healthReport(`turnstile ${settings.path}`, listener, log);
  const { promise: started, resolve: settle } = Promise.withResolvers<void>();
  const channels = rows<Direction>([
    ['entry', settings.entryChannel],
    ['exit', settings.exitChannel],
  ]);
  const contacts = rows<InputName>([
    ['entry', settings.passageEntryInput],
    ['exit', settings.passageExitInput],
    ['fire', settings.fireInput],
    ['button', settings.buttonInput],
  ]);
  const directions = channels.map(([direction]) => direction);
  const inputs = turnstileInputs(listener, clock, contacts.length);
  const allOff = Buffer.concat(channels.map(([, channel]) => relayOff(address, channel)));
  let lastWrite: Promise<unknown> = Promise.resolve();
  let checking: unknown;
  let polling: unknown;
  let stopping = false;

  const kept = keepWire({
    path: settings.path,
    serial: { baud: settings.baud },
    clock,
    onOpen: () => void setUp(),
    onData: (bytes) => bus.push(bytes),
    onLost(error) {
      clock.clearTimeout(checking);
      clock.clearTimeout(polling);
      relays.forget();
      bus.lost();
      health.fail(error.code, error.detail);
    },
  });
  const bus = modbusBus(clock, (bytes) => {
    // a lost write is a lost wire, which onLost tells
    kept.wire?.write(bytes).catch(() => undefined);
  });
  const write = (bytes: Uint8Array) => {
    lastWrite = bus.ask(bytes);
    lastWrite.catch(failed);
  };
  const relays = relayTimers(clock, settings.maximumPulse, (direction, unlocked, milliseconds) => {
    const channel = channels.find(([name]) => name === direction)?.[1];
    if (channel === undefined) return;
    if (unlocked) write(relayPulse(address, channel, milliseconds ?? 0));
    else write(relayOff(address, channel));
    if (!unlocked) checkLater(0);
  });
  const forgetExit = atExit(() => kept.wire?.writeNow(allOff));

  /** A silent board is looked for anew; one that refuses is set up wrongly and stays. */
  function failed(error: HardwareError): void {
    if (stopping || !kept.wire) return;
    if (error.code === 'turnstile-no-answer') kept.drop(error);
    else health.fail(error.code, error.detail);
  }

  async function setUp(): Promise<void> {
    inputs.reset();
    for (const [, channel] of channels) write(relayOff(address, channel));
    await check();
    if (contacts.length > 0) void poll();
    await inputs.known();
    if (kept.wire) settle();
  }

  async function read(code: number): Promise<number | undefined> {
    const question = frame(address, code, 0, CHANNELS);
    const answer = await bus.ask(question).catch((error: HardwareError) => failed(error));
    return stopping || !kept.wire ? undefined : answer?.[3];
  }

  function checkLater(milliseconds: number): void {
    clock.clearTimeout(checking);
    if (!stopping && kept.wire) checking = clock.setTimeout(() => void check(), milliseconds);
  }

  async function check(): Promise<boolean> {
    clock.clearTimeout(checking);
    const obeyed = await lastWrite.then(
      () => true,
      () => false,
    );
    const states = await read(READ_COILS);
    if (states === undefined) return false;
    const stuck = channels.filter(
      ([name, channel]) => (states >> (channel - 1)) & 1 && !relays.isOn(name),
    );
    if (stuck.length > 0) {
      health.fail('turnstile-relay-stuck', stuck.map(([name]) => name).join(', '));
    } else if (obeyed) {
      kept.answered();
      health.ok();
    }
    checkLater(CHECK_MILLISECONDS);
    return stuck.length === 0;
  }

  async function poll(): Promise<void> {
    const states = await read(READ_INPUTS);
    if (states === undefined) return;
    for (const [name, number] of contacts) {
      const contact = contactOf(name, settings);
      const closed = ((states >> (number - 1)) & 1) === 1;
      inputs.onInput(name, closed === (contact === 'no'));
    }
    polling = clock.setTimeout(() => void poll(), POLL_MILLISECONDS);
  }

  kept.start();
  return {
    started,
    async stop() {
      stopping = true;
      clock.clearTimeout(checking);
      clock.clearTimeout(polling);
      if (kept.wire) relays.allOff(directions);
      // a lost wire is no reason not to let go
      await lastWrite.catch(() => undefined);
      forgetExit();
      bus.lost();
      await kept.stop();
      settle();
    },
    async unlock(direction: Direction, milliseconds: number) {
      if (!kept.wire) throw new HardwareError('turnstile-disconnected');
      if (!directions.includes(direction)) throw new HardwareError('turnstile-no-relay', direction);
      relays.on(direction, milliseconds);
      await lastWrite;
    },
    async lock() {
      if (!kept.wire) return false;
      relays.allOff(directions);
      return check();
    },
  };
}
