import { type ErrorTable, errorsOf } from '@gatehouse/protocol';

/** Errors of the gateway; docs/gateway.md lists the same codes. */
export const gatewayErrors = {
  'config-unreadable': {
    acts: 'technician',
    message: 'The configuration file {file} can’t be read: {fault}.',
  },
  'config-invalid': {
    acts: 'technician',
    message: 'The configuration file {file} has a wrong value at {field}: {fault}.',
  },
  'journal-unsafe': {
    acts: 'technician',
    message: 'The journal’s database does not keep {pragma} at {wanted} but at {found}.',
  },
  'journal-damaged': {
    acts: 'technician',
    message:
      'The journal was damaged and begun anew: {fault}. Rows may be missing; keep the old file.',
  },
  'journal-disk-full': {
    acts: 'technician',
    message: 'The journal can’t be written: the disk is full. The lane stays closed till it can.',
  },
  'journal-failed': {
    acts: 'technician',
    message: 'The journal can’t be written: {fault}. The lane stays closed till it can.',
  },
  'journal-slow': {
    acts: 'technician',
    message:
      'The journal took longer than {milliseconds} ms. The lane stays closed till it is back.',
  },
  'journal-rows-given-up': {
    acts: 'technician',
    message: 'The journal could not be written for so long that {rows} rows of this lane are lost.',
  },
  'journal-disk-low': {
    acts: 'technician',
    message: 'The disk fills up: {reason}. Make space before the lanes close.',
  },
  'journal-queue-full': {
    acts: 'technician',
    message: 'More than {rows} rows wait for the disk.',
  },
  'peer-of-another-venue': {
    acts: 'administrator',
    message: 'Gateway {gateway} belongs to another venue; nothing of it is taken in.',
  },
  'turnstile-not-ready': {
    acts: 'technician',
    message: 'The turnstile has not answered yet.',
  },
  'turnstile-fault': {
    acts: 'technician',
    message: 'The turnstile does not answer or its relay is stuck: {fault}.',
  },
  'decoder-failed': {
    acts: 'developer',
    message: 'The decoder stopped: {fault}.',
  },
  'uplink-refused': {
    acts: 'administrator',
    message: 'The cloud refuses this gateway: {fault}.',
  },
  'cloud-rejected': {
    acts: 'developer',
    message: 'The cloud could not take a message on {topic}: {reason}.',
  },
  'tickets-differ': {
    acts: 'developer',
    message: 'The ticket store is not what the cloud has; it is fetched anew.',
  },
  'tickets-unreadable': {
    acts: 'technician',
    message: 'The ticket store can’t be used: {fault}. It is made anew from the cloud.',
  },
  'not-configured': {
    acts: 'technician',
    message: 'This gateway is not configured yet: show it a config code.',
  },
  'web-port-taken': {
    acts: 'technician',
    message: 'The gateway’s page can’t be opened on port {port}: another program uses it.',
  },
  'peer-port-in-use': {
    acts: 'technician',
    message: 'Other gateways can’t reach this one: port {port} can’t be opened ({fault}).',
  },
  'peer-refused': {
    acts: 'technician',
    message: 'Whoever is at {address} is not let in as a gateway of this venue: {fault}.',
  },
  'peer-unreachable': {
    acts: 'technician',
    message: 'No gateway can be reached at {address}: {fault}. It is tried again.',
  },
  'peer-message-invalid': {
    acts: 'developer',
    message: 'A message between this gateway and {gateway} is not valid: {fault}.',
  },
  'peer-slow': {
    acts: 'technician',
    message: 'Gateway {gateway} does not take what it is told: {fault}. Its session is given up.',
  },
  'peer-finder-failed': {
    acts: 'technician',
    message:
      'Gateways can’t be found by themselves: {fault}. Addresses in the configuration still work.',
  },
} as const satisfies ErrorTable;

export type GatewayErrorCode = keyof typeof gatewayErrors;
export const gatewayError = errorsOf(gatewayErrors);
