import { GatehouseError } from '@gatehouse/protocol';
import {
  claimEntrance,
  fingerprintWords,
  loadEnrolment,
  type Offer,
  provisioningError,
  seeRoot,
  type TypedTwin,
  typedAddress,
  typedClaim,
} from '@gatehouse/provisioning';
import type { Clock } from '../clock.ts';
import { gatewayError } from '../errors.ts';

type Place = NonNullable<Offer['place']>;

export interface TypedCodesParts {
  readonly data: string;
  readonly clock: Pick<Clock, 'wall'>;
  readonly hardware: string;
  readonly software: string;
  /** Begins the claim; what becomes of it is told as of a code that was read. */
  claim(twin: TypedTwin): void;
}

/** What a person types from the sheet of a config code where none can be read. */
export interface Typed {
  readonly url: string;
  readonly code: string;
}

/**
 * The typed twin of a config code, step by step, since a person has to compare. Only for a device
 * that is not configured: a typed code bears no signature of its tenant.
 * All throw `server-address-wrong`, `typed-code-wrong`, `already-enrolled`, `claim-busy`, and what
 * a server can do wrong.
 */
export interface TypedCodes {
  /** What the server shows, to be compared with the sheet; nothing is said to it yet. */
  look(typed: Typed): Promise<{ url: string; root: string; fingerprint: string }>;
  /** Whose the server is and which entrance it would be. @param root as compared, in hex */
  offer(typed: Typed, root: string): Promise<{ tenantName: string; place: Place }>;
  /** Begins the claim. */
  claim(typed: Typed, root: string): Promise<void>;
}

export function createTypedCodes(parts: TypedCodesParts): TypedCodes {
  const { data, clock, hardware, software } = parts;
  let busy = false;

  async function alone<T>(typed: Typed, work: (url: string) => Promise<T>): Promise<T> {
    const url = typedAddress(typed.url);
    typedClaim(typed.code);
    const kept = await loadEnrolment(data);
    if (kept.state === 'configured') {
      throw provisioningError('already-enrolled', { gateway: kept.enrolment.gateway });
    }
    if (busy) throw gatewayError('claim-busy');
    busy = true;
    try {
      return await work(url);
    } finally {
      busy = false;
    }
  }

  const twinOf = (url: string, code: string, root: string) => {
    return { url, code, pin: Uint8Array.from(Buffer.from(root, 'hex')) };
  };

  async function ask(configText: TypedTwin): Promise<Offer> {
    let seen: Offer | undefined;
    try {
      await claimEntrance({
        ...{ configText, dataDir: data, hardware, software },
        clock: { now: () => clock.wall(), trusted: false },
        async confirm(offer) {
          seen = offer;
          return false;
        },
      });
    } catch (error) {
      if (!(error instanceof GatehouseError) || error.code !== 'not-confirmed') throw error;
    }
    if (!seen) throw gatewayError('claim-busy');
    return seen;
  }

  return {
    look: (typed) =>
      alone(typed, async (url) => {
        const root = await seeRoot(url);
        return {
          url,
          root: Buffer.from(root).toString('hex'),
          fingerprint: fingerprintWords(root),
        };
      }),
    offer: (typed, root) =>
      alone(typed, async (url) => {
        const { tenantName, place } = await ask(twinOf(url, typed.code, root));
        // Every server that makes typed codes names the place of one that it knows.
        if (!place) throw provisioningError('claim-unknown');
        return { tenantName, place };
      }),
    claim: (typed, root) => alone(typed, async (url) => parts.claim(twinOf(url, typed.code, root))),
  };
}
