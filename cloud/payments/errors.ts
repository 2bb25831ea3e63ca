import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of payments; docs/sale.md lists the same codes. */
export const paymentErrors = {
  'payment-unavailable': {
    acts: 'nobody',
    status: 503,
    message: 'Payment is not possible at the moment; try again in a minute.',
  },
  'payment-not-configured': {
    acts: 'administrator',
    status: 409,
    message: 'No payment provider is set up.',
  },
  'payment-not-needed': {
    acts: 'guest',
    status: 409,
    message: 'This order needs no payment.',
  },
  'payment-unknown': {
    acts: 'developer',
    status: 404,
    message: 'There is no such payment.',
  },
  'payment-foreign': {
    acts: 'administrator',
    message: 'A payment at the provider is not one of ours, or not this one.',
  },
  'payment-wrong-amount': {
    acts: 'administrator',
    message: 'Another amount or currency was paid than was asked for; it goes back.',
  },
  'payment-late': {
    acts: 'nobody',
    message: 'A payment came when its places were gone; it goes back.',
  },
  'refund-failed': {
    acts: 'administrator',
    message: 'A refund was refused {tries} times; pay it back by hand.',
  },
} as const satisfies ErrorTable;

export const paymentError = errorsOf(paymentErrors);
