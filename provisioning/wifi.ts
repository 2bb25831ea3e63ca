import { execFile } from 'node:child_process';
import type { WifiNetwork } from './config-code.ts';
import { provisioningError } from './errors.ts';

/** NetworkManager gives up by itself before this. */
const JOIN_MS = 45_000;
const NMCLI = 'nmcli';

/**
 * Joins a Wi-Fi through NetworkManager, which the installer lets the gateway's user do. The key
 * stands in the list of processes of this machine while it is joined.
 * @throws `wifi-unsupported`, `wifi-failed`
 */
export function joinWifi({ ssid, key }: WifiNetwork, program = NMCLI): Promise<void> {
  const given = ['--wait', '30', 'device', 'wifi', 'connect', ssid];
  if (key !== '') given.push('password', key);
  return new Promise((resolve, reject) => {
    execFile(program, given, { timeout: JOIN_MS }, (error) => {
      if (!error) return resolve();
      if (error.code === 'ENOENT') return reject(provisioningError('wifi-unsupported', { ssid }));
      // What the program says may hold the key.
      const reason = error.killed ? 'no answer' : `nmcli ${error.code}`;
      reject(provisioningError('wifi-failed', { ssid, reason }));
    });
  });
}
