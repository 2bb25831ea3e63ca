import { createPrivateKey } from 'node:crypto';
import {
  CLAIM_BYTES,
  claimDigest,
  type EntranceConfiguration,
  makeConfigCode,
} from '@gatehouse/provisioning';
import { fingerprintOf } from '@gatehouse/provisioning/authority';
import type { Kysely } from 'kysely';
import type { Clock, Random } from '../ports.ts';
import { fleetError } from './errors.ts';
import type { FleetKeys } from './keys.ts';
import * as store from './store.ts';

const ID_BYTES = 8;

/** An entrance as an administrator describes it; lane ids are given here. */
export type NewEntrance = Pick<
  EntranceConfiguration,
  'name' | 'venue' | 'entrance' | 'language' | 'halls' | 'withoutJournal'
> & {
  readonly lanes: ReadonlyArray<Omit<EntranceConfiguration['lanes'][number], 'lane'>>;
};

/** A config code as an administrator sees it later: its text is shown once, when it is made. */
export interface ConfigCode {
  readonly id: string;
  readonly configuration: EntranceConfiguration;
  readonly uses: number;
  readonly used: number;
  /** Milliseconds since 1970, as are the moments below. */
  readonly expires: number;
  readonly revoked: number | null;
  readonly created: number;
  /** Ids of the gateways that used it. */
  readonly gateways: readonly string[];
}

export interface ConfigCodeParts {
  readonly db: Kysely<store.FleetTables>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly keys: FleetKeys;
  /** Origin of the enrolment server as devices reach it. */
  readonly url: string;
}

/**
 * Makes a config code for one entrance and keeps all of it but the claim.
 * @throws `config-code-expires-early`, `config-code-too-long`
 */
export async function makeCode(
  { db, clock, keys, random, url }: ConfigCodeParts,
  entrance: NewEntrance,
  limits: { readonly uses: number; readonly expires: number },
): Promise<{ id: string; text: string; expires: number }> {
  const now = clock.now();
  // The code carries whole seconds; the row must not outlive or undercut it.
  const expires = Math.floor(limits.expires / 1000) * 1000;
  if (expires <= now) throw fleetError('config-code-expires-early');
  const lanes = entrance.lanes.map((lane, i) => ({ lane: `lane-${i + 1}`, ...lane }));
  const configuration: EntranceConfiguration = { version: 1, ...entrance, lanes };
  const claim = random(CLAIM_BYTES);
  const pins = [keys.tlsRoot, keys.nextTlsRoot].map((root) => fingerprintOf(root.certificate));
  const text = makeConfigCode({ url, claim, pins, expires }, createPrivateKey(keys.tenantKey));
  const id = `code-${Buffer.from(random(ID_BYTES)).toString('hex')}`;
  await store.insertConfigCode(db, {
    id,
    claim: claimDigest(claim),
    configuration: JSON.stringify(configuration),
    uses: limits.uses,
    used: 0,
    expires,
    revoked: null,
    created: now,
  });
  return { id, text, expires };
}

export async function listCodes(db: Kysely<store.FleetTables>): Promise<ConfigCode[]> {
  const [codes, gateways] = [await store.listConfigCodes(db), await store.listGateways(db)];
  return codes.map(({ id, configuration, uses, used, expires, revoked, created }) => ({
    id,
    configuration: JSON.parse(configuration) as EntranceConfiguration,
    uses,
    used,
    expires,
    revoked,
    created,
    gateways: gateways.filter((gateway) => gateway.config_code === id).map((row) => row.id),
  }));
}
