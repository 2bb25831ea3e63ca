import {
  type AdmissionTransport,
  type Broker,
  createBroker,
  createDesk,
} from '../admission/index.ts';
import { ticketPages } from '../ticketing/index.ts';
import { type TestAuthority, testAuthority } from './certificates.ts';
import { connectGateway, type GatewayClient } from './gateway-client.ts';
import { type House, startHouse } from './house.ts';

/** A house with its broker: what a gateway sees of the cloud. */
export interface DoorHouse extends House {
  readonly broker: Broker & AdmissionTransport;
  readonly authority: TestAuthority;
  readonly revoked: Set<string>;
  gateway(id: string): Promise<GatewayClient>;
}

export async function startDoor(): Promise<DoorHouse> {
  const house = await startHouse();
  const authority = await testAuthority();
  const revoked = new Set<string>();
  const clients: GatewayClient[] = [];
  const { clock, log, validator, ticketing, store } = house;
  const broker: Broker = createBroker({
    host: '127.0.0.1',
    port: 0,
    tls: authority.tls,
    clock,
    log,
    isAllowed: (gateway) => !revoked.has(gateway),
    connected: () => undefined,
    listening: () => undefined,
    receive: createDesk({
      validator,
      clock,
      log,
      tickets: ticketPages(store),
      heard: (gateway, beat, at) => broker.heard(gateway, beat, at),
    }),
  });
  await broker.start();
  const quiet = ticketing.onChange(() => broker.nudge(ticketing.door.cursor()));
  return {
    ...house,
    broker,
    authority,
    revoked,
    async gateway(id) {
      const client = await connectGateway(broker.port, id, await authority.device(id));
      clients.push(client);
      return client;
    },
    async stop() {
      quiet();
      for (const client of clients) await client.end();
      await broker.stop();
      await house.stop();
    },
  };
}
