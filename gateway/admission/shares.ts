/**
 * One gateway's part of something that belongs to the whole venue. All gateways with the same list
 * come to parts that add up to the whole, without a word between them.
 * @param gateways active ones of the venue; a gateway that is not among them counts as one more
 */
export function shareOf(whole: number, gateways: readonly string[], own: string): number {
  const all = [...new Set([...gateways, own])].sort();
  const rest = whole % all.length;
  return Math.floor(whole / all.length) + (all.indexOf(own) < rest ? 1 : 0);
}
