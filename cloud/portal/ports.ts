/** What the portal needs of phone numbers and codes by SMS; the guests' feature has it. */

export const PORTAL_LANGUAGES = ['nl', 'en', 'de', 'fr'] as const;
export type PortalLanguage = (typeof PORTAL_LANGUAGES)[number];

export interface LoginCodes {
  /** Sends a code, or none where a limit is reached; both look alike from here. */
  send(request: {
    readonly purpose: 'login';
    /** E.164. */
    readonly phone: string;
    readonly address: string;
    readonly host: string;
    readonly language: PortalLanguage;
    readonly keptBack?: string | undefined;
  }): Promise<unknown>;
  check(request: {
    readonly purpose: 'login';
    readonly phone: string;
    readonly code: string;
  }): Promise<boolean>;
}

/** A number as people write it, or the stable code of why it is none. */
export type ReadPhone = (
  text: string,
) => { readonly ok: true; readonly e164: string } | { readonly ok: false; readonly code: string };

/** Whom a guest turns to. */
export interface PortalHouse {
  readonly name: string;
  /** Of the box office; empty where it is not known. */
  readonly telephone: string;
  readonly timeZone: string;
}
