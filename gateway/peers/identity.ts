import { X509Certificate } from 'node:crypto';
import type { VenueTime } from '../clock.ts';

/** RFC 5280: the key may prove its holder to a server. Every device certificate has it. */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ENDS = '-----END CERTIFICATE-----';

/** What one end makes of the other's certificate. */
export type Judgement = { readonly gateway: string } | { readonly fault: PeerFault };
export type PeerFault =
  | 'no-certificate'
  | 'other-authority'
  | 'not-a-device'
  | 'expired'
  | 'own-id'
  | 'not-listed';

/** Who this gateway is to others, and who they must be to it. */
export interface Identity {
  /** For both ends of a TLS connection; `judge` is what admits, not OpenSSL. */
  readonly tls: {
    readonly key: string;
    readonly cert: string;
    readonly ca: string[];
    readonly minVersion: 'TLSv1.3';
    readonly rejectUnauthorized: false;
  };
  judge(certificate: X509Certificate | undefined): Judgement;
}

export interface IdentityOptions {
  readonly gateway: string;
  /** PEM. */
  readonly key: string;
  /** PEM chain: the device, then the issuing authority. */
  readonly certificate: string;
  readonly time: Pick<VenueTime, 'now' | 'quality'>;
  /** Whether this gateway id may have a session. */
  readonly listed: (gateway: string) => boolean;
}

/**
 * OpenSSL can't be the judge: it goes by this machine's clock, and wants another purpose in the
 * certificate of whoever is dialled. TLS 1.3 itself still proves that the other end holds the key.
 * docs/decisions/peer-transport.md.
 * @throws Error if the own chain lacks its issuing authority
 */
export function createIdentity(options: IdentityOptions): Identity {
  const { gateway, key, certificate, time, listed } = options;
  const [own, issuing] = certificate
    .split(ENDS)
    .slice(0, -1)
    .map((pem) => new X509Certificate(`${pem.trim()}\n${ENDS}\n`));
  if (!own || !issuing) throw new Error('the certificate comes without its authority');

  /** The earliest that it can be now, in milliseconds since 1970. */
  const earliest = () => (time.quality() === 'trusted' ? time.now() : own.validFromDate.getTime());

  function fault(shown: X509Certificate, name: unknown): PeerFault | undefined {
    if (!shown.checkIssued(issuing!) || !shown.verify(issuing!.publicKey)) return 'other-authority';
    if (shown.ca || !shown.keyUsage?.includes(CLIENT_AUTH)) return 'not-a-device';
    if (shown.validToDate.getTime() < earliest()) return 'expired';
    if (name === gateway) return 'own-id';
    return typeof name === 'string' && listed(name) ? undefined : 'not-listed';
  }

  return {
    tls: {
      key,
      cert: certificate,
      ca: [issuing.toString()],
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
    },
    judge(shown) {
      if (!shown) return { fault: 'no-certificate' };
      try {
        const name: unknown = shown.toLegacyObject().subject?.CN;
        const wrong = fault(shown, name);
        return wrong ? { fault: wrong } : { gateway: name as string };
      } catch {
        // A certificate with a key or a field that can't be read is none of ours.
        return { fault: 'other-authority' };
      }
    },
  };
}
