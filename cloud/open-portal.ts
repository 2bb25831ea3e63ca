import { join } from 'node:path';
import type { CloudOptions } from './cloud.ts';
import { type PhoneCodes, parsePhone } from './guests/index.ts';
import type { Mail } from './mail/index.ts';
import { createPortal, portalRoutes } from './portal/index.ts';
import type { Store } from './store/index.ts';
import type { Ticketing } from './ticketing/index.ts';

/** The built page of the portal, if it is there. */
const PORTAL_DIR = join(import.meta.dirname, 'web', 'portal', 'dist');

/** The portal: tickets of a number on the phone that it has logged in with. */
export async function openPortal(
  options: CloudOptions,
  opened: {
    store: Store;
    ticketing: Ticketing;
    mail: Mail;
    codes: PhoneCodes;
    shopUrl: () => string;
  },
  stops: (() => Promise<unknown> | unknown)[],
) {
  const { portalHost, timeZone = 'Europe/Amsterdam' } = options;
  const portal = createPortal({
    ...options,
    ...opened,
    readPhone: (text) => parsePhone(text, 'NL'),
    async house() {
      const { theater } = await opened.mail.settings();
      return { name: theater.naam, telephone: theater.telefoon, timeZone };
    },
    host: () => portalHost ?? new URL(opened.shopUrl()).hostname,
  });
  await portal.start();
  stops.push(() => portal.stop());
  return portalRoutes(portal, PORTAL_DIR);
}
