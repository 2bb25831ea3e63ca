import { createPrivateKey } from 'node:crypto';
import {
  CLAIM_BYTES,
  claimDigest,
  type EntranceConfiguration,
  fingerprintWords,
  makeConfigCode,
  typedClaim,
  typedCodeOf,
  type WifiNetwork,
} from '@gatehouse/provisioning';
import { fingerprintOf } from '@gatehouse/provisioning/authority';
import type { Kysely } from 'kysely';
import type { Clock, Random } from '../ports.ts';
import { hasPlace } from './enrol-store.ts';
import { fleetError } from './errors.ts';
import type { FleetKeys } from './keys.ts';
import * as store from './store.ts';

const ID_BYTES = 8;
const MINUTE_MS = 60_000;

/** An entrance as an administrator describes it; lane ids are given here. */
export type NewEntrance = Pick<
  EntranceConfiguration,
  'name' | 'venue' | 'entrance' | 'language' | 'halls' | 'withoutJournal' | 'hardware'
> & {
  readonly lanes: ReadonlyArray<Omit<EntranceConfiguration['lanes'][number], 'lane'>>;
};

/** How a code may be used. */
export interface CodeLimits {
  readonly uses: number;
  readonly expires: number;
  /** Gateways that come within so many minutes need no acceptance. */
  readonly waiveMinutes?: number | undefined;
  /** Wi-Fi to join first; it stands in the code and is kept nowhere. */
  readonly net?: WifiNetwork | undefined;
}

/** What is shown once, when a code is made. */
export interface MadeCode {
  readonly id: string;
  readonly text: string;
  readonly expires: number;
  /** Does the same where nothing can be read: this server, a code, and what it must show. */
  readonly typed: { readonly url: string; readonly code: string; readonly fingerprint: string };
}

/** A config code as an administrator sees it later: its text is shown once, when it is made. */
export interface ConfigCode {
  readonly id: string;
  readonly configuration: EntranceConfiguration;
  readonly uses: number;
  /** Gateways that have connected. */
  readonly used: number;
  /** Places kept for devices that have claimed one and not connected yet. */
  readonly reserved: number;
  readonly waiveUntil: number | null;
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
  limits: CodeLimits,
): Promise<MadeCode> {
  const now = clock.now();
  // The code carries whole seconds; the row must not outlive or undercut it.
  const expires = Math.floor(limits.expires / 1000) * 1000;
  if (expires <= now) throw fleetError('config-code-expires-early');
  const lanes = entrance.lanes.map((lane, i) => ({ lane: `lane-${i + 1}`, ...lane }));
  const configuration: EntranceConfiguration = { version: 1, ...entrance, lanes };
  const claim = random(CLAIM_BYTES);
  const pins = [keys.tlsRoot, keys.nextTlsRoot].map((root) => fingerprintOf(root.certificate));
  const text = makeConfigCode(
    { url, claim, pins, expires, net: limits.net },
    createPrivateKey(keys.tenantKey),
  );
  const code = typedCodeOf(random);
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
    typed: claimDigest(typedClaim(code)),
    waive_until: limits.waiveMinutes ? now + limits.waiveMinutes * MINUTE_MS : null,
  });
  const fingerprint = fingerprintWords(pins[0] as Uint8Array);
  return { id, text, expires, typed: { url, code, fingerprint } };
}

export async function listCodes(db: Kysely<store.FleetTables>, now: number): Promise<ConfigCode[]> {
  const [codes, gateways] = [await store.listConfigCodes(db), await store.listGateways(db)];
  return codes.map(({ id, configuration, uses, used, expires, revoked, created, waive_until }) => {
    const own = gateways.filter((gateway) => gateway.config_code === id);
    const kept = own.filter((row) => row.activated === null && hasPlace(row, now));
    return {
      ...{ id, uses, used, expires, revoked, created, waiveUntil: waive_until },
      configuration: JSON.parse(configuration) as EntranceConfiguration,
      reserved: kept.filter((row) => row.revoked === null).length,
      gateways: own.filter(({ activated }) => activated !== null).map((row) => row.id),
    };
  });
}
