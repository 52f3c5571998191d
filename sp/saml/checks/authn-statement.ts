/** Checks of saml:AuthnStatement: when and how the user signed in, and until when the session may last (SAML core 2.7.2). */
import { attribute, childNamed, ns, textOf } from '../dom.ts';
import { allowedSkewMs } from '../judgement.ts';
import { finding, instantOf, type Check } from './check.ts';

const statementOf = (assertion: Element | undefined): Element | undefined => childNamed(assertion, ns.saml, 'AuthnStatement');
const contextOf = (assertion: Element | undefined): Element | undefined => childNamed(statementOf(assertion), ns.saml, 'AuthnContext');
export const classRefOf = (assertion: Element | undefined): string => textOf(childNamed(contextOf(assertion), ns.saml, 'AuthnContextClassRef'));

/** From weak to strong, for comparisons other than exact (SAML authn-context; the order is this service provider's). */
const strength = ['unspecified', 'InternetProtocol', 'Password', 'PasswordProtectedTransport', 'TimeSyncToken', 'MobileTwoFactorContract', 'X509', 'Smartcard', 'SmartcardPKI'];
const rank = (classRef: string): number => strength.indexOf(classRef.replace('urn:oasis:names:tc:SAML:2.0:ac:classes:', ''));

export const authnStatementChecks: readonly Check[] = [
  {
    name: 'authentication statement',
    check: ({ assertion, at }) => (assertion === undefined || statementOf(assertion) ? [] : [finding('authn-statement-missing', at(assertion), { expected: 'saml:AuthnStatement', received: 'none' })]),
  },
  {
    name: 'authentication instant',
    check({ assertion, at }, { now, skewMs = allowedSkewMs }) {
      const statement = statementOf(assertion);
      if (statement === undefined) return [];
      const text = attribute(statement, 'AuthnInstant');
      const instant = instantOf(text);
      return instant === undefined || instant > now.getTime() + skewMs ? [finding('authn-instant-invalid', at(statement, 'AuthnInstant'), { expected: `a time in UTC not after ${now.toISOString()}`, received: text ?? 'none' })] : [];
    },
  },
  {
    name: 'fresh authentication',
    check({ assertion, at }, { skewMs = allowedSkewMs, request }) {
      const statement = statementOf(assertion);
      const instant = instantOf(attribute(statement, 'AuthnInstant'));
      if (!statement || instant === undefined || !request?.forceAuthn || request.issuedAt === undefined || instant >= request.issuedAt.getTime() - skewMs) return [];
      return [finding('authn-instant-stale', at(statement, 'AuthnInstant'), { expected: `after the request of ${request.issuedAt.toISOString()}, which asked for a fresh sign-in`, received: attribute(statement, 'AuthnInstant') })];
    },
  },
  {
    name: 'authentication context',
    check({ assertion, at }) {
      const statement = statementOf(assertion);
      const context = contextOf(assertion);
      return statement === undefined || (context && classRefOf(assertion).trim() !== '') ? [] : [finding('authn-context-missing', at(context ?? statement), { expected: 'saml:AuthnContextClassRef', received: 'none' })];
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
      const met = comparison === 'exact' ? classRefs.includes(used) : rank(used) >= 0 && {
        minimum: classRefs.some((one) => rank(used) >= rank(one)), better: classRefs.every((one) => rank(used) > rank(one)), maximum: classRefs.some((one) => rank(used) <= rank(one)),
      }[comparison];
      return met ? [] : [finding('authn-context-unmet', at(context), { expected: `${comparison === 'exact' ? '' : `${comparison} `}${classRefs.join(' or ')}`, received: used })];
    },
  },
  {
    name: 'session not over',
    check({ assertion, at }, { now }) {
      const statement = statementOf(assertion);
      const text = attribute(statement, 'SessionNotOnOrAfter');
      if (!statement || text === undefined) return [];
      const end = instantOf(text);
      // Without tolerance: it is the end of a session that begins now, not a message under way.
      return end === undefined || end <= now.getTime() ? [finding('session-over', at(statement, 'SessionNotOnOrAfter'), { expected: `later than ${now.toISOString()}`, received: text })] : [];
    },
  },
];
