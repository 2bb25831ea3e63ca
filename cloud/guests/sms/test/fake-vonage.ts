import { createHash, createHmac } from 'node:crypto';
import { type FakeServer, fakeServer, type Reply } from './fake-server.ts';

export const VONAGE = { apiKey: 'abcd1234', apiSecret: 'basicSecret', signatureSecret: 'sign-me' };

export interface FakeVonage extends FakeServer {
  /** `client-ref` of each message it took. */
  readonly sent: string[];
}

/** Vonage says everything with HTTP 200 and texts for values. */
export function vonageFails(status: string): Reply {
  const messages = [{ status, 'error-text': 'refused' }];
  return { status: 200, body: { 'message-count': '1', messages } };
}

/** The signature by its description, written apart from the one that is tested. */
export function vonageSignature(fields: Record<string, string>, method: string): string {
  let text = '';
  for (const name of Object.keys(fields).sort()) {
    if (name === 'sig') continue;
    text += `&${name}=${fields[name]?.replaceAll('&', '_').replaceAll('=', '_')}`;
  }
  const secret = VONAGE.signatureSecret;
  if (method === 'md5hash') return createHash('md5').update(text).update(secret).digest('hex');
  return createHmac(method, secret).update(text).digest('hex');
}

/** Vonage's SMS API as documented, with key and secret or with a sha256 signature. */
export async function fakeVonage(): Promise<FakeVonage> {
  const sent: string[] = [];
  const basic = Buffer.from(`${VONAGE.apiKey}:${VONAGE.apiSecret}`).toString('base64');
  const server = await fakeServer(({ path, headers, body }) => {
    if (path !== '/sms/json') return { status: 404, body: '' };
    const fields = Object.fromEntries(new URLSearchParams(body));
    if (fields.sig !== undefined) {
      if (headers.authorization !== undefined || fields.api_secret) return vonageFails('32');
      if (fields.sig !== vonageSignature(fields, 'sha256')) return vonageFails('14');
    } else if (headers.authorization !== `Basic ${basic}`) return vonageFails('4');
    if (!/^\d{7,15}$/.test(fields.to ?? '')) return vonageFails('3');
    if (Number(fields.ttl) < 20_000) return vonageFails('3');
    sent.push(fields['client-ref'] ?? '');
    const message = {
      to: fields.to,
      'message-id': `V${sent.length}`,
      status: '0',
      'remaining-balance': '3.14159265',
      'message-price': '0.07000000',
      network: '20408',
    };
    return { status: 200, body: { 'message-count': '1', messages: [message] } };
  });
  return { ...server, sent };
}
