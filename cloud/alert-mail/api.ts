/** Mails to one address within an hour; what comes meanwhile is in the next. */
export const MAILS_AN_HOUR_MAX = 6;
