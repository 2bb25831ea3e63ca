import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of guests' accounts; docs/accounts.md lists the same codes. */
export const accountErrors = {
  'account-needed': { acts: 'guest', status: 401, message: 'Log in first.' },
  'account-unknown': { acts: 'staff', status: 404, message: 'There is no guest {id}.' },
  'login-wrong': {
    acts: 'guest',
    status: 401,
    message: 'This e-mail address and this password do not belong together.',
  },
  'fresh-login-needed': {
    acts: 'guest',
    status: 403,
    message: 'Prove once more who you are: log in again, then repeat this.',
  },
  'password-weak': {
    acts: 'guest',
    status: 422,
    message: 'Choose a password of {min} to {max} characters that is not your address.',
  },
  'link-unknown': {
    acts: 'guest',
    status: 410,
    message: 'This link was used or is too old; ask for a new one.',
  },
  'link-other-browser': {
    acts: 'guest',
    status: 409,
    message: 'This link was asked for in another browser. Go on only if you asked for it.',
  },
  'link-too-many': {
    acts: 'guest',
    status: 429,
    message: 'Several mails are on their way to this address; look there, or wait.',
  },
  'email-in-use': {
    acts: 'guest',
    status: 409,
    message: 'Another account has this e-mail address.',
  },
  'session-unknown': { acts: 'guest', status: 404, message: 'This login has ended already.' },
  'phone-missing': { acts: 'guest', status: 409, message: 'Enter a phone number first.' },
  'phone-code-wrong': {
    acts: 'guest',
    status: 422,
    message: 'This code is not right, or no longer good.',
  },
  'phone-accounts-full': {
    acts: 'guest',
    status: 409,
    message: 'This number has been verified on two other accounts.',
  },
  'phone-numbers-used-up': {
    acts: 'staff',
    status: 409,
    message: 'This account has used its phone numbers of 30 days; the box office can help.',
  },
} as const satisfies ErrorTable;

export const accountError = errorsOf(accountErrors);
