/** Faults in the frame of the response: its ID, version, times, destination, what it answers, and its root. */

import type { Fault } from '../fault.ts';
import { claimsFault, documentFault } from '../fault-builders.ts';
import type { Claims } from '../response/claims.ts';
import { instant, later, randomId } from '../response/saml-values.ts';
import { child, element, isElement, withChildren } from '../response/xml.ts';

const response = (attribute: string) => [`Response/@${attribute}`];
const bothInResponseTo = ['Response/@InResponseTo', 'SubjectConfirmationData/@InResponseTo'];

const withInResponseTo = (claims: Claims, inResponseTo: string | undefined): Claims => ({
  ...claims,
  inResponseTo,
  confirmation: { ...claims.confirmation, inResponseTo },
});

const withMilliseconds = (time: string | undefined): string | undefined => time?.replace(/Z$/, '.123Z');

export const messageFaults = {
  'a response without an ID': claimsFault(
    {
      code: 'response-id-missing',
      sentence: 'The response has no ID.',
      rule: 'SAML core 3.2.2',
      touches: [...response('ID'), 'Reference/@URI'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, responseId: undefined }),
  ),
  'a response with an empty ID': claimsFault(
    {
      code: 'response-id-empty',
      sentence: 'The ID of the response is empty.',
      rule: 'SAML core 3.2.2 and 1.3.4',
      touches: [...response('ID'), 'Reference/@URI'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, responseId: '' }),
  ),
  'a response whose ID begins with a digit': claimsFault(
    {
      code: 'response-id-not-ncname',
      sentence: 'The ID of the response is not an xs:ID.',
      rule: 'SAML core 1.3.4',
      touches: [...response('ID'), 'Reference/@URI'],
    },
    (claims) => ({ ...claims, responseId: '2026' }),
  ),
  'a response of SAML version 1.1': claimsFault(
    {
      code: 'response-version-wrong',
      sentence: 'The Version of the response is 1.1.',
      rule: 'SAML core 3.2.2 and 4.1.3',
      touches: response('Version'),
    },
    (claims) => ({ ...claims, version: '1.1' }),
  ),
  'a response of SAML version 2.1': claimsFault(
    {
      code: 'response-version-newer',
      sentence: 'The Version of the response is 2.1.',
      rule: 'SAML core 4.1.3.2',
      touches: response('Version'),
    },
    (claims) => ({ ...claims, version: '2.1' }),
  ),
  'a response without a version': claimsFault(
    {
      code: 'response-version-missing',
      sentence: 'The response has no Version.',
      rule: 'SAML core 3.2.2',
      touches: response('Version'),
    },
    (claims) => ({ ...claims, version: undefined }),
  ),
  'a response without an issue instant': claimsFault(
    {
      code: 'response-issueinstant-missing',
      sentence: 'The response does not say when it was issued.',
      rule: 'SAML core 3.2.2',
      touches: response('IssueInstant'),
    },
    (claims) => ({ ...claims, responseIssueInstant: undefined }),
  ),
  'a response with an empty issue instant': claimsFault(
    {
      code: 'response-issueinstant-empty',
      sentence: 'The IssueInstant of the response is empty.',
      rule: 'SAML core 3.2.2 and 1.3.3',
      touches: response('IssueInstant'),
    },
    (claims) => ({ ...claims, responseIssueInstant: '' }),
  ),
  'a response whose issue instant is no time': claimsFault(
    {
      code: 'response-issueinstant-format',
      sentence: 'The IssueInstant of the response is a date as people write it.',
      rule: 'SAML core 1.3.3',
      touches: response('IssueInstant'),
    },
    (claims, { now }) => ({ ...claims, responseIssueInstant: now.toUTCString() }),
  ),
  'a response issued {minutes} minutes before the request': claimsFault(
    {
      code: 'response-issueinstant-before-request',
      sentence: 'The response was issued before it was asked for.',
      rule: 'SAML core 3.2.2',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: response('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, responseIssueInstant: instant(later(now, { minutes: -amount })) }),
  ),
  'a response issued {minutes} minutes in the future': claimsFault(
    {
      code: 'response-issueinstant-future',
      sentence: 'The response claims to be issued later than it arrives.',
      rule: 'SAML core 3.2.2; SAML deployment profile SDP-G01',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: response('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, responseIssueInstant: instant(later(now, { minutes: amount })) }),
  ),
  'times with milliseconds': claimsFault(
    {
      code: 'issueinstant-millis',
      sentence: 'All times are written with milliseconds.',
      rule: 'SAML core 1.3.3 (xs:dateTime has fractions)',
      verdict: 'accept',
      touches: ['@IssueInstant', '@NotBefore', '@NotOnOrAfter', '@AuthnInstant'],
    },
    (claims) => ({
      ...claims,
      responseIssueInstant: withMilliseconds(claims.responseIssueInstant),
      assertionIssueInstant: withMilliseconds(claims.assertionIssueInstant),
      confirmation: { ...claims.confirmation, notOnOrAfter: withMilliseconds(claims.confirmation.notOnOrAfter) },
      conditions: {
        notBefore: withMilliseconds(claims.conditions.notBefore),
        notOnOrAfter: withMilliseconds(claims.conditions.notOnOrAfter),
      },
      authn: { ...claims.authn, instant: withMilliseconds(claims.authn.instant) },
    }),
  ),
  // The catalogue allows to accept or to reject it, but not to misread it.
  // Rejected: SAML allows no time zone, and a wrong guess is two hours off.
  'an issue instant with a time zone offset': claimsFault(
    {
      code: 'issueinstant-timezone-offset',
      sentence: 'The IssueInstant of the response is the right moment in the time of another zone.',
      rule: 'SAML core 1.3.3 (UTC, no time zone component)',
      touches: response('IssueInstant'),
    },
    (claims, { now }) => ({
      ...claims,
      responseIssueInstant: instant(later(now, { minutes: 120 })).replace('Z', '+02:00'),
    }),
  ),

  'a response that does not name the request': claimsFault(
    {
      code: 'in-response-to-missing',
      sentence: 'The response has no InResponseTo; its subject confirmation has one.',
      rule: 'SAML profiles 4.1.4.3',
      touches: response('InResponseTo'),
    },
    (claims) => (claims.inResponseTo === undefined ? claims : { ...claims, inResponseTo: undefined }),
  ),
  'a response that names the request by an empty ID': claimsFault(
    {
      code: 'in-response-to-empty',
      sentence: 'The InResponseTo of the response is empty.',
      rule: 'SAML core 3.2.2',
      touches: response('InResponseTo'),
    },
    (claims) => (claims.inResponseTo === undefined ? claims : { ...claims, inResponseTo: '' }),
  ),
  'a response to another request': claimsFault(
    {
      code: 'in-response-to-unknown',
      sentence: 'The response and its subject confirmation answer a request that the SP never sent.',
      rule: 'SAML profiles 4.1.4.3; SAML core 3.2.2',
      touches: bothInResponseTo,
    },
    (claims) => withInResponseTo(claims, randomId()),
  ),
  'a response to the waiting request of another browser': claimsFault(
    {
      code: 'in-response-to-other-session',
      sentence: 'The response answers a request that another browser made and that is still waiting.',
      rule: 'SAML profiles 4.1.4.3',
      touches: bothInResponseTo,
    },
    (claims, { elsewhere }) =>
      elsewhere?.requestId === undefined ? claims : withInResponseTo(claims, elsewhere.requestId),
  ),
  'a response to the request answered before': claimsFault(
    {
      code: 'in-response-to-reused',
      sentence: 'The response answers the request that the response before it has answered already.',
      rule: 'SAML profiles 4.1.4.5',
      touches: bothInResponseTo,
    },
    (claims, { elsewhere }) => {
      const answered = /\sInResponseTo="([^"]+)"/.exec(elsewhere?.previous?.xml ?? '')?.[1];
      return answered === undefined ? claims : withInResponseTo(claims, answered);
    },
  ),
  'a response that nobody asked for': claimsFault(
    {
      code: 'unsolicited-response',
      sentence: 'Neither the response nor its subject confirmation names a request.',
      rule: 'SAML profiles 4.1.5',
      verdict: {
        policy: 'allowIdpInitiated',
        acceptWhen: true,
        because:
          'A sign-in that begins at the identity provider answers no request; ' +
          'an SP that takes none such must refuse it, for login CSRF looks the same.',
      },
      touches: bothInResponseTo,
    },
    (claims) => (claims.inResponseTo === undefined ? claims : withInResponseTo(claims, undefined)),
  ),
  'an unasked response that names a request': claimsFault(
    {
      code: 'unsolicited-with-in-response-to',
      sentence: 'The sign-in began at the identity provider, and the response names a request all the same.',
      rule: 'SAML profiles 4.1.5',
      touches: bothInResponseTo,
    },
    (claims) => (claims.inResponseTo === undefined ? withInResponseTo(claims, randomId()) : claims),
  ),

  'a signed response without a destination': claimsFault(
    {
      code: 'destination-missing-signed',
      sentence: 'The signed response does not say where it is to be delivered.',
      rule: 'SAML bindings 3.5.5.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: undefined }),
  ),
  'a response with an empty destination': claimsFault(
    {
      code: 'destination-empty',
      sentence: 'The Destination of the response is empty.',
      rule: 'SAML core 1.3.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: '' }),
  ),
  'a response for another destination': claimsFault(
    {
      code: 'destination-wrong',
      sentence: 'The Destination of the response is an address that nobody knows.',
      rule: 'SAML core 3.2.2; SAML bindings 3.5.5.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: 'https://elsewhere.example/saml/acs' }),
  ),
  'a response for the address of another application': claimsFault(
    {
      code: 'destination-other-sp',
      sentence: 'The Destination of the response is the ACS of another application of this identity provider.',
      rule: 'SAML core 3.2.2; SAML bindings 3.5.5.2',
      touches: response('Destination'),
    },
    (claims, { elsewhere }) =>
      elsewhere?.acsUrl === undefined ? claims : { ...claims, destination: elsewhere.acsUrl },
  ),
  'a destination whose path is in capitals': claimsFault(
    {
      code: 'destination-path-case',
      sentence: 'The path of the Destination differs in case.',
      rule: 'RFC 3986 6.2.2.1; SAML deployment profile SDP-SP06',
      touches: response('Destination'),
    },
    (claims) => ({
      ...claims,
      destination: claims.destination?.replace(
        /^(\w+:\/\/[^/]+)(.*)/,
        (_, origin, path) => origin + path.toUpperCase(),
      ),
    }),
  ),
  'a destination with another port': claimsFault(
    {
      code: 'destination-port',
      sentence: 'The Destination names another port.',
      rule: 'RFC 3986 6.2.3; SAML core 3.2.2',
      touches: response('Destination'),
    },
    (claims, { app }) => {
      const url = new URL(app.acsUrl);
      url.port = url.port === '8443' ? '9443' : '8443';
      return { ...claims, destination: url.href };
    },
  ),
  'a destination with a slash at the end': claimsFault(
    {
      code: 'destination-trailing-slash',
      sentence: 'The Destination ends in a slash that the ACS does not have.',
      rule: 'RFC 3986 6.2.2; SAML core 3.2.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: `${claims.destination}/` }),
  ),

  'an assertion instead of a response': documentFault(
    {
      code: 'root-assertion',
      sentence: 'The message is a bare assertion.',
      rule: 'SAML bindings 3.5; SAML profiles 4.1.4.2',
      touches: ['Response', 'Assertion'],
    },
    (root) => child(root, 'saml:Assertion') ?? root,
  ),
  'an authentication request instead of a response': documentFault(
    {
      code: 'root-authnrequest',
      sentence: 'The message is an AuthnRequest.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Response', 'AuthnRequest'],
    },
    ({ attributes: { InResponseTo: _, ...attributes }, children }) =>
      element('samlp:AuthnRequest', attributes, ...children.slice(0, 1)),
  ),
  'a logout response instead of a response': documentFault(
    {
      code: 'root-logoutresponse',
      sentence: 'The message is a LogoutResponse.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Response', 'LogoutResponse'],
    },
    (root) => ({
      ...root,
      name: 'samlp:LogoutResponse',
      children: root.children.filter((node) => !(isElement(node) && node.name === 'saml:Assertion')),
    }),
  ),
  'a response of SAML 1.1': documentFault(
    {
      code: 'root-saml11',
      sentence: 'The message is a response in the namespace and with the version numbers of SAML 1.1.',
      rule: 'SAML core 1.1 and 4.1.1',
      touches: ['Response'],
      signedProperly: false,
    },
    (root) =>
      element(
        'samlp:Response',
        {
          'xmlns:samlp': 'urn:oasis:names:tc:SAML:1.0:protocol',
          ResponseID: root.attributes.ID,
          MajorVersion: '1',
          MinorVersion: '1',
          IssueInstant: root.attributes.IssueInstant,
          Recipient: root.attributes.Destination,
        },
        ...root.children.slice(1),
      ),
  ),
  'a response in the namespace of assertions': documentFault(
    {
      code: 'namespace-spoof-response',
      sentence: 'The root is called Response but belongs to the namespace of assertions.',
      rule: 'SAML core 1.1 and 3.2.2',
      touches: ['Response'],
    },
    (root) => ({ ...root, name: 'saml:Response' }),
  ),

  'a response that speaks of consent': documentFault(
    {
      code: 'consent-attribute',
      sentence: 'The response says that the user consented.',
      rule: 'SAML core 3.2.2 and 8.4',
      verdict: 'accept',
      touches: response('Consent'),
    },
    (root) => ({
      ...root,
      attributes: { ...root.attributes, Consent: 'urn:oasis:names:tc:SAML:2.0:consent:obtained' },
    }),
  ),
  'a response with extensions of an unknown vendor': documentFault(
    {
      code: 'consent-extension-elements',
      sentence: 'The response carries extensions in a namespace that nobody knows.',
      rule: 'SAML core 3.2.2; SAML implementation profile IIP-SSO07',
      verdict: 'accept',
      touches: ['Response/Extensions'],
    },
    (root) =>
      withChildren(
        root,
        root.children[0],
        element(
          'samlp:Extensions',
          {},
          element('vendor:Hint', { 'xmlns:vendor': 'https://vendor.example/saml' }, 'ignore me'),
        ),
        ...root.children.slice(1),
      ),
  ),
  'a response with an invented child': documentFault(
    {
      code: 'response-unknown-child',
      sentence: 'The response ends with an element that its schema does not know.',
      rule: 'SAML core 3.2.2 and 3.3.3 (schema)',
      touches: ['Response/Hint'],
    },
    (root) =>
      withChildren(root, ...root.children, element('vendor:Hint', { 'xmlns:vendor': 'https://vendor.example/saml' })),
  ),
  'a response with an invented attribute': documentFault(
    {
      code: 'response-unknown-attribute',
      sentence: 'The response has an attribute that its schema does not know.',
      rule: 'SAML core 3.2.2 (schema)',
      touches: response('Mood'),
    },
    (root) => ({ ...root, attributes: { ...root.attributes, Mood: 'cheerful' } }),
  ),
} satisfies Record<string, Fault>;
