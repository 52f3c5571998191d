/** Faults in the AuthnStatement: context, instant, session. */

import type { Fault, Strike, Verdict } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, emptyAt, type Facts, removeAt } from '../fault-builders.ts';
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

const unrequested = 'SAML core 3.3.2.2.1 (applies only if RequestedAuthnContext was sent)';
const requested: Verdict = {
  policy: 'requestedAuthnContext',
  acceptWhen: '',
  because:
    'An SP that requested no authentication context has no reason to reject the response. ' +
    'One that did must reject a context that does not meet it.',
};

export const authnFaults = {
  'an assertion without AuthnStatement': documentFault(
    {
      code: 'authnstatement-missing',
      sentence: 'The Assertion has no AuthnStatement.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['AuthnStatement'],
    },
    removeAt(statement),
  ),
  'an empty AuthnStatement': documentFault(
    {
      code: 'authnstatement-empty',
      sentence: 'The AuthnStatement has neither AuthnInstant nor AuthnContext.',
      rule: 'SAML core 2.7.2',
      touches: ['AuthnStatement'],
    },
    emptyAt(statement),
  ),
  'an AuthnStatement without AuthnContext': documentFault(
    {
      code: 'authncontext-missing',
      sentence: 'The AuthnStatement has no AuthnContext.',
      rule: 'SAML core 2.7.2',
      touches: ['AuthnContext'],
    },
    removeAt(context),
  ),
  'an empty AuthnContext': documentFault(
    {
      code: 'authncontext-empty',
      sentence: 'The AuthnContext is empty.',
      rule: 'SAML core 2.7.2.2',
      touches: ['AuthnContext'],
    },
    emptyAt(context),
  ),
  'an AuthnContext without AuthnContextClassRef': documentFault(
    {
      code: 'classref-missing',
      sentence: 'The AuthnContext has an AuthenticatingAuthority but no AuthnContextClassRef.',
      rule: 'SAML core 2.7.2.2',
      touches: ['AuthnContext'],
    },
    at(context, (_, { issuer }) =>
      element('saml:AuthnContext', {}, element('saml:AuthenticatingAuthority', {}, issuer)),
    ),
  ),
  'an AuthnContext with an empty AuthnContextClassRef': documentFault(
    {
      code: 'classref-empty',
      sentence: 'The AuthnContextClassRef is empty.',
      rule: 'SAML core 2.7.2.2 and 1.3.2',
      touches: ['AuthnContextClassRef'],
    },
    emptyAt(classRef),
  ),
  'a weaker AuthnContext': authnStatementFault(
    {
      code: 'authncontext-weaker',
      sentence: 'The AuthnContextClassRef is InternetProtocol: the user was authenticated by IP address only.',
      rule: unrequested,
      verdict: requested,
      touches: ['AuthnContextClassRef'],
    },
    (authn) => ({ ...authn, classRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:InternetProtocol' }),
  ),
  'an unknown AuthnContextClassRef': authnStatementFault(
    {
      code: 'authncontext-unknown',
      sentence: 'The AuthnContextClassRef is a URI that SAML does not define.',
      rule: unrequested,
      verdict: requested,
      touches: ['AuthnContextClassRef'],
    },
    (authn) => ({ ...authn, classRef: 'urn:elsewhere:classes:Handshake' }),
  ),
  'an unspecified AuthnContext': authnStatementFault(
    {
      code: 'authncontext-unspecified',
      sentence: 'The AuthnContextClassRef is unspecified.',
      rule: unrequested,
      verdict: requested,
      touches: ['AuthnContextClassRef'],
    },
    (authn) => ({ ...authn, classRef: authnContexts.unspecified }),
  ),
  'an old AuthnInstant': authnStatementFault(
    {
      code: 'authninstant-stale-forceauthn',
      sentence: 'The AuthnInstant is two hours ago.',
      rule: 'SAML core 3.4.1 (applies only if ForceAuthn was sent)',
      touches: ['@AuthnInstant'],
      verdict: {
        policy: 'forceAuthn',
        acceptWhen: false,
        because: 'An SP that did not request a fresh sign-in accepts an older one. One that did must reject it.',
      },
    },
    (authn, { now }) => ({ ...authn, instant: instant(later(now, { minutes: -120 })) }),
  ),
  'an AuthnInstant {minutes} minutes in the future': authnStatementFault(
    {
      code: 'authninstant-future',
      sentence: 'The AuthnInstant is in the future.',
      rule: 'SAML core 2.7.2',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: ['@AuthnInstant'],
    },
    (authn, { now, amount }) => ({ ...authn, instant: instant(later(now, { minutes: amount })) }),
  ),
  'an AuthnStatement without AuthnInstant': authnStatementFault(
    {
      code: 'authninstant-missing',
      sentence: 'The AuthnStatement has no AuthnInstant.',
      rule: 'SAML core 2.7.2',
      touches: ['@AuthnInstant'],
    },
    (authn) => ({ ...authn, instant: undefined }),
  ),
  'an AuthnStatement with an empty AuthnInstant': authnStatementFault(
    {
      code: 'authninstant-empty',
      sentence: 'The AuthnInstant is empty.',
      rule: 'SAML core 2.7.2 and 1.3.3',
      touches: ['@AuthnInstant'],
    },
    (authn) => ({ ...authn, instant: '' }),
  ),
  'an AuthnStatement with a malformed AuthnInstant': authnStatementFault(
    {
      code: 'authninstant-format',
      sentence: 'The AuthnInstant is a date without a time.',
      rule: 'SAML core 1.3.3',
      touches: ['@AuthnInstant'],
    },
    (authn) => ({ ...authn, instant: authn.instant?.slice(0, 10) }),
  ),
  'a SessionNotOnOrAfter {minutes} minutes ago': authnStatementFault(
    {
      code: 'session-notonorafter-past',
      sentence: 'The SessionNotOnOrAfter has passed: the session at the SP would end before it starts.',
      rule: 'SAML core 2.7.2',
      amount: { unit: 'minutes', accept: [], reject: [4, 60] },
      touches: ['@SessionNotOnOrAfter'],
    },
    (authn, { now, amount }) => ({ ...authn, sessionNotOnOrAfter: instant(later(now, { minutes: -amount })) }),
  ),
  'a malformed SessionNotOnOrAfter': authnStatementFault(
    {
      code: 'session-notonorafter-format',
      sentence: 'The SessionNotOnOrAfter is “never”.',
      rule: 'SAML core 2.7.2 and 1.3.3',
      touches: ['@SessionNotOnOrAfter'],
    },
    (authn) => ({ ...authn, sessionNotOnOrAfter: 'never' }),
  ),
  'a SessionNotOnOrAfter in {seconds} seconds': authnStatementFault(
    {
      code: 'session-notonorafter-short',
      sentence: 'The SessionNotOnOrAfter is only seconds away.',
      rule: 'SAML profiles 4.1.4.3',
      verdict: 'accept',
      amount: { unit: 'seconds', accept: [2, 30], reject: [] },
      touches: ['@SessionNotOnOrAfter'],
    },
    (authn, { now, amount }) => ({ ...authn, sessionNotOnOrAfter: instant(later(now, { seconds: amount })) }),
  ),
  // SAML requires it of an IdP that supports single logout; an SP can sign the user in without it.
  'an AuthnStatement without SessionIndex': authnStatementFault(
    {
      code: 'sessionindex-missing',
      sentence: 'The AuthnStatement has no SessionIndex.',
      rule: 'SAML profiles 4.1.4.2',
      verdict: 'accept',
      touches: ['@SessionIndex'],
    },
    (authn) => ({ ...authn, sessionIndex: undefined }),
  ),
  'two identical AuthnStatements': documentFault(
    {
      code: 'authnstatement-two',
      sentence: 'The Assertion has two identical AuthnStatements.',
      rule: 'SAML core 2.3.3 (any number)',
      verdict: 'accept',
      touches: ['AuthnStatement'],
    },
    at(statement, (found) => [found, found]),
  ),
  'two AuthnStatements with different SessionNotOnOrAfter': documentFault(
    {
      code: 'authnstatement-second-sooner',
      sentence: 'The SessionNotOnOrAfter of the first AuthnStatement is in four hours, that of the second in one.',
      rule: 'SAML core 2.7.2 (every statement of an assertion applies)',
      verdict: 'accept',
      touches: ['AuthnStatement'],
    },
    at(statement, (found, { now }) =>
      [4, 1].map((hours) =>
        withAttributes(found, { SessionNotOnOrAfter: instant(later(now, { minutes: hours * 60 })) }),
      ),
    ),
  ),
  'a second AuthnStatement with an expired session': documentFault(
    {
      code: 'authnstatement-second-over',
      sentence: 'The SessionNotOnOrAfter of the second AuthnStatement was an hour ago.',
      rule: 'SAML core 2.7.2 (every statement of an assertion applies)',
      touches: ['AuthnStatement'],
    },
    at(statement, (found, { now }) => [
      found,
      withAttributes(found, { SessionNotOnOrAfter: instant(later(now, { minutes: -60 })) }),
    ]),
  ),
  'a second AuthnStatement with a future AuthnInstant': documentFault(
    {
      code: 'authnstatement-second-future',
      sentence: 'The AuthnInstant of the second AuthnStatement is an hour in the future.',
      rule: 'SAML core 2.7.2 (every statement of an assertion applies)',
      touches: ['AuthnStatement'],
    },
    at(statement, (found, { now }) => [
      found,
      withAttributes(found, { AuthnInstant: instant(later(now, { minutes: 60 })) }),
    ]),
  ),
  'an AuthnStatement with SubjectLocality': documentFault(
    {
      code: 'authn-subject-locality',
      sentence: 'The AuthnStatement has a SubjectLocality: the IP address from which the user signed in.',
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
