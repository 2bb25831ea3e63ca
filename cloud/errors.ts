import type { ErrorTable } from '@gatehouse/protocol';
import { admissionErrors } from './admission/index.ts';
import { conflictErrors } from './conflicts/index.ts';
import { doorErrors } from './door/index.ts';
import { fleetErrors } from './fleet/index.ts';
import { accountErrors, phoneErrors, smsErrors } from './guests/index.ts';
import { httpErrors } from './http/index.ts';
import { mailErrors } from './mail/index.ts';
import { pageNameErrors } from './page-names/index.ts';
import { paymentErrors } from './payments/index.ts';
import { portalErrors } from './portal/index.ts';
import { staffErrors } from './staff/index.ts';
import { storeErrors } from './store/index.ts';
import { saleErrors, ticketingErrors } from './ticketing/index.ts';

/** Every error the cloud can raise or answer, by feature; docs/cloud.md lists the same codes. */
export const cloudErrors = {
  ...storeErrors,
  ...ticketingErrors,
  ...admissionErrors,
  ...conflictErrors,
  ...fleetErrors,
  ...pageNameErrors,
  ...httpErrors,
  ...mailErrors,
  ...smsErrors,
  ...phoneErrors,
  ...accountErrors,
  ...staffErrors,
  ...saleErrors,
  ...paymentErrors,
  ...portalErrors,
  ...doorErrors,
} as const satisfies ErrorTable;
