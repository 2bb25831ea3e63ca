import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimEntrance, openPinnedLink } from '@gatehouse/provisioning';
import type { Log } from '../../ports.ts';
import type { Store } from '../../store/index.ts';
import { openFresh } from '../../test/fresh-store.ts';
import type { CodeLimits, MadeCode, NewEntrance } from '../config-codes.ts';
import { createFleet, type Fleet } from '../fleet.ts';

export const entrance: NewEntrance = {
  name: 'Main door',
  venue: 'theatre',
  entrance: 'main',
  language: 'nl',
  halls: ['great-hall'],
  lanes: [
    { name: 'Left', direction: 'entry', staffed: false },
    { name: 'Right', direction: 'exit', staffed: true },
  ],
};

/** A fleet with its database in a folder of its own, and devices that come to it. */
export interface FleetHouse {
  fleet: Fleet;
  readonly store: Store;
  readonly dataDir: string;
  /** Moves the cloud's clock. */
  readonly clock: { at: number; now(): number };
  readonly logged: object[];
  /** Makes a code for `entrance`, good for an hour. */
  code(uses?: number, limits?: Partial<CodeLimits>): Promise<MadeCode>;
  /** Claims with a code as the device of that name, whose clock stands still. */
  claim(device: string, configText: string): ReturnType<typeof claimEntrance>;
  /** Claims, and connects to the broker for the first time. */
  enrol(device: string, configText: string): ReturnType<typeof claimEntrance>;
  /** Of the newest certificate of a gateway. */
  serialOf(gateway: string): string;
  folderOf(device: string): string;
  /** Another fleet over the same data, as after a restart. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function openFleetHouse(mqttUrl = 'mqtts://127.0.0.1:8883'): Promise<FleetHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  const began = Date.now();
  const clock = { at: began, now: () => clock.at };
  const storeClock = {
    now: clock.now,
    monotonic: () => performance.now(),
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms),
    clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  };
  const store = await openFresh(join(dataDir, 'cloud.sqlite'), storeClock);
  const logged: object[] = [];
  const note = (fields: object) => void logged.push(fields);
  const log: Log = { info: note, warn: note, error: note };
  const make = () =>
    createFleet({
      ...{ db: store.db, dataDir, clock, log },
      random: (length) => randomBytes(length),
      tenant: {
        id: 'tenant-1',
        name: 'Theatre',
        venueKey: Buffer.alloc(32, 7),
        timeZone: 'Europe/Amsterdam',
      },
      host: '127.0.0.1',
      enrolPort: 0,
      mqttPublicUrl: () => mqttUrl,
      pageName: async (gateway) => ({ name: `${gateway}.test.example`, chain: null }),
    });
  const folderOf = (device: string) => join(dataDir, 'devices', device);
  const house: FleetHouse = {
    fleet: make(),
    store,
    dataDir,
    clock,
    logged,
    code: (uses = 1, limits = {}) =>
      house.fleet.makeCode(entrance, { uses, expires: clock.at + 3_600_000, ...limits }),
    serialOf(gateway) {
      const row = store
        .prepareRead(
          'select coalesce(next_serial, certificate_serial) as s from gateways where id = ?',
        )
        .get(gateway) as { s: string };
      return row.s;
    },
    async enrol(device, configText) {
      const enrolment = await house.claim(device, configText);
      await house.fleet.arrived(enrolment.gateway, house.serialOf(enrolment.gateway));
      return enrolment;
    },
    claim: (device, configText) =>
      claimEntrance({
        configText,
        dataDir: folderOf(device),
        clock: { now: () => began },
        hardware: 'test board',
        software: '0.1.0',
        openLink: (config, era) => openPinnedLink(config, era, { pause: async () => {} }),
      }),
    folderOf,
    async restart() {
      await house.fleet.stop();
      house.fleet = make();
      await house.fleet.start();
    },
    async stop() {
      await house.fleet.stop();
      await store.stop();
      await rm(dataDir, { recursive: true });
    },
  };
  await house.fleet.start();
  return house;
}
