/** Reads the identity from an accepted assertion, without checks. */
import { classRefOf, statementsOf } from './checks/authn-statement.ts';
import { instantOf } from './checks/check.ts';
import { attributesOf, nameIdOf } from './checks/name-id.ts';
import { attribute, childNamed, childrenNamed, ns, textOf } from './dom.ts';
import type { Identity } from './judgement.ts';
import { nameIdFormatUris } from './uris.ts';

export function identityOf(assertion: Element): Identity {
  const nameId = nameIdOf(assertion);
  const statement = childNamed(assertion, ns.saml, 'AuthnStatement');
  const nameQualifier = attribute(nameId, 'NameQualifier');
  const spNameQualifier = attribute(nameId, 'SPNameQualifier');
  const sessionIndex = attribute(statement, 'SessionIndex');
  const sessionNotOnOrAfter = endOfSession(assertion);
  return {
    nameId: textOf(nameId),
    nameIdFormat: attribute(nameId, 'Format') ?? nameIdFormatUris.unspecified,
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    authnInstant: new Date(instantOf(attribute(statement, 'AuthnInstant'))!),
    authnContextClassRef: classRefOf(assertion),
    attributes: Object.fromEntries([...attributesOf(assertion)].map(([name, all]) => [name, all[0]!.values])),
    assertionId: attribute(assertion, 'ID')!,
    notOnOrAfter: endOfValidity(assertion),
    ...(sessionNotOnOrAfter === undefined ? {} : { sessionNotOnOrAfter }),
  };
}

/** The latest NotOnOrAfter of the Conditions and the SubjectConfirmations. */
function endOfValidity(assertion: Element): Date {
  const conditions = childNamed(assertion, ns.saml, 'Conditions');
  const subject = childNamed(assertion, ns.saml, 'Subject');
  const confirmations = (subject ? childrenNamed(subject, ns.saml, 'SubjectConfirmation') : []).map(
    (one) => instantOf(attribute(childNamed(one, ns.saml, 'SubjectConfirmationData'), 'NotOnOrAfter')) ?? 0,
  );
  return new Date(Math.max(instantOf(attribute(conditions, 'NotOnOrAfter')) ?? 0, ...confirmations));
}

/** The earliest SessionNotOnOrAfter; undefined if there is none. */
function endOfSession(assertion: Element): Date | undefined {
  const sessionEnds = statementsOf(assertion)
    .map((one) => instantOf(attribute(one, 'SessionNotOnOrAfter')))
    .filter((end) => end !== undefined);
  return sessionEnds.length === 0 ? undefined : new Date(Math.min(...sessionEnds));
}
