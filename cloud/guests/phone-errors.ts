import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of phone numbers and their codes; docs/sms.md lists the same. */
export const phoneErrors = {
  'phone-unreadable': {
    acts: 'guest',
    status: 422,
    message: 'This is not a whole phone number.',
  },
  'phone-country': {
    acts: 'guest',
    status: 422,
    message: 'Only Dutch, Belgian and German numbers can be used.',
  },
  'phone-not-mobile': {
    acts: 'guest',
    status: 422,
    message: 'This is not a mobile number; it cannot get an SMS.',
  },
  'code-resend-early': {
    acts: 'guest',
    status: 429,
    message: 'A code was sent just now; wait before asking for another.',
  },
  'code-number-limit': {
    acts: 'guest',
    status: 429,
    message: 'Too many codes were sent to this number; try again in some minutes.',
  },
  'code-number-day-limit': {
    acts: 'guest',
    status: 429,
    message: 'Too many codes were sent to this number today; ask the box office.',
  },
  'code-number-blocked': {
    acts: 'staff',
    status: 429,
    message: 'Too many wrong codes in a row for this number; the box office can help.',
  },
  'code-address-limit': {
    acts: 'guest',
    status: 429,
    message: 'Too many codes were asked for from here; try again in an hour.',
  },
  'code-network-limit': {
    acts: 'guest',
    status: 429,
    message: 'Too many codes were asked for from this network; try again in an hour.',
  },
  'code-prefix-blocked': {
    acts: 'staff',
    status: 429,
    message: 'No codes are sent to numbers like this one today; the box office can help.',
  },
  'code-country-limit': {
    acts: 'administrator',
    status: 429,
    message: 'No more codes are sent to this country today; the box office can help.',
  },
  'code-tenant-limit': {
    acts: 'administrator',
    status: 429,
    message: 'No more codes are sent today; the box office can help.',
  },
  'code-prefix-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'The prefix {prefix} is not blocked.',
  },
  'code-limits-invalid': {
    acts: 'administrator',
    status: 422,
    message: 'The limit {field} cannot be so: {fault}.',
  },
  'phone-key-unreadable': {
    acts: 'administrator',
    message: 'The file {file} with the key of phone codes cannot be read; restore or remove it.',
  },
} as const satisfies ErrorTable;

export const phoneError = errorsOf(phoneErrors);
