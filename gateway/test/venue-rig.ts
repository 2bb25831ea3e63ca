import { generateKeyPairSync, sign } from 'node:crypto';
import { join } from 'node:path';
import { type Delta, type DeltaBody, type JournalBody, signedDeltaText } from '@gatehouse/protocol';
import type { Enrolment } from '@gatehouse/provisioning';
import { createVenueTime } from '../clock.ts';
import { createParts } from '../running.ts';
import { TicketStore } from '../tickets/index.ts';
import type { GatewayEvent } from '../web/events.ts';
import { fakeLink } from './fake-link.ts';
import { fileJournal } from './file-journal.ts';
import { syncCheck } from './guest-phone.ts';
import { handTurnstile } from './lane-rig.ts';
import { type PeerHub, peerHub } from './peer-hub.ts';
import { fill, performanceRow, reading, scanIdOf, temporaryFolder, VENUE_KEY } from './samples.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

const tenant = generateKeyPairSync('ed25519');
export const TENANT_KEY = tenant.publicKey
  .export({ type: 'spki', format: 'der' })
  .toString('base64');

/** A delta as the cloud signs it. */
export function signedDelta(changes: Partial<DeltaBody>): Delta {
  const body: DeltaBody = {
    ...{ tenant: 'tenant', venue: 'venue', from: 0, cursor: 1, performances: [performanceRow()] },
    ...{ tickets: [], secure: [], beacons: [], members: [] },
    ...changes,
  };
  const text = JSON.stringify(body);
  const signature = sign(null, Buffer.from(signedDeltaText(text)), tenant.privateKey);
  return { body: text, signature: signature.toString('base64') };
}

export function membersOf(gateways: readonly string[]) {
  return gateways.map((gateway) => ({ gateway, name: gateway, entrance: 'main', active: true }));
}

type NodeOptions = { readonly direction?: 'entry' | 'exit'; readonly tickets?: number };

/** One gateway: its disk stays, its processes come and go. */
export function gatewayOf(
  id: string,
  { clock, hub }: { clock: VirtualClock; hub: PeerHub },
  options: NodeOptions = {},
) {
  const dir = temporaryFolder();
  const link = fakeLink();
  const gate = handTurnstile(true);
  const events: GatewayEvent[] = [];
  let scans = 0;
  let runs = 0;
  let running = assemble();

  function assemble() {
    runs += 1;
    const journal = fileJournal(join(dir, 'journal.db'), `epoch-${runs}-of-${id}`);
    const store = new TicketStore(join(dir, 'tickets.db'), VENUE_KEY);
    const wire = hub.link(id);
    const time = createVenueTime(clock, 0, `boot-${runs}-of-${id}`);
    const log = { info() {}, warn() {}, error() {} };
    const seed = [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 100_000;
    const ids = {
      scan: () => scanIdOf(seed * 1_000 + ++scans),
      epoch: () => 'unused',
      request: () => scanIdOf(0),
    };
    const devices = [{ turnstile: gate.turnstile, start() {}, async stop() {} }];
    const tell = (event: GatewayEvent) => void events.push(event);
    const parts = createParts(
      {
        ...{ enrolment: enrolmentOf(id, options), devices, clock, ids, log, tell },
        signatureCheck: syncCheck,
      },
      { journal, time, store, venueKey: VENUE_KEY },
      link,
      wire,
    );
    return { journal, store, wire, parts };
  }

  return {
    ...{ id, link, gate, events },
    get store() {
      return running.store;
    },
    get journal() {
      return running.journal;
    },
    get peers() {
      return running.parts.peers();
    },
    get lane() {
      return running.parts.views()[0];
    },
    async start() {
      const recovered = await running.journal.start();
      if (running.store.state().cursor === null) fill(running.store, options.tickets ?? 20);
      await running.parts.start(recovered);
      await clock.settle();
    },
    async stop() {
      await clock.through(running.parts.stop());
      // The session ends in order: what was handed over still arrives.
      await clock.advance(hub.delay + 1);
      running.wire.die();
      await running.journal.stop();
      running.store.close();
    },
    /** The process dies; the next has the same disk. */
    async crash() {
      running.journal.die();
      running.wire.die();
      await clock.through(running.parts.stop());
      running.store.close();
    },
    async boot() {
      running = assemble();
      await this.start();
    },
    tell: (changes: Partial<DeltaBody>) => link.deliver('delta', signedDelta(changes)),
    /** Holds a code out; what comes of it is seen once time goes on. */
    read: (code: string) => running.parts.lanes[0]?.read(reading(code, clock.mono())),
    async show(code: string) {
      running.parts.lanes[0]?.read(reading(code, clock.mono()));
      await clock.advance(20);
      return running.parts.views()[0]?.verdict?.key;
    },
    async rows(): Promise<JournalBody[]> {
      const epochs = await running.journal.epochs();
      const all = epochs.map(({ epoch }) => running.journal.rowsAfter(epoch, 0, 1_000));
      return (await Promise.all(all)).flat().map(({ body }) => JSON.parse(body) as JournalBody);
    },
  };
}

export type RigGateway = ReturnType<typeof gatewayOf>;

/** Gateways of one venue with their shipping parts, on virtual time, with no cloud in reach. */
export async function venueRig(ids: readonly string[], options: NodeOptions = {}) {
  const clock = virtualClock();
  const hub = peerHub(clock);
  const gateways = ids.map((id) => gatewayOf(id, { clock, hub }, options));
  for (const gateway of gateways) await gateway.start();
  for (const gateway of gateways) gateway.tell({ members: membersOf(ids) });
  await clock.advance(1_500);
  return {
    ...{ clock, hub, gateways },
    async stop() {
      for (const gateway of gateways) await gateway.stop();
    },
  };
}

function enrolmentOf(gateway: string, { direction = 'entry' }: NodeOptions): Enrolment {
  const lane = `${gateway}.lane-1`;
  return {
    ...{ gateway, tenant: 'tenant', tenantName: 'Rig', certificate: '', tlsRoots: [] },
    ...{ mqtt: { url: 'mqtts://rig' }, venueKey: VENUE_KEY.toString('base64') },
    ...{ tenantKey: TENANT_KEY, timeZone: 'Europe/Amsterdam' },
    configuration: {
      ...{ version: 1, name: gateway, venue: 'venue', entrance: 'main', language: 'en', halls: [] },
      lanes: [{ lane, name: lane, direction, staffed: false }],
    },
  };
}
