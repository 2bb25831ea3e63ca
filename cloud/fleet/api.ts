/** What people should look at in a gateway, by the alerts of `GET /alerts`, in English and Dutch. */
export const alertTexts = {
  cloned: [
    'Two machines run as this gateway. A copied card? Stop one and revoke it.',
    'Twee machines draaien als deze gateway. Een gekopieerde kaart? Stop er een en trek hem in.',
  ],
  waiting: ['Waits until somebody compares its key.', 'Wacht tot iemand zijn sleutel vergelijkt.'],
  offline: ['Has no connection with the cloud.', 'Heeft geen verbinding met de cloud.'],
  'disk-low': ['Its disk fills up.', 'De schijf raakt vol.'],
  'certificate-low': [
    'Its certificate ends soon and was not renewed.',
    'Het certificaat loopt bijna af en is niet vernieuwd.',
  ],
  'page-certificate': [
    'The certificate of its own pages ends soon or can’t be used; phones will refuse them.',
    'Het certificaat van zijn eigen pagina’s loopt bijna af of is onbruikbaar; telefoons weigeren ze dan.',
  ],
  'clock-untrusted': ['Does not know the time.', 'Weet niet hoe laat het is.'],
  'reading-bad': [
    'Reads badly: slowly, or much that is no code. Clean the camera, look at the light.',
    'Leest slecht: traag, of veel dat geen code is. Maak de camera schoon, kijk naar het licht.',
  ],
  'lens-dirty': [
    'A camera reads ever fainter or more blurred. Clean its lens.',
    'Een camera leest steeds vager of zwakker. Maak de lens schoon.',
  ],
  'lens-glare': [
    'A lamp or the sun shines into a camera. Turn or shade it.',
    'Een lamp of de zon schijnt in een camera. Draai hem of scherm hem af.',
  ],
  hot: ['Is too hot.', 'Is te heet.'],
  'configuration-refused': [
    'Has refused its configuration; the former one runs.',
    'Heeft de configuratie geweigerd; de vorige draait.',
  ],
  'lane-fault': ['A lane is out of order.', 'Een poort is defect.'],
} as const;
