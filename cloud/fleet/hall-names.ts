import { type EntranceConfiguration, HALLS_MAX } from '@gatehouse/provisioning';
import type { Store } from '../store/index.ts';

/**
 * Inside a batch: entrances that lead to a hall under its old name lead to it under its new one as
 * well, also those that config codes are for. The old name stays, since performances bear the name
 * that stands on their tickets; so no guest is refused, whatever a gateway hears first.
 * @returns gateways with a configuration that is new
 */
export function addHallName(store: Store, old: string, next: string): string[] {
  const withName = (text: string, step: number): string | undefined => {
    const now = JSON.parse(text) as EntranceConfiguration;
    const { halls, version } = now;
    const isStale = halls.includes(old) && !halls.includes(next);
    if (!isStale || halls.length >= HALLS_MAX) return undefined;
    return JSON.stringify({ ...now, version: version + step, halls: [...halls, next] });
  };
  const put = (table: 'gateways' | 'config_codes', step: number) => {
    const rows = store
      .prepare(`select id, configuration from ${table} where revoked is null`)
      .all() as unknown as { id: string; configuration: string }[];
    const write = store.prepare(`update ${table} set configuration = ? where id = ?`);
    return rows.flatMap(({ id, configuration }) => {
      const changed = withName(configuration, step);
      if (changed === undefined) return [];
      write.run(changed, id);
      return [id];
    });
  };
  put('config_codes', 0);
  return put('gateways', 1);
}
