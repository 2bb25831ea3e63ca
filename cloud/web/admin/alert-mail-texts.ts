/** Texts of who gets mail about alerts of gateways. */
export const alertMailTexts = {
  title: ['Alerts of gateways by mail', 'Meldingen van gateways per mail'],
  help: [
    'What the page Gateways shows as alerts also goes to these addresses. Nobody: no mail.',
    'Wat de pagina Gateways aan meldingen toont, gaat ook naar deze adressen. Niemand: geen mail.',
  ],
  address: ['Address {n}', 'Adres {n}'],
  language: ['Language of address {n}', 'Taal van adres {n}'],
  en: ['English', 'Engels'],
  nl: ['Dutch', 'Nederlands'],
  add: ['Add an address', 'Adres toevoegen'],
  remove: ['Remove {address}', '{address} verwijderen'],
  kinds: ['Which alerts', 'Welke meldingen'],
  wait: ['Minutes before an alert is mailed', 'Minuten voordat een melding wordt gemaild'],
  waitHelp: [
    'What comes and goes within them is not mailed. A copied card is mailed at once.',
    'Wat daarbinnen komt en gaat, wordt niet gemaild. Een gekopieerde kaart wordt meteen gemaild.',
  ],
  quiet: ['Quiet minutes', 'Stille minuten'],
  quietHelp: [
    'An alert that comes back within them is mailed when they are over, if it stands then. No more than {max} mails an hour.',
    'Een melding die daarbinnen terugkomt, wordt pas daarna gemaild, als ze er dan nog is. Hooguit {max} mails per uur.',
  ],
  resolved: ['Also mail that an alert is over', 'Mail ook dat een melding voorbij is'],
} as const;
