/** Pages of the administration; the roles that may use one, beside administrators. */
export const PAGES = [
  { key: 'today', group: 'work', roles: 'everybody' },
  { key: 'orders', group: 'work', roles: ['box-office', 'door-lead'] },
  { key: 'guests', group: 'work', roles: ['box-office', 'door-lead'] },
  { key: 'door', group: 'work', roles: ['door-lead', 'deliver-regular'] },
  { key: 'conflicts', group: 'work', roles: 'everybody' },
  { key: 'performances', group: 'programme', roles: ['box-office', 'reporting'] },
  { key: 'series', group: 'programme', roles: [] },
  { key: 'halls', group: 'programme', roles: [] },
  { key: 'surcharges', group: 'selling', roles: [] },
  { key: 'payments', group: 'selling', roles: [] },
  { key: 'kiosks', group: 'selling', roles: [] },
  { key: 'backgrounds', group: 'selling', roles: [] },
  { key: 'sms', group: 'messages', roles: [] },
  { key: 'mail', group: 'messages', roles: [] },
  { key: 'templates', group: 'messages', roles: [] },
  { key: 'texts', group: 'messages', roles: [] },
  { key: 'fleet', group: 'house', roles: ['door-lead'] },
  { key: 'entrances', group: 'house', roles: [] },
  { key: 'doorStaff', group: 'house', roles: [] },
  { key: 'staff', group: 'house', roles: [] },
  { key: 'audit', group: 'house', roles: [] },
] as const;

export type PageKey = (typeof PAGES)[number]['key'];
export type PageGroup = (typeof PAGES)[number]['group'];

/** What an address such as `#/orders/abc` names; today for anything unknown. */
export function pageOf(hash: string): { readonly key: PageKey; readonly rest: string } {
  const [name = '', ...rest] = hash.replace(/^#\//, '').split('/');
  const page = PAGES.find(({ key }) => key === name);
  return { key: page?.key ?? 'today', rest: decodeURIComponent(rest.join('/')) };
}

/** Pages somebody with these roles may open. */
export function pagesFor(roles: readonly string[]): PageKey[] {
  return groupsFor(roles).flatMap(({ keys }) => keys);
}

/** The same by what they are for, in the order of the navigation. */
export function groupsFor(roles: readonly string[]): { group: PageGroup; keys: PageKey[] }[] {
  const all = roles.includes('administrator');
  const may = PAGES.filter(
    (page) =>
      all || page.roles === 'everybody' || page.roles.some((role: string) => roles.includes(role)),
  );
  return [...Map.groupBy(may, ({ group }) => group)].map(([group, pages]) => ({
    group,
    keys: pages.map(({ key }) => key),
  }));
}
