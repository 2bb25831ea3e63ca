import { X509Certificate } from 'node:crypto';
import { type GatewayHealth, kindOf } from '@gatehouse/protocol';
import { type ConfiguredDevice, eraAt, loadEnrolment } from '@gatehouse/provisioning';
import type { Clock } from './clock.ts';
import type { GatewayConfig } from './config.ts';
import {
  type Arming,
  createArming,
  createClaiming,
  createEnrolled,
  createHeldButton,
  createThermometer,
  createTypedCodes,
  type Enrolled,
  type EntranceHooks,
  hardwareFault,
  IDLE,
} from './configuring/index.ts';
import { decodePictures } from './decode-pictures.ts';
import { createEntrance } from './entrance.ts';
import { gatewayError } from './errors.ts';
import type { Ids } from './ids.ts';
import { createLaneDevices } from './lane-devices.ts';
import {
  addresses,
  createLocalServer,
  createPublicName,
  createReaders,
  isLoopback,
  isPlainHttp,
  type LocalEntrance,
} from './local/index.ts';
import type { Log } from './log.ts';
import { createReadQuality } from './quality/index.ts';
import { createDecoder, type Reading } from './reading/index.ts';
import { SOFTWARE } from './running.ts';
import type { GatewayEvent, GatewayStatus, LaneView } from './web/index.ts';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: () => number;
  readonly log: Log;
  /** Model and revision of this machine. */
  readonly hardware: string;
  /** The cloud wants this program to begin anew. */
  readonly onRestart?: (() => void) | undefined;
}

/** The whole program at the entrance, configured or waiting for a config code. */
export interface Gateway {
  /** Gives the port of the gateway's own page. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Everything as it is now. */
  status(): GatewayStatus;
  /** Set by whoever stands at the device: tests of relays and other config codes are taken. */
  readonly arming: Arming;
}

const unconfigured = gatewayError('not-configured');
const notConfigured = { code: unconfigured.code };

type State = Extract<GatewayEvent, { type: 'gateway' }>;

export function createGateway(parts: GatewayParts): Gateway {
  const { config, clock, log } = parts;
  const decoder = createDecoder({ clock, log });
  const { formats, ...tickets } = config.reading;
  const arming = createArming(clock);
  const devices = config.lanes.map((hardware) =>
    createLaneDevices({
      ...{ hardware, decoder, wanted: { formats, tickets }, clock, log },
      onButton: createHeldButton(clock, armByButton).hear,
    }),
  );
  const hasCamera = config.lanes.some(({ camera }) => camera !== undefined);
  const quality = createReadQuality({
    ...{ devices: devices.length, clock, log },
    onHint(device) {
      const view = status().lanes[device];
      if (view) web.tell({ type: 'lane', ...view });
    },
  });
  const thermometer = createThermometer(clock);
  let state: State = { type: 'gateway', state: 'unconfigured' };
  let enrolled: Enrolled | undefined;

  let local: LocalEntrance | undefined;
  const readers = createReaders({
    ...{ devices, clock, lanes: () => status().lanes },
    quality: () => quality.view(laneOf).lanes,
  });
  const { web: address, data } = config;
  const typed = createTypedCodes({
    ...{ data: config.data, clock, hardware: parts.hardware, software: SOFTWARE },
    claim: (twin) => claiming.claimTyped(twin),
  });
  const web = createLocalServer({
    ...{ web: address, data, clock, log, typed },
    house: {
      ...{ software: SOFTWARE, hardware: parts.hardware, arming, status, ...readers },
      entrance: () => local,
    },
  });
  const publicName = createPublicName({
    ...{ data, clock, log, device: () => enrolled?.device, onNew: web.lookAtCertificate },
    addresses: () => addresses().filter((one) => !isLoopback(one)),
    era: () => (local?.time.quality() === 'trusted' ? eraAt(local.time.now()) : undefined),
  });
  const claiming = createClaiming({
    ...{ config, clock, log, hardware: parts.hardware, software: SOFTWARE },
    texts: codesIn,
    onClaiming: () => enrolled ?? become({ type: 'gateway', state: 'claiming' }),
    onFailed: (code) => (enrolled ? tellConfigured(code) : unconfigure(code)),
    onConfigured: open,
  });

  function armByButton(): void {
    arming.arm();
    log.info({}, 'armed by its button');
    local?.hands.note('armed', { by: 'button' }).catch((fault: Error) => {
      log.error({ fault: fault.message }, 'row not written');
    });
  }

  function tell(event: GatewayEvent): void {
    if (event.type !== 'lane') {
      web.tell(event);
      return;
    }
    enrolled?.note(event);
    const device = enrolled?.status().lanes.findIndex(({ lane }) => lane === event.lane) ?? -1;
    web.tell(withHint(event, device));
  }

  function status(): GatewayStatus {
    const now = enrolled?.status() ?? IDLE;
    return { gateway: state, ...now, lanes: now.lanes.map(withHint) };
  }

  /** Only a lane that waits for its next guest and says nothing else has a hint. */
  function withHint<V extends LaneView>(view: V, device: number): V {
    const isFree = view.state === 'idle' && view.verdict === undefined;
    const hint = isFree ? quality.hint(device) : undefined;
    return hint === undefined ? view : { ...view, hint };
  }

  function become(next: State): void {
    state = next;
    tell(state);
  }

  function unconfigure(code?: string): void {
    enrolled = undefined;
    become({ type: 'gateway', state: 'unconfigured', ...(code === undefined ? {} : { code }) });
    claiming.start();
  }

  function tellConfigured(failed?: string): void {
    if (!enrolled) return;
    const { device, keyMark, accepted, refusedBecause } = enrolled;
    const { configuration, gateway } = device.enrolment;
    const code = failed ?? refusedBecause;
    become({
      ...{ type: 'gateway', state: 'configured', gateway, name: configuration.name },
      entrance: configuration.entrance,
      ...(code === undefined ? {} : { code }),
      ...(accepted === undefined ? {} : { accepted }),
      ...(accepted === false ? { keyMark } : {}),
    });
    if (accepted) publicName.look();
  }

  async function open(device: ConfiguredDevice): Promise<void> {
    claiming.pause();
    arming.disarm();
    const before = enrolled;
    enrolled = undefined;
    await before?.stop();
    const next = createEnrolled({
      ...{ device, config, clock, log, software: SOFTWARE },
      open: entranceOf,
      onLost: unconfigure,
      onChange: () => tellConfigured(),
    });
    enrolled = next;
    try {
      await next.start();
    } catch (error) {
      enrolled = undefined;
      throw error;
    }
    const differs = hardwareFault(device.enrolment.configuration, config.lanes);
    if (differs) log.warn(differs, 'the code names other hardware than hangs at this device');
    tellConfigured();
  }

  function entranceOf(device: ConfiguredDevice, hooks: Hooks) {
    const { enrolment, privateKey } = device;
    const { ids, random, onRestart } = parts;
    return createEntrance({
      ...{ enrolment, privateKey, dataDir: config.data, devices, clock, ids, random, log, tell },
      ...{ rtc: config.rtc, peers: config.peers, hooks, arming, restart: onRestart },
      health: healthOf(enrolment),
      local: {
        staff: web.desk.staff,
        opened(entrance) {
          local = entrance;
        },
      },
    });
  }

  function healthOf({ certificate, configuration }: ConfiguredDevice['enrolment']) {
    const certificateEnds = new X509Certificate(certificate).validToDate.getTime();
    return (): GatewayHealth => {
      const { celsius } = thermometer;
      const pages = web.desk.certificate();
      return {
        ...{ configuration: configuration.version, certificateEnds },
        ...(celsius === undefined ? {} : { temperature: celsius }),
        ...(pages && {
          pages: { certificateEnds: pages.ends, usable: pages.fault === undefined },
        }),
        ...{ armed: arming.armed, reading: quality.view(laneOf) },
        handhelds: web.desk.pairing.list().map(({ handheld, name, confirmed, seen }) => ({
          ...{ handheld, name, confirmed },
          ...(seen !== undefined && { seen: Math.round(seen) }),
        })),
      };
    };
  }

  const laneOf = (device: number) => status().lanes[device]?.lane ?? `device-${device + 1}`;

  function read(device: number, reading: Reading): void {
    quality.read(device, reading);
    web.tellRead(readers.note(device, reading));
    const isConfig = kindOf(reading.code) === 'config';
    if (enrolled && !(isConfig && arming.armed)) enrolled.read(device, reading);
    else if (isConfig) claiming.claim(reading.raw, enrolled?.device);
    else log.info(notConfigured, unconfigured.message);
  }

  return {
    status,
    arming,
    async start() {
      const kept = await loadEnrolment(config.data);
      const [port] = await Promise.all([web.start(), hasCamera ? decoder.start() : undefined]);
      thermometer.start();
      if (!isPlainHttp(address) && address.certificate === undefined) publicName.start();
      if (kept.state === 'configured') await open(kept);
      else claiming.start();
      for (const [i, device] of devices.entries()) {
        device.start(
          (reading) => read(i, reading),
          (figures) => quality.frame(i, figures),
        );
      }
      return port;
    },
    async stop() {
      await claiming.stop();
      await publicName.stop();
      thermometer.stop();
      await Promise.all(devices.map((device) => device.stop()));
      quality.stop();
      await enrolled?.stop();
      await decoder.stop();
      await web.stop();
    },
  };
}

type Hooks = Pick<EntranceHooks, 'linked' | 'refused'>;

async function codesIn(file: string): Promise<string[]> {
  const texts: string[] = [];
  await decodePictures([file], ({ codes }) => void texts.push(...codes.map(({ text }) => text)));
  return texts;
}
