/** Settings of public names as the cloud shows them, without the secret. */
export interface NamesView {
  readonly settings: NameSettings | null;
  readonly hasSecret: boolean;
}

export interface NameSettings {
  readonly domain: string;
  readonly directory: string;
  readonly contact: string | null;
  readonly caCertificate: string | null;
  readonly hook: string;
  readonly waitSeconds: number;
}

/** A gateway that has asked for a name. */
export interface PageName {
  readonly gateway: string;
  readonly name: string;
  readonly state: 'asked' | 'working' | 'ready' | 'failed';
  readonly ends: number | null;
  readonly fault: string | null;
  readonly answer: string | null;
  readonly nextTry: number | null;
}

export interface PageNameForm {
  on: boolean;
  domain: string;
  directory: string;
  contact: string;
  caCertificate: string;
  hook: string;
  secret: string;
  waitSeconds: number | null;
  agreed: boolean;
}

/** What most people take; any other authority with ACME does. */
const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

export function pageNameFormOf(settings: NameSettings | null): PageNameForm {
  return {
    on: settings !== null,
    domain: settings?.domain ?? '',
    directory: settings?.directory ?? LETS_ENCRYPT,
    contact: settings?.contact ?? '',
    caCertificate: settings?.caCertificate ?? '',
    hook: settings?.hook ?? '',
    secret: '',
    waitSeconds: settings?.waitSeconds ?? 30,
    agreed: settings !== null,
  };
}

/** What to send; a secret that was not typed is left out, so that the stored one stays. */
export function pageNameInputOf(form: PageNameForm) {
  if (!form.on) return { settings: null };
  const { domain, directory, contact, caCertificate, hook, secret, waitSeconds, agreed } = form;
  const text = (given: string) => (given.trim() === '' ? null : given.trim());
  const settings = {
    ...{ domain, directory, hook, waitSeconds, agreed },
    ...{ contact: text(contact), caCertificate: text(caCertificate) },
  };
  return { settings, ...(secret === '' ? {} : { secret }) };
}
