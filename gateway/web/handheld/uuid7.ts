/** A UUIDv7: 48 bits of time, then chance, so that scans sort by when they were. */
export function uuid7(now: number, random: Uint8Array<ArrayBuffer>): string {
  const bytes = new Uint8Array(16);
  bytes.set(random.subarray(0, 16));
  for (let n = 0; n < 6; n++) bytes[n] = Math.floor(now / 2 ** (8 * (5 - n))) & 0xff;
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-');
}
