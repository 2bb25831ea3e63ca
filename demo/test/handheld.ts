import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
type Answer = { readonly status: number; readonly body: any };
/** A browser at a gateway's own pages: it keeps its cookie. */
export type Browser = (method: string, path: string, body?: object) => Promise<Answer>;

/** @param base of the gateway's server */
export function browserAt(base: string): Browser {
  let cookie = '';
  return async (method, path, body) => {
    const json: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
    const answer = await fetch(`${base}/api/${path}`, {
      ...{ method, headers: { cookie, ...json } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  };
}

/** A handheld that a technician with this PIN has paired and confirmed; nobody works with it yet. */
export async function pairedHandheld(
  base: string,
  pin: string,
): Promise<{ page: Browser; id: string }> {
  const desk = browserAt(base);
  const page = browserAt(base);
  await desk('POST', 'technician/enter', { pin });
  const { token } = (await desk('POST', 'handhelds/pairing', {})).body;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const key = spki.toString('base64');
  const signed = (text: string) =>
    sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString(
      'base64',
    );
  const signature = signed(`gatehouse/pair/1\n${token}\n${key}`);
  const { body } = await page('POST', 'pair', { token, key, signature, name: 'Door' });
  const id = body.handheld.handheld as string;
  await desk('POST', `handhelds/${id}/confirm`, { name: 'North 1' });
  const { challenge } = (await page('POST', 'challenge', { handheld: id })).body;
  const proof = signed(`gatehouse/handheld/1\n${id}\n${challenge}`);
  await page('POST', 'session', { handheld: id, challenge, signature: proof });
  return { page, id };
}
