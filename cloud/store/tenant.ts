import type { Random, Tenant } from '../ports.ts';
import type { Store } from './store.ts';

const TENANT_ID_BYTES = 8;
const VENUE_KEY_BYTES = 32;

/** The one tenant of this cloud, made with its venue key at the first start. */
export async function loadTenant(store: Store, random: Random): Promise<Tenant> {
  return store.db.transaction().execute(async (step) => {
    const known = await step.selectFrom('tenants').selectAll().executeTakeFirst();
    if (known) return { id: known.id, venueKey: known.venue_key };
    const tenant = {
      id: Buffer.from(random(TENANT_ID_BYTES)).toString('hex'),
      venueKey: random(VENUE_KEY_BYTES),
    };
    await step
      .insertInto('tenants')
      .values({ id: tenant.id, venue_key: tenant.venueKey })
      .execute();
    return tenant;
  });
}
