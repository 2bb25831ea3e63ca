import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of sale, orders and delivery; docs/sale.md lists the same codes. */
export const saleErrors = {
  'hall-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no hall {id}.',
  },
  'hall-name-taken': {
    acts: 'administrator',
    status: 409,
    message: 'There is a hall {name} already.',
  },
  'hall-seats-twice': {
    acts: 'administrator',
    status: 422,
    message: 'Two seats of the hall have the same name or the same place.',
  },
  'hall-seats-taken': {
    acts: 'administrator',
    status: 409,
    message:
      'These seats are sold, held or blocked in a performance to come; they stay as they are: {seats}.',
  },
  'hall-in-use': {
    acts: 'administrator',
    status: 409,
    message: 'Hall {name} is sold by a performance; it stays.',
  },
  'sale-not-ready': {
    acts: 'administrator',
    status: 409,
    message: 'Sale cannot start; missing: {missing}.',
  },
  'sale-until-unconfirmed': {
    acts: 'administrator',
    status: 409,
    message:
      'Sale until {moment} is before the start and would take the code from guests who paid. Confirm the moment.',
  },
  'sale-has-places': {
    acts: 'administrator',
    status: 409,
    message: 'Seating cannot be changed any more: places are sold, held or blocked.',
  },
  'series-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no series {id}.',
  },
  'series-name-taken': {
    acts: 'administrator',
    status: 409,
    message: 'There is a series {name} already.',
  },
  'series-too-many': {
    acts: 'administrator',
    status: 409,
    message: 'There are {max} series already; end one first.',
  },
  'series-pattern-outside': {
    acts: 'administrator',
    status: 422,
    message: 'The pattern of a series is one of its performances.',
  },
  'extra-unknown': {
    acts: 'guest',
    status: 404,
    message: 'This is not sold along with these tickets.',
  },
  'extra-maximum': {
    acts: 'guest',
    status: 409,
    message: 'At most {max} of these in one order.',
  },
  'extra-gone': {
    acts: 'guest',
    status: 409,
    message: 'There are not that many left: {left}.',
  },
  'ticket-type-in-use': {
    acts: 'administrator',
    status: 409,
    message: 'Ticket type {name} has been sold; it stays.',
  },
  'national-number-taken': {
    acts: 'administrator',
    status: 409,
    message: 'This national number belongs to another performance.',
  },
  'performance-not-found': {
    acts: 'guest',
    status: 404,
    message: 'There is no such performance.',
  },
  'sale-not-open': {
    acts: 'guest',
    status: 409,
    message: 'Sale of this performance is not open.',
  },
  'guest-not-known': {
    acts: 'guest',
    status: 401,
    message: 'Log in first: these tickets are only for guests with a verified phone number.',
  },
  'guest-not-verified': {
    acts: 'guest',
    status: 403,
    message: 'Verify your phone number first: these tickets are bound to it.',
  },
  'phone-changed': {
    acts: 'guest',
    status: 409,
    message:
      'The verified phone number has changed since; verify that number again, or begin anew.',
  },
  'secure-e-ticket-only': {
    acts: 'guest',
    status: 422,
    message: 'Secure tickets are delivered as e-ticket only.',
  },
  'guest-maximum': {
    acts: 'guest',
    status: 409,
    message: 'At most {max} tickets per guest; {taken} are taken already.',
  },
  'basket-maximum': {
    acts: 'guest',
    status: 409,
    message: 'At most {max} tickets at a time.',
  },
  'basket-unknown': {
    acts: 'guest',
    status: 404,
    message: 'There is no such basket, or its time is over.',
  },
  'basket-empty': {
    acts: 'guest',
    status: 409,
    message: 'The basket is empty.',
  },
  'ticket-type-unknown': {
    acts: 'guest',
    status: 422,
    message: 'There is no such ticket type for these places.',
  },
  'places-taken': {
    acts: 'guest',
    status: 409,
    message: 'These places are not free any more.',
  },
  'places-gone': {
    acts: 'guest',
    status: 409,
    message: 'There are not that many free places.',
  },
  'places-invalid': {
    acts: 'guest',
    status: 422,
    message: 'Choose as many seats as tickets, of this hall.',
  },
  'channel-unknown': {
    acts: 'technician',
    status: 401,
    message: 'This sales channel is not known.',
  },
  'order-unknown': {
    acts: 'staff',
    status: 404,
    message: 'There is no such order.',
  },
  'order-key-used': {
    acts: 'developer',
    status: 409,
    message: 'This key has been used for another order.',
  },
  'order-state': {
    acts: 'staff',
    status: 409,
    message: 'This cannot be done with an order that is {state}.',
  },
  'order-item-unknown': {
    acts: 'staff',
    status: 422,
    message: 'Not all of these are tickets of this order that still stand.',
  },
  'order-needs-contact': {
    acts: 'guest',
    status: 422,
    message: 'Name and e-mail address are needed.',
  },
  'order-reason-missing': {
    acts: 'staff',
    status: 422,
    message: 'Say why.',
  },
  'guest-unverified-secure': {
    acts: 'staff',
    status: 409,
    message: 'This guest has no verified number; secure tickets need one.',
  },
  'staff-role': {
    acts: 'administrator',
    status: 403,
    message: 'This takes the role {role}.',
  },
  'delivery-ticket-unknown': {
    acts: 'staff',
    status: 404,
    message: 'There is no such ticket.',
  },
  'delivery-ticket-dead': {
    acts: 'staff',
    status: 409,
    message: 'A ticket that is {status} is not delivered.',
  },
  'delivery-not-secure': {
    acts: 'staff',
    status: 409,
    message: 'This ticket is regular already.',
  },
  'delivery-no-code': {
    acts: 'staff',
    status: 409,
    message: 'The code of this ticket is not ours to print again; replace it.',
  },
  'delivery-job-unknown': {
    acts: 'staff',
    status: 404,
    message: 'There is no such delivery job.',
  },
  'background-refused': {
    acts: 'administrator',
    status: 422,
    message: 'A background is a PNG or JPEG picture of at most {bytes} bytes.',
  },
  'background-unknown': {
    acts: 'administrator',
    status: 404,
    message: 'There is no such background.',
  },
} as const satisfies ErrorTable;

export const saleError = errorsOf(saleErrors);
