import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { GatewayEvent, GatewayStatus } from '@gatehouse/gateway';
import type { Enrolment } from '@gatehouse/provisioning';
import { type GateLane, gateLane } from './gate-lane.ts';
import { type Observer, observer } from './observer.ts';
import { type Program, program } from './program.ts';
import type { Chosen, Venue } from './venue.ts';
import { pause, until } from './wait.ts';

/** Far longer than one row takes to the disk. */
const LAST_ROW_MS = 500;

/** A real gateway in a process of its own, with simulated lanes and somebody who looks on. */
export interface Gate {
  readonly name: string;
  readonly program: Program;
  readonly lanes: readonly GateLane[];
  readonly seen: Observer;
  /** Starts the process; resolves when every lane takes guests. */
  open(): Promise<void>;
  kill(): Promise<void>;
  status(): Promise<GatewayStatus>;
  /** Resolves when it holds this many tickets. */
  knows(tickets: number): Promise<void>;
  /** Resolves when the cloud answers it. */
  connected(): Promise<void>;
  /** Resolves when the cloud has stored every row of it. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

export async function makeGate(
  venue: Venue,
  lanes: number,
  data = join(venue.folder, `gate-${Math.random().toString(36).slice(2)}`),
  chosen: Chosen = {},
): Promise<Gate> {
  mkdirSync(data, { recursive: true });
  return gateOn(venue, data, await venue.enrol(data, lanes, chosen));
}

/** Where a gateway listens for others of its venue, and where it looks for them. */
export interface GatePeers {
  readonly host?: string;
  readonly port: number;
  readonly addresses?: readonly string[];
}

/** A gateway on a data folder that is enrolled already, such as a copy of another one. */
export async function gateOn(
  venue: Venue,
  data: string,
  enrolled: Enrolment,
  hears: GatePeers = { port: 0 },
): Promise<Gate> {
  const { gateway, configuration } = enrolled;
  const seen = observer();
  const stands = configuration.lanes.map(({ lane }) => gateLane(seen, () => lane));
  const hardware = await Promise.all(stands.map((lane) => lane.start()));
  const config = join(venue.folder, `${gateway}-${basename(data)}.json`);
  const peers = { ...hears, mdns: false };
  writeFileSync(config, JSON.stringify({ data, web: { port: 0 }, peers, lanes: hardware }));
  const process = program('gateway', '--config', config);
  let url = '';

  const status = async () => (await (await fetch(`${url}/status`)).json()) as GatewayStatus;

  function tell(event: GatewayEvent): void {
    if (event.type === 'journal') seen.rows.push(event);
    if (event.type !== 'lane') return;
    stands[configuration.lanes.findIndex(({ lane }) => lane === event.lane)]?.tell(event);
  }

  /** Listens until the process is gone. */
  async function listen(): Promise<void> {
    const response = await fetch(`${url}/events`);
    const lines = createInterface({ input: Readable.fromWeb(response.body as never) });
    lines.on('line', (line) => {
      if (line.startsWith('data: ')) tell(JSON.parse(line.slice('data: '.length)));
    });
    // a killed process breaks the stream off; its end is told by the process itself
    lines.on('error', () => undefined);
    for (const lane of (await status()).lanes) tell({ type: 'lane', ...lane });
  }

  return {
    ...{ name: gateway, program: process, lanes: stands, seen, status },
    async open() {
      url = await process.start();
      for (const lane of stands) lane.alive();
      await listen();
      await until(
        'all lanes are ready',
        () => stands.every((lane) => lane.isReady),
        () => [stands.map(({ view }) => view), process.log.slice(-5)],
      );
    },
    async kill() {
      await process.kill();
      for (const lane of stands) lane.dead();
    },
    knows: (tickets) =>
      until(
        `the gateway knows ${tickets} tickets`,
        async () => (await status()).tickets.count >= tickets,
        status,
      ),
    connected: () =>
      until('it is connected', async () => (await status()).uplink === 'connected', status),
    async drained() {
      // a grant that nobody walked through is given back only when its time is over
      await until(
        'every lane is at rest',
        async () => (await status()).lanes.every(({ state }) => state === 'idle'),
        status,
      );
      // the last row may be on its way to the disk while nothing waits yet: empty, and again empty
      for (let times = 0; times < 2; times++) {
        await until('the queue is empty', async () => (await status()).queue === 0, status);
        await pause(LAST_ROW_MS);
      }
    },
    async stop() {
      await process.kill();
      for (const lane of stands) lane.dead();
      await Promise.all(stands.map((lane) => lane.stop()));
    },
  };
}
