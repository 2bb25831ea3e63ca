import type { Direction, Turnstile, TurnstileListener } from '../devices.ts';
import { HardwareError } from '../errors.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { keepWire } from '../kept-wire.ts';
import { atExit } from './exit-hook.ts';
import { relayTimers } from './relay-timers.ts';

export interface SerialRelaySettings {
  readonly path: string;
  readonly baud: number;
  /** Channel (1 to 8) of the board for each direction, `null` where there is none. */
  readonly entryChannel: number | null;
  readonly exitChannel: number | null;
  /** Whether the board answers `FF` with the state of its channels. */
  readonly answersStatus: boolean;
  readonly maximumPulse: number;
}

const STATUS_MILLISECONDS = 1_000;
const CHECK_MILLISECONDS = 5_000;
/** `CH1:ON` and so on: far more than eight channels need. */
const MAX_STATUS_CHARACTERS = 256;
const STATUS_QUERY = Uint8Array.of(0xff);

/** LCUS: `A0 channel state sum`, the sum being the low byte of the other three. */
export function relayCommand(channel: number, on: boolean): Uint8Array {
  const state = on ? 1 : 0;
  return Uint8Array.of(0xa0, channel, state, (0xa0 + channel + state) & 0xff);
}

/**
 * A serial relay board (LCUS-1 and its larger kin), timed by this host: no lamps, no passage
 * sensor, no fire input. Without a status query nobody knows whether a relay really dropped;
 * `lock` then says `true` when the command was handed over.
 */
export function serialRelayTurnstile(settings: SerialRelaySettings, parts: DeviceParts): Turnstile {
  let run: ReturnType<typeof relayRun> | undefined;
  const running = () => {
    if (!run) throw new HardwareError('turnstile-disconnected');
    return run;
  };
  return {
    hasPassageSensor: false,
    async start(listener) {
      run ??= relayRun(settings, parts, listener);
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

function relayRun(
  settings: SerialRelaySettings,
  { clock, log }: DeviceParts,
  listener: TurnstileListener,
) {
  const health = healthReport(`turnstile ${settings.path}`, listener, log);
  const { promise: started, resolve: settle } = Promise.withResolvers<void>();
  const channels: [Direction, number][] = [];
  if (settings.entryChannel !== null) channels.push(['entry', settings.entryChannel]);
  if (settings.exitChannel !== null) channels.push(['exit', settings.exitChannel]);
  const directions = channels.map(([direction]) => direction);
  const allOff = Buffer.concat(channels.map(([, channel]) => relayCommand(channel, false)));
  let lastWrite: Promise<void> = Promise.resolve();
  let checking: unknown;
  let stopping = false;

  const kept = keepWire({
    path: settings.path,
    serial: { baud: settings.baud },
    clock,
    onOpen() {
      write(allOff);
      void check();
    },
    onData: (bytes) => status.push(bytes),
    onLost(error) {
      clock.clearTimeout(checking);
      relays.forget();
      status.lost();
      health.fail(error.code, error.detail);
    },
  });
  const write = (bytes: Uint8Array) => {
    const wire = kept.wire;
    lastWrite = wire ? wire.write(bytes) : Promise.reject(new HardwareError('wire-closed'));
    // a lost write is a lost wire, which onLost tells; who awaits lastWrite still sees it
    lastWrite.catch(() => undefined);
  };
  const status = statusReader(channels.length, clock, () => write(STATUS_QUERY));
  const relays = relayTimers(clock, settings.maximumPulse, (direction, unlocked) => {
    const channel = channels.find(([name]) => name === direction)?.[1];
    if (channel !== undefined) write(relayCommand(channel, unlocked));
    if (!unlocked) checkLater(0);
  });
  const forgetExit = atExit(() => kept.wire?.writeNow(allOff));

  function checkLater(milliseconds: number): void {
    clock.clearTimeout(checking);
    if (stopping || !settings.answersStatus) return;
    checking = clock.setTimeout(() => void check(), milliseconds);
  }

  function inOrder(): void {
    kept.answered();
    health.ok();
    settle();
  }

  async function check(): Promise<boolean> {
    if (!settings.answersStatus) {
      const sent = await lastWrite.then(
        () => true,
        () => false,
      );
      if (sent && kept.wire) inOrder();
      return sent;
    }
    const states = await status.ask();
    if (stopping || !kept.wire) return false;
    if (!states) {
      kept.drop(new HardwareError('turnstile-no-answer'));
      return false;
    }
    const stuck = channels.filter(([name, channel]) => states.get(channel) && !relays.isOn(name));
    if (stuck.length > 0) {
      health.fail('turnstile-relay-stuck', stuck.map(([name]) => name).join(', '));
      settle();
    } else inOrder();
    checkLater(CHECK_MILLISECONDS);
    return stuck.length === 0;
  }

  kept.start();
  return {
    started,
    async stop() {
      stopping = true;
      clock.clearTimeout(checking);
      relays.allOff(directions);
      // a lost wire is no reason not to let go
      await lastWrite.catch(() => undefined);
      forgetExit();
      status.lost();
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
      clock.clearTimeout(checking);
      return check();
    },
  };
}

/** Asks for the channels' states and puts the answer (`CH1:ON`, `CH2:OFF`, ...) together. */
function statusReader(expected: number, clock: DeviceParts['clock'], query: () => void) {
  let text = '';
  let waiting: PromiseWithResolvers<Map<number, boolean> | undefined> | undefined;
  let timer: unknown;
  const end = (states: Map<number, boolean> | undefined) => {
    clock.clearTimeout(timer);
    const answered = waiting;
    waiting = undefined;
    answered?.resolve(states);
  };
  return {
    async ask(): Promise<Map<number, boolean> | undefined> {
      // an answer under way tells what was before the newest command
      while (waiting) await waiting.promise;
      waiting = Promise.withResolvers();
      text = '';
      timer = clock.setTimeout(() => end(undefined), STATUS_MILLISECONDS);
      query();
      return waiting.promise;
    },
    push(bytes: Uint8Array) {
      if (!waiting) return;
      text = (text + Buffer.from(bytes).toString('latin1')).slice(-MAX_STATUS_CHARACTERS);
      const found = [...text.matchAll(/CH\s*(\d)\s*[:=]?\s*(ON|OFF)/gi)];
      const states = new Map(found.map((row) => [Number(row[1]), row[2]?.toUpperCase() === 'ON']));
      if (states.size >= expected) end(states);
    },
    lost: () => end(undefined),
  };
}
