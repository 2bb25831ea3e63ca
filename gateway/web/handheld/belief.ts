/** Barcodes that noise can imitate count only when two readings in this time agree. */
const AGREE_WITHIN_MS = 1_000;
const SELF_CHECKING = new Set(['QRCode', 'Aztec', 'DataMatrix']);

/** Whether a code may be believed at once: it checks itself, or was read twice alike. */
export function createBelief(): (text: string, symbology: string, at: number) => boolean {
  let seen: { text: string; at: number } | undefined;
  return (text, symbology, at) => {
    if (SELF_CHECKING.has(symbology)) return true;
    const agreed = seen?.text === text && at - seen.at <= AGREE_WITHIN_MS;
    seen = { text, at };
    return agreed;
  };
}
