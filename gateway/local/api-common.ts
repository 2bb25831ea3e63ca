import { z } from 'zod';

/** What several requests and answers of the gateway's own server are made of. */

/** Characters of what a person types or a wedge sends; longer is no code of anybody's. */
export const CODE_MAX = 400;
export const NAME_MAX = 60;
export const REASON_MIN = 3;
export const REASON_MAX = 200;
export const GROUP_MAX = 100;
export const FOUND_MAX = 20;
export const PIN_MIN = 6;
export const PIN_MAX = 12;
/** Without a request for this long the person has to identify again. */
export const IDLE_MS = 15 * 60_000;
/** How long a pairing token is good, once. */
export const PAIRING_MS = 5 * 60_000;

export const LANGUAGES_OF_PAGES = ['nl', 'en', 'fr', 'de'] as const;
export const ROLES = ['steward', 'lead', 'technician'] as const;
export type Role = (typeof ROLES)[number];

export const id = z.string().min(1).max(64);
export const text = (max: number) => z.string().max(max);
export const moment = z.number().int().min(0).max(8_640_000_000_000_000);
export const count = z.number().int().min(0);
export const Direction = z.enum(['entry', 'exit']);
/** What becomes of secure tickets while the cloud is away (S13). */
export const OfflinePolicy = z.enum(['refuse', 'staff', 'verify']);
export const scanId = z.uuid();
