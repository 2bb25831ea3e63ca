import type { Kysely } from 'kysely';
import * as ticketing from './0001-ticketing.ts';
import * as admission from './0002-admission.ts';
import * as fleet from './0003-fleet.ts';
import * as conflicts from './0004-conflicts.ts';
import * as offlineCap from './0005-offline-cap.ts';
import * as peers from './0006-peers.ts';
import * as findings from './0007-findings.ts';
import * as sms from './0010-sms.ts';
import * as mail from './0011-mail.ts';
import * as guests from './0012-guests.ts';
import * as orders from './0013-orders.ts';
import * as portal from './0014-portal.ts';
import * as series from './0015-series.ts';
import * as peopleInside from './0016-people-inside.ts';
import * as enrolment from './0017-enrolment.ts';
import * as doorStaff from './0018-door-staff.ts';
import * as alertMail from './0019-alert-mail.ts';
import * as pageNames from './0020-page-names.ts';

/** One step of the schema. A step that has been released never changes; a new one follows it. */
export interface Migration {
  readonly name: string;
  up(db: Kysely<unknown>): Promise<void>;
}

/** In the order in which they run. */
export const migrations: readonly Migration[] = [
  ticketing,
  admission,
  fleet,
  conflicts,
  offlineCap,
  peers,
  findings,
  sms,
  mail,
  guests,
  orders,
  portal,
  series,
  peopleInside,
  enrolment,
  doorStaff,
  alertMail,
  pageNames,
];
