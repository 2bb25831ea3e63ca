import { isIPv6 } from 'node:net';

/** Where gateways listen for each other, unless their configuration says otherwise. */
export const PEER_PORT = 7_443;

/** Host name or IP address (IPv6 with its zone, without brackets) and port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const SHAPE =
  /^(?:\[(?<six>[0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|(?<host>[\w.-]+))(?::(?<port>\d{1,5}))?$/;

/** Reads `10.0.0.5:7443`, `[fe80::1%eth0]:7443` or `name.local`; undefined for anything else. */
export function readAddress(text: string): Address | undefined {
  const { six, host = six, port } = SHAPE.exec(text)?.groups ?? {};
  if (host === undefined || (six !== undefined && !isIPv6(six))) return undefined;
  const number = port === undefined ? PEER_PORT : Number(port);
  return number > 0 && number <= 65_535 ? { host, port: number } : undefined;
}

/** The address as people write it; each address has one such text. */
export function writeAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
