import { createHash } from 'node:crypto';

/**
 * The gateway at which a ticket's grants are reserved: the highest of the hashes of (ticket,
 * gateway), so that all who hear the same gateways agree and a gateway more or less moves few
 * tickets (rendezvous hashing).
 * @param gateways at least one, in any order
 */
export function homeOf(ticket: string, gateways: readonly string[]): string {
  let home = '';
  let highest = '';
  for (const gateway of gateways) {
    const hash = createHash('sha256').update(`${ticket}/${gateway}`).digest('hex');
    if (hash <= highest) continue;
    highest = hash;
    home = gateway;
  }
  return home;
}
