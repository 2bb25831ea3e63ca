import type { PageLanguage } from './texts.ts';

const en = {
  login: 'Login name',
  password: 'Password',
  code: 'Code of your authenticator',
  codeHelp: 'Six digits, or one of your recovery codes.',
  withToken: 'Sign in with an API token',
  withName: 'Sign in with your name',
  wrong: 'Name, password and code do not belong together. Each code works once: wait for the next.',
  wait: 'Too many wrong attempts. Wait a little and try again.',
  ended: 'You have been signed out. Sign in again.',
  welcome: 'Welcome, {name}',
  scan: 'Scan this with an authenticator app on your phone.',
  typeIn: 'Or type this in:',
  choose: 'Choose a password',
  chooseHelp: 'At least 10 characters.',
  join: 'Join',
  keep: 'Keep these recovery codes',
  keepHelp: 'Each lets you in once if you lose your phone. They are shown only now.',
  kept: 'I have kept them',
  invitationGone: 'This invitation was used or is too old. Ask for a new one.',
};

export type LoginText = keyof typeof en;

const nl: Record<LoginText, string> = {
  login: 'Aanmeldnaam',
  password: 'Wachtwoord',
  code: 'Code van je authenticator',
  codeHelp: 'Zes cijfers, of een van je herstelcodes.',
  withToken: 'Aanmelden met een API-token',
  withName: 'Aanmelden met je naam',
  wrong:
    'Naam, wachtwoord en code horen niet bij elkaar. Elke code werkt één keer: wacht op de volgende.',
  wait: 'Te veel mislukte pogingen. Wacht even en probeer het opnieuw.',
  ended: 'Je bent afgemeld. Meld je opnieuw aan.',
  welcome: 'Welkom, {name}',
  scan: 'Scan dit met een authenticator-app op je telefoon.',
  typeIn: 'Of typ dit over:',
  choose: 'Kies een wachtwoord',
  chooseHelp: 'Minstens 10 tekens.',
  join: 'Doe mee',
  keep: 'Bewaar deze herstelcodes',
  keepHelp:
    'Met elke code kom je één keer binnen als je je telefoon kwijt bent. Alleen nu te zien.',
  kept: 'Ik heb ze bewaard',
  invitationGone: 'Deze uitnodiging is gebruikt of te oud. Vraag een nieuwe.',
};

const texts: Readonly<Record<PageLanguage, Record<LoginText, string>>> = { en, nl };

/** A text of the login, with a name put in where it has a place for one. */
export function sayOfLogin(language: PageLanguage, key: LoginText, name = ''): string {
  return texts[language][key].replace('{name}', name);
}
