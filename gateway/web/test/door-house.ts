import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type SimulatedScene,
  simulatedArduino,
  simulatedRpicam,
  simulatedScanner,
  simulatedScene,
} from '@gatehouse/hardware/simulated';
import type { StaffList, TicketRow } from '@gatehouse/protocol';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/browser.ts';
import { buildPage, isStale } from '../../../scripts/pages.ts';
import { systemClock } from '../../clock.ts';
import { GatewayConfig } from '../../config.ts';
import { createGateway } from '../../gateway.ts';
import { systemIds } from '../../ids.ts';
import { createKeptFile, createPins } from '../../local/index.ts';
import { silentLog } from '../../log.ts';
import {
  performanceRow,
  temporaryFolder,
  ticketRow,
  page as ticketsPage,
  VENUE_KEY,
} from '../../test/samples.ts';
import { type TestCloud, testCloud, until } from '../../test/test-cloud.ts';
import { TicketStore } from '../../tickets/index.ts';
import { cameraFilm } from './camera-film.ts';

const WEB = join(import.meta.dirname, '..');
const SHOTS = join(WEB, '..', '..', 'test-output');
const HOUR_MS = 3_600_000;
/** Small and slow: the machine has other things to do. */
const CAMERA = { width: 640, height: 480, framesPerSecond: 5 };
/** A cheap hash: what it costs to try a PIN is proved elsewhere. */
const PIN_LOG_N = 8;

export const PINS = { device: '246810', steward: '111222', lead: '333444' };
export const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };
export const SMALL = { viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 };
export const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** A real gateway with its pages, simulated hardware at its lane, and browsers before it. */
export interface DoorHouse {
  readonly base: string;
  readonly cloud: TestCloud;
  readonly board: ReturnType<typeof simulatedArduino>;
  readonly scanner: ReturnType<typeof simulatedScanner>;
  /** What the lane's camera sees. */
  readonly scene: SimulatedScene;
  /** What pages have said that they should not; empty at the end. */
  readonly complaints: string[];
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  pageOf(context: BrowserContext): Promise<Page>;
  page(options?: BrowserContextOptions): Promise<Page>;
  shot(page: Page, name: string): Promise<void>;
  /** Takes the gateway off the network, and brings it back at the same address. */
  gone(): Promise<void>;
  back(): Promise<void>;
  stop(): Promise<void>;
}

export interface HouseOptions {
  /** Codes that the browsers' camera sees, one after another, again and again. */
  readonly film?: readonly string[];
  /** Gives the lane a camera as well: the driver of the Pi's, before a scene that is empty. */
  readonly camera?: boolean;
  readonly tickets?: (digests: { digest(text: string): string }) => TicketRow[];
}

export async function startDoorHouse(options: HouseOptions = {}): Promise<DoorHouse> {
  mkdirSync(SHOTS, { recursive: true });
  for (const name of ['handheld', 'display', 'technician']) {
    if (await isStale(join(WEB, name))) await buildPage(join(WEB, name));
  }
  const data = temporaryFolder();
  const scanner = simulatedScanner('tcp://127.0.0.1:0');
  const board = simulatedArduino({ path: 'tcp://127.0.0.1:0' });
  const scene = simulatedScene('tcp://127.0.0.1:0');
  const [scannerPath, boardPath, scenePath] = await Promise.all([
    scanner.start(),
    board.start(),
    scene.start(),
  ]);
  const camera = { kind: 'rpicam', program: simulatedRpicam(scenePath), ...CAMERA };
  const lane = { lane: 'lane-1', name: 'North 1', direction: 'entry', staffed: false } as const;
  const cloud = await testCloud([lane]);
  await furnish(cloud, options);
  await cloud.enrol(data);
  await givePin(data);
  const config = (port: number) =>
    GatewayConfig.parse({
      ...{ data, web: { host: '127.0.0.1', port }, peers: { enabled: false } },
      lanes: [
        {
          ...(options.camera && { camera }),
          ...{ scanners: [{ path: scannerPath }], turnstile: { kind: 'arduino', path: boardPath } },
        },
      ],
    });
  const open = async (port: number) => {
    const gateway = createGateway({
      ...{ config: config(port), clock: systemClock, ids: systemIds, random: Math.random },
      ...{ hardware: 'Raspberry Pi 4', log: silentLog },
    });
    const opened = await gateway.start();
    await until('the uplink is there', () => gateway.status().uplink === 'connected');
    return { gateway, port: opened };
  };
  let running = await open(0);
  const { port } = running;
  const film = join(temporaryFolder(), 'film.mjpeg');
  if (options.film) writeFileSync(film, await cameraFilm(options.film));
  const { browser } = await launchBrowser(options.film ? cameraArguments(film) : []);
  const complaints: string[] = [];
  const house = {
    ...{ base: `http://127.0.0.1:${port}`, cloud, board, scanner, scene, complaints },
    context: (look: BrowserContextOptions = {}) =>
      (browser as Browser).newContext({ ...PHONE, locale: 'en-GB', ...look }),
    page: async (look: BrowserContextOptions = {}): Promise<Page> =>
      house.pageOf(await house.context(look)),
    async pageOf(context: BrowserContext): Promise<Page> {
      const page = await context.newPage();
      page.on('pageerror', (fault) => complaints.push(fault.message));
      page.on('console', (line) => {
        // Refused requests and a gateway that is gone are part of some walks.
        const isWalk = /status of [45]\d\d|ERR_|EventSource/.test(line.text());
        if (line.type() === 'error' && !isWalk) complaints.push(line.text());
      });
      return page;
    },
    async shot(page: Page, name: string) {
      await page.screenshot({ path: join(SHOTS, `gateway-${name}.png`) });
    },
    gone: () => running.gateway.stop(),
    async back() {
      running = await open(port);
    },
    async stop() {
      await browser?.close();
      await running.gateway.stop();
      await Promise.all([cloud.stop(), scanner.stop(), board.stop(), scene.stop()]);
    },
  };
  return house;
}

function cameraArguments(film: string): string[] {
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ];
}

async function givePin(data: string): Promise<void> {
  const kept = createKeptFile(data, silentLog);
  const pin = await createPins(PIN_LOG_N).hash(PINS.device);
  await kept.change((all) => ({ ...all, pin }));
}

/** Tickets, staff and search of the venue, as a cloud tells them. */
async function furnish(cloud: TestCloud, { tickets = () => [] }: HouseOptions): Promise<void> {
  const digests = new TicketStore(':memory:', VENUE_KEY);
  const rows = tickets(digests);
  const staff = await staffList();
  cloud.handlers.tickets = ({ requestId, cursor }) => {
    const page = { requestId, from: cursor, cursor: 1, more: false, performances: evenings() };
    cloud.send('tickets', ticketsPage(cursor === null ? rows : [], page));
  };
  cloud.handlers.journal = ({ epoch, rows: sent }) => {
    cloud.send('journal', { epoch, upTo: sent.at(-1)?.seq ?? 0, parked: [] });
  };
  const strange = { key: 'unknown', details: {} } as const;
  cloud.handlers.validate = ({ scanId }) => cloud.send('validate', { scanId, verdict: strange });
  cloud.handlers.staff = () => cloud.send('staff', staff);
  cloud.handlers.search = ({ requestId, words }) => {
    const found = rows
      .filter(({ label }) => label?.seat !== undefined && /jansen/i.test(words))
      .slice(0, 2)
      .map((row) => ({
        ...{ ticket: row.id, holder: 'A. Jansen', order: '2026-1187', label: row.label },
        ...{ performance: row.performance, kind: 'regular' as const, status: row.status },
        ...{ uses: row.uses, used: row.used, inside: row.inside },
      }));
    cloud.send('search', { requestId, found, more: false });
  };
}

function evenings() {
  const now = Date.now();
  const times = { opens: now - HOUR_MS, starts: now + HOUR_MS / 2, closes: now + HOUR_MS };
  return [
    performanceRow({ ...times, title: 'The Seagull', hall: 'Main hall', capacity: 300 }),
    performanceRow({
      ...{ ...times, id: 'jazz', title: 'Late Jazz', hall: 'Studio', capacity: 60 },
      ...{ secure: true, offline: 'staff' },
    }),
  ];
}

async function staffList(): Promise<StaffList> {
  const pins = createPins(PIN_LOG_N);
  const person = async (name: string, role: 'steward' | 'lead') => ({
    ...{ staff: `ds-${role}`, name, role, code: role === 'lead' ? '20' : '10' },
    pin: await pins.hash(PINS[role]),
  });
  const staff = [await person('Noor', 'steward'), await person('Ravi', 'lead')];
  return { version: 1, venue: 'theatre', staff, unpaired: [] };
}

export { ticketRow };
