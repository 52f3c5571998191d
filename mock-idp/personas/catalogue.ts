/** All personas by code. */
import { nearest } from '../nearest.ts';
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
import { lemonldap } from './lemonldap.ts';
import { okta } from './okta.ts';
import { onelogin } from './onelogin.ts';
import type { Persona } from './persona.ts';
import { pingfederate } from './pingfederate.ts';
import { pingone } from './pingone.ts';
import { samlIdp } from './saml-idp.ts';
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
  lemonldap,
  auth0,
  authentik,
  zitadel,
  cyberark,
  'saml-idp': samlIdp,
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
  const all = Object.values(personas);
  const alike = nearest(wanted, all, ({ code, name: known, alsoNamed = [] }) => [code, known, ...alsoNamed]);
  throw new Refused(
    400,
    `unknown persona “${name.slice(0, 100)}”: the nearest are ${alike.map(({ code }) => code).join(', ')}`,
    personaCodes,
  );
}
