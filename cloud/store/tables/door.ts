import type { DoorRole } from '@gatehouse/protocol';

export interface DoorStaffTable {
  id: string;
  venue: string;
  name: string;
  /** What the person types. */
  code: string;
  /** The code as it is compared: in lower case. */
  code_key: string;
  role: DoorRole;
  /** As a gateway checks it; null until there is a new one. */
  pin: string | null;
  created: number;
}

export interface DoorListTable {
  venue: string;
  version: number;
}

export interface LostHandheldTable {
  venue: string;
  handheld: string;
  lost: number;
}

export interface DoorTables {
  door_staff: DoorStaffTable;
  door_lists: DoorListTable;
  lost_handhelds: LostHandheldTable;
}
