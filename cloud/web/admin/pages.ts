/** Pages of the administration; the roles that may use one, beside administrators. */
export const PAGES = [
  { key: 'today', roles: 'everybody' },
  { key: 'orders', roles: ['box-office', 'door-lead'] },
  { key: 'door', roles: ['door-lead', 'deliver-regular'] },
  { key: 'performances', roles: ['box-office', 'reporting'] },
  { key: 'conflicts', roles: 'everybody' },
  { key: 'entrances', roles: [] },
  { key: 'sms', roles: [] },
  { key: 'mail', roles: [] },
  { key: 'templates', roles: [] },
  { key: 'texts', roles: [] },
  { key: 'staff', roles: [] },
  { key: 'audit', roles: [] },
] as const;

export type PageKey = (typeof PAGES)[number]['key'];

/** What an address such as `#/orders/abc` names; today for anything unknown. */
export function pageOf(hash: string): { readonly key: PageKey; readonly rest: string } {
  const [name = '', ...rest] = hash.replace(/^#\//, '').split('/');
  const page = PAGES.find(({ key }) => key === name);
  return { key: page?.key ?? 'today', rest: decodeURIComponent(rest.join('/')) };
}

/** Pages somebody with these roles may open. */
export function pagesFor(roles: readonly string[]): PageKey[] {
  const all = roles.includes('administrator');
  return PAGES.filter(
    (page) =>
      all || page.roles === 'everybody' || page.roles.some((role: string) => roles.includes(role)),
  ).map(({ key }) => key);
}
