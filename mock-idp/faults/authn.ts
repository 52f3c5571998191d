/** Faults in how and when the user was authenticated, and in how long the session may last. */

import type { Fault, Strike, Verdict } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, emptied, type Facts, without } from '../fault-builders.ts';
import type { Claims } from '../response/claims.ts';
import { authnContexts, instant, later } from '../response/saml-values.ts';
import { element, withAttributes } from '../response/xml.ts';

const statement = 'saml:Assertion/saml:AuthnStatement';
const context = `${statement}/saml:AuthnContext`;
const classRef = `${context}/saml:AuthnContextClassRef`;

const authnStatementFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (authn: Claims['authn'], strike: Strike) => Claims['authn'],
): Fault<Code> => assertionClaimsFault(facts, (claims, strike) => ({ ...claims, authn: change(claims.authn, strike) }));

const unrequested = 'SAML core 3.3.2.2.1 (binds only where RequestedAuthnContext was sent)';
const requested: Verdict = {
  policy: 'requestedAuthnContext',
  acceptWhen: '',
  because: 'An SP that asked for no context has nothing to refuse; one that did must refuse what does not meet it.',
};

export const authnFaults = {
  'an assertion without an authentication statement': documentFault(
    {
      code: 'authnstatement-missing',
      sentence: 'The assertion does not say that the user was authenticated.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['AuthnStatement'],
    },
    without(statement),
  ),
  'an empty authentication statement': documentFault(
    {
      code: 'authnstatement-empty',
      sentence: 'The AuthnStatement has neither time nor context.',
      rule: 'SAML core 2.7.2',
      touches: ['AuthnStatement'],
    },
    emptied(statement),
  ),
  'an authentication statement without a context': documentFault(
    {
      code: 'authncontext-missing',
      sentence: 'The AuthnStatement has no AuthnContext.',
      rule: 'SAML core 2.7.2',
      touches: ['AuthnContext'],
    },
    without(context),
  ),
  'an empty authentication context': documentFault(
    {
      code: 'authncontext-empty',
      sentence: 'The AuthnContext is empty.',
      rule: 'SAML core 2.7.2.2',
      touches: ['AuthnContext'],
    },
    emptied(context),
  ),
  'an authentication context without a class': documentFault(
    {
      code: 'classref-missing',
      sentence: 'The AuthnContext names an authority and no class.',
      rule: 'SAML core 2.7.2.2',
      touches: ['AuthnContext'],
    },
    at(context, (_, { issuer }) =>
      element('saml:AuthnContext', {}, element('saml:AuthenticatingAuthority', {}, issuer)),
    ),
  ),
  'an authentication context with an empty class': documentFault(
    {
      code: 'classref-empty',
      sentence: 'The AuthnContextClassRef is empty.',
      rule: 'SAML core 2.7.2.2 and 1.3.2',
      touches: ['AuthnContextClassRef'],
    },
    emptied(classRef),
  ),
  'a weaker authentication context': authnStatementFault(
    {
      code: 'authncontext-weaker',
      sentence: 'The user is said to have been recognized by network address only.',
      rule: unrequested,
      verdict: requested,
      touches: ['AuthnContextClassRef'],
    },
    (authn) => ({ ...authn, classRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocol' }),
  ),
  'an authentication context of an unknown class': authnStatementFault(
    {
      code: 'authncontext-unknown',
      sentence: 'The class of the authentication context is invented.',
      rule: unrequested,
      verdict: requested,
      touches: ['AuthnContextClassRef'],
    },
    (authn) => ({ ...authn, classRef: 'urn:elsewhere:classes:Handshake' }),
  ),
  'an unspecified authentication context': authnStatementFault(
    {
      code: 'authncontext-unspecified',
      sentence: 'How the user was authenticated is left open.',
      rule: unrequested,
      verdict: requested,
      touches: ['AuthnContextClassRef'],
    },
    (authn) => ({ ...authn, classRef: authnContexts.unspecified }),
  ),
  'an authentication of long ago': authnStatementFault(
    {
      code: 'authninstant-stale-forceauthn',
      sentence: 'The user was authenticated two hours ago.',
      rule: 'SAML core 3.4.1 (binds only where ForceAuthn was sent)',
      touches: ['@AuthnInstant'],
      verdict: {
        policy: 'forceAuthn',
        acceptWhen: false,
        because: 'An SP that did not ask for a fresh sign-in takes an older one; one that did must not.',
      },
    },
    (authn, { now }) => ({ ...authn, instant: instant(later(now, { minutes: -120 })) }),
  ),
  'an authentication {minutes} minutes in the future': authnStatementFault(
    {
      code: 'authninstant-future',
      sentence: 'The user is yet to be authenticated.',
      rule: 'SAML core 2.7.2',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: ['@AuthnInstant'],
    },
    (authn, { now, amount }) => ({ ...authn, instant: instant(later(now, { minutes: amount })) }),
  ),
  'an authentication without a time': authnStatementFault(
    {
      code: 'authninstant-missing',
      sentence: 'The AuthnStatement does not say when the user was authenticated.',
      rule: 'SAML core 2.7.2',
      touches: ['@AuthnInstant'],
    },
    (authn) => ({ ...authn, instant: undefined }),
  ),
  'an authentication at an empty time': authnStatementFault(
    {
      code: 'authninstant-empty',
      sentence: 'The AuthnInstant is empty.',
      rule: 'SAML core 2.7.2 and 1.3.3',
      touches: ['@AuthnInstant'],
    },
    (authn) => ({ ...authn, instant: '' }),
  ),
  'an authentication at a time that is none': authnStatementFault(
    {
      code: 'authninstant-format',
      sentence: 'The AuthnInstant is a date without a time.',
      rule: 'SAML core 1.3.3',
      touches: ['@AuthnInstant'],
    },
    (authn) => ({ ...authn, instant: authn.instant?.slice(0, 10) }),
  ),
  'a session that ended {minutes} minutes ago': authnStatementFault(
    {
      code: 'session-notonorafter-past',
      sentence: 'The session at the SP should have ended before it could begin.',
      rule: 'SAML core 2.7.2',
      amount: { unit: 'minutes', accept: [], reject: [4, 60] },
      touches: ['@SessionNotOnOrAfter'],
    },
    (authn, { now, amount }) => ({ ...authn, sessionNotOnOrAfter: instant(later(now, { minutes: -amount })) }),
  ),
  'a session that ends at a time that is none': authnStatementFault(
    {
      code: 'session-notonorafter-format',
      sentence: 'The SessionNotOnOrAfter is “never”.',
      rule: 'SAML core 2.7.2 and 1.3.3',
      touches: ['@SessionNotOnOrAfter'],
    },
    (authn) => ({ ...authn, sessionNotOnOrAfter: 'never' }),
  ),
  'a session of {seconds} seconds': authnStatementFault(
    {
      code: 'session-notonorafter-short',
      sentence: 'The session at the SP is to end within seconds.',
      rule: 'SAML profiles 4.1.4.3',
      verdict: 'accept',
      amount: { unit: 'seconds', accept: [2, 30], reject: [] },
      touches: ['@SessionNotOnOrAfter'],
    },
    (authn, { now, amount }) => ({ ...authn, sessionNotOnOrAfter: instant(later(now, { seconds: amount })) }),
  ),
  // SAML wants the index from an identity provider that supports single logout; an SP can sign the user in without.
  'an authentication without a session index': authnStatementFault(
    {
      code: 'sessionindex-missing',
      sentence: 'The AuthnStatement has no SessionIndex.',
      rule: 'SAML profiles 4.1.4.2',
      verdict: 'accept',
      touches: ['@SessionIndex'],
    },
    (authn) => ({ ...authn, sessionIndex: undefined }),
  ),
  'two authentication statements': documentFault(
    {
      code: 'authnstatement-two',
      sentence: 'Two AuthnStatements say the same.',
      rule: 'SAML core 2.3.3 (any number)',
      verdict: 'accept',
      touches: ['AuthnStatement'],
    },
    at(statement, (found) => [found, found]),
  ),
  'two authentication statements of which the second ends sooner': documentFault(
    {
      code: 'authnstatement-second-sooner',
      sentence: 'Of two AuthnStatements, the first lets the session last four hours, the second only one.',
      rule: 'SAML core 2.7.2 (every statement of an assertion holds)',
      verdict: 'accept',
      touches: ['AuthnStatement'],
    },
    at(statement, (found, { now }) =>
      [4, 1].map((hours) =>
        withAttributes(found, { SessionNotOnOrAfter: instant(later(now, { minutes: hours * 60 })) }),
      ),
    ),
  ),
  'a second authentication statement of a session that is over': documentFault(
    {
      code: 'authnstatement-second-over',
      sentence: 'Of two AuthnStatements, the second says that its session ended an hour ago.',
      rule: 'SAML core 2.7.2 (every statement of an assertion holds)',
      touches: ['AuthnStatement'],
    },
    at(statement, (found, { now }) => [
      found,
      withAttributes(found, { SessionNotOnOrAfter: instant(later(now, { minutes: -60 })) }),
    ]),
  ),
  'a second authentication statement from the future': documentFault(
    {
      code: 'authnstatement-second-future',
      sentence: 'Of two AuthnStatements, the second is of a sign-in that will take place in an hour.',
      rule: 'SAML core 2.7.2 (every statement of an assertion holds)',
      touches: ['AuthnStatement'],
    },
    at(statement, (found, { now }) => [
      found,
      withAttributes(found, { AuthnInstant: instant(later(now, { minutes: 60 })) }),
    ]),
  ),
  'an authentication statement with the locality of the user': documentFault(
    {
      code: 'authn-subject-locality',
      sentence: 'The AuthnStatement says from where the user signed in.',
      rule: 'SAML core 2.7.2.1',
      verdict: 'accept',
      touches: ['SubjectLocality'],
    },
    at(statement, (found) => ({
      ...found,
      children: [element('saml:SubjectLocality', { Address: '192.0.2.77' }), ...found.children],
    })),
  ),
} satisfies Record<string, Fault>;
