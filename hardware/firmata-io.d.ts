/** The part of firmata-io 2.3 that is used here; the package has no types of its own. */
declare module 'firmata-io' {
  import { EventEmitter } from 'node:events';

  interface FirmataPin {
    readonly supportedModes: readonly number[];
    mode: number | undefined;
    value: number;
    /** What a pin state query brought. */
    state?: number;
  }

  class Firmata extends EventEmitter {
    constructor(transport: EventEmitter, options: { reportVersionTimeout: number });
    readonly isReady: boolean;
    readonly versionReceived: boolean;
    readonly pins: FirmataPin[];
    readonly buffer: number[];
    readonly reportVersionTimeoutId: NodeJS.Timeout;
    readonly MODES: { INPUT: 0; OUTPUT: 1; PULLUP: 11 };
    pinMode(pin: number, mode: number): void;
    digitalWrite(pin: number, value: 0 | 1): void;
    reportDigitalPin(pin: number, value: 0 | 1): void;
    queryPinState(pin: number, callback: () => void): void;
  }

  const firmata: { Firmata: typeof Firmata };
  export default firmata;
  export type { Firmata, FirmataPin };
}
