/** All personas by code. */
import { Refused } from '../tenants/read-input.ts';
import { adfs } from './adfs.ts';
import { auth0 } from './auth0.ts';
import { authentik } from './authentik.ts';
import { type PersonaCode, personaCodes } from './codes.ts';
import { cyberark } from './cyberark.ts';
import { entra } from './entra.ts';
import { google } from './google.ts';
import { keycloak26 } from './keycloak-26.ts';
import { keycloak2022 } from './keycloak-2022.ts';
import { okta } from './okta.ts';
import { onelogin } from './onelogin.ts';
import type { Persona } from './persona.ts';
import { pingfederate } from './pingfederate.ts';
import { pingone } from './pingone.ts';
import { shibboleth } from './shibboleth.ts';
import { simplesamlphp } from './simplesamlphp.ts';
import { simplesamlphp1 } from './simplesamlphp-1.ts';
import { duo, jumpcloud, salesforce } from './thin.ts';
import { zitadel } from './zitadel.ts';

export const personas: Readonly<Record<PersonaCode, Persona>> = {
  entra,
  adfs,
  okta,
  google,
  onelogin,
  pingfederate,
  pingone,
  'keycloak-2022': keycloak2022,
  'keycloak-26': keycloak26,
  shibboleth,
  simplesamlphp,
  'simplesamlphp-1': simplesamlphp1,
  auth0,
  authentik,
  zitadel,
  cyberark,
  jumpcloud,
  salesforce,
  duo,
};

/** Throws Refused, which names the nearest, if there is none of this name. */
export function personaOf(name: string): Persona {
  const wanted = name.trim().toLowerCase();
  const found = Object.values(personas).find(
    (one) => one.code === wanted || one.name.toLowerCase() === wanted || one.alsoNamed?.includes(wanted),
  );
  if (found !== undefined) return found;
  const nearest = nearestTo(wanted);
  throw new Refused(
    400,
    `unknown persona “${name.slice(0, 100)}”: the nearest are ${nearest.join(', ')}`,
    personaCodes,
  );
}

/** By the share of pairs of letters that they have in common with a code or a name. */
function nearestTo(wanted: string): PersonaCode[] {
  const pairs = pairsIn(wanted.slice(0, 100));
  const similarity = (text: string): number => {
    const own = pairsIn(text);
    return [...own].filter((pair) => pairs.has(pair)).length / (own.size + pairs.size || 1);
  };
  const best = ({ code, name, alsoNamed = [] }: Persona): number =>
    Math.max(...[code, name.toLowerCase(), ...alsoNamed].map(similarity));
  return Object.values(personas)
    .toSorted((one, other) => best(other) - best(one))
    .slice(0, 3)
    .map(({ code }) => code);
}

const pairsIn = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text, (letter, index) => letter + (text[index + 1] ?? '')));
