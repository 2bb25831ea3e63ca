import type { GatewayView, Language } from '../shared/device.ts';

/** Why a device is no gateway, or none that counts; by the codes of docs/provisioning.md. */
type Why = Readonly<Record<Language, string>>;

const why = (en: string, nl: string, fr: string, de: string): Why => ({ en, nl, fr, de });

const NEW_CODE = why(
  'Ask the administrator for a new one.',
  'Vraag de beheerder om een nieuwe.',
  'Demandez-en un nouveau à l’administrateur.',
  'Bitten Sie die Verwaltung um einen neuen.',
);

export const WHYS = {
  'config-code-foreign': why(
    'That was no Gatehouse config code.',
    'Dat was geen Gatehouse-configuratiecode.',
    'Ce n’était pas un code de configuration Gatehouse.',
    'Das war kein Konfigurationscode von Gatehouse.',
  ),
  'config-code-unseen': why(
    'No code can be read in the picture; take another, close and sharp.',
    'In het beeld is geen code te lezen; maak een ander, dichtbij en scherp.',
    'Aucun code lisible sur l’image ; prenez-en une autre, de près et nette.',
    'Im Bild ist kein Code lesbar; nehmen Sie ein anderes, nah und scharf.',
  ),
  'config-code-damaged': why(
    'The code is incomplete or damaged; read all of it again.',
    'De code is onvolledig of beschadigd; lees hem nog eens helemaal.',
    'Le code est incomplet ou abîmé ; relisez-le en entier.',
    'Der Code ist unvollständig oder beschädigt; ganz noch einmal lesen.',
  ),
  'config-code-version': why(
    'The code needs newer software on this device.',
    'De code vraagt nieuwere software op dit apparaat.',
    'Le code demande un logiciel plus récent sur cet appareil.',
    'Der Code braucht neuere Software auf diesem Gerät.',
  ),
  'config-code-forged': why(
    'The code is not signed by its theatre: do not use it.',
    'De code is niet door zijn theater ondertekend: gebruik hem niet.',
    'Le code n’est pas signé par son théâtre : ne l’utilisez pas.',
    'Der Code ist nicht von seinem Theater unterschrieben: nicht benutzen.',
  ),
  'claim-unknown': why(
    'The cloud knows no such code.',
    'De cloud kent deze code niet.',
    'Le cloud ne connaît pas ce code.',
    'Die Cloud kennt diesen Code nicht.',
  ),
  'claim-used-up': why(
    'The code has been used by as many devices as it is for.',
    'De code is al door zo veel apparaten gebruikt als waar hij voor is.',
    'Le code a déjà servi à autant d’appareils que prévu.',
    'Der Code wurde von so vielen Geräten benutzt, wie er gilt.',
  ),
  'claim-expired': why(
    'The code has expired.',
    'De code is verlopen.',
    'Le code a expiré.',
    'Der Code ist abgelaufen.',
  ),
  'claim-revoked': why(
    'The code has been revoked.',
    'De code is ingetrokken.',
    'Le code a été révoqué.',
    'Der Code wurde widerrufen.',
  ),
  'gateway-revoked': why(
    'This device has been revoked; it needs a reset and a new code.',
    'Dit apparaat is ingetrokken; het moet gewist worden en een nieuwe code krijgen.',
    'Cet appareil a été révoqué ; il faut le réinitialiser et un nouveau code.',
    'Dieses Gerät wurde widerrufen; es braucht einen Neuanfang und einen neuen Code.',
  ),
  'gateway-not-enrolled': why(
    'The cloud does not know this device; it needs a reset and a new code.',
    'De cloud kent dit apparaat niet; het moet gewist worden en een nieuwe code krijgen.',
    'Le cloud ne connaît pas cet appareil ; il faut le réinitialiser et un nouveau code.',
    'Die Cloud kennt dieses Gerät nicht; es braucht einen Neuanfang und einen neuen Code.',
  ),
  'reservation-lapsed': why(
    'It did not connect within 15 minutes, so its place was given up; read the code again.',
    'Hij verbond niet binnen 15 minuten, dus zijn plaats verviel; lees de code nog eens.',
    'Pas de connexion en 15 minutes, sa place est perdue ; relisez le code.',
    'Keine Verbindung in 15 Minuten, der Platz verfiel; lesen Sie den Code noch einmal.',
  ),
  'configured-for-another': why(
    'That code is of another theatre; this device needs a reset first.',
    'Die code is van een ander theater; dit apparaat moet eerst gewist worden.',
    'Ce code est d’un autre théâtre ; réinitialisez d’abord cet appareil.',
    'Dieser Code ist von einem anderen Theater; erst das Gerät zurücksetzen.',
  ),
  'server-unreachable': why(
    'The cloud does not answer; look at network and cable.',
    'De cloud antwoordt niet; kijk naar netwerk en kabel.',
    'Le cloud ne répond pas ; vérifiez le réseau et le câble.',
    'Die Cloud antwortet nicht; prüfen Sie Netz und Kabel.',
  ),
  'server-failed': why(
    'The cloud could not answer; try again later.',
    'De cloud kon niet antwoorden; probeer het later nog eens.',
    'Le cloud n’a pas pu répondre ; réessayez plus tard.',
    'Die Cloud konnte nicht antworten; später noch einmal versuchen.',
  ),
  'server-pin-wrong': why(
    'Another server answers than the one the code names; look at the network.',
    'Er antwoordt een andere server dan de code noemt; kijk naar het netwerk.',
    'Un autre serveur répond que celui du code ; vérifiez le réseau.',
    'Es antwortet ein anderer Server als der des Codes; prüfen Sie das Netz.',
  ),
  'typed-code-wrong': why(
    'A typed code has ten letters and digits; look at the sheet again.',
    'Een getypte code heeft tien letters en cijfers; kijk nog eens op het blad.',
    'Un code saisi a dix lettres et chiffres ; regardez à nouveau la feuille.',
    'Ein getippter Code hat zehn Buchstaben und Ziffern; sehen Sie noch einmal auf das Blatt.',
  ),
  'server-address-wrong': why(
    'This is no address of a cloud; type all of it as it stands on the sheet.',
    'Dit is geen adres van een cloud; typ het helemaal over van het blad.',
    'Ce n’est pas l’adresse d’un cloud ; saisissez-la comme sur la feuille.',
    'Das ist keine Adresse einer Cloud; tippen Sie sie ganz vom Blatt ab.',
  ),
  'server-certificate-invalid': why(
    'The cloud’s certificate is not in order; ask the administrator.',
    'Het certificaat van de cloud is niet in orde; vraag de beheerder.',
    'Le certificat du cloud n’est pas en ordre ; demandez à l’administrateur.',
    'Das Zertifikat der Cloud ist nicht in Ordnung; fragen Sie die Verwaltung.',
  ),
  'already-enrolled': why(
    'This device has an entrance already; it needs a reset first.',
    'Dit apparaat heeft al een ingang; het moet eerst gewist worden.',
    'Cet appareil a déjà une entrée ; réinitialisez-le d’abord.',
    'Dieses Gerät hat schon einen Eingang; erst zurücksetzen.',
  ),
  'wifi-failed': why(
    'The Wi-Fi of the code cannot be joined.',
    'Met de wifi van de code is geen verbinding te maken.',
    'Impossible de rejoindre le Wi-Fi du code.',
    'Das WLAN des Codes ist nicht erreichbar.',
  ),
  'disk-failed': why(
    'The card could not be written; look at its room.',
    'De kaart was niet te beschrijven; kijk of er ruimte is.',
    'La carte n’a pas pu être écrite ; vérifiez la place.',
    'Die Karte war nicht zu beschreiben; prüfen Sie den Platz.',
  ),
} as const satisfies Readonly<Record<string, Why>>;

/** Codes after which only another config code helps. */
const NEEDS_ANOTHER: readonly string[] = [
  ...['config-code-forged', 'claim-unknown', 'claim-used-up', 'claim-expired', 'claim-revoked'],
];

const TITLES = {
  unconfigured: why(
    'This device has no entrance yet',
    'Dit apparaat heeft nog geen ingang',
    'Cet appareil n’a pas encore d’entrée',
    'Dieses Gerät hat noch keinen Eingang',
  ),
  claiming: why(
    'A config code was read',
    'Er is een configuratiecode gelezen',
    'Un code de configuration a été lu',
    'Ein Konfigurationscode wurde gelesen',
  ),
  waiting: why(
    'This gateway waits to be accepted',
    'Deze gateway wacht op toelating',
    'Cette passerelle attend d’être acceptée',
    'Dieses Gateway wartet auf die Annahme',
  ),
  refused: why(
    'The cloud does not let this gateway in',
    'De cloud laat deze gateway niet toe',
    'Le cloud n’admet pas cette passerelle',
    'Die Cloud lässt dieses Gateway nicht ein',
  ),
  notTaken: why(
    'The config code was not taken',
    'De configuratiecode is niet aangenomen',
    'Le code de configuration n’a pas été pris',
    'Der Konfigurationscode wurde nicht angenommen',
  ),
} as const;

const TODOS = {
  unconfigured: why(
    'Hold a config code to its camera or scanner, or type it on its technician’s page.',
    'Houd een configuratiecode voor de camera of de scanner, of typ hem op de technische pagina.',
    'Présentez un code de configuration à sa caméra ou son lecteur, ou saisissez-le sur la page du technicien.',
    'Halten Sie einen Konfigurationscode vor Kamera oder Scanner, oder tippen Sie ihn auf der Technikseite ein.',
  ),
  claiming: why(
    'The cloud is asked; a moment.',
    'De cloud wordt gevraagd; een ogenblik.',
    'Le cloud est interrogé ; un instant.',
    'Die Cloud wird gefragt; einen Moment.',
  ),
  waiting: why(
    'Compare these six characters with those on the page “Gateways” of the administration.',
    'Vergelijk deze zes tekens met die op de pagina “Gateways” van het beheer.',
    'Comparez ces six caractères avec ceux de la page « Gateways » de l’administration.',
    'Vergleichen Sie diese sechs Zeichen mit denen auf der Seite „Gateways“ der Verwaltung.',
  ),
} as const;

/** What a device says of itself to whoever sets it up; nothing once it is an entrance. */
export interface DeviceWords {
  readonly title: string;
  readonly todo: string;
  /** Six characters of its key, to be compared. */
  readonly mark?: string | undefined;
  readonly code?: string | undefined;
}

export function deviceWords(language: Language, gateway: GatewayView): DeviceWords | undefined {
  const { state, code, accepted, keyMark } = gateway;
  const say = (words: Why) => words[language];
  if (state === 'claiming') return { title: say(TITLES.claiming), todo: say(TODOS.claiming) };
  if (code !== undefined) {
    const known = code in WHYS ? say(WHYS[code as keyof typeof WHYS]) : '';
    const todo = NEEDS_ANOTHER.includes(code) ? `${known} ${say(NEW_CODE)}` : known;
    const isOut = code === 'gateway-revoked' || code === 'gateway-not-enrolled';
    return { title: say(isOut ? TITLES.refused : TITLES.notTaken), todo, code };
  }
  if (state === 'unconfigured') {
    return { title: say(TITLES.unconfigured), todo: say(TODOS.unconfigured) };
  }
  if (accepted !== false) return undefined;
  return { title: say(TITLES.waiting), todo: say(TODOS.waiting), mark: keyMark };
}
