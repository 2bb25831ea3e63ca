import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../scripts/free-port.ts';
import { type BadCable, badCable } from './bad-cable.ts';
import { type Gate, gateOn } from './gate.ts';
import type { Venue } from './venue.ts';
import { until } from './wait.ts';

const HOST = '127.0.0.1';
const ENROLMENT = 'enrolment.json';

/** Gateways of one venue with a lane each; every way between two things is a cable of its own. */
export interface Neighbours {
  readonly gates: readonly Gate[];
  /** To the cloud, by gateway. */
  readonly uplinks: readonly BadCable[];
  /** The one cable between two gateways, in whatever order. */
  way(one: number, other: number): BadCable;
  /** All uplinks at once; resolves when every gateway has noticed. */
  cloud(state: 'good' | 'cut'): Promise<void>;
  /** Resolves when these hear each other, by default all, and miss nobody. */
  heard(numbers?: readonly number[]): Promise<void>;
  /** Resolves when the cloud has stored every row of all. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

/** Enrols and starts them. Their lanes are staffed, so that they say what a person is asked. */
export async function openNeighbours(venue: Venue, count: number): Promise<Neighbours> {
  const cables: BadCable[] = [];
  const uplinks: BadCable[] = [];
  const ways = new Map<string, BadCable>();
  const gates: Gate[] = [];
  const ports = await freePorts(count);

  async function cable(to: number): Promise<{ port: number; between: BadCable }> {
    const port = await freePort();
    const between = badCable(port, to);
    await between.start();
    cables.push(between);
    return { port, between };
  }

  async function add(number: number): Promise<void> {
    const data = join(venue.folder, `neighbour-${number}`);
    const enrolled = await venue.enrol(data, 1, { staffed: true });
    const up = await cable(venue.mqttPort);
    uplinks.push(up.between);
    leadTo(data, up.port);
    const addresses: string[] = [];
    // one end of each pair knows the other: that has to be enough
    for (let other = 0; other < number; other++) {
      const { port, between } = await cable(ports[other] as number);
      ways.set(`${other} ${number}`, between);
      addresses.push(`${HOST}:${port}`);
    }
    const peers = { host: HOST, port: ports[number] as number, addresses };
    gates.push(await gateOn(venue, data, enrolled, peers));
  }

  for (let number = 0; number < count; number++) await add(number);
  await Promise.all(gates.map((gate) => gate.open()));

  return {
    ...{ gates, uplinks },
    way: (one, other) => ways.get(`${Math.min(one, other)} ${Math.max(one, other)}`) as BadCable,
    async cloud(state) {
      await Promise.all(uplinks.map((uplink) => uplink.become(state)));
      await Promise.all(gates.map((gate) => (state === 'good' ? gate.connected() : away(gate))));
    },
    async heard(numbers = gates.map((_, number) => number)) {
      const these = numbers.map((number) => gates[number] as Gate);
      await Promise.all(these.map((gate) => hears(gate, these.length - 1)));
    },
    async drained() {
      await Promise.all(gates.map((gate) => gate.drained()));
    },
    async close() {
      await Promise.all(gates.map((gate) => gate.stop()));
      await Promise.all(cables.map((one) => one.stop()));
    },
  };
}

/** Its broker is behind this port of the same machine. */
function leadTo(data: string, port: number): void {
  const file = join(data, ENROLMENT);
  const kept = JSON.parse(readFileSync(file, 'utf8'));
  kept.enrolment.mqtt.url = `mqtts://${HOST}:${port}`;
  writeFileSync(file, JSON.stringify(kept));
}

function away(gate: Gate): Promise<void> {
  const isAway = async () => (await gate.status()).uplink !== 'connected';
  return until('the cloud is away', isAway, gate.status);
}

function hears(gate: Gate, others: number): Promise<void> {
  const isSo = async () => {
    const { heard, missing } = (await gate.status()).peers;
    return heard.length === others && missing.length === 0;
  };
  const now = async () => [await gate.status(), gate.program.log.slice(-8)];
  return until('it hears the others', isSo, now);
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
