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
  'claim-busy': {
    acts: 'technician',
    status: 409,
    message: 'The device is busy with a config code; wait a moment and look at what became of it.',
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
  'scan-id-reused': {
    acts: 'developer',
    status: 409,
    message: 'This scan id was given for something else already; draw a new one.',
  },
  'handheld-busy': {
    acts: 'staff',
    status: 429,
    message: 'This handheld asks for more than it can be answered; wait a moment.',
  },
  'handheld-stopped': {
    acts: 'staff',
    status: 503,
    message: 'The gateway is about to stop; try again in a moment.',
  },
  'group-secure': {
    acts: 'staff',
    status: 409,
    message: 'This ticket is shown on a phone: let each of its guests show it.',
  },
  'scan-not-here': {
    acts: 'staff',
    status: 404,
    message: 'This handheld has not answered that scan, or has forgotten it.',
  },
  'grant-not-here': {
    acts: 'staff',
    status: 404,
    message: 'No passage of this ticket was left open at this gateway.',
  },
  'override-refused': {
    acts: 'staff',
    status: 403,
    message: 'Nobody may set that answer aside at the door.',
  },
  'override-too-soon': {
    acts: 'staff',
    status: 409,
    message: 'Somebody may still be passing on this ticket: wait two minutes.',
  },
  'role-missing': {
    acts: 'staff',
    status: 403,
    message: 'This needs a person with the role {role}.',
  },
  'local-request-invalid': {
    acts: 'developer',
    status: 400,
    message: 'The request does not fit at {field}: {fault}.',
  },
  'local-request-refused': {
    acts: 'developer',
    status: 400,
    message: 'The request can’t be taken: {fault}.',
  },
  'local-failed': {
    acts: 'developer',
    status: 500,
    message: 'The gateway could not answer; its log has more.',
  },
  'route-unknown': {
    acts: 'developer',
    status: 404,
    message: 'There is nothing at this address.',
  },
  'origin-refused': {
    acts: 'developer',
    status: 403,
    message: 'A page of another site asked for this; open the gateway’s own.',
  },
  'session-missing': {
    acts: 'staff',
    status: 401,
    message: 'This browser is not paired, or its session has ended.',
  },
  'person-missing': {
    acts: 'staff',
    status: 401,
    message: 'Nobody has identified on this handheld, or it was locked.',
  },
  'handheld-unknown': {
    acts: 'staff',
    status: 404,
    message: 'This handheld is not paired with this gateway; pair it again.',
  },
  'handheld-unconfirmed': {
    acts: 'staff',
    status: 403,
    message: 'A lead has to confirm this handheld before others work with it.',
  },
  'handhelds-full': {
    acts: 'staff',
    status: 409,
    message: 'This gateway has {max} handhelds; unpair one first.',
  },
  'pairing-invalid': {
    acts: 'staff',
    status: 403,
    message: 'This pairing code is used or too old; have a new one shown.',
  },
  'proof-wrong': {
    acts: 'developer',
    status: 403,
    message: 'The handheld’s signature does not fit its key.',
  },
  'identify-wrong': {
    acts: 'staff',
    status: 403,
    message: 'Staff code or PIN is wrong.',
  },
  'staff-locked': {
    acts: 'staff',
    status: 423,
    message: 'Too many wrong PINs: a lead or the gateway’s page has to unlock this.',
  },
  'identify-busy': {
    acts: 'staff',
    status: 429,
    message: 'Too many people identify at once; wait a moment.',
  },
  'pin-not-set': {
    acts: 'technician',
    status: 409,
    message: 'This gateway has no PIN for its page yet: `gatehouse pin` sets one.',
  },
  'search-needs-cloud': {
    acts: 'staff',
    status: 503,
    message: 'Searching needs the cloud, and it is out of reach now.',
  },
  'not-armed': {
    acts: 'technician',
    status: 409,
    message: 'Arm the gateway first: this moves hardware.',
  },
  'lane-not-closed': {
    acts: 'technician',
    status: 409,
    message: 'Close the lane before testing it.',
  },
  'lane-unknown': {
    acts: 'technician',
    status: 404,
    message: 'This gateway has no lane {lane}.',
  },
  'lens-dirty': {
    acts: 'technician',
    message: 'What this camera reads is much fainter or more blurred than it was: clean its lens.',
  },
  'lens-glare': {
    acts: 'technician',
    message: 'A lamp or the sun shines into this camera: turn it, or shade it.',
  },
  'picture-missing': {
    acts: 'technician',
    status: 404,
    message: 'This camera has given no picture yet.',
  },
  'listeners-full': {
    acts: 'technician',
    status: 503,
    message: 'Too many screens listen to this gateway.',
  },
  'gateway-not-running': {
    acts: 'technician',
    message: 'No gateway of this configuration answers on this machine. Start it, then ask again.',
  },
  'web-certificate-unusable': {
    acts: 'technician',
    message: 'The certificate of the gateway’s page can’t be used: {fault}.',
  },
} as const satisfies ErrorTable;

export type GatewayErrorCode = keyof typeof gatewayErrors;
export const gatewayError = errorsOf(gatewayErrors);
