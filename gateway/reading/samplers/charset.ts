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
  /** Undefined until an ECI names one: UTF-8 then, and what is not is left to zxing's guess. */
  charset: string | undefined;
}

/** Nothing yet. */
export function emptyText(): ByteText {
  return { bytes: [], text: '', charset: undefined };
}

/** Turns the bytes so far into text; false where they are not of their character set. */
export function settle(written: ByteText): boolean {
  const bytes = Uint8Array.from(written.bytes);
  written.bytes = [];
  const text = decode(bytes, written.charset ?? 'utf-8');
  if (text.includes('\ufffd')) return false;
  written.text += text;
  return true;
}

function decode(bytes: Uint8Array, charset: string): string {
  if (charset === 'latin1') return Buffer.from(bytes).toString('latin1');
  return new TextDecoder(charset).decode(bytes);
}

/** Changes the character set by its ECI; false where it is not known, or what stands before is no text. */
export function changeCharset(written: ByteText, eci: number): boolean {
  const charset = CHARSETS[eci];
  if (!charset || !settle(written)) return false;
  written.charset = charset;
  return true;
}
