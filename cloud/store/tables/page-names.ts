export interface PageNameSettingsTable {
  id: number;
  /** JSON */
  settings: string;
  /** What the DNS hook knows us by. */
  secret: string;
  /** JSON: our account at the authority. */
  account: string | null;
  /** JSON: when certificates were ordered in the last week. */
  ordered: string;
}

export interface PageNameTable {
  gateway: string;
  name: string;
  /** Where the gateway says that it is reached. */
  address: string | null;
  /** What DNS was told. */
  told_address: string | null;
  /** PEM of the request that `chain` is, or shall be, the answer to. */
  request: string | null;
  /** PEM, the certificate first; null while there is none for `request`. */
  chain: string | null;
  ends: number | null;
  tries: number;
  next_at: number;
  ordered_at: number | null;
  /** Code of the last fault, and what was said. */
  fault: string | null;
  answer: string | null;
}

export interface PageNameTables {
  page_name_settings: PageNameSettingsTable;
  page_names: PageNameTable;
}
