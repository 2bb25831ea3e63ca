import { systemClock } from '../../clock.ts';
import type { HardwareClock } from '../../devices.ts';
import { simulatedPort } from '../../simulated-port.ts';
import { crc16 } from '../modbus-bus.ts';

/** A Modbus RTU relay board with eight inputs at the far end of a wire. */
export interface SimulatedModbusRelay {
  /** Resolves with the path to give to the driver. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** Whether the channel's relay is on; channels count from 1. */
  isOn(channel: number): boolean;
  /** A relay that no longer follows its commands. */
  stick(channel: number, stuck: boolean): void;
  /** Closes or opens the contact at an input; inputs count from 1. */
  contact(input: number, closed: boolean): void;
  /** Pulls the plug; relays go on with what they do. */
  drop(): void;
  /** A board that hears and answers nothing. */
  silent: boolean;
  /** Bytes of noise sent before each answer. */
  noise: Uint8Array;
  /** How many of the next answers are sent with a broken checksum. */
  broken: number;
  readonly connections: number;
}

export interface SimulatedModbusRelayOptions {
  readonly path: string;
  readonly address?: number;
  readonly channels?: number;
  readonly clock?: HardwareClock;
  onChange?(channel: number, on: boolean): void;
}

const FRAME_BYTES = 8;
const ILLEGAL_ADDRESS = 2;
/** A frame that stays half ends with a silence. */
const SILENCE_MILLISECONDS = 20;
const UNIT_MILLISECONDS = 100;

export function simulatedModbusRelay(options: SimulatedModbusRelayOptions): SimulatedModbusRelay {
  const clock = options.clock ?? systemClock;
  const address = options.address ?? 1;
  const count = options.channels ?? 8;
  const on = new Set<number>();
  const stuck = new Set<number>();
  const closed = new Set<number>();
  const pulses = new Map<number, unknown>();
  let pending = Buffer.alloc(0);
  let silence: unknown;

  function put(channel: number, next: boolean): void {
    if (stuck.has(channel) || on.has(channel) === next) return;
    if (next) on.add(channel);
    else on.delete(channel);
    options.onChange?.(channel, next);
  }

  function answer(body: Uint8Array): void {
    const crc = crc16(body) ^ (device.broken > 0 ? 1 : 0);
    device.broken = Math.max(0, device.broken - 1);
    port.send(Uint8Array.from([...device.noise, ...body, crc & 0xff, crc >> 8]));
  }

  const bits = (set: ReadonlySet<number>) =>
    [...set].reduce((sum, number) => sum | (1 << (number - 1)), 0);

  function obey(body: Buffer): void {
    const code = body.readUInt8(1);
    const first = body.readUInt16BE(2);
    const second = body.readUInt16BE(4);
    if (code === 1) answer(Uint8Array.of(address, 1, 1, bits(on)));
    else if (code === 2) answer(Uint8Array.of(address, 2, 1, bits(closed)));
    else if (code === 5 && (first & 0xff) < count && first >> 8 <= 2) {
      const channel = (first & 0xff) + 1;
      clock.clearTimeout(pulses.get(channel));
      if (first >> 8 === 2) {
        put(channel, true);
        const end = () => put(channel, false);
        pulses.set(channel, clock.setTimeout(end, second * UNIT_MILLISECONDS));
      } else put(channel, second === 0xff00);
      answer(body);
    } else answer(Uint8Array.of(address, code | 0x80, ILLEGAL_ADDRESS));
  }

  function hear(bytes: Uint8Array): void {
    clock.clearTimeout(silence);
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= FRAME_BYTES) {
      const whole = pending.subarray(0, FRAME_BYTES);
      pending = pending.subarray(FRAME_BYTES);
      const body = whole.subarray(0, -2);
      if (whole[0] === address && crc16(body) === whole.readUInt16LE(6)) obey(body);
    }
    const forget = () => {
      pending = Buffer.alloc(0);
    };
    silence = clock.setTimeout(forget, SILENCE_MILLISECONDS);
  }

  const port = simulatedPort(options.path, {
    onOpen: () => {
      pending = Buffer.alloc(0);
    },
    onData(bytes) {
      if (!device.silent) hear(bytes);
    },
  });

  const device: SimulatedModbusRelay = {
    silent: false,
    noise: new Uint8Array(),
    broken: 0,
    start: () => port.start(),
    async stop() {
      clock.clearTimeout(silence);
      for (const timer of pulses.values()) clock.clearTimeout(timer);
      await port.stop();
    },
    isOn: (channel) => on.has(channel),
    stick(channel, isStuck) {
      if (isStuck) stuck.add(channel);
      else stuck.delete(channel);
    },
    contact(input, isClosed) {
      if (isClosed) closed.add(input);
      else closed.delete(input);
    },
    drop: () => port.drop(),
    get connections() {
      return port.connections;
    },
  };
  return device;
}
