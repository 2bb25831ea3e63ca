import { pageNameError } from './errors.ts';
import { ask } from './https.ts';

/** One record, as the hook is told of it (docs/provisioning.md). */
export interface DnsRecord {
  readonly action: 'set' | 'clear';
  readonly type: 'TXT' | 'A' | 'AAAA';
  /** Without a dot at its end. */
  readonly name: string;
  /** With `clear` of an address: any. */
  readonly value: string;
}

/** @throws GatehouseError `dns-hook-failed` */
export async function tellHook(url: string, secret: string, record: DnsRecord): Promise<void> {
  const failed = (said: string, cause?: unknown) =>
    pageNameError('dns-hook-failed', { said }, cause);
  const { status } = await ask({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ ...record, ttl: 60 }),
  }).catch((cause: Error) => {
    throw failed(cause.message, cause);
  });
  if (status < 200 || status > 299) throw failed(`it answered ${status}`);
}
