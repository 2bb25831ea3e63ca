import type { Language } from '../shared/languages.ts';

/** How well a camera reads, on the technician's page. */
const en = {
  figures: {
    first: 'First read',
    tries: 'Tries',
    unread: 'Left unread',
    phantoms: 'No codes',
    contrast: 'Contrast',
    modulePx: 'Module',
    blurPx: 'Blur',
    clipped: 'Clipped',
    stages: 'Read by',
  },
  alarms: {
    'lens-dirty': 'Clean the lens: what it reads has become faint or blurred.',
    'lens-glare': 'A lamp or the sun shines into the camera: turn or shade it.',
  },
  told: 'The guest is told: {hint}',
};

type Texts = typeof en;

const nl: Texts = {
  figures: {
    first: 'Eerste lezing',
    tries: 'Pogingen',
    unread: 'Ongelezen weg',
    phantoms: 'Geen codes',
    contrast: 'Contrast',
    modulePx: 'Module',
    blurPx: 'Onscherpte',
    clipped: 'Overbelicht',
    stages: 'Gelezen door',
  },
  alarms: {
    'lens-dirty': 'Maak de lens schoon: wat hij leest is vaag of zwak geworden.',
    'lens-glare': 'Een lamp of de zon schijnt in de camera: draai hem of scherm hem af.',
  },
  told: 'De gast leest: {hint}',
};

const fr: Texts = {
  figures: {
    first: 'Première lecture',
    tries: 'Essais',
    unread: 'Partis non lus',
    phantoms: 'Faux codes',
    contrast: 'Contraste',
    modulePx: 'Module',
    blurPx: 'Flou',
    clipped: 'Surexposé',
    stages: 'Lu par',
  },
  alarms: {
    'lens-dirty': 'Nettoyez l’objectif : ce qu’il lit est devenu pâle ou flou.',
    'lens-glare': 'Une lampe ou le soleil éblouit la caméra : tournez-la ou protégez-la.',
  },
  told: 'Le public lit : {hint}',
};

const de: Texts = {
  figures: {
    first: 'Erste Lesung',
    tries: 'Versuche',
    unread: 'Ungelesen fort',
    phantoms: 'Keine Codes',
    contrast: 'Kontrast',
    modulePx: 'Modul',
    blurPx: 'Unschärfe',
    clipped: 'Überstrahlt',
    stages: 'Gelesen von',
  },
  alarms: {
    'lens-dirty': 'Linse putzen: was sie liest, ist blass oder unscharf geworden.',
    'lens-glare': 'Eine Lampe oder die Sonne blendet die Kamera: drehen oder abschirmen.',
  },
  told: 'Der Gast liest: {hint}',
};

export const FIGURE_TEXTS: Readonly<Record<Language, Texts>> = { nl, en, fr, de };
