import { createHash, X509Certificate } from 'node:crypto';
import { type OpenEnrolLink, openPinnedLink } from './enrol-link.ts';
import { provisioningError } from './errors.ts';
import { type ConfiguredDevice, isKeyOf } from './kept-enrolment.ts';
import { RENEW_PATH, Renewal } from './messages.ts';
import { ANY_TIME, type Era } from './server-trust.ts';

/** A certificate is renewed when this much of its life is over. */
const RENEW_AT = 2 / 3;

/** From when a device should have its certificate renewed, in milliseconds since 1970. */
export function renewalDue(certificate: string): number {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  return from + (to - from) * RENEW_AT;
}

/**
 * Has the key of a device signed anew; what it has works until the new one has connected. An
 * expired key may do this, a revoked one may not.
 * @param era when it is, for the server's certificate; left out where nobody knows
 * @returns `undefined` where the device does not know its enrolment server
 * @throws `gateway-revoked`, `gateway-not-enrolled`, `reservation-lapsed`, and those of the link
 */
export async function renewCertificate(
  { enrolment, notes, privateKey }: ConfiguredDevice,
  software: string,
  era: Era = ANY_TIME,
  openLink: OpenEnrolLink = openPinnedLink,
): Promise<Renewal | undefined> {
  const { server: url } = notes;
  if (url === undefined) return undefined;
  const pins = enrolment.tlsRoots.map((pem) =>
    createHash('sha256').update(new X509Certificate(pem).raw).digest(),
  );
  const link = await openLink({ url, pins, claim: new Uint8Array(), expires: 0 }, era);
  const { makeCertificateRequest } = await import('./authority.ts');
  const { gateway } = enrolment;
  const request = await makeCertificateRequest(privateKey);
  const answer = Renewal.safeParse(await link.post(RENEW_PATH, { gateway, request, software }));
  const { host } = new URL(url);
  if (!answer.success) {
    const fault = answer.error.issues[0]?.path.join('.') ?? 'the answer';
    throw provisioningError('server-answer-invalid', { host, fault });
  }
  const { certificate } = answer.data;
  const isOurs =
    isKeyOf(privateKey, certificate) &&
    new X509Certificate(certificate).subject === `CN=${gateway}`;
  if (isOurs) return answer.data;
  throw provisioningError('server-answer-invalid', { host, fault: 'the certificate is another’s' });
}
