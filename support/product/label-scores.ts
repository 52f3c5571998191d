/** How well a field, button or link fits its part in a sign-in, by its words in several languages. 0: not at all. */
import type { FoundField, Pressable } from './page-parts.ts';

const email = /e-?mail|courriel|correo/i;
const account = /user|login|identifier|account|address|benutzer|utilisateur|usuario|@/i;
const otherField = /organi[sz]ation|company|workspace|domain|slug|team|code|search|passwor[dt]|captcha/i;

export function emailScore({ type, names }: FoundField): number {
  if (type === 'password' || type === 'search' || type === 'url' || type === 'tel') return 0;
  if (type === 'email') return 4;
  if (email.test(names)) return 3;
  if (otherField.test(names)) return 0;
  return account.test(names) ? 2 : 1;
}

const sso =
  /\b(sso|saml)\b|single[ -]sign[ -]?on|einmalanmeldung|authentification unique|inicio de sesi[oó]n [uú]nico/i;
const enterprise =
  /enterprise|company|corporate|organi[sz]ation|identity provider|work account|unternehmen|firmen|entreprise|empresa/i;
const ssoPath = /\/(saml2?|sso|broker)(\/|$)|\/oauth2?\/authorization\//i;
const notSignIn =
  /learn|docs?\b|documentation|help|what is|why|configure|set ?up|settings|about|metadata|log ?out|sign ?out|sign ?up/i;

export function ssoScore({ label, target }: Pressable): number {
  if (notSignIn.test(label)) return 0;
  if (sso.test(label)) return 3;
  if (enterprise.test(label)) return 2;
  const path = target === undefined ? '' : new URL(target).pathname;
  return ssoPath.test(path) && !notSignIn.test(path) ? 1 : 0;
}

const signIn =
  /^(sign|log)[ -]?in\b|^login|^continue$|^anmelden|^einloggen|^se connecter|^connexion|^iniciar sesi[oó]n|^acceder/i;

/** For a page with nothing to fill in. */
export const signInScore = ({ label }: Pressable): number => (signIn.test(label) ? 1 : 0);

const next = /next|continue|weiter|suivant|siguiente|continuar|sign ?in|log ?in|anmelden|connexion|submit|go$/i;
const another =
  /cancel|back|register|create|forgot|sign ?up|google|github|microsoft|apple|facebook|passkey|zurück|abbrechen/i;

export function nextScore({ label }: Pressable): number {
  if (another.test(label)) return 0;
  return next.test(label) ? 2 : 1;
}
