import { simulatedPort } from '../../simulated-port.ts';

/** A serial relay board at the far end of a wire. */
export interface SimulatedSerialRelay {
  /** Resolves with the path to give to the driver. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** Whether the channel's relay is on; channels count from 1. */
  isOn(channel: number): boolean;
  /** A relay that no longer follows its commands. */
  stick(channel: number, stuck: boolean): void;
  /** Pulls the plug; relays hold what they are. */
  drop(): void;
  /** A board that hears and answers nothing. */
  silent: boolean;
  readonly connections: number;
}

export interface SimulatedSerialRelayOptions {
  readonly path: string;
  readonly channels?: number;
  /** Boards of one channel often have no status query. */
  readonly answersStatus?: boolean;
  onChange?(channel: number, on: boolean): void;
}

export function simulatedSerialRelay(options: SimulatedSerialRelayOptions): SimulatedSerialRelay {
  const count = options.channels ?? 1;
  const on = new Set<number>();
  const stuck = new Set<number>();
  let pending: number[] = [];

  function obey(channel: number, state: number): void {
    if (channel < 1 || channel > count || stuck.has(channel)) return;
    if (on.has(channel) === (state === 1)) return;
    if (state === 1) on.add(channel);
    else on.delete(channel);
    options.onChange?.(channel, state === 1);
  }

  function hear(byte: number): void {
    if (pending.length === 0) {
      if (byte === 0xff && options.answersStatus) tellStatus();
      if (byte === 0xa0) pending = [byte];
      return;
    }
    pending.push(byte);
    if (pending.length < 4) return;
    const [head = 0, channel = 0, state = 0, sum = 0] = pending;
    pending = [];
    if (((head + channel + state) & 0xff) === sum) obey(channel, state);
  }

  function tellStatus(): void {
    const lines = Array.from({ length: count }, (_, index) => {
      const channel = index + 1;
      return `CH${channel}:${on.has(channel) ? 'ON' : 'OFF'}\r\n`;
    });
    port.send(Buffer.from(lines.join('')));
  }

  const port = simulatedPort(options.path, {
    onOpen: () => {
      pending = [];
    },
    onData(bytes) {
      if (device.silent) return;
      for (const byte of bytes) hear(byte);
    },
  });

  const device: SimulatedSerialRelay = {
    silent: false,
    start: () => port.start(),
    stop: () => port.stop(),
    isOn: (channel) => on.has(channel),
    stick(channel, isStuck) {
      if (isStuck) stuck.add(channel);
      else stuck.delete(channel);
    },
    drop: () => port.drop(),
    get connections() {
      return port.connections;
    },
  };
  return device;
}
