/** Character sets by their ECI number (AIM ITS/04-023), by the names that TextDecoder knows. */
const CHARSETS: Readonly<Record<number, string>> = {
  1: 'latin1',
  3: 'latin1',
  4: 'iso-8859-2',
  7: 'iso-8859-5',
  17: 'iso-8859-15',
  20: 'shift_jis',
  23: 'windows-1252',
  26: 'utf-8',
};

/** Bytes gathered into text, each run in the character set that stood before it. */
export interface ByteText {
  bytes: number[];
  text: string;
  /** Undefined until an ECI names one: UTF-8 where the bytes are that, Latin-1 otherwise. */
  charset: string | undefined;
}

/** Nothing yet. */
export function emptyText(): ByteText {
  return { bytes: [], text: '', charset: undefined };
}

/** Turns the bytes so far into text. */
export function settle(written: ByteText): void {
  const bytes = Uint8Array.from(written.bytes);
  written.bytes = [];
  if (bytes.length === 0) return;
  written.text += decode(bytes, written.charset);
}

function decode(bytes: Uint8Array, charset: string | undefined): string {
  if (charset !== undefined && charset !== 'latin1') return new TextDecoder(charset).decode(bytes);
  if (charset === undefined) {
    const utf8 = new TextDecoder('utf-8').decode(bytes);
    if (!utf8.includes('\ufffd')) return utf8;
  }
  return Buffer.from(bytes).toString('latin1');
}

/** Changes the character set by its ECI; false where it is not known. */
export function changeCharset(written: ByteText, eci: number): boolean {
  const charset = CHARSETS[eci];
  if (!charset) return false;
  settle(written);
  written.charset = charset;
  return true;
}
