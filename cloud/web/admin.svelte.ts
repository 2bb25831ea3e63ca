import { faultText } from './admin/faults/fault-text.ts';
import { type Api, ApiError, cloudApi, type Gateway, type Performance } from './api.ts';
import { sayOfLogin } from './login-texts.ts';
import { type PageLanguage, say, type TextKey } from './texts.ts';
import { firstToken, keepToken } from './token.ts';

const LANGUAGE_KEY = 'gatehouse-language';

function firstLanguage(): PageLanguage {
  const chosen = localStorage.getItem(LANGUAGE_KEY);
  if (chosen === 'nl' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('nl') ? 'nl' : 'en';
}

/** The secret of an invitation in an address such as `/admin/#invite=…`. */
export const invitation = new URLSearchParams(location.hash.slice(1)).get('invite') ?? '';
const token = firstToken(location.hash, sessionStorage);
// the token must not stay in the address, where it would be copied and bookmarked
if (location.hash && !location.hash.startsWith('#/'))
  history.replaceState(null, '', location.pathname + location.search);

/** What all parts of the page share. */
export const admin = $state({
  token,
  /** Of a person's session, which itself is in a cookie that no script reads. */
  csrf: '',
  signedIn: token !== '',
  language: firstLanguage(),
  chosen: '',
  /** Counts changes that make the lists worth asking for again. */
  changes: 0,
  performances: [] as Performance[],
  gateways: [] as Gateway[],
  trouble: '',
});

export const api = (): Api => cloudApi(admin.token ? { token: admin.token } : { csrf: admin.csrf });

/** Goes on with a session that this browser has already. */
export async function resume(): Promise<void> {
  if (admin.signedIn) return;
  const session = await api()
    .get<{ csrf: string }>('/staff/session')
    .catch(() => undefined);
  if (session) begin(session.csrf);
}

/** A person has logged in. */
export function begin(csrf: string): void {
  admin.csrf = csrf;
  admin.signedIn = true;
  admin.trouble = '';
}

/** Ends a person's session, or forgets the token. */
export async function signOut(): Promise<void> {
  if (!admin.token) await attempt(() => api().post('/staff/logout', {}));
  signIn('');
}

export function t(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
  return say(admin.language, key, values);
}

export function choose(language: PageLanguage): void {
  admin.language = language;
  localStorage.setItem(LANGUAGE_KEY, language);
}

export function signIn(given: string): void {
  admin.token = given.trim();
  admin.csrf = '';
  admin.signedIn = admin.token !== '';
  admin.trouble = '';
  keepToken(admin.token, sessionStorage);
}

/** What went wrong, in the language of the page where the cloud said it by a code. */
export function sayFault(error: unknown): string {
  if (error instanceof ApiError) return faultText(admin.language, error);
  return error instanceof Error ? error.message : String(error);
}

/** A new secret of the session that is under way. */
let renewing: Promise<unknown> | undefined;

/** Asks for what gives this person's session another secret. */
export async function renewSession(path: string, body: object): Promise<void> {
  const answer = api().post<{ csrf: string }>(path, body);
  renewing = answer.catch(() => undefined);
  admin.csrf = (await answer).csrf;
}

/** Whether a person is logged in after all: what was asked with the secret of before is refused. */
async function isStillKnown(): Promise<boolean> {
  if (admin.token) return false;
  await renewing;
  const session = await api()
    .get<{ csrf: string }>('/staff/session')
    .catch(() => undefined);
  if (session) admin.csrf = session.csrf;
  return session !== undefined;
}

/** Does something and says what went wrong; an unknown token leads back to signing in. */
export async function attempt(work: () => Promise<unknown>, isLast = false): Promise<void> {
  try {
    await work();
    admin.trouble = '';
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (error instanceof ApiError && error.status === 401) {
      if (!isLast && (await isStillKnown())) return attempt(work, true);
      const wasToken = admin.token !== '';
      signIn('');
      admin.trouble = wasToken ? t('tokenWrong') : sayOfLogin(admin.language, 'ended');
      return;
    }
    admin.trouble = t('trouble', { reason: sayFault(error) });
  }
}

export function when(moment: number): string {
  return new Intl.DateTimeFormat(admin.language === 'nl' ? 'nl-NL' : 'en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(moment);
}

/** The name of a lane, as far as the gateways are known. */
export function laneName(gateway: string, lane: string): string {
  const known = admin.gateways.find(({ id }) => id === gateway);
  const name = known?.lanes.find((one) => one.lane === lane)?.name ?? lane;
  return known ? `${known.entrance} – ${name}` : name;
}
