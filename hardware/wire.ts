import { writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { SerialPort } from 'serialport';
import { systemClock } from './clock.ts';
import type { HardwareClock } from './devices.ts';
import { HardwareError } from './errors.ts';

/** A duplex stream of bytes to one device. */
export interface Wire {
  /** Resolves when the operating system has taken the bytes; rejects with a `HardwareError`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Last words from a process that is ending: written before this returns, as far as possible. */
  writeNow(bytes: Uint8Array): void;
  /** Lets go of the device. `onClose` is not called for it. */
  close(): Promise<void>;
}

/** Line settings of a serial port; a network wire has none. */
export interface SerialSettings {
  readonly baud: number;
  readonly parity?: 'none' | 'even' | 'odd';
}

export interface WireEnds {
  onData(bytes: Uint8Array): void;
  /** The device went away by itself. */
  onClose(error: HardwareError): void;
}

/** Bytes waiting to be taken by the device, above which the wire counts as stuck. */
export const MAX_UNSENT_BYTES = 65_536;
/** A network device that does not accept a connection within this many milliseconds is missing. */
export const CONNECT_MILLISECONDS = 5_000;
const KEEP_ALIVE_MILLISECONDS = 5_000;
/** How often a serial device is looked at, whether it is still plugged in. */
const WATCH_MILLISECONDS = 1_000;

/**
 * Opens `/dev/...` (a serial port), `tcp://host:port` (a serial server, a simulated device) or
 * `unix:/path`. Rejects with `wire-missing`, `wire-refused` or `wire-path-unknown`.
 */
export function openWire(
  path: string,
  serial: SerialSettings,
  ends: WireEnds,
  clock: HardwareClock = systemClock,
): Promise<Wire> {
  if (path.startsWith('/dev/')) return openSerial(path, serial, ends, clock);
  return openSocket(networkAddress(path), ends);
}

/** Takes `tcp://host:port` or `unix:/path` apart; throws `wire-path-unknown` for another. */
export function networkAddress(path: string): { host: string; port: number } | { path: string } {
  if (path.startsWith('unix:/')) return { path: path.slice('unix:'.length) };
  const url = path.startsWith('tcp://') && URL.canParse(path) ? new URL(path) : undefined;
  if (!url || url.port === '' || url.hostname === '') {
    throw new HardwareError('wire-path-unknown', path);
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) };
}

/** Maps what an open or a lost device says to a code; the rest of the message is kept. */
function wireError(error: Error & { code?: string }, otherwise: 'wire-missing' | 'wire-closed') {
  const text = `${error.code ?? ''} ${error.message}`;
  const refused = /EACCES|EPERM|EBUSY|Permission denied|Cannot lock|Access denied/i.test(text);
  return new HardwareError(refused ? 'wire-refused' : otherwise, error.message);
}

/** Which device a path leads to now; undefined where it leads to none. */
async function deviceAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${found.dev} ${found.ino} ${found.rdev}`;
}

/**
 * Calls `onGone` when the path leads to another device or none. serialport misses some unplugged
 * devices: its read loop takes the empty reads of a dead line for silence, and spins.
 */
function watchDevice(path: string, clock: HardwareClock, onGone: () => void): () => void {
  let timer: unknown;
  let watching = true;
  let first: string | undefined;
  async function look(): Promise<void> {
    const now = await deviceAt(path);
    if (!watching) return;
    first ??= now;
    if (now === undefined || now !== first) onGone();
    else timer = clock.setTimeout(() => void look(), WATCH_MILLISECONDS);
  }
  void look();
  return () => {
    watching = false;
    clock.clearTimeout(timer);
  };
}

function openSerial(
  path: string,
  serial: SerialSettings,
  ends: WireEnds,
  clock: HardwareClock,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({
      path,
      baudRate: serial.baud,
      parity: serial.parity ?? 'none',
      autoOpen: false,
    });
    let lost = false;
    let unwatch = () => {};
    const lose = (error: HardwareError) => {
      if (lost) return;
      lost = true;
      unwatch();
      if (port.isOpen) port.close(() => undefined);
      ends.onClose(error);
    };
    port.open((error) => {
      if (error) return reject(wireError(error, 'wire-missing'));
      unwatch = watchDevice(path, clock, () => lose(new HardwareError('wire-closed', path)));
      port.on('data', (bytes: Buffer) => {
        if (!lost) ends.onData(bytes);
      });
      port.on('error', (problem) => lose(wireError(problem, 'wire-closed')));
      port.on('close', () => lose(new HardwareError('wire-closed', path)));
      resolve({
        write: (bytes) => send(port, bytes, lost, lose),
        writeNow(bytes) {
          // serialport writes from a later turn of the loop, which an ending process never takes
          const fd = (port.port as { fd?: number | null } | undefined)?.fd;
          if (typeof fd === 'number') writeSync(fd, bytes);
        },
        close: () =>
          new Promise((done) => {
            if (lost || !port.isOpen) return done();
            lost = true;
            unwatch();
            port.drain(() => port.close(() => done()));
          }),
      });
    });
  });
}

function openSocket(
  address: { host: string; port: number } | { path: string },
  ends: WireEnds,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(address);
    let lost = false;
    const lose = (error: HardwareError) => {
      if (lost) return;
      lost = true;
      socket.destroy();
      ends.onClose(error);
    };
    const failed = (error: Error) => {
      socket.destroy();
      reject(wireError(error, 'wire-missing'));
    };
    const late = () => failed(new Error('no connection in time'));
    socket.setTimeout(CONNECT_MILLISECONDS, late);
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('timeout', late);
      socket.off('error', failed);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MILLISECONDS);
      socket.on('data', (bytes: Buffer) => {
        if (!lost) ends.onData(bytes);
      });
      socket.on('error', (problem) => lose(wireError(problem, 'wire-closed')));
      socket.on('end', () => lose(new HardwareError('wire-closed')));
      socket.on('close', () => lose(new HardwareError('wire-closed')));
      resolve({
        write: (bytes) => send(socket, bytes, lost, lose),
        writeNow(bytes) {
          // a socket's write is tried at once, so these bytes are with the kernel on return
          if (!lost) socket.write(bytes);
        },
        close: () =>
          new Promise((done) => {
            if (lost || socket.destroyed) return done();
            lost = true;
            socket.once('close', () => done());
            socket.end(() => socket.destroy());
          }),
      });
    });
  });
}

function send(
  to: Socket | SerialPort,
  bytes: Uint8Array,
  lost: boolean,
  lose: (error: HardwareError) => void,
): Promise<void> {
  if (lost) return Promise.reject(new HardwareError('wire-closed'));
  if (to.writableLength + bytes.length > MAX_UNSENT_BYTES) {
    const stuck = new HardwareError('wire-stuck');
    lose(stuck);
    return Promise.reject(stuck);
  }
  return new Promise((resolve, reject) => {
    to.write(Buffer.from(bytes), (error) => {
      if (error) reject(wireError(error, 'wire-closed'));
      else resolve();
    });
  });
}
