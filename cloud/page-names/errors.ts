import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Why a gateway has no public name; docs/provisioning.md lists the same codes. */
export const pageNameErrors = {
  'page-name-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'The gateway {id} has not asked for a public name.',
  },
  'page-hook-in-clear': {
    acts: 'administrator',
    status: 422,
    message: 'The DNS hook has to be reached by HTTPS: its secret may change your DNS.',
  },
  'page-secret-missing': {
    acts: 'administrator',
    status: 422,
    message: 'A new DNS hook needs its secret.',
  },
  'acme-unreachable': {
    acts: 'administrator',
    message: 'The certificate authority does not answer.',
  },
  'acme-refused': {
    acts: 'administrator',
    message: 'The certificate authority refuses.',
  },
  'acme-too-slow': {
    acts: 'nobody',
    message: 'The certificate authority did not come to an end; it is tried again.',
  },
  'acme-answer-invalid': {
    acts: 'developer',
    message: 'The answer of the certificate authority cannot be used.',
  },
  'acme-orders-full': {
    acts: 'nobody',
    message: 'As many certificates as are allowed were ordered this week; it is tried later.',
  },
  'dns-hook-failed': {
    acts: 'administrator',
    message: 'The DNS hook did not take a record.',
  },
} as const satisfies ErrorTable;

export type PageNameFault = keyof typeof pageNameErrors;
export const pageNameError = errorsOf(pageNameErrors);
