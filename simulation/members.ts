import { generateKeyPairSync, sign } from 'node:crypto';
import { type Delta, signedDeltaText } from '@gatehouse/protocol';
import type { CloudNode } from './cloud-node.ts';
import { DOORS_MS } from './programme.ts';
import type { World } from './world.ts';

/** The tenant's key, made once for all seeds: what it is changes nothing. */
const KEYS = generateKeyPairSync('ed25519');
/** The public half, base64 of its SPKI, as gateways learn it at their enrolment. */
export const TENANT_KEY = KEYS.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
/** What could not be written is tried again so much later. */
const AGAIN_MS = 500;

/** Vouches for a change as the cloud does. */
export function signDelta(body: string): Delta {
  const signature = sign(null, Buffer.from(signedDeltaText(body)), KEYS.privateKey);
  return { body, signature: signature.toString('base64') };
}

/** The cloud's list of the venue's gateways. */
export interface Members {
  /**
   * Puts a gateway on the list as soon as the cloud can. Whoever waits for it holds up no step: a
   * cloud that is down comes back in virtual time.
   */
  enrol(gateway: string, entrance: string): Promise<void>;
  /** Changes of the list since the doors opened. */
  readonly changes: number;
  /** Takes it off. */
  revoke(gateway: string): Promise<void>;
}

const CODE = `insert into config_codes (id, claim, configuration, uses, expires, created)
  values ('code', 'claim', '{}', 1, 0, 0) on conflict do nothing`;
const CHANGE = `update counters set value = value + 1 where name = 'change'`;
const GATEWAY = `insert into gateways (id, config_code, key_digest, public_key, name, venue,
  entrance, configuration, hardware, software, created, heard, active, activated, accepted)
  values (?, 'code', ?, x'00', ?, 'venue', ?, '{}', '', '', 0, 0, 1, 0, 0)`;

export function createMembers({ world, cloud }: { world: World; cloud: CloudNode }): Members {
  let changes = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other. */
  function change(sql: string, given: readonly (string | number)[]): Promise<void> {
    if (world.now > DOORS_MS) changes += 1;
    const changed = last.then(() => write(sql, given));
    last = changed;
    return changed;
  }

  /** The cloud may be down, or die before it has the change. */
  async function write(sql: string, given: readonly (string | number)[]): Promise<void> {
    for (;;) {
      try {
        const store = cloud.store();
        await store.batch(() => {
          store.prepare(CODE).run();
          store.prepare(sql).run(...given);
          store.prepare(CHANGE).run();
        });
        cloud.ticketing().changed();
        return;
      } catch (fault) {
        world.story.tell('cloud', `no change of gateways yet: ${(fault as Error).message}`);
        await new Promise<void>((done) => world.after(AGAIN_MS, done));
      }
    }
  }

  return {
    get changes() {
      return changes;
    },
    enrol: (gateway, entrance) => change(GATEWAY, [gateway, gateway, gateway, entrance]),
    revoke: (gateway) => change('update gateways set revoked = 1 where id = ?', [gateway]),
  };
}
