import type { Store } from '../../store/index.ts';

export type SettingsKind = 'provider' | 'limits';

/** Settings as JSON, of one tenant. */
export function createSettingsStore(store: Store) {
  const read = store.prepareRead('select value from sms_settings where tenant = ? and kind = ?');
  const write = store.prepare(
    `insert into sms_settings (tenant, kind, value) values (?, ?, ?)
     on conflict (tenant, kind) do update set value = excluded.value`,
  );
  return {
    read(tenant: string, kind: SettingsKind): unknown {
      const row = read.get(tenant, kind) as { value: string } | undefined;
      return row === undefined ? undefined : JSON.parse(row.value);
    },
    async write(
      tenant: string,
      kind: SettingsKind,
      value: object,
      also?: () => void,
    ): Promise<void> {
      await store.batch(() => {
        write.run(tenant, kind, JSON.stringify(value));
        also?.();
      });
    },
  };
}
export type SettingsStore = ReturnType<typeof createSettingsStore>;
