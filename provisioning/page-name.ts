import { createHash, createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { type OpenEnrolLink, openPinnedLink } from './enrol-link.ts';
import { provisioningError } from './errors.ts';
import type { ConfiguredDevice } from './kept-enrolment.ts';
import { PAGE_PATH, PageAnswer, type PageRequest, pageText } from './messages.ts';
import { ANY_TIME, type Era } from './server-trust.ts';

/**
 * Asks for a public name for the gateway's own pages, and with a request for its certificate. The
 * key of that request is another than the device's and stays here.
 * @returns `undefined` where the device does not know its enrolment server
 * @throws `gateway-revoked`, `gateway-not-enrolled`, `request-invalid`, and those of the link
 */
export async function askPageName(
  { enrolment, notes, privateKey }: ConfiguredDevice,
  asked: Pick<PageRequest, 'request' | 'addresses'>,
  era: Era = ANY_TIME,
  openLink: OpenEnrolLink = openPinnedLink,
): Promise<PageAnswer | undefined> {
  const { server: url } = notes;
  if (url === undefined) return undefined;
  const pins = enrolment.tlsRoots.map((pem) =>
    createHash('sha256').update(new X509Certificate(pem).raw).digest(),
  );
  const link = await openLink({ url, pins, claim: new Uint8Array(), expires: 0 }, era);
  const body = { gateway: enrolment.gateway, ...asked };
  const signature = sign('sha256', Buffer.from(pageText(body)), privateKey).toString('base64');
  const answer = PageAnswer.safeParse(await link.post(PAGE_PATH, { ...body, signature }));
  if (answer.success) return answer.data;
  const fault = answer.error.issues[0]?.path.join('.') ?? 'the answer';
  throw provisioningError('server-answer-invalid', { host: new URL(url).host, fault });
}

/** Whether the gateway with this key asks. @param publicKey SubjectPublicKeyInfo, DER */
export function isAskedBy(publicKey: Uint8Array, { signature, ...asked }: PageRequest): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return verify('sha256', Buffer.from(pageText(asked)), key, Buffer.from(signature, 'base64'));
}
