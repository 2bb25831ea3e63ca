export interface AlertMailSettingsTable {
  id: number;
  /** JSON */
  settings: string;
  /** JSON: when the last mails were queued, in milliseconds since 1970. */
  mailed: string;
}

export interface AlertMailedTable {
  gateway: string;
  alert: string;
  /** Of the gateway, as it was called then. */
  name: string;
  venue: string;
  since: number;
  mailed: number;
  /** When it was over; null while it stands. */
  over: number | null;
}

export interface AlertTables {
  alert_mail_settings: AlertMailSettingsTable;
  alerts_mailed: AlertMailedTable;
}
