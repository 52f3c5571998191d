/** Faults of logout messages: of the LogoutRequest by the IdP, and of its LogoutResponse to an app. */
import type { Fault, LogoutStrike, LogoutStrikes } from '../fault.ts';
import { extended } from '../fault-builders.ts';
import { stranger } from '../forged-names.ts';
import { instant, later, randomId, statusCode } from '../response/saml-values.ts';
import { honestSignature, sign } from '../response/signing.ts';
import { type Element, element, replaceAt, withAttributes, withChildren } from '../response/xml.ts';

type Facts<Code extends string> = Omit<Fault<Code>, 'strikes' | 'logout' | 'verdict'> & Partial<Pick<Fault, 'verdict'>>;
type Changes = Omit<LogoutStrikes, 'message'>;

/**
 * An app that rejects the LogoutRequest keeps the user signed in. `signature` among the touched parts means that the
 * signature is missing or does not verify.
 */
const requestFault = <const Code extends string>(facts: Facts<Code>, changes: Changes): Fault<Code> => ({
  verdict: 'reject',
  ...facts,
  strikes: {},
  logout: { message: 'LogoutRequest', ...changes },
});

/** An app that rejects the LogoutResponse does not tell the user that all sessions have ended. */
const responseFault = <const Code extends string>(facts: Facts<Code>, changes: Changes): Fault<Code> => ({
  verdict: 'reject',
  ...facts,
  strikes: {},
  logout: { message: 'LogoutResponse', ...changes },
});

const set = (attributes: Record<string, string | undefined>) => (message: Element) =>
  withAttributes(message, attributes);
const hourAgo = (now: Date): string => instant(later(now, { minutes: -60 }));
/** Stays within all limits, so that only the signature shows it. */
const aSecondLater = (message: Element, { now }: LogoutStrike): Element =>
  withAttributes(message, { IssueInstant: instant(later(now, { seconds: 1 })) });
const elsewhere = 'https://elsewhere.example/saml/slo';
const otherIssuer = (message: Element): Element =>
  replaceAt(message, 'saml:Issuer', (issuer) => withChildren(issuer, 'https://elsewhere.example/metadata'));
const otherUser = (message: Element): Element =>
  replaceAt(message, 'saml:NameID', (nameId) => withChildren(nameId, `other.${nameId.children.join('')}`));
const otherBinding: NonNullable<LogoutStrikes['binding']> = (binding) => (binding === 'post' ? 'redirect' : 'post');
const statusOf = (top: string, second?: string) => (message: Element) =>
  replaceAt(message, 'samlp:Status', (status) =>
    withChildren(
      status,
      element(
        'samlp:StatusCode',
        { Value: statusCode(top) },
        second === undefined ? undefined : element('samlp:StatusCode', { Value: statusCode(second) }),
      ),
    ),
  );

/** An assertion about another user, as every user of the IdP has one. */
const ownAssertion = ({ now, issuer, keys }: LogoutStrike): Element =>
  sign(
    element(
      'saml:Assertion',
      { ID: randomId(), Version: '2.0', IssueInstant: instant(now) },
      element('saml:Issuer', {}, issuer),
      element('saml:Subject', {}, element('saml:NameID', {}, stranger)),
    ),
    honestSignature(keys),
  );

const signed = 'SAML profiles 4.4.3.1, 4.4.4.1 (the sender must be authenticated)';
const correlated = 'SAML profiles 4.4.4.2; SAML core 3.2.2';
const bound = 'SAML metadata 2.2.2, 2.4.2 (an endpoint has one Binding)';
const addressed = 'SAML bindings 3.4.5.2, 3.5.5.2';

export const logoutFaults = {
  'an unsigned LogoutRequest': requestFault(
    {
      code: 'logout-request-unsigned',
      sentence: 'The LogoutRequest has no signature.',
      rule: signed,
      touches: ['signature'],
    },
    { signing: () => undefined },
  ),
  'a LogoutRequest signed by an unknown key': requestFault(
    {
      code: 'logout-request-other-key',
      sentence: 'The LogoutRequest is signed with a key that the SP does not trust.',
      rule: signed,
      touches: ['signature'],
      usesUntrustedKeys: true,
    },
    { signing: (_, { untrustedKeys }) => untrustedKeys },
  ),
  'a LogoutRequest altered after signing': requestFault(
    {
      code: 'logout-request-altered',
      sentence: 'The IssueInstant of the signed LogoutRequest was changed by a second on its way.',
      rule: `${signed}; XML Signature 3.2.1`,
      touches: ['LogoutRequest/@IssueInstant', 'signature'],
    },
    { transit: aSecondLater },
  ),
  'a LogoutRequest with a different Issuer': requestFault(
    {
      code: 'logout-request-issuer-wrong',
      sentence: 'The Issuer of the LogoutRequest is another IdP.',
      rule: 'SAML profiles 4.4.4.1',
      touches: ['LogoutRequest/Issuer'],
    },
    { document: otherIssuer },
  ),
  'a LogoutRequest with a different Destination': requestFault(
    {
      code: 'logout-request-destination-wrong',
      sentence: 'The Destination of the LogoutRequest is an unknown URL.',
      rule: addressed,
      touches: ['LogoutRequest/@Destination'],
    },
    { document: set({ Destination: elsewhere }) },
  ),
  'a LogoutRequest without Destination': requestFault(
    {
      code: 'logout-request-destination-missing',
      sentence: 'The signed LogoutRequest has no Destination.',
      rule: addressed,
      touches: ['LogoutRequest/@Destination'],
    },
    { document: set({ Destination: undefined }) },
  ),
  'an expired LogoutRequest': requestFault(
    {
      code: 'logout-request-expired',
      sentence: 'The NotOnOrAfter of the LogoutRequest was an hour ago.',
      rule: 'SAML core 3.7.1',
      touches: ['LogoutRequest/@NotOnOrAfter'],
    },
    { document: (message, { now }) => set({ NotOnOrAfter: hourAgo(now) })(message) },
  ),
  'a LogoutRequest with a different NameID': requestFault(
    {
      code: 'logout-request-nameid-other',
      sentence: 'The LogoutRequest names another user.',
      rule: 'SAML core 3.7.3.1',
      touches: ['LogoutRequest/NameID'],
    },
    { document: otherUser },
  ),
  'a LogoutRequest with a different SessionIndex': requestFault(
    {
      code: 'logout-request-sessionindex-other',
      sentence: 'The LogoutRequest names another session of the user.',
      rule: 'SAML core 3.7.3.1',
      touches: ['LogoutRequest/SessionIndex'],
    },
    {
      document: (message) =>
        replaceAt(message, 'samlp:SessionIndex', (index) => withChildren(index, `_other${index.children.join('')}`)),
    },
  ),
  'a LogoutRequest without SessionIndex': requestFault(
    {
      code: 'logout-request-sessionindex-missing',
      sentence: 'The LogoutRequest names no session, so it applies to all sessions of the user.',
      rule: 'SAML core 3.7.1, 3.7.3.1',
      verdict: 'accept',
      touches: ['LogoutRequest/SessionIndex'],
    },
    { document: (message) => replaceAt(message, 'samlp:SessionIndex', () => undefined) },
  ),
  'a replayed LogoutRequest': requestFault(
    {
      code: 'logout-request-replayed',
      sentence:
        'The IdP sends the LogoutRequest that the app received before, if any. ' +
        'If that has no SessionIndex, an app that accepts it ends the new session, too.',
      rule: 'SAML core 3.7.1 (a NotOnOrAfter limits replay), 1.3.4',
      touches: ['LogoutRequest'],
    },
    { delivery: (form, { previous }) => previous ?? form },
  ),
  'a LogoutRequest in the other binding': requestFault(
    {
      code: 'logout-request-binding-other',
      sentence: 'The signed LogoutRequest is sent by POST to an endpoint for HTTP-Redirect, or the other way round.',
      rule: bound,
      touches: [],
    },
    { binding: otherBinding },
  ),
  'an unsigned LogoutRequest in the other binding': requestFault(
    {
      code: 'logout-request-binding-other-unsigned',
      sentence:
        'The LogoutRequest has no signature, and is sent by POST to an endpoint for HTTP-Redirect, ' +
        'or the other way round: an app may verify only one kind of signature.',
      rule: `${signed}; ${bound}`,
      touches: ['signature'],
    },
    { binding: otherBinding, signing: () => undefined },
  ),
  'an unsigned LogoutRequest with a signed Assertion': requestFault(
    {
      code: 'logout-request-signed-assertion',
      sentence:
        'The LogoutRequest has no signature, is sent by POST, and its Extensions contain a signed assertion of the ' +
        'IdP about another user: an app may take the signature of the one for that of the other.',
      rule: `${signed}; samlify issue 634`,
      touches: ['LogoutRequest/Extensions', 'signature'],
    },
    {
      binding: () => 'post',
      document: (message, strike) => extended(message, ownAssertion(strike)),
      signing: () => undefined,
    },
  ),

  'an unsigned LogoutResponse': responseFault(
    {
      code: 'logout-response-unsigned',
      sentence: 'The LogoutResponse has no signature.',
      rule: 'SAML profiles 4.4.4.2',
      touches: ['signature'],
    },
    { signing: () => undefined },
  ),
  'a LogoutResponse signed by an unknown key': responseFault(
    {
      code: 'logout-response-other-key',
      sentence: 'The LogoutResponse is signed with a key that the SP does not trust.',
      rule: 'SAML profiles 4.4.4.2',
      touches: ['signature'],
      usesUntrustedKeys: true,
    },
    { signing: (_, { untrustedKeys }) => untrustedKeys },
  ),
  'a LogoutResponse altered after signing': responseFault(
    {
      code: 'logout-response-altered',
      sentence: 'The IssueInstant of the signed LogoutResponse was changed by a second on its way.',
      rule: 'SAML profiles 4.4.4.2; XML Signature 3.2.1',
      touches: ['LogoutResponse/@IssueInstant', 'signature'],
    },
    { transit: aSecondLater },
  ),
  'a LogoutResponse with a different Issuer': responseFault(
    {
      code: 'logout-response-issuer-wrong',
      sentence: 'The Issuer of the LogoutResponse is another IdP.',
      rule: 'SAML profiles 4.4.4.2',
      touches: ['LogoutResponse/Issuer'],
    },
    { document: otherIssuer },
  ),
  'a LogoutResponse with a different Destination': responseFault(
    {
      code: 'logout-response-destination-wrong',
      sentence: 'The Destination of the LogoutResponse is an unknown URL.',
      rule: addressed,
      touches: ['LogoutResponse/@Destination'],
    },
    { document: set({ Destination: elsewhere }) },
  ),
  'a LogoutResponse with a different InResponseTo': responseFault(
    {
      code: 'logout-response-in-response-to-unknown',
      sentence: 'The InResponseTo of the LogoutResponse is the ID of a request that the SP did not send.',
      rule: correlated,
      touches: ['LogoutResponse/@InResponseTo'],
    },
    { document: set({ InResponseTo: '_unknown' }) },
  ),
  'a LogoutResponse without InResponseTo': responseFault(
    {
      code: 'logout-response-in-response-to-missing',
      sentence: 'The LogoutResponse has no InResponseTo.',
      rule: correlated,
      touches: ['LogoutResponse/@InResponseTo'],
    },
    { document: set({ InResponseTo: undefined }) },
  ),
  'a LogoutResponse with a Responder status': responseFault(
    {
      code: 'logout-response-status-responder',
      sentence: 'The status of the LogoutResponse says that the IdP failed to end the session.',
      rule: 'SAML core 3.2.2.2',
      touches: ['LogoutResponse/Status'],
    },
    { document: statusOf('Responder') },
  ),
  'a LogoutResponse with a PartialLogout status': responseFault(
    {
      code: 'logout-response-status-partiallogout',
      sentence: 'The status of the LogoutResponse says that sessions at other apps remain open.',
      rule: 'SAML core 3.7.3.2',
      touches: ['LogoutResponse/Status'],
    },
    { document: statusOf('Success', 'PartialLogout') },
  ),
} satisfies Record<string, Fault>;
