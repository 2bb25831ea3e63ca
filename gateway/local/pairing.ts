import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { gatewayError } from '../errors.ts';
import { type Handheld, PAIRING_MS, signedChallengeText, signedPairingText } from './api.ts';
import type { KeptFile, KeptHandheld } from './kept.ts';

/** Handhelds of one gateway. */
export const HANDHELDS_MAX = 64;
/** Pairing codes and challenges open at once; the oldest falls out. */
const OPEN_TOKENS_MAX = 20;
const OPEN_CHALLENGES_MAX = 200;
const CHALLENGE_MS = 60_000;
/** That a handheld was there is written down this often. */
const SEEN_EVERY_MS = 3_600_000;
const SPKI_BYTES = 91;

/** Which browsers are handhelds of this gateway: each has shown a key that never leaves it. */
export interface Pairing {
  /** A new one-time code; counted on the monotonic clock. */
  open(): { readonly token: string };
  /** @throws GatehouseError `pairing-invalid`, `proof-wrong`, `handhelds-full` */
  pair(asked: Asked): Promise<Handheld>;
  challenge(handheld: string): string;
  /** @throws GatehouseError `handheld-unknown`, `proof-wrong` */
  prove(handheld: string, challenge: string, signature: string): Handheld;
  find(handheld: string): Handheld | undefined;
  list(): Handheld[];
  /** @throws GatehouseError `handheld-unknown` */
  confirm(handheld: string, name: string): Promise<Handheld>;
  unpair(handheld: string): Promise<void>;
}

interface Asked {
  readonly token: string;
  readonly key: string;
  readonly signature: string;
  readonly name: string;
  readonly device: string;
}

export interface PairingOptions {
  readonly kept: KeptFile;
  readonly clock: Clock;
  /** Venue time. */
  readonly now: () => number;
}

export function createPairing({ kept, clock, now }: PairingOptions): Pairing {
  const tokens = new Map<string, number>();
  const challenges = new Map<string, { handheld: string; at: number }>();
  const find = (handheld: string) => kept.read().handhelds.find((one) => one.handheld === handheld);

  function known(handheld: string): KeptHandheld {
    const found = find(handheld);
    if (!found) throw gatewayError('handheld-unknown');
    return found;
  }

  function put(next: KeptHandheld): Promise<void> {
    return kept.change((all) => ({
      ...all,
      handhelds: [...all.handhelds.filter((one) => one.handheld !== next.handheld), next],
    }));
  }

  return {
    open() {
      const token = randomBytes(16).toString('base64url');
      keep(tokens, token, clock.mono(), OPEN_TOKENS_MAX);
      return { token };
    },
    async pair({ token, key, signature, name, device }) {
      const made = tokens.get(token);
      if (made === undefined || clock.mono() - made > PAIRING_MS) {
        throw gatewayError('pairing-invalid');
      }
      if (!isSigned(key, signedPairingText(token, key), signature)) {
        throw gatewayError('proof-wrong');
      }
      // Once: what comes while this is written down is too late.
      tokens.delete(token);
      const same = kept.read().handhelds.find((one) => one.key === key);
      if (!same && kept.read().handhelds.length >= HANDHELDS_MAX) {
        throw gatewayError('handhelds-full', { max: HANDHELDS_MAX });
      }
      const handheld = same?.handheld ?? `hand-${randomBytes(5).toString('hex')}`;
      const next = { handheld, key, name, device, confirmed: false, paired: now() };
      await put(next);
      return shown(next);
    },
    challenge(handheld) {
      const challenge = randomBytes(24).toString('base64url');
      keep(challenges, challenge, { handheld, at: clock.mono() }, OPEN_CHALLENGES_MAX);
      return challenge;
    },
    prove(handheld, challenge, signature) {
      const asked = challenges.get(challenge);
      challenges.delete(challenge);
      const found = known(handheld);
      const isFresh = asked?.handheld === handheld && clock.mono() - asked.at <= CHALLENGE_MS;
      if (!isFresh || !isSigned(found.key, signedChallengeText(handheld, challenge), signature)) {
        throw gatewayError('proof-wrong');
      }
      const seen = now();
      if (seen - (found.seen ?? 0) > SEEN_EVERY_MS) put({ ...found, seen }).catch(() => undefined);
      return shown(found);
    },
    find: (handheld) => {
      const found = find(handheld);
      return found && shown(found);
    },
    list: () => kept.read().handhelds.map(shown),
    async confirm(handheld, name) {
      const next = { ...known(handheld), name, confirmed: true };
      await put(next);
      return shown(next);
    },
    async unpair(handheld) {
      known(handheld);
      await kept.change((all) => ({
        ...all,
        handhelds: all.handhelds.filter((one) => one.handheld !== handheld),
      }));
    },
  };
}

function shown({ key: _, ...rest }: KeptHandheld): Handheld {
  return { ...rest, lane: rest.handheld };
}

function keep<T>(map: Map<string, T>, name: string, value: T, max: number): void {
  map.set(name, value);
  if (map.size > max) map.delete(map.keys().next().value as string);
}

/** Whether a P-256 key has signed a text; false for a key that is none. */
function isSigned(key: string, text: string, signature: string): boolean {
  const der = Buffer.from(key, 'base64');
  if (der.length !== SPKI_BYTES) return false;
  try {
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
    const proof = Buffer.from(signature, 'base64');
    const how = { key: publicKey, dsaEncoding: 'ieee-p1363' as const };
    return verify('sha256', Buffer.from(text), how, proof);
  } catch {
    // no key at all
    return false;
  }
}
