import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

/** How long a server may be silent. */
export const SILENT_MS = 20_000;
/** More is no answer of a certificate authority or DNS. */
export const ANSWER_BYTES_MAX = 256 * 1024;

export interface Asked {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** PEM of an authority of one's own. */
  readonly ca?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** One request, whose server's certificate is checked. @throws Error where there is no answer */
export function ask({ url, method, headers = {}, body, ca }: Asked): Promise<Answer> {
  const request = url.startsWith('https:') ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const asking = request(
      url,
      { method, headers, timeout: SILENT_MS, agent: false, ...(ca ? { ca } : {}) },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > ANSWER_BYTES_MAX) asking.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers as Answer['headers'],
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
    asking.on('error', reject);
    asking.end(body);
  });
}
