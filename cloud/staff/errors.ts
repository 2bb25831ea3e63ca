import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of staff accounts; docs/accounts.md lists the same codes. */
export const staffErrors = {
  'staff-key-unreadable': {
    acts: 'administrator',
    status: 500,
    message: 'The key of second factors in {file} cannot be read; bring it back from a copy.',
  },
  'staff-login-wrong': {
    acts: 'staff',
    status: 401,
    message: 'Name, password and code do not belong together, or the code was used before.',
  },
  'staff-session-needed': {
    acts: 'staff',
    status: 403,
    message: 'This is for people who are logged in, not for a token.',
  },
  'staff-proof-needed': {
    acts: 'staff',
    status: 403,
    message: 'Prove once more who you are with password and code, then repeat this.',
  },
  'staff-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no staff account {id}.',
  },
  'staff-login-taken': {
    acts: 'administrator',
    status: 409,
    message: 'Another staff account has this login name.',
  },
  'staff-self': {
    acts: 'administrator',
    status: 409,
    message: 'Nobody takes the right to administer from themselves; ask another administrator.',
  },
  'staff-password-weak': {
    acts: 'staff',
    status: 422,
    message: 'Choose a password of {min} to {max} characters that is not the login name.',
  },
  'staff-code-wrong': {
    acts: 'staff',
    status: 422,
    message: 'The code of the authenticator is not right; look at the clock of the phone.',
  },
  'invitation-unknown': {
    acts: 'administrator',
    status: 410,
    message: 'This invitation was used or is too old; ask for a new one.',
  },
  'staff-login-ended': { acts: 'staff', status: 404, message: 'This login has ended already.' },
} as const satisfies ErrorTable;

export const staffError = errorsOf(staffErrors);
