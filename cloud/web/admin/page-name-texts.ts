/** Texts of public names for the pages of gateways. */
export const pageNameTexts = {
  title: ['Public names for handhelds', 'Openbare namen voor handhelds'],
  help: [
    'People’s own phones give a page their camera only over HTTPS that they trust. With an authority (ACME) and a hook that changes your DNS, each gateway gets a name and a certificate by itself.',
    'Eigen telefoons van mensen geven een pagina hun camera alleen over HTTPS dat ze vertrouwen. Met een certificaatautoriteit (ACME) en een hook die je DNS wijzigt, krijgt elke gateway vanzelf een naam en een certificaat.',
  ],
  on: ['Get names by ACME', 'Haal namen op via ACME'],
  off: [
    'no: certificates from files, or by hand',
    'nee: certificaten uit bestanden, of met de hand',
  ],
  yes: ['yes', 'ja'],
  domain: ['Names end in', 'Namen eindigen op'],
  directory: ['Directory of the authority', 'Directory van de autoriteit'],
  contact: ['Address for the authority', 'Adres voor de autoriteit'],
  hook: ['DNS hook', 'DNS-hook'],
  secret: ['Secret of the hook', 'Geheim van de hook'],
  wait: ['Seconds until DNS shows a record', 'Seconden tot DNS een record toont'],
  ca: ['Own authority (PEM)', 'Eigen autoriteit (PEM)'],
  agreed: [
    'I have read the terms of the authority and agree to them.',
    'Ik heb de voorwaarden van de autoriteit gelezen en ga ermee akkoord.',
  ],
  none: ['No gateway has asked yet.', 'Nog geen gateway heeft ernaar gevraagd.'],
  asked: ['has asked', 'heeft gevraagd'],
  working: ['on its way', 'onderweg'],
  ready: ['until {when}', 'tot {when}'],
  failed: ['failed', 'mislukt'],
  again: ['Try again', 'Probeer opnieuw'],
  next: ['next try {when}', 'volgende poging {when}'],
} as const;

/** Why a gateway has no public name, by its code (docs/provisioning.md). */
export const pageFaultTexts = {
  'acme-unreachable': ['the authority does not answer', 'de autoriteit antwoordt niet'],
  'acme-refused': ['the authority refuses', 'de autoriteit weigert'],
  'acme-too-slow': ['the authority did not come to an end', 'de autoriteit kwam niet klaar'],
  'acme-answer-invalid': [
    'the authority’s answer can’t be used',
    'het antwoord van de autoriteit is onbruikbaar',
  ],
  'acme-orders-full': [
    'as many certificates as are allowed were ordered this week',
    'er zijn deze week al zo veel certificaten aangevraagd als mag',
  ],
  'dns-hook-failed': ['the DNS hook did not take a record', 'de DNS-hook nam een record niet aan'],
} as const;
