/** Checks of saml:AuthnStatement: when and how the user signed in, and until when the session may last (SAML core 2.7.2). */
import { attribute, childNamed, childrenNamed, ns, textOf } from '../dom.ts';
import { allowedSkewMs } from '../judgement.ts';
import { type Check, finding, instantOf } from './check.ts';

/** There is one, usually; where there are several, the times of all of them count, and the first says how. */
export const statementsOf = (assertion: Element | undefined): Element[] =>
  assertion ? childrenNamed(assertion, ns.saml, 'AuthnStatement') : [];
const statementOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(assertion, ns.saml, 'AuthnStatement');
const contextOf = (assertion: Element | undefined): Element | undefined =>
  childNamed(statementOf(assertion), ns.saml, 'AuthnContext');
export const classRefOf = (assertion: Element | undefined): string =>
  textOf(childNamed(contextOf(assertion), ns.saml, 'AuthnContextClassRef'));

/** From weak to strong, for comparisons other than exact (SAML authn-context; the order is this service provider's). */
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
    check: ({ assertion, at }) =>
      assertion === undefined || statementOf(assertion)
        ? []
        : [finding('authn-statement-missing', at(assertion), { expected: 'saml:AuthnStatement', received: 'none' })],
  },
  {
    name: 'authentication instant',
    check: ({ assertion, at }, { now, skewMs = allowedSkewMs }) =>
      statementsOf(assertion).flatMap((statement) => {
        const text = attribute(statement, 'AuthnInstant');
        const instant = instantOf(text);
        return instant === undefined || instant > now.getTime() + skewMs
          ? [
              finding('authn-instant-invalid', at(statement, 'AuthnInstant'), {
                expected: `a time in UTC not after ${now.toISOString()}`,
                received: text ?? 'none',
              }),
            ]
          : [];
      }),
  },
  {
    name: 'fresh authentication',
    check({ assertion, at }, { skewMs = allowedSkewMs, request }) {
      const statement = statementOf(assertion);
      const instant = instantOf(attribute(statement, 'AuthnInstant'));
      if (
        !statement ||
        instant === undefined ||
        !request?.forceAuthn ||
        request.issuedAt === undefined ||
        instant >= request.issuedAt.getTime() - skewMs
      )
        return [];
      return [
        finding('authn-instant-stale', at(statement, 'AuthnInstant'), {
          expected: `after the request of ${request.issuedAt.toISOString()}, which asked for a fresh sign-in`,
          received: attribute(statement, 'AuthnInstant'),
        }),
      ];
    },
  },
  {
    name: 'authentication context',
    check({ assertion, at }) {
      const statement = statementOf(assertion);
      const context = contextOf(assertion);
      return statement === undefined || (context && classRefOf(assertion).trim() !== '')
        ? []
        : [
            finding('authn-context-missing', at(context ?? statement), {
              expected: 'saml:AuthnContextClassRef',
              received: 'none',
            }),
          ];
    },
  },
  {
    name: 'requested authentication context',
    check({ assertion, at }, { request }) {
      const context = contextOf(assertion);
      const wanted = request?.requestedAuthnContext;
      const used = classRefOf(assertion);
      if (!context || !wanted || wanted.classRefs.length === 0 || used === '') return [];
      const { comparison = 'exact', classRefs } = wanted;
      // Classes that are not in the list above can only be the same or not the same.
      const known = rank(used) >= 0 ? classRefs.filter((one) => rank(one) >= 0) : [];
      const met = {
        exact: classRefs.includes(used),
        minimum: classRefs.includes(used) || known.some((one) => rank(used) >= rank(one)),
        maximum: classRefs.includes(used) || known.some((one) => rank(used) <= rank(one)),
        better: known.length === classRefs.length && known.every((one) => rank(used) > rank(one)),
      }[comparison];
      return met
        ? []
        : [
            finding('authn-context-unmet', at(context), {
              expected: `${comparison === 'exact' ? '' : `${comparison} `}${classRefs.join(' or ')}`,
              received: used,
            }),
          ];
    },
  },
  {
    name: 'session not over',
    check: ({ assertion, at }, { now }) =>
      statementsOf(assertion).flatMap((statement) => {
        const text = attribute(statement, 'SessionNotOnOrAfter');
        if (text === undefined) return [];
        const end = instantOf(text);
        // Without tolerance: it is the end of a session that begins now, not a message under way.
        if (end === undefined)
          return [
            finding('authn-instant-invalid', at(statement, 'SessionNotOnOrAfter'), {
              expected: 'a time in UTC such as 2026-01-31T12:00:00Z',
              received: text,
            }),
          ];
        return end <= now.getTime()
          ? [
              finding('session-over', at(statement, 'SessionNotOnOrAfter'), {
                expected: `later than ${now.toISOString()}`,
                received: text,
              }),
            ]
          : [];
      }),
  },
];
