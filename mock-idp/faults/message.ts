/** Faults in the Response element: ID, Version, IssueInstant, InResponseTo, Destination, root element. */

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

const withMilliseconds = (time: string | undefined): string | undefined => time?.replace(/(?:\.\d+)?Z$/, '.123Z');
/** Within the second before, so that it is not in the future. */
const earlierWithMilliseconds = (time: string | undefined): string | undefined =>
  time && new Date(Date.parse(time) - 877).toISOString();

export const messageFaults = {
  'a response without ID': claimsFault(
    {
      code: 'response-id-missing',
      sentence: 'The Response has no ID.',
      rule: 'SAML core 3.2.2',
      touches: [...response('ID'), 'Reference/@URI'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, responseId: undefined }),
  ),
  'a response with an empty ID': claimsFault(
    {
      code: 'response-id-empty',
      sentence: 'The ID of the Response is empty.',
      rule: 'SAML core 3.2.2 and 1.3.4',
      touches: [...response('ID'), 'Reference/@URI'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, responseId: '' }),
  ),
  'a response with an ID that starts with a digit': claimsFault(
    {
      code: 'response-id-not-ncname',
      sentence: 'The ID of the Response starts with a digit, so it is not a valid xs:ID.',
      rule: 'SAML core 1.3.4',
      touches: [...response('ID'), 'Reference/@URI'],
    },
    (claims) => ({ ...claims, responseId: '2026' }),
  ),
  'a response with Version 1.1': claimsFault(
    {
      code: 'response-version-wrong',
      sentence: 'The Version of the Response is 1.1.',
      rule: 'SAML core 3.2.2 and 4.1.3',
      touches: response('Version'),
    },
    (claims) => ({ ...claims, version: '1.1' }),
  ),
  'a response with Version 2.1': claimsFault(
    {
      code: 'response-version-newer',
      sentence: 'The Version of the Response is 2.1.',
      rule: 'SAML core 4.1.3.2',
      touches: response('Version'),
    },
    (claims) => ({ ...claims, version: '2.1' }),
  ),
  'a response without Version': claimsFault(
    {
      code: 'response-version-missing',
      sentence: 'The Response has no Version.',
      rule: 'SAML core 3.2.2',
      touches: response('Version'),
    },
    (claims) => ({ ...claims, version: undefined }),
  ),
  'a response without IssueInstant': claimsFault(
    {
      code: 'response-issueinstant-missing',
      sentence: 'The Response has no IssueInstant.',
      rule: 'SAML core 3.2.2',
      touches: response('IssueInstant'),
    },
    (claims) => ({ ...claims, responseIssueInstant: undefined }),
  ),
  'a response with an empty IssueInstant': claimsFault(
    {
      code: 'response-issueinstant-empty',
      sentence: 'The IssueInstant of the Response is empty.',
      rule: 'SAML core 3.2.2 and 1.3.3',
      touches: response('IssueInstant'),
    },
    (claims) => ({ ...claims, responseIssueInstant: '' }),
  ),
  'a response with a malformed IssueInstant': claimsFault(
    {
      code: 'response-issueinstant-format',
      sentence: 'The IssueInstant of the Response is not an xs:dateTime.',
      rule: 'SAML core 1.3.3',
      touches: response('IssueInstant'),
    },
    (claims, { now }) => ({ ...claims, responseIssueInstant: now.toUTCString() }),
  ),
  'a response issued {minutes} minutes before the request': claimsFault(
    {
      code: 'response-issueinstant-before-request',
      sentence: 'The IssueInstant of the Response is earlier than that of the request.',
      rule: 'SAML core 3.2.2',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: response('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, responseIssueInstant: instant(later(now, { minutes: -amount })) }),
  ),
  'a response issued {minutes} minutes in the future': claimsFault(
    {
      code: 'response-issueinstant-future',
      sentence: 'The IssueInstant of the Response is in the future.',
      rule: 'SAML core 3.2.2; SAML deployment profile SDP-G01',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: response('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, responseIssueInstant: instant(later(now, { minutes: amount })) }),
  ),
  'timestamps with milliseconds': claimsFault(
    {
      code: 'issueinstant-millis',
      sentence: 'All timestamps have milliseconds.',
      rule: 'SAML core 1.3.3 (xs:dateTime has fractions)',
      verdict: 'accept',
      touches: ['@IssueInstant', '@NotBefore', '@NotOnOrAfter', '@AuthnInstant'],
    },
    (claims) => ({
      ...claims,
      responseIssueInstant: earlierWithMilliseconds(claims.responseIssueInstant),
      assertionIssueInstant: earlierWithMilliseconds(claims.assertionIssueInstant),
      confirmation: { ...claims.confirmation, notOnOrAfter: withMilliseconds(claims.confirmation.notOnOrAfter) },
      conditions: {
        notBefore: earlierWithMilliseconds(claims.conditions.notBefore),
        notOnOrAfter: withMilliseconds(claims.conditions.notOnOrAfter),
      },
      authn: { ...claims.authn, instant: earlierWithMilliseconds(claims.authn.instant) },
    }),
  ),
  // An SP may accept or reject it, but must not misread it.
  // Rejected: SAML allows no time zone, and a wrong guess is two hours off.
  'an IssueInstant with a time zone offset': claimsFault(
    {
      code: 'issueinstant-timezone-offset',
      sentence: 'The IssueInstant of the Response is correct, but has a time zone offset instead of Z.',
      rule: 'SAML core 1.3.3 (UTC, no time zone component)',
      touches: response('IssueInstant'),
    },
    (claims, { now }) => ({
      ...claims,
      responseIssueInstant: instant(later(now, { minutes: 120 })).replace('Z', '+02:00'),
    }),
  ),

  'a response without InResponseTo': claimsFault(
    {
      code: 'in-response-to-missing',
      sentence: 'The Response has no InResponseTo; its SubjectConfirmationData names the request.',
      rule: 'SAML core 3.2.2',
      touches: response('InResponseTo'),
    },
    (claims) => (claims.inResponseTo === undefined ? claims : { ...claims, inResponseTo: undefined }),
  ),
  'a response with an empty InResponseTo': claimsFault(
    {
      code: 'in-response-to-empty',
      sentence: 'The InResponseTo of the Response is empty.',
      rule: 'SAML core 3.2.2',
      touches: response('InResponseTo'),
    },
    (claims) => (claims.inResponseTo === undefined ? claims : { ...claims, inResponseTo: '' }),
  ),
  'a response to an unknown request': claimsFault(
    {
      code: 'in-response-to-unknown',
      sentence:
        'The InResponseTo of the Response and the SubjectConfirmationData is the ID of a request ' +
        'that the SP never sent.',
      rule: 'SAML profiles 4.1.4.3; SAML core 3.2.2',
      touches: bothInResponseTo,
    },
    (claims, { id = randomId }) => withInResponseTo(claims, id()),
  ),
  'a response to a pending request from another browser': claimsFault(
    {
      code: 'in-response-to-other-session',
      sentence: 'The InResponseTo is the ID of a request that another browser made and that is still pending.',
      rule: 'SAML profiles 4.1.4.3',
      touches: bothInResponseTo,
    },
    (claims, { elsewhere }) =>
      elsewhere?.requestId === undefined ? claims : withInResponseTo(claims, elsewhere.requestId),
  ),
  'a response without InResponseTo whose SubjectConfirmationData has that of another browser': claimsFault(
    {
      code: 'in-response-to-stripped',
      sentence: 'The Response has no InResponseTo; its SubjectConfirmationData names a request of another browser.',
      rule: 'SAML profiles 4.1.4.3',
      touches: bothInResponseTo,
    },
    (claims, { elsewhere }) =>
      elsewhere?.requestId === undefined
        ? claims
        : { ...withInResponseTo(claims, elsewhere.requestId), inResponseTo: undefined },
  ),
  'a response to an already answered request': claimsFault(
    {
      code: 'in-response-to-reused',
      sentence: 'The InResponseTo is the ID of the request of the previous response.',
      rule: 'SAML profiles 4.1.4.5',
      touches: bothInResponseTo,
      usesPrevious: true,
    },
    (claims, { elsewhere }) => {
      const requestId = /\sInResponseTo="([^"]+)"/.exec(elsewhere?.previous?.xml ?? '')?.[1];
      return requestId === undefined ? claims : withInResponseTo(claims, requestId);
    },
  ),
  'an unsolicited response': claimsFault(
    {
      code: 'unsolicited-response',
      sentence: 'Neither the Response nor its SubjectConfirmationData has an InResponseTo.',
      rule: 'SAML profiles 4.1.5',
      verdict: {
        policy: 'allowIdpInitiated',
        acceptWhen: true,
        because:
          'An IdP-initiated sign-in has no request. ' +
          'An SP that does not support it must reject the response: login CSRF looks the same.',
      },
      touches: bothInResponseTo,
    },
    (claims) => (claims.inResponseTo === undefined ? claims : withInResponseTo(claims, undefined)),
  ),
  'an unsolicited response with InResponseTo': claimsFault(
    {
      code: 'unsolicited-with-in-response-to',
      sentence: 'The sign-in was started at the IdP, but the response has an InResponseTo.',
      rule: 'SAML profiles 4.1.5',
      touches: bothInResponseTo,
    },
    (claims, { id = randomId }) => (claims.inResponseTo === undefined ? withInResponseTo(claims, id()) : claims),
  ),

  'a signed response without Destination': claimsFault(
    {
      code: 'destination-missing-signed',
      sentence: 'The signed Response has no Destination.',
      rule: 'SAML bindings 3.5.5.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: undefined }),
  ),
  'a response with an empty Destination': claimsFault(
    {
      code: 'destination-empty',
      sentence: 'The Destination of the Response is empty.',
      rule: 'SAML core 1.3.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: '' }),
  ),
  'a response with a different Destination': claimsFault(
    {
      code: 'destination-wrong',
      sentence: 'The Destination of the Response is an unknown URL.',
      rule: 'SAML core 3.2.2; SAML bindings 3.5.5.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: 'https://elsewhere.example/saml/acs' }),
  ),
  'a response with the Destination of another app': claimsFault(
    {
      code: 'destination-other-sp',
      sentence: 'The Destination of the Response is the ACS URL of another app at this IdP.',
      rule: 'SAML core 3.2.2; SAML bindings 3.5.5.2',
      touches: response('Destination'),
    },
    (claims, { elsewhere }) =>
      elsewhere?.acsUrl === undefined ? claims : { ...claims, destination: elsewhere.acsUrl },
  ),
  'a Destination with an upper-case path': claimsFault(
    {
      code: 'destination-path-case',
      sentence: 'The path of the Destination is in upper case.',
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
  'a Destination with a different port': claimsFault(
    {
      code: 'destination-port',
      sentence: 'The Destination has a different port.',
      rule: 'RFC 3986 6.2.3; SAML core 3.2.2',
      touches: response('Destination'),
    },
    (claims, { app }) => {
      const url = new URL(app.acsUrl);
      url.port = url.port === '8443' ? '9443' : '8443';
      return { ...claims, destination: url.href };
    },
  ),
  'a Destination with a trailing slash': claimsFault(
    {
      code: 'destination-trailing-slash',
      sentence: 'The Destination ends in a slash that the ACS URL does not have.',
      rule: 'RFC 3986 6.2.2; SAML core 3.2.2',
      touches: response('Destination'),
    },
    (claims) => ({ ...claims, destination: `${claims.destination}/` }),
  ),

  'an Assertion as the root element': documentFault(
    {
      code: 'root-assertion',
      sentence: 'The message is an Assertion without a Response.',
      rule: 'SAML bindings 3.5; SAML profiles 4.1.4.2',
      touches: ['Response', 'Assertion'],
    },
    (root) => child(root, 'saml:Assertion') ?? root,
  ),
  'an AuthnRequest instead of a response': documentFault(
    {
      code: 'root-authnrequest',
      sentence: 'The message is an AuthnRequest.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ['Response', 'AuthnRequest'],
    },
    ({ attributes: { InResponseTo: _, ...attributes }, children }) =>
      element('samlp:AuthnRequest', attributes, ...children.slice(0, 1)),
  ),
  'a LogoutResponse instead of a response': documentFault(
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
  'a SAML 1.1 response': documentFault(
    {
      code: 'root-saml11',
      sentence: 'The Response has the namespace and version numbers of SAML 1.1.',
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
  'a response in the assertion namespace': documentFault(
    {
      code: 'namespace-spoof-response',
      sentence: 'The root element is called Response but is in the assertion namespace.',
      rule: 'SAML core 1.1 and 3.2.2',
      touches: ['Response'],
    },
    (root) => ({ ...root, name: 'saml:Response' }),
  ),

  'a response with Consent': documentFault(
    {
      code: 'consent-attribute',
      sentence: 'The Consent of the Response says that consent was obtained.',
      rule: 'SAML core 3.2.2 and 8.4',
      verdict: 'accept',
      touches: response('Consent'),
    },
    (root) => ({
      ...root,
      attributes: { ...root.attributes, Consent: 'urn:oasis:names:tc:SAML:2.0:consent:obtained' },
    }),
  ),
  'a response with unknown Extensions': documentFault(
    {
      code: 'consent-extension-elements',
      sentence: 'The Extensions of the Response contain an element in an unknown namespace.',
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
  'a response with an unknown child element': documentFault(
    {
      code: 'response-unknown-child',
      sentence: 'The Response ends with an element that its schema does not allow.',
      rule: 'SAML core 3.2.2 and 3.3.3 (schema)',
      touches: ['Response/Hint'],
    },
    (root) =>
      withChildren(root, ...root.children, element('vendor:Hint', { 'xmlns:vendor': 'https://vendor.example/saml' })),
  ),
  'a response with an unknown XML attribute': documentFault(
    {
      code: 'response-unknown-attribute',
      sentence: 'The Response has an XML attribute that its schema does not allow.',
      rule: 'SAML core 3.2.2 (schema)',
      touches: response('Mood'),
    },
    (root) => ({ ...root, attributes: { ...root.attributes, Mood: 'cheerful' } }),
  ),
} satisfies Record<string, Fault>;
