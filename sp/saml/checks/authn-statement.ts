/** Checks of saml:AuthnStatement: time and context of the sign-in, and the end of the session (SAML core 2.7.2). */
import { attribute, childNamed, childrenNamed, ns, textOf } from '../dom.ts';
import { allowedSkewMs, type RequestedAuthnContext } from '../judgement.ts';
import { type Check, finding, instantOf, utcTime } from './check.ts';

/** Usually one statement. If there are several, the times of all are checked, but only the first one's context. */
export const statementsOf = (assertion: Element | undefined): Element[] =>
  assertion ? childrenNamed(assertion, ns.saml, 'AuthnStatement') : [];
const statementOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(assertion, ns.saml, 'AuthnStatement');
const contextOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(statementOf(assertion), ns.saml, 'AuthnContext');
export const classRefOf = (assertion: Element | undefined): string =>
  textOf(childNamed(contextOf(assertion), ns.saml, 'AuthnContextClassRef'));

/** From weak to strong, for comparisons other than exact (SAML authn-context; the order is specific to this SP). */
const strength = [
  'unspecified',
  'InternetProtocol',
  'Password',
  'PasswordProtectedTransport',
  'TimeSyncToken',
  'MobileTwoFactorContract',
  'X509',
  'Smartcard',
  'SmartcardPKI',
];
const rank = (classRef: string): number =>
  strength.indexOf(classRef.replace('urn:oasis:names:tc:SAML:2.0:ac:classes:', ''));

export const authnStatementChecks: readonly Check[] = [
  {
    name: 'authentication statement',
    check({ assertion, at }) {
      if (assertion === undefined || statementOf(assertion)) return [];
      return [finding('authn-statement-missing', at(assertion), { expected: 'saml:AuthnStatement', received: 'none' })];
    },
  },
  {
    name: 'authentication instant',
    check: ({ assertion, at }, { now, skewMs = allowedSkewMs }) =>
      statementsOf(assertion).flatMap((statement) => {
        const text = attribute(statement, 'AuthnInstant');
        const instant = instantOf(text);
        if (instant !== undefined && instant <= now.getTime() + skewMs) return [];
        const facts = { expected: `a time in UTC not after ${now.toISOString()}`, received: text ?? 'none' };
        return [finding('authn-instant-invalid', at(statement, 'AuthnInstant'), facts)];
      }),
  },
  {
    name: 'fresh authentication',
    check({ assertion, at }, { skewMs = allowedSkewMs, request }) {
      const statement = statementOf(assertion);
      const received = attribute(statement, 'AuthnInstant');
      const instant = instantOf(received);
      if (!statement || instant === undefined) return [];
      if (!request?.forceAuthn || request.issuedAt === undefined) return [];
      if (instant >= request.issuedAt.getTime() - skewMs) return [];
      const expected = `after the request of ${request.issuedAt.toISOString()}, which requested a fresh sign-in`;
      return [finding('authn-instant-stale', at(statement, 'AuthnInstant'), { expected, received })];
    },
  },
  {
    name: 'authentication context',
    check({ assertion, at }) {
      const statement = statementOf(assertion);
      const context = contextOf(assertion);
      if (statement === undefined || (context && classRefOf(assertion).trim() !== '')) return [];
      const facts = { expected: 'saml:AuthnContextClassRef', received: 'none' };
      return [finding('authn-context-missing', at(context ?? statement), facts)];
    },
  },
  {
    name: 'requested authentication context',
    check({ assertion, at }, { request }) {
      const context = contextOf(assertion);
      const wanted = request?.requestedAuthnContext;
      const used = classRefOf(assertion);
      if (!context || !wanted || wanted.classRefs.length === 0 || used === '' || isMet(wanted, used)) return [];
      const { comparison = 'exact', classRefs } = wanted;
      const expected = `${comparison === 'exact' ? '' : `${comparison} `}${classRefs.join(' or ')}`;
      return [finding('authn-context-unmet', at(context), { expected, received: used })];
    },
  },
  {
    name: 'session not over',
    check: ({ assertion, at }, { now }) =>
      statementsOf(assertion).flatMap((statement) => {
        const received = attribute(statement, 'SessionNotOnOrAfter');
        if (received === undefined) return [];
        const end = instantOf(received);
        if (end === undefined)
          return [
            finding('authn-instant-invalid', at(statement, 'SessionNotOnOrAfter'), { expected: utcTime, received }),
          ];
        // Without skew: it is the end of a session that starts now, not the age of a message.
        if (end > now.getTime()) return [];
        const expected = `later than ${now.toISOString()}`;
        return [finding('session-over', at(statement, 'SessionNotOnOrAfter'), { expected, received })];
      }),
  },
];

/** SAML core 3.3.2.2.1. Classes not listed above are only compared for equality. */
function isMet({ comparison = 'exact', classRefs }: RequestedAuthnContext, used: string): boolean {
  const known = rank(used) >= 0 ? classRefs.filter((one) => rank(one) >= 0) : [];
  return {
    exact: classRefs.includes(used),
    minimum: classRefs.includes(used) || known.some((one) => rank(used) >= rank(one)),
    maximum: classRefs.includes(used) || known.some((one) => rank(used) <= rank(one)),
    better: known.length === classRefs.length && known.every((one) => rank(used) > rank(one)),
  }[comparison];
}
