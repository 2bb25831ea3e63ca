import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDurably } from '@gatehouse/provisioning';
import { type Board, board } from './board.ts';
import { type Cable, cable } from './cable.ts';
import { type Child, keptChild } from './child.ts';
import { type CloudClient, cloudClient } from './cloud-client.ts';
import type { ProcessName } from './door-state.ts';
import { type Entrance, simulatedEntrance } from './entrance.ts';
import { type GatewayFeed, gatewayFeed } from './gateway-feed.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { type NotesFile, notesFile, type Ports } from './notes.ts';
import { insidePorts } from './ports.ts';
import { takingAway } from './taking-away.ts';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));

/** Everything of the demonstration that is started once: two processes, devices, one cable. */
export interface House {
  readonly board: Board;
  readonly entrance: Entrance;
  readonly cable: Cable;
  readonly cloud: Child;
  readonly gateway: Child;
  readonly client: CloudClient;
  readonly feed: GatewayFeed;
  readonly notes: NotesFile;
  readonly ports: Ports;
  readonly data: string;
  readonly logs: string;
  token(): Promise<string>;
  /** Ends all of it, the gateway before the cloud that it speaks to. */
  stop(): Promise<void>;
}

/** Puts the parts together; nothing runs yet. `data` is an absolute path. */
export async function furnish(data: string): Promise<House> {
  const logs = join(data, 'logs');
  await mkdir(logs, { recursive: true });
  const notes = notesFile(join(data, 'demo.json'));
  const kept = await notes.read();
  const ports = await insidePorts(kept.ports, data);
  await notes.write({ ...kept, ports });
  const told = board();
  const log = {
    cloud: openLogFile(join(logs, 'cloud.log')),
    gateway: openLogFile(join(logs, 'gateway.log')),
  };
  const token = async () => (await readFile(join(data, 'cloud', 'admin-token'), 'utf8')).trim();
  const entrance = simulatedEntrance({
    onGate: (gate) => told.tell({ type: 'gate', ...gate }),
    onPerson: (how) => told.tell({ type: 'person', how }),
  });
  const children = processes(data, ports, log, told);
  const wire = cable({ port: ports.cable, to: ports.mqtt });
  const feed = watchedGateway(ports, told, entrance);
  return {
    board: told,
    entrance,
    cable: wire,
    ...children,
    client: cloudClient(`http://127.0.0.1:${ports.cloud}`, token),
    feed,
    notes,
    ports,
    data,
    logs,
    token,
    async stop() {
      await feed.stop();
      await children.gateway.stop();
      await children.cloud.stop();
      await Promise.all([wire.stop(), entrance.stop()]);
      log.cloud.close();
      log.gateway.close();
    },
  };
}

function processes(
  data: string,
  ports: Ports,
  log: Readonly<Record<ProcessName, LogFile>>,
  told: Board,
): Record<ProcessName, Child> {
  const made = (name: ProcessName, ready: RegExp, args: string[]) =>
    keptChild({
      args: [join('bin', 'gatehouse.ts'), name, ...args],
      cwd: CHECKOUT,
      ready,
      log: log[name],
      onChange: (view) => told.tell({ type: 'process', name, ...view }),
    });
  return {
    cloud: made('cloud', /^cloud ready /, cloudArguments(data, ports)),
    gateway: made('gateway', /^gateway ready /, ['--config', join(data, 'gateway.json')]),
  };
}

function cloudArguments(data: string, ports: Ports): string[] {
  const at = (port: number) => String(port);
  return [
    ...['--data', join(data, 'cloud'), '--http-port', at(ports.cloud)],
    ...['--enrol-port', at(ports.enrol), '--mqtt-port', at(ports.mqtt)],
    ...['--mqtt-public-url', `mqtts://127.0.0.1:${ports.cable}`],
  ];
}

/** Follows the gateway, and takes the ticket from the camera once the lane has answered. */
function watchedGateway(ports: Ports, told: Board, entrance: Entrance): GatewayFeed {
  const answered = takingAway(() => entrance.takeAway());
  return gatewayFeed({
    base: `http://127.0.0.1:${ports.gateway}`,
    onStatus: (status) => told.tell({ type: 'status', status }),
    onEvent: (event) => {
      told.tell({ type: 'told', event });
      answered(event);
    },
  });
}

/** Writes the gateway's config file for the devices as they listen now. */
export async function writeGatewayConfig(house: House): Promise<void> {
  const config = {
    data: 'gateway',
    web: { host: '127.0.0.1', port: house.ports.gateway },
    peers: { port: 0, mdns: false },
    lanes: [await house.entrance.start()],
  };
  const text = `${JSON.stringify(config, null, 2)}\n`;
  await writeDurably(join(house.data, 'gateway.json'), text);
}
