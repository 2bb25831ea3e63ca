import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the SMS settings and reports; docs/sms.md lists the same codes. */
export const smsErrors = {
  'sms-settings-incomplete': {
    acts: 'administrator',
    status: 422,
    message: 'SMS cannot be switched on: {field} is missing.',
  },
  'sms-sender-refused': {
    acts: 'administrator',
    status: 422,
    message: 'This cannot be the sender of an SMS: {fault}.',
  },
  'sms-address-refused': {
    acts: 'administrator',
    status: 422,
    message: '{field} must be an https address without path, name or password.',
  },
  'sms-secret-again': {
    acts: 'administrator',
    status: 422,
    message: 'Where the address of a provider changes, type its secrets again: {field}.',
  },
  'sms-messagebird-ended': {
    acts: 'administrator',
    status: 409,
    message: 'MessageBird is only for venues that had it before; choose CM or Vonage.',
  },
  'sms-test-limit': {
    acts: 'administrator',
    status: 429,
    message: 'At most {limit} test messages go out per hour.',
  },
  'sms-report-forged': {
    acts: 'administrator',
    status: 403,
    message: 'The delivery report does not bear the provider’s signature.',
  },
  'sms-report-unreadable': {
    acts: 'developer',
    status: 400,
    message: 'The delivery report is not in the provider’s documented form.',
  },
} as const satisfies ErrorTable;

export const smsError = errorsOf(smsErrors);
