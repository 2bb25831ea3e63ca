/** X.509 name constraints (RFC 5280, 4.2.1.10): what an authority may vouch for, and nothing else. */
export const NAME_CONSTRAINTS = '2.5.29.30';

const SEQUENCE = 0x30;
const PERMITTED = 0xa0;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** Networks that nobody can have on the internet, as address and mask. */
const PRIVATE: readonly (readonly [string, string])[] = [
  ['0a000000', 'ff000000'],
  ['ac100000', 'fff00000'],
  ['c0a80000', 'ffff0000'],
  ['a9fe0000', 'ffff0000'],
  ['7f000000', 'ff000000'],
  [`fc${'0'.repeat(30)}`, `fe${'0'.repeat(30)}`],
  [`fe80${'0'.repeat(28)}`, `ffc0${'0'.repeat(28)}`],
  [`${'0'.repeat(31)}1`, 'f'.repeat(32)],
];

/** DER of the extension: these DNS names with all below them, and private addresses. */
export function onlyFor(names: readonly string[]): Uint8Array<ArrayBuffer> {
  const bases = [
    ...names.map((name) => der(DNS_NAME, Buffer.from(name, 'latin1'))),
    ...PRIVATE.map(([net, mask]) => der(IP_ADDRESS, Buffer.from(net + mask, 'hex'))),
  ];
  const subtrees = Buffer.concat(bases.map((base) => der(SEQUENCE, base)));
  return new Uint8Array(der(SEQUENCE, der(PERMITTED, subtrees)));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
