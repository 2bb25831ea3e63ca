import { join } from 'node:path';
import type { ChangeLog } from './change-log.ts';
import type { CloudOptions } from './cloud.ts';
import type { Guests, Sms } from './guests/index.ts';
import type { Mail } from './mail/index.ts';
import { createSale } from './sale.ts';
import { shopPages } from './shop/index.ts';
import type { Store } from './store/index.ts';
import { type HallRenamed, loadCodeKey, type Ticketing } from './ticketing/index.ts';

/** The built page of shop and accounts, if it is there. */
const SHOP_DIR = join(import.meta.dirname, 'web', 'shop', 'dist');
/** Longest wait for the portal's host when a secure sale is opened. */
const PORTAL_CHECK_MS = 5_000;

/** The shop: who buys is what accounts say, and secure sales wait for SMS and portal host. */
export async function openSale(
  options: CloudOptions,
  opened: {
    store: Store;
    ticketing: Ticketing;
    mail: Mail;
    audit: ChangeLog;
    sms: Sms;
    guests: Guests;
    shopUrl: () => string;
    hallRenamed: HallRenamed;
  },
) {
  const { dataDir, random, portalHost, timeZone = 'Europe/Amsterdam' } = options;
  const { sms, guests, mail, shopUrl } = opened;
  const sale = createSale({
    ...options,
    ...opened,
    timeZone,
    key: await loadCodeKey(dataDir, random),
    addresses: {
      get shop() {
        return shopUrl();
      },
      get portal() {
        return portalHost === undefined ? `${shopUrl()}/portal` : `https://${portalHost}`;
      },
    },
    async buyer(request) {
      const account = await guests.accountOf(request);
      if (!account) return null;
      const verifiedPhone = account.phoneVerified === null ? null : account.phone;
      return { account: account.id, verifiedPhone };
    },
    verifiedPhone: guests.phones.verifiedPhoneIn,
    checks: {
      async sms() {
        const { enabled, ready } = sms.status();
        return { enabled, tested: ready };
      },
      portal: () => answersOverTls(portalHost),
    },
    demonstration: options.demonstration === true,
  });
  guests.phones.onChange(sale.selling.ofAccounts.phoneChanged);
  guests.accounts.onForget(sale.selling.ofAccounts.forget);
  const pages = shopPages({
    ...{ clock: options.clock, timeZone, pays: sale.pays, text: mail.texts.text },
    name: async () => (await mail.settings()).theater.naam,
    webDir: SHOP_DIR,
  });
  return { ...sale, pages };
}

/** Whether the portal's own host answers over TLS with a certificate that is good (rule P10). */
async function answersOverTls(host: string | undefined): Promise<boolean> {
  if (host === undefined) return false;
  try {
    await fetch(`https://${host}/`, { signal: AbortSignal.timeout(PORTAL_CHECK_MS) });
    return true;
  } catch {
    return false;
  }
}
