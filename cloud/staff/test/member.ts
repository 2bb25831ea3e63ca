import type { Answer } from '../../test/api.ts';
import type { WholeCloud } from '../../test/whole-cloud.ts';
import { totpCode } from '../totp.ts';

const PASSWORD = 'a quiet evening';

/** A browser of the house: keeps cookies and the session's token as the admin page does. */
export interface StaffBrowser {
  readonly cookies: Map<string, string>;
  call(method: string, path: string, body?: unknown, headers?: object): Promise<Answer>;
}

/** Somebody who has joined, with what they know. */
export interface Member {
  readonly id: string;
  readonly login: string;
  readonly password: string;
  /** Of the authenticator. */
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
  /** Logged in. */
  readonly browser: StaffBrowser;
}

export function staffBrowser({ api }: Pick<WholeCloud, 'api'>): StaffBrowser {
  const cookies = new Map<string, string>();
  let csrf = '';
  return {
    cookies,
    async call(method, path, body, headers = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(`${api.base}/api/v1${path}`, {
        method,
        headers: {
          ...{ origin: api.base, cookie, 'x-csrf-token': csrf },
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await answer.text();
      const said = text === '' ? undefined : JSON.parse(text);
      csrf = said?.csrf ?? csrf;
      return { status: answer.status, body: said };
    },
  };
}

/** Invites somebody with the administrator's token, who then joins. */
export async function memberOf(
  whole: Pick<WholeCloud, 'api' | 'clock'>,
  login: string,
  roles: readonly string[],
): Promise<Member> {
  const given = { login, name: `${login} of the house`, roles };
  const { invitation } = (await whole.api.call('POST', '/staff', given)).body;
  const browser = staffBrowser(whole);
  const opened = await browser.call('POST', '/staff/invitations/open', { invitation });
  const { secret } = opened.body;
  const code = totpCode(secret, whole.clock.now());
  const joined = await browser.call('POST', '/staff/invitations/accept', {
    ...{ invitation, password: PASSWORD, code },
  });
  const { account, recoveryCodes } = joined.body;
  return { id: account.id, login, password: PASSWORD, secret, recoveryCodes, browser };
}
