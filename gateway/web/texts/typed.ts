import type { Language } from '../shared/device.ts';
import { WHYS } from './device.ts';
import { faultText } from './index.ts';

/** Texts of the form for a config code that is typed. */
export const TYPED = {
  nl: {
    title: 'Een code typen',
    how: 'Leest de camera niets? Typ dan wat op het blad onder de QR-code staat.',
    address: 'Adres van de cloud',
    code: 'Code van tien tekens',
    go: 'Verder',
    compare: 'Staat dit ook op het blad, teken voor teken?',
    same: 'Ja, het is gelijk',
    other: 'Nee, stop',
    stopped:
      'Gestopt; er is niets veranderd. Kijk naar het netwerk: er antwoordt een andere server.',
    right: 'Klopt dit?',
    take: 'Ja, stel dit apparaat in',
    busy: 'De cloud wordt gevraagd; een ogenblik.',
    claimBusy: 'Het apparaat is bezig met een configuratiecode; wacht even.',
  },
  en: {
    title: 'Type a code',
    how: 'Does the camera read nothing? Then type what stands on the sheet below the QR code.',
    address: 'Address of the cloud',
    code: 'Code of ten characters',
    go: 'Go on',
    compare: 'Does the sheet say this too, character by character?',
    same: 'Yes, they are the same',
    other: 'No, stop',
    stopped: 'Stopped; nothing was changed. Look at the network: another server answers.',
    right: 'Is this right?',
    take: 'Yes, set up this device',
    busy: 'The cloud is asked; a moment.',
    claimBusy: 'The device is busy with a config code; wait a moment.',
  },
  fr: {
    title: 'Saisir un code',
    how: 'La caméra ne lit rien ? Saisissez ce qui figure sur la feuille, sous le code QR.',
    address: 'Adresse du cloud',
    code: 'Code de dix caractères',
    go: 'Continuer',
    compare: 'La feuille dit-elle la même chose, caractère par caractère ?',
    same: 'Oui, c’est identique',
    other: 'Non, arrêter',
    stopped: 'Arrêté ; rien n’a changé. Vérifiez le réseau : un autre serveur répond.',
    right: 'Est-ce exact ?',
    take: 'Oui, configurer cet appareil',
    busy: 'Le cloud est interrogé ; un instant.',
    claimBusy: 'L’appareil traite déjà un code de configuration ; un instant.',
  },
  de: {
    title: 'Einen Code eintippen',
    how: 'Liest die Kamera nichts? Dann tippen Sie, was auf dem Blatt unter dem QR-Code steht.',
    address: 'Adresse der Cloud',
    code: 'Code aus zehn Zeichen',
    go: 'Weiter',
    compare: 'Steht das auch auf dem Blatt, Zeichen für Zeichen?',
    same: 'Ja, es ist gleich',
    other: 'Nein, anhalten',
    stopped:
      'Angehalten; nichts wurde geändert. Prüfen Sie das Netz: ein anderer Server antwortet.',
    right: 'Stimmt das?',
    take: 'Ja, dieses Gerät einrichten',
    busy: 'Die Cloud wird gefragt; einen Moment.',
    claimBusy: 'Das Gerät ist mit einem Konfigurationscode beschäftigt; einen Moment.',
  },
} as const satisfies Readonly<Record<Language, Readonly<Record<string, string>>>>;

/** Why a typed code was not taken, in words. */
export function typedFault(language: Language, code: string): string {
  if (code === 'claim-busy') return TYPED[language].claimBusy;
  const why = code in WHYS ? WHYS[code as keyof typeof WHYS] : undefined;
  return why ? why[language] : faultText(language, code);
}
