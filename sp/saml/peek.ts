/** Reads unverified hints from a message, to find its request and profile. */
import { nameIdOf } from './checks/name-id.ts';
import { attribute, childNamed, ns, textOf } from './dom.ts';
import type { Read } from './read.ts';

export interface Hints {
  responseId?: string | undefined;
  inResponseTo?: string | undefined;
  issuer?: string | undefined;
  /** Also undefined if the assertion is encrypted. */
  nameId?: string | undefined;
}

export function peek({ document }: Read): Hints {
  const root = document.documentElement;
  const assertion = childNamed(root, ns.saml, 'Assertion');
  return {
    responseId: attribute(root, 'ID'),
    inResponseTo: attribute(root, 'InResponseTo'),
    issuer: textOf(childNamed(root, ns.saml, 'Issuer') ?? childNamed(assertion, ns.saml, 'Issuer')) || undefined,
    nameId: textOf(nameIdOf(assertion)) || undefined,
  };
}
