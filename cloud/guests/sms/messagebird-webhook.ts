import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { jsonOf } from './exchange.ts';
import type { ReportRequest } from './provider.ts';
import { sameText } from './same.ts';

export const SIGNATURE_HEADER = 'messagebird-signature-jwt';
/** How far the provider's clock may be off. */
const LEEWAY_S = 60;

const Header = z.object({ alg: z.literal('HS256') });
const Claims = z.object({
  iss: z.literal('MessageBird'),
  nbf: z.number(),
  exp: z.number(),
  url_hash: z.string(),
  payload_hash: z.string().optional(),
});

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const parse = (part: string) => jsonOf(Buffer.from(part, 'base64url').toString('utf8'));

/** Whether a webhook bears MessageBird's signature of exactly this URL and body, now. */
export function isMessagebirdSigned(
  request: ReportRequest,
  signingKey: string,
  now: number,
): boolean {
  const parts = (request.header(SIGNATURE_HEADER) ?? '').split('.');
  const [head, body, signature] = parts;
  if (!head || !body || !signature || parts.length !== 3 || signingKey === '') return false;
  if (!Header.safeParse(parse(head)).success) return false;
  const right = createHmac('sha256', signingKey).update(`${head}.${body}`).digest('base64url');
  if (!sameText(right, signature)) return false;
  const claims = Claims.safeParse(parse(body));
  if (!claims.success) return false;
  const { nbf, exp, url_hash: url, payload_hash: payload } = claims.data;
  const seconds = now / 1000;
  if (seconds < nbf - LEEWAY_S || seconds > exp + LEEWAY_S) return false;
  if (!sameText(sha256(request.url), url)) return false;
  const whole = request.body.length === 0 ? undefined : sha256(request.body);
  return whole === undefined ? payload === undefined : sameText(whole, payload ?? '');
}
