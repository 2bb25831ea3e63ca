import type { Language } from './table.ts';

/** What a guest may do about a ticket that a camera sees and can't read. */
export const HINTS = ['closer', 'further', 'brighter', 'tilt'] as const;
export type Hint = (typeof HINTS)[number];

type Texts = Readonly<Record<Hint, readonly [what: string, todo: string]>>;

/** In the verdict table's manner: what it is, and what to do. */
export const hintTexts: Readonly<Record<Language, Texts>> = {
  nl: {
    closer: ['Iets dichterbij', 'Houd de code dichter bij de lezer'],
    further: ['Iets verder weg', 'Houd de code iets verder van de lezer'],
    brighter: ['Iets lichter', 'Zet het scherm helderder'],
    tilt: ['Het schittert', 'Kantel de code een beetje'],
  },
  en: {
    closer: ['A little closer', 'Hold the code closer to the reader'],
    further: ['A little further', 'Hold the code further from the reader'],
    brighter: ['A little brighter', 'Turn up the brightness of your screen'],
    tilt: ['It glares', 'Tilt the code a little'],
  },
  fr: {
    closer: ['Un peu plus près', 'Rapprochez le code du lecteur'],
    further: ['Un peu plus loin', 'Éloignez un peu le code du lecteur'],
    brighter: ['Un peu plus clair', 'Augmentez la luminosité de l’écran'],
    tilt: ['Il y a des reflets', 'Inclinez un peu le code'],
  },
  de: {
    closer: ['Etwas näher', 'Halten Sie den Code näher an den Leser'],
    further: ['Etwas weiter weg', 'Halten Sie den Code weiter vom Leser weg'],
    brighter: ['Etwas heller', 'Stellen Sie den Bildschirm heller'],
    tilt: ['Es spiegelt', 'Kippen Sie den Code ein wenig'],
  },
};
