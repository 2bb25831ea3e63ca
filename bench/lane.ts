import {
  createEntrance,
  type Entrance,
  type EntranceOptions,
  type LaneDevices,
  systemClock,
  systemIds,
} from '@gatehouse/gateway';
import type { TurnstileListener } from '@gatehouse/hardware';
import type { Enrolment } from '@gatehouse/provisioning';

/** A lane whose turnstile notes when it is told to open and whose guest walks through at once. */
export interface BenchLane {
  readonly entrance: Entrance;
  /** Gives the milliseconds from the code to the relay's command. */
  scan(code: string): Promise<number>;
  /** Shows a code; says whether the relay opened for it. Nobody walks through by himself. */
  show(code: string): Promise<boolean>;
  /** The guest walks through. */
  pass(): Promise<void>;
  /** Resolves once a condition on the gateway's status holds. */
  until(holds: (status: ReturnType<Entrance['status']>) => boolean): Promise<void>;
}

/** Only ends a wait in vain. */
const WAIT_MS = 120_000;

/** Of a bench that no other gateway belongs to. */
const NO_PEERS = { enabled: false, host: '127.0.0.1', port: 0, addresses: [], mdns: false };

export async function openLane(
  kept: { enrolment: Enrolment; privateKey: string },
  dataDir: string,
  peers: EntranceOptions['peers'] = NO_PEERS,
): Promise<BenchLane> {
  let listener: TurnstileListener | undefined;
  let opened: (() => void) | undefined;
  const devices: LaneDevices = {
    start() {},
    async stop() {},
    turnstile: {
      hasPassageSensor: true,
      async start(told) {
        listener = told;
      },
      async stop() {},
      async unlock() {
        opened?.();
      },
      lock: async () => true,
      show() {},
    },
  };
  const entrance = createEntrance({
    ...kept,
    dataDir,
    devices: [devices],
    clock: systemClock,
    ids: systemIds,
    random: Math.random,
    peers,
    log: { info() {}, warn() {}, error: (fields, text) => console.error(text, fields) },
    tell() {},
  });
  await entrance.start();
  const until: BenchLane['until'] = async (holds) => {
    const end = performance.now() + WAIT_MS;
    while (!holds(entrance.status())) {
      if (performance.now() > end) throw new Error(JSON.stringify(entrance.status()));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  function read(code: string, at: number): void {
    entrance.read(0, { code, raw: code, symbology: 'QRCode', source: 'scanner', at, took: 0 });
  }
  async function pass(): Promise<void> {
    await until(({ lanes }) => lanes[0]?.state === 'granted');
    listener?.onPassage(systemClock.mono());
    await until(({ lanes }) => lanes[0]?.state === 'idle');
  }
  return {
    entrance,
    until,
    pass,
    async show(code) {
      let isOpen = false;
      opened = () => {
        isOpen = true;
      };
      read(code, systemClock.mono());
      await until(({ lanes }) => isOpen || lanes[0]?.verdict !== undefined);
      return isOpen;
    },
    async scan(code) {
      const at = systemClock.mono();
      const moved = new Promise<number>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(JSON.stringify(entrance.status()))),
          WAIT_MS,
        );
        opened = () => {
          clearTimeout(timer);
          resolve(systemClock.mono() - at);
        };
      });
      read(code, at);
      const took = await moved;
      await pass();
      return took;
    },
  };
}
