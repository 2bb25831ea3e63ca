import type { Random } from '../ports.ts';

export const RECOVERY_CODES = 10;
const CODE_BYTES = 10;
/** Base32 without letters that are taken for digits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten codes of 80 bits for whoever loses their phone, each good once: `xxxx-xxxx-xxxx-xxxx`. */
export function newRecoveryCodes(random: Random): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const bits = [...random(CODE_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const letters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]);
    return (letters.join('').match(/.{4}/g) ?? []).join('-');
  });
}

/** A recovery code as it is compared, however it was typed. */
export function plainRecoveryCode(code: string): string {
  return code
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replace(/[il]/g, '1');
}
