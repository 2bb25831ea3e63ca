/** What is wrong with this browser for a ticket; told before the guest logs in. */
export type BrowserTrouble = 'no-crypto' | 'in-app' | 'private';

/** Browsers inside other apps: they forget what a page keeps, and get no SMS codes filled in. */
const IN_APP =
  /FBAN|FBAV|Instagram|Line\/|WhatsApp|Snapchat|TikTok|musical_ly|Twitter|LinkedInApp|GSA\/|; wv\)/;

/** The worst that is wrong, or nothing. */
export async function browserTrouble(keeps: boolean): Promise<BrowserTrouble | undefined> {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return 'no-crypto';
  if (IN_APP.test(navigator.userAgent)) return 'in-app';
  return !keeps || (await isPrivate()) ? 'private' : undefined;
}

/** Private windows of Safari and Firefox have no private files; Chromium's do not show. */
async function isPrivate(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return false;
  } catch {
    return true;
  }
}

/** Asks that key and tickets stay when the phone runs out of room. */
export async function keepStorage(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}

/** Keeps the screen on while it is wanted and the page is seen. */
export function createWakeLock() {
  let lock: WakeLockSentinel | undefined;
  let asking = false;
  return async (wanted: boolean): Promise<void> => {
    if (!wanted) {
      const old = lock;
      lock = undefined;
      await old?.release();
      return;
    }
    if (asking || (lock && !lock.released) || !('wakeLock' in navigator)) return;
    asking = true;
    try {
      lock = await navigator.wakeLock.request('screen');
    } catch (fault) {
      // A phone that saves its battery refuses; the guest can still tap the screen.
      console.warn(fault);
    } finally {
      asking = false;
    }
  };
}

/** Waits for the phone to read the SMS code; undefined where it does not. */
export async function codeFromSms(signal: AbortSignal): Promise<string | undefined> {
  if (!('OTPCredential' in globalThis)) return undefined;
  const wish = { otp: { transport: ['sms'] }, signal } as CredentialRequestOptions;
  try {
    const found = (await navigator.credentials.get(wish)) as { code?: string } | null;
    return found?.code;
  } catch (fault) {
    if ((fault as Error).name !== 'AbortError') console.warn(fault);
    return undefined;
  }
}
