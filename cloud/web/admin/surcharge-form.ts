/** A surcharge or discount as the cloud keeps it: negative cents for a discount. */
export interface Surcharge {
  readonly name: string;
  readonly per: 'ticket' | 'order';
  readonly cents: number;
}

/** The same while it is edited. */
export interface SurchargeForm {
  name: string;
  what: 'surcharge' | 'discount';
  per: 'ticket' | 'order';
  amount: string;
}

export function surchargeForm(one: Surcharge, write: (cents: number) => string): SurchargeForm {
  const { name, per, cents } = one;
  return { name, per, what: cents < 0 ? 'discount' : 'surcharge', amount: write(Math.abs(cents)) };
}

/** What to send; `undefined` where an amount cannot be read. */
export function surchargesOf(
  forms: readonly SurchargeForm[],
  read: (text: string) => number | undefined,
): Surcharge[] | undefined {
  const made: Surcharge[] = [];
  for (const { name, what, per, amount } of forms) {
    const cents = read(amount);
    if (cents === undefined) return undefined;
    made.push({ name, per, cents: what === 'discount' ? -cents : cents });
  }
  return made;
}

/** Something sold along with tickets. */
export interface Extra {
  readonly id?: string;
  readonly name: string;
  readonly cents: number;
  readonly most: number;
  readonly stock: number | null;
}

export interface ExtraForm {
  id?: string;
  name: string;
  price: string;
  most: number | null;
  stock: number | null;
}

export function extraForm(extra: Extra, write: (cents: number) => string): ExtraForm {
  const { cents, ...rest } = extra;
  return { ...rest, price: write(cents) };
}

/** What to send; `undefined` where a price cannot be read. */
export function extrasOf(
  forms: readonly ExtraForm[],
  read: (text: string) => number | undefined,
): Extra[] | undefined {
  const made: Extra[] = [];
  for (const { price, most, ...rest } of forms) {
    const cents = read(price);
    if (cents === undefined) return undefined;
    made.push({ ...rest, cents, most: most ?? 1 });
  }
  return made;
}
