import type { AdmissionTables } from './tables/admission.ts';
import type { AlertTables } from './tables/alerts.ts';
import type { ConflictTables } from './tables/conflicts.ts';
import type { DoorTables } from './tables/door.ts';
import type { FindingTables } from './tables/findings.ts';
import type { GuestTables } from './tables/guests.ts';
import type { MailTables } from './tables/mail.ts';
import type { OrderTables } from './tables/orders.ts';
import type { PageNameTables } from './tables/page-names.ts';
import type { PortalTables } from './tables/portal.ts';
import type { TicketingTables } from './tables/ticketing.ts';

/** All tables of the cloud, for typed queries. */
export interface Database
  extends TicketingTables,
    AdmissionTables,
    AlertTables,
    ConflictTables,
    DoorTables,
    FindingTables,
    MailTables,
    OrderTables,
    PageNameTables,
    PortalTables,
    GuestTables,
    StoreTables {}

interface StoreTables {
  migrations: { name: string; ran: number };
}
