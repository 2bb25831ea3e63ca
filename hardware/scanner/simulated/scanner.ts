import { systemClock } from '../../clock.ts';
import type { HardwareClock } from '../../devices.ts';
import { simulatedPort } from '../../simulated-port.ts';
import { type ScannerProfileName, scannerProfiles } from '../profiles.ts';

/** How the device types one code. */
export interface Typing {
  /** Put before the code; a GM65 does so only after the host turned AIM identifiers on. */
  readonly aim?: string;
  /** Bytes sent at once; all of them when left out. */
  readonly piece?: number;
  /** Milliseconds between pieces; 0 when left out. */
  readonly pause?: number;
  /** `false` leaves the maker's CR or CR LF out. */
  readonly suffix?: boolean;
}

/** A scanner at the far end of a wire. */
export interface SimulatedScanner {
  /** Resolves with the path to give to the driver. */
  start(): Promise<string>;
  stop(): Promise<void>;
  /** Types a code as this maker's device does; resolves when the last byte is sent. */
  type(text: string, typing?: Typing): Promise<void>;
  /** Sends bytes as they are. */
  send(bytes: Uint8Array): void;
  /** Pulls the plug; the driver may plug in again at once. */
  drop(): void;
  /** Commands understood so far, as hexadecimal. */
  readonly commands: readonly string[];
  /** How often the host pressed the trigger. */
  readonly triggers: number;
  readonly connections: number;
  /** A device that answers nothing (wrong speed, broken). */
  silent: boolean;
}

/** The last so many commands are remembered. */
const MAX_COMMANDS = 100;
/** Bytes of an unfinished command kept. */
const MAX_PENDING_BYTES = 256;
const GM65_ACK = Uint8Array.of(0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31);

export function simulatedScanner(
  path: string,
  options: { profile?: ScannerProfileName; clock?: HardwareClock } = {},
): SimulatedScanner {
  const profile = options.profile ?? 'generic';
  const clock = options.clock ?? systemClock;
  const commands: string[] = [];
  let pending = Buffer.alloc(0);
  let triggers = 0;
  let aimOn = profile !== 'gm65';

  function obey(command: Buffer): void {
    if (device.silent) return;
    commands.push(command.toString('hex'));
    if (commands.length > MAX_COMMANDS) commands.shift();
    if (profile === 'gm65') {
      const address = command.readUInt16BE(4);
      if (address === 0x0002 && command[6] === 0x01) triggers += 1;
      if (address === 0x00d0) aimOn = command[6] === 0x80;
      port.send(GM65_ACK);
    } else if (profile === 'honeywell') {
      if (command[1] === 0x54) triggers += 1;
      if (command[1] !== 0x4d) return;
      port.send(Buffer.concat([command.subarray(3, -1), Buffer.of(0x06), command.subarray(-1)]));
    } else if (profile === 'newland') {
      if (command.includes('SCNTRG1')) triggers += 1;
      port.send(Buffer.concat([Buffer.of(0x02), command.subarray(1, -2), Buffer.of(6, 0x3b, 3)]));
    }
  }

  const port = simulatedPort(path, {
    onOpen: () => {
      pending = Buffer.alloc(0);
    },
    onData(bytes) {
      pending = Buffer.concat([pending, bytes]);
      for (;;) {
        const length = commandLength(profile, pending);
        if (length === 0) break;
        obey(pending.subarray(0, length));
        pending = pending.subarray(length);
      }
      if (pending.length > MAX_PENDING_BYTES) pending = Buffer.alloc(0);
    },
  });

  const device: SimulatedScanner = {
    silent: false,
    start: () => port.start(),
    stop: () => port.stop(),
    send: (bytes) => port.send(bytes),
    drop: () => port.drop(),
    commands,
    get triggers() {
      return triggers;
    },
    get connections() {
      return port.connections;
    },
    async type(text, typing = {}) {
      const aim = aimOn ? (typing.aim ?? '') : '';
      const suffix = typing.suffix === false ? '' : scannerProfiles[profile].suffix;
      const bytes = Buffer.from(aim + text + suffix, 'utf8');
      const piece = typing.piece ?? bytes.length;
      for (let from = 0; from < bytes.length; from += piece) {
        if (from > 0) {
          await new Promise<void>((next) => clock.setTimeout(next, typing.pause ?? 0));
        }
        port.send(bytes.subarray(from, from + piece));
      }
    },
  };
  return device;
}

/** Length of the command at the start of the bytes, 0 while there is none. */
function commandLength(profile: ScannerProfileName, bytes: Buffer): number {
  if (profile === 'gm65') {
    // 7E 00 type len addrH addrL data[len] crc crc
    if (bytes.length < 4 || bytes[0] !== 0x7e) return 0;
    const length = 8 + bytes[3]!;
    return bytes.length >= length ? length : 0;
  }
  if (profile === 'honeywell') {
    if (bytes[0] !== 0x16 || bytes.length < 3) return 0;
    if (bytes[1] !== 0x4d) return 3;
    const end = bytes.findIndex((byte) => byte === 0x2e || byte === 0x21);
    return end + 1;
  }
  if (profile === 'newland') {
    if (bytes[0] !== 0x7e) return 0;
    return bytes.indexOf(0x03) + 1;
  }
  return 0;
}
