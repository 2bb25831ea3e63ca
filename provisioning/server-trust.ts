import { X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Moment } from '@gatehouse/protocol';

/** RFC 5280: the key may prove its holder to a client. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
/** What OpenSSL says of dates alone; it goes by this machine's clock, and we do not. */
const DATES = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];
/** A server, the authority that issued it, and a root of ours. */
const CHAIN_MAX = 3;

/** Between which moments it is now, as far as anybody has vouched for that. */
export interface Era {
  readonly earliest: Moment;
  readonly latest: Moment;
}
/** Nobody has said what time it is. */
export const ANY_TIME: Era = {
  earliest: Number.NEGATIVE_INFINITY,
  latest: Number.POSITIVE_INFINITY,
};
/** The one moment that it is. */
export const eraAt = (now: Moment): Era => ({ earliest: now, latest: now });

export interface Trust {
  /** PEM; nobody else may vouch for the server. */
  readonly roots: readonly string[];
  /** Name or address that the server must have. */
  readonly host: string;
  readonly era: Era;
}

/**
 * Why the server of a finished handshake (`rejectUnauthorized: false`, `ca` the same roots) may not
 * be believed, in OpenSSL's words; `undefined` where it may. Name, purpose and signatures up to one
 * of the roots are always judged, dates only as far as it is known what time it is: a Pi's clock may
 * be a year off. TLS itself has proved that the other end holds the key.
 */
export function distrust(socket: TLSSocket, { roots, host, era }: Trust): string | undefined {
  const { authorized, authorizationError } = socket;
  const said = authorized ? undefined : codeOf(authorizationError);
  if (said !== undefined && !DATES.includes(said)) return said;
  // OpenSSL keeps only the last thing that it did not like, so dates may hide anything else.
  const chain = chainTo(
    roots.map((pem) => new X509Certificate(pem)),
    socket.getPeerX509Certificate(),
  );
  const [server] = chain;
  if (!server) return 'SELF_SIGNED_CERT_IN_CHAIN';
  if (!server.keyUsage?.includes(SERVER_AUTH)) return 'INVALID_PURPOSE';
  const fault = checkServerIdentity(host, server.toLegacyObject() as PeerCertificate);
  return fault ? codeOf(fault) : datesFault(chain, era);
}

/** From the server to one of the roots, each signed by the next; empty where there is no way. */
function chainTo(
  roots: readonly X509Certificate[],
  server: X509Certificate | undefined,
): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let last = server;
  while (last && chain.length < CHAIN_MAX - 1) {
    const one: X509Certificate = last;
    chain.push(one);
    const root = roots.find((candidate) => isBy(one, candidate));
    if (root) return [...chain, root];
    const above: X509Certificate | undefined = one.issuerCertificate;
    last = above && isBy(one, above) ? above : undefined;
  }
  return [];
}

function isBy(one: X509Certificate, above: X509Certificate): boolean {
  return above.ca && one.checkIssued(above) && one.verify(above.publicKey);
}

function datesFault(chain: readonly X509Certificate[], { earliest, latest }: Era) {
  const isOver = chain.some(({ validToDate }) => validToDate.getTime() <= earliest);
  if (isOver) return 'CERT_HAS_EXPIRED';
  const isEarly = chain.some(({ validFromDate }) => validFromDate.getTime() > latest);
  return isEarly ? 'CERT_NOT_YET_VALID' : undefined;
}

/** Node gives a code or an Error that carries one. */
function codeOf(fault: unknown): string {
  if (typeof fault === 'string') return fault;
  const { code, message = 'no reason' } = (fault ?? {}) as { code?: string; message?: string };
  return code ?? message;
}
