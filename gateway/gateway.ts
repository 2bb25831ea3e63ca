import type { GatehouseError } from '@gatehouse/protocol';
import { kindOf } from '@gatehouse/protocol';
import { claimEntrance, type KeptEnrolment, loadEnrolment } from '@gatehouse/provisioning';
import type { Clock } from './clock.ts';
import type { GatewayConfig } from './config.ts';
import { createEntrance, type Entrance } from './entrance.ts';
import { gatewayError } from './errors.ts';
import type { Ids } from './ids.ts';
import { createLaneDevices } from './lane-devices.ts';
import type { Log } from './log.ts';
import { createDecoder, type Reading } from './reading/index.ts';
import { SOFTWARE } from './running.ts';
import { createWebServer, type GatewayEvent, type GatewayStatus } from './web/index.ts';

/** A config code that failed is not tried again sooner. */
const CLAIM_AGAIN_MS = 5_000;

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly log: Log;
  /** Model and revision of this machine. */
  readonly hardware: string;
}

/** The whole program at the entrance, configured or waiting for a config code. */
export interface Gateway {
  /** Gives the port of the gateway's own page. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Everything as it is now. */
  status(): GatewayStatus;
}

const unconfigured = gatewayError('not-configured');
const notConfigured = { code: unconfigured.code };

type State = Extract<GatewayEvent, { type: 'gateway' }>;
type Configured = Extract<KeptEnrolment, { state: 'configured' }>;

export function createGateway(parts: GatewayParts): Gateway {
  const { config, clock, log } = parts;
  const decoder = createDecoder({ clock, log });
  const devices = config.lanes.map((hardware) =>
    createLaneDevices({ hardware, decoder, clock, log }),
  );
  const hasCamera = config.lanes.some(({ camera }) => camera !== undefined);
  let state: State = { type: 'gateway', state: 'unconfigured' };
  let entrance: Entrance | undefined;
  let claimedAt = Number.NEGATIVE_INFINITY;
  let claiming: Promise<void> = Promise.resolve();

  const web = createWebServer({ ...config.web, status });
  const tell = (event: GatewayEvent) => web.tell(event);

  function status(): GatewayStatus {
    const idle = {
      uplink: 'away' as const,
      peers: { heard: [], missing: [] },
      lanes: [],
      tickets: { count: 0, cursor: null },
      queue: 0,
    };
    return { gateway: state, ...(entrance?.status() ?? idle) };
  }

  function become(next: State): void {
    state = next;
    tell(state);
  }

  async function open({ enrolment, privateKey }: Configured): Promise<void> {
    const { data: dataDir } = config;
    const { ids, random } = parts;
    const next = createEntrance({
      ...{ enrolment, privateKey, dataDir, devices, clock, ids, random, log, tell },
      ...{ rtc: config.rtc, peers: config.peers },
    });
    await next.start();
    entrance = next;
    const { name, entrance: place } = enrolment.configuration;
    become({
      type: 'gateway',
      state: 'configured',
      gateway: enrolment.gateway,
      name,
      entrance: place,
    });
  }

  function read(device: number, reading: Reading): void {
    if (entrance) entrance.read(device, reading);
    else if (kindOf(reading.code) === 'config') claim(reading.raw);
    else log.info(notConfigured, unconfigured.message);
  }

  /** An unconfigured gateway takes the config code it sees. */
  function claim(configText: string): void {
    const now = clock.mono();
    if (state.state !== 'unconfigured' || now - claimedAt < CLAIM_AGAIN_MS) return;
    claimedAt = now;
    become({ type: 'gateway', state: 'claiming' });
    claiming = enrol(configText).catch((error: GatehouseError) => {
      const { code } = error;
      log.error({ code, fault: error.message }, 'not configured');
      become({ type: 'gateway', state: 'unconfigured', code });
    });
  }

  async function enrol(configText: string): Promise<void> {
    await claimEntrance({
      configText,
      dataDir: config.data,
      clock: { now: () => clock.wall() },
      hardware: parts.hardware,
      software: SOFTWARE,
    });
    const kept = await loadEnrolment(config.data);
    if (kept.state === 'configured') await open(kept);
  }

  return {
    status,
    async start() {
      const kept = await loadEnrolment(config.data);
      const [port] = await Promise.all([web.start(), hasCamera ? decoder.start() : undefined]);
      if (kept.state === 'configured') await open(kept);
      for (const [i, device] of devices.entries()) device.start((reading) => read(i, reading));
      return port;
    },
    async stop() {
      await claiming;
      await Promise.all(devices.map((device) => device.stop()));
      await entrance?.stop();
      await decoder.stop();
      await web.stop();
    },
  };
}
