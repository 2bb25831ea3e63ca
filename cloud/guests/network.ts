import { isIPv4, isIPv6 } from 'node:net';

/** How an address counts against limits. */
export interface NetworkPlace {
  /** One household or phone: an IPv4 address, or the /64 of an IPv6 one. */
  readonly address: string;
  /** Its /24 or /48. */
  readonly network: string;
}

/** Where addresses count that cannot be read: all as one. */
const UNKNOWN: NetworkPlace = { address: 'unknown', network: 'unknown' };

/** Places an address; phones change the last 64 bits of an IPv6 one by themselves. */
export function placeOf(address: string): NetworkPlace {
  const bare = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  if (isIPv4(mapped)) {
    const [a, b, c] = mapped.split('.');
    return { address: mapped, network: `${a}.${b}.${c}.0/24` };
  }
  if (!isIPv6(bare)) return UNKNOWN;
  const groups = groupsOf(bare);
  return {
    address: `${groups.slice(0, 4).join(':')}::/64`,
    network: `${groups.slice(0, 3).join(':')}::/48`,
  };
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const all = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return all.map((group) => Number.parseInt(group, 16).toString(16));
}
