/** Below this width what was chosen stands under the list it was chosen from. */
const ONE_COLUMN = 980;

/** Brings what has just been opened into sight, where pages have one column. */
export function intoView(node: Element): void {
  if (innerWidth <= ONE_COLUMN) node.scrollIntoView({ block: 'start' });
}
