import type { Scanner, ScannerListener } from '../devices.ts';
import { type DeviceParts, healthReport } from '../health.ts';
import { keepWire } from '../kept-wire.ts';
import type { SerialSettings, Wire } from '../wire.ts';
import { SILENCE_MILLISECONDS, scannerFraming } from './framing.ts';
import type { AnswerShape } from './profiles.ts';

export interface SerialScannerSettings {
  /** `/dev/serial/by-id/...`, `tcp://host:port` or `unix:/path`. */
  readonly path: string;
  readonly serial: SerialSettings;
  /** Sent whenever the wire opens; empty for none. */
  readonly init: Uint8Array;
  readonly answersInit: boolean;
  readonly answers: AnswerShape;
}

/** A scanner that does not answer its settings within this many milliseconds is reported. */
export const ANSWER_MILLISECONDS = 2_000;

/** A scanner on a serial line. The same code twice is given on twice: judging that is not ours. */
export function serialScanner(settings: SerialScannerSettings, parts: DeviceParts): Scanner {
  let run: { started: Promise<void>; stop(): Promise<void> } | undefined;
  return {
    async start(listener) {
      run ??= scannerRun(settings, parts, listener);
      await run.started;
    },
    async stop() {
      const last = run;
      run = undefined;
      await last?.stop();
    },
  };
}

function scannerRun(
  settings: SerialScannerSettings,
  { clock, log }: DeviceParts,
  listener: ScannerListener,
) {
  const health = healthReport(`scanner ${settings.path}`, listener, log);
  const { promise: started, resolve: ready } = Promise.withResolvers<void>();
  const asks = settings.init.length > 0 && settings.answersInit;
  let answerTimer: unknown;
  let silenceTimer: unknown;

  const heard = () => {
    clock.clearTimeout(answerTimer);
    kept.answered();
    health.ok();
    ready();
  };
  const framing = scannerFraming(settings.answers, {
    onCode(code) {
      heard();
      listener.onText({ ...code, at: clock.now() });
    },
    onAnswer: heard,
    onTooLong: () => health.fail('scanner-line-too-long'),
  });

  function onOpen(wire: Wire): void {
    framing.reset();
    if (settings.init.length > 0) {
      // a write that fails means a lost wire, which is told by onLost
      wire.write(settings.init).catch(() => undefined);
    }
    if (!asks) {
      heard();
      return;
    }
    answerTimer = clock.setTimeout(() => {
      health.fail('scanner-no-answer');
      ready();
    }, ANSWER_MILLISECONDS);
  }

  const kept = keepWire({
    path: settings.path,
    serial: settings.serial,
    clock,
    onOpen,
    onData(bytes) {
      framing.push(bytes);
      clock.clearTimeout(silenceTimer);
      if (framing.open) silenceTimer = clock.setTimeout(framing.silence, SILENCE_MILLISECONDS);
    },
    onLost(error) {
      clock.clearTimeout(answerTimer);
      clock.clearTimeout(silenceTimer);
      // half a code must not become a code
      framing.reset();
      health.fail(error.code, error.detail);
    },
  });

  kept.start();
  return {
    started,
    async stop() {
      clock.clearTimeout(answerTimer);
      clock.clearTimeout(silenceTimer);
      ready();
      await kept.stop();
    },
  };
}
