/** Wat een gast te lezen krijgt; dezelfde codes als in het Engels. */
export const faultsNl: Readonly<Record<string, string>> = {
  offline: 'Er is geen internetverbinding. Controleer die en probeer het opnieuw.',
  'http-failed': 'Dat lukte niet. Probeer het zo nog eens.',
  'basket-ended': 'De tijd voor je mandje is om, de plaatsen zijn weer vrij. Kies opnieuw.',
  'basket-unknown': 'Je mandje is verlopen, de plaatsen zijn weer vrij. Kies opnieuw.',
  'basket-empty': 'Je mandje is leeg.',
  'basket-maximum': 'Je kunt hoogstens {max} kaarten tegelijk nemen.',
  'guest-maximum':
    'Hoogstens {max} kaarten per gast voor deze voorstelling; je hebt er al {taken}.',
  'places-taken': 'Iemand was je net voor: een van deze stoelen is weg. Kies een andere.',
  'places-gone': 'Zoveel plaatsen zijn er niet meer. Probeer er minder, of een andere rang.',
  'places-invalid': 'Kies evenveel stoelen als kaarten.',
  'performance-not-found': 'Deze voorstelling is hier niet te vinden.',
  'sale-not-open': 'De verkoop van deze voorstelling is niet open.',
  'ticket-type-unknown': 'Deze kaartsoort is er niet voor deze plaatsen. Kies een andere.',
  'guest-not-known':
    'Log eerst in: deze tickets zijn voor gasten met een bevestigd telefoonnummer.',
  'guest-not-verified': 'Bevestig eerst je telefoonnummer: deze tickets komen daarop te staan.',
  'phone-changed':
    'Je telefoonnummer is veranderd nadat je deze kaarten koos. Bevestig het vorige nummer opnieuw in je account, of maak het mandje leeg en kies opnieuw.',
  'secure-e-ticket-only': 'Secure tickets krijg je alleen als e-ticket.',
  'order-needs-contact': 'Vul je naam en e-mailadres in.',
  'order-unknown':
    'Deze bestelling is op dit apparaat niet bekend. Log in met het account waarmee je bestelde, of kijk in je mail.',
  'order-key-used': 'Deze bestelling is al geplaatst. Kijk in je mail.',
  'order-state': 'Deze bestelling is intussen veranderd; kijk hoe ze er nu voor staat.',
  'payment-unavailable': 'Betalen kan nu even niet. Probeer het over een minuut opnieuw.',
  'payment-not-configured': 'Deze winkel kan nog geen betalingen aannemen. Vraag het de kassa.',
  'payment-not-needed': 'Voor deze bestelling hoef je niet te betalen.',
  'payment-unknown': 'Deze betaling bestaat niet.',
  'payment-cancelled':
    'De betaling is afgebroken. Er is niets betaald; je plaatsen zijn nog even voor je vastgehouden.',
  'payment-failed':
    'De betaling is niet gelukt. Er is niets betaald; je plaatsen zijn nog even voor je vastgehouden.',
  'payment-expired': 'De betaling duurde te lang. Er is niets betaald.',
  'channel-unknown': 'Deze zuil is niet bekend. Vraag het de kassa.',
  'account-needed': 'Je bent niet meer ingelogd. Log opnieuw in.',
  'login-wrong': 'Dit e-mailadres en dit wachtwoord horen niet bij elkaar.',
  'login-too-many': 'Te veel verkeerde pogingen. Wacht even, of laat je een link mailen.',
  'login-busy': 'Veel mensen loggen nu in. Probeer het zo nog eens.',
  'too-many-requests': 'Te veel pogingen. Wacht even en probeer het opnieuw.',
  'fresh-login-needed': 'Voor de zekerheid: laat nog één keer zien dat jij het bent.',
  'password-weak': 'Kies een wachtwoord van {min} tot {max} tekens dat niet je e-mailadres is.',
  'link-unknown': 'Deze link is al gebruikt of te oud. Vraag een nieuwe aan.',
  'link-other-browser': 'Deze link is in een andere browser aangevraagd.',
  'link-too-many': 'Er zijn al enkele mails naar je onderweg. Kijk in je mail, of wacht even.',
  'email-in-use': 'Een ander account heeft dit e-mailadres al.',
  'session-unknown': 'Hier was al uitgelogd.',
  'csrf-refused': 'Je bent in een ander venster opnieuw ingelogd. Laad deze pagina opnieuw.',
  'origin-refused': 'Open deze pagina via het adres van het theater zelf.',
  'phone-missing': 'Vul eerst een telefoonnummer in.',
  'phone-unreadable': 'Dit is geen volledig telefoonnummer.',
  'phone-country': 'Alleen Nederlandse, Belgische en Duitse mobiele nummers kunnen.',
  'phone-not-mobile': 'Dit is geen mobiel nummer; het kan geen sms ontvangen.',
  'phone-code-wrong':
    'Die code klopt niet, of is niet meer geldig. Vul hem opnieuw in, of vraag een nieuwe.',
  'phone-accounts-full': 'Dit nummer is al op twee andere accounts bevestigd.',
  'phone-numbers-used-up':
    'Je hebt in korte tijd meerdere nummers bevestigd. De kassa kan je verder helpen.',
  'code-resend-early': 'Er is net een code verstuurd. Wacht even voor je een nieuwe vraagt.',
  'code-number-limit':
    'Er zijn veel codes naar dit nummer gestuurd. Probeer het over een paar minuten opnieuw.',
  'code-number-day-limit':
    'Vandaag zijn te veel codes naar dit nummer gestuurd. Vraag het de kassa.',
  'code-number-blocked': 'Te veel verkeerde codes voor dit nummer. De kassa kan je helpen.',
  'code-address-limit': 'Vanaf hier zijn te veel codes gevraagd. Probeer het over een uur opnieuw.',
  'code-network-limit':
    'Vanuit dit netwerk zijn te veel codes gevraagd. Probeer het over een uur opnieuw.',
  'code-prefix-blocked': 'Naar zulke nummers gaan vandaag geen codes. De kassa kan je helpen.',
  'code-country-limit': 'Naar dit land gaan vandaag geen codes meer. De kassa kan je helpen.',
  'code-tenant-limit': 'Vandaag gaan er geen codes meer uit. De kassa kan je helpen.',
  'request-invalid': 'Er is iets niet goed ingevuld. Kijk de velden nog eens na.',
};
