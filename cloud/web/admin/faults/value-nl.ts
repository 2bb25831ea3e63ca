/** What stands in the gaps of errors: names of fields, states, and what a schema asks for. */
const WORDS: Readonly<Record<string, string>> = {
  'ticket-types': 'kaartsoorten',
  prices: 'prijzen',
  'ticket-type-kinds': 'de categorie van een kaartsoort',
  capacity: 'een capaciteit, of een zaal met stoelen',
  'sms-not-enabled': 'sms met een provider',
  'sms-not-tested': 'een aangenomen test-sms',
  'portal-not-answering': 'een portaal dat over TLS antwoordt',
  option: 'een optie',
  'awaiting-payment': 'nog niet betaald',
  confirmed: 'bevestigd',
  cancelled: 'geannuleerd',
  expired: 'verlopen',
  refunded: 'terugbetaald',
  blocked: 'geblokkeerd',
  unpaid: 'onbetaald',
  valid: 'geldig',
  'taken-back': 'teruggenomen',
  administrator: 'beheerder',
  'box-office': 'kassa',
  refund: 'terugbetalen',
  'deliver-regular': 'gewoon leveren',
  'door-lead': 'hoofd deur',
  reporting: 'rapportage',
  starts: 'het begin',
  ends: 'het einde',
  opens: 'toelating vanaf',
  closes: 'toelating tot',
  name: 'naam',
  title: 'titel',
  hall: 'zaal',
  reason: 'reden',
  email: 'e-mailadres',
  phone: 'telefoonnummer',
  nationalNumber: 'landelijk nummer',
  guestMax: 'kaarten per gast',
  basketMax: 'kaarten per mand',
  holdMinutes: 'minuten dat een mand blijft',
  priceText: 'tekst bij de prijzen',
  mollieKey: 'sleutel van Mollie',
  cents: 'bedrag',
  stock: 'voorraad',
  count: 'aantal',
  code: 'code',
  seats: 'stoelen',
  types: 'kaartsoorten',
  surcharges: 'toeslagen',
  domain: 'domein',
  directory: 'directory van de autoriteit',
  hook: 'DNS-hook',
  secret: 'geheim',
  to: 'adressen',
  kinds: 'meldingen',
  waitMinutes: 'minuten voordat een melding wordt gemaild',
  quietMinutes: 'stille minuten',
};

/** How a schema says what is wrong, and the same in Dutch. */
const SCHEMA: readonly (readonly [RegExp, string])[] = [
  [/^Too small: expected \w+ to have >=?(\S+) (characters|items)$/, 'minstens $1 nodig'],
  [/^Too big: expected \w+ to have <=?(\S+) (characters|items)$/, 'hoogstens $1'],
  [/^Too small: expected \w+ to be >=(\S+)$/, 'minstens $1'],
  [/^Too small: expected \w+ to be >(\S+)$/, 'meer dan $1'],
  [/^Too big: expected \w+ to be <=(\S+)$/, 'hoogstens $1'],
  [/^Too big: expected \w+ to be <(\S+)$/, 'minder dan $1'],
  [/^Invalid input: expected \w+, received (undefined|null)$/, 'ontbreekt'],
  [/^Invalid input: expected (int|number), received .*$/, 'geen heel getal'],
  [/^Invalid email address$/, 'geen e-mailadres'],
  [/^Invalid URL$/, 'geen webadres'],
  [/^Invalid string: .*$/, 'heeft niet de goede vorm'],
  [/^Invalid (option|input).*$/, 'kan niet'],
  [/^Unrecognized keys?: (.*)$/, 'onbekend: $1'],
  [/^a seat names a rank that the hall does not have$/, 'een stoel noemt een rang die er niet is'],
  [/^has one twice$/, 'er staat er een dubbel in'],
  [/^unknown$/, 'kan niet'],
];

const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** The value of a gap as Dutch people read it; what is new to us stays as it is. */
export function valueNl(gap: string, value: string): string {
  if (gap === 'fault') {
    const found = SCHEMA.find(([form]) => form.test(value));
    return found ? value.replace(...found) : value;
  }
  // of `body/types/0/prices/1/cents` people know the last name
  if (gap === 'field' && value.includes('/')) return fieldNl(value);
  if (ISO.test(value)) return written(value);
  return value
    .split(', ')
    .map((word) => WORDS[word] ?? word)
    .join(', ');
}

function fieldNl(path: string): string {
  const names = path.split('/').slice(1);
  const last = names.findLast((name) => !/^\d+$/.test(name)) ?? path;
  const number = names.find((name) => /^\d+$/.test(name));
  const word = WORDS[last] ?? last;
  return number === undefined ? word : `${word}, nummer ${Number(number) + 1}`;
}

function written(moment: string): string {
  return new Intl.DateTimeFormat('nl-NL', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  }).format(new Date(moment));
}
