/** Faults in how the message travels: the form and its fields, the encoding, and messages in the wrong place. */
import { constants, deflateRawSync } from 'node:zlib';
import type { Fault } from '../fault.ts';
import { assertionClaimsFault, at, deliveryFault, encodingFault, type Facts, fault } from '../fault-builders.ts';
import type { Form } from '../response/delivery.ts';
import { element, withChildren } from '../response/xml.ts';

const post = 'SAML bindings 3.5.4';
const ofMessage = ['form/SAMLResponse'];

/** Every field of one name replaced; the same form when there is none. */
const withField = (
  form: Form,
  name: string,
  change: (value: string) => readonly (readonly [string, string])[],
): Form =>
  form.fields.some(([one]) => one === name)
    ? {
        ...form,
        fields: form.fields.flatMap(([one, value]) => (one === name ? change(value) : [[one, value] as const])),
      }
    : form;

/** The message in the query of the address, too; the same form when there is none. */
function withMessageInQuery(form: Form): Form {
  const message = form.fields.find(([name]) => name === 'SAMLResponse')?.[1];
  return message === undefined
    ? form
    : {
        ...form,
        action: `${form.action}${form.action.includes('?') ? '&' : '?'}SAMLResponse=${encodeURIComponent(message)}`,
      };
}

/** The message packed otherwise; what it says is honest. */
const messageEncodingFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  change: (xml: Buffer, field: string) => string,
): Fault<Code> =>
  encodingFault({ ...facts, touches: ofMessage }, (field) => change(Buffer.from(field, 'base64'), field));

/** A length that needs padding: white space after the root is no part of the message. */
const withPaddedLength = (xml: string | Buffer): string =>
  Buffer.byteLength(String(xml)) % 3 === 0 ? `${xml}\n` : String(xml);

const onceOnly = at('saml:Assertion/saml:Conditions', (conditions) =>
  withChildren(conditions, ...conditions.children, element('saml:OneTimeUse')),
);

/** One megabyte packed so that copies of it may follow each other: a bomb costs whoever throws it nothing. */
const packedMegabyte = deflateRawSync(Buffer.alloc(1024 * 1024, 'a'), {
  level: 9,
  finishFlush: constants.Z_FULL_FLUSH,
});
const bomb = (megabytes: number): string =>
  Buffer.concat([...Array.from({ length: megabytes }, () => packedMegabyte), deflateRawSync('')]).toString('base64');

export const bindingFaults = {
  'a form without a message': deliveryFault(
    { code: 'samlresponse-missing', sentence: 'The form has no field SAMLResponse.', rule: post, touches: ofMessage },
    (form) => withField(form, 'SAMLResponse', () => []),
  ),
  'a form with an empty message': deliveryFault(
    { code: 'samlresponse-empty', sentence: 'The field SAMLResponse is empty.', rule: post, touches: ofMessage },
    (form) => withField(form, 'SAMLResponse', () => [['SAMLResponse', '']]),
  ),
  'a form with the message twice': deliveryFault(
    {
      code: 'samlresponse-duplicate-param',
      sentence: 'The form has two fields SAMLResponse.',
      rule: `${post}; parameter pollution`,
      touches: ofMessage,
    },
    (form) =>
      withField(form, 'SAMLResponse', (value) => [
        ['SAMLResponse', value],
        ['SAMLResponse', value],
      ]),
  ),
  'a message under a name in small letters': deliveryFault(
    {
      code: 'samlresponse-name-case',
      sentence: 'The field is called samlresponse.',
      rule: post,
      touches: [...ofMessage, 'form/samlresponse'],
    },
    (form) => withField(form, 'SAMLResponse', (value) => [['samlresponse', value]]),
  ),
  'the message as a request': deliveryFault(
    {
      code: 'samlresponse-as-samlrequest',
      sentence: 'The response comes in the field SAMLRequest.',
      rule: post,
      touches: [...ofMessage, 'form/SAMLRequest'],
    },
    (form) => withField(form, 'SAMLResponse', (value) => [['SAMLRequest', value]]),
  ),
  'the message in the address': deliveryFault(
    {
      code: 'samlresponse-by-get',
      sentence: 'The response comes in the query of a GET, as it was to be posted.',
      rule: 'SAML profiles 4.1.2',
      touches: ['form/method'],
    },
    (form) => ({ ...form, method: 'get' }),
  ),
  'the message in the address of the form': deliveryFault(
    {
      code: 'samlresponse-in-query-of-post',
      sentence: 'The form is posted without the response, which stands in the query of its address.',
      rule: post,
      touches: ['form/action', ...ofMessage],
    },
    (form) => withField(withMessageInQuery(form), 'SAMLResponse', () => []),
  ),
  'a second message in the address of the form': deliveryFault(
    {
      code: 'samlresponse-in-form-and-query',
      sentence: 'The form holds the response, and so does the query of its address.',
      rule: `${post}; parameter pollution`,
      touches: ['form/action'],
    },
    withMessageInQuery,
  ),
  'a compressed message': messageEncodingFault(
    {
      code: 'samlresponse-deflated-post',
      sentence: 'The posted message is compressed as for the Redirect binding.',
      rule: 'SAML bindings 3.4.4.1 and 3.5.4',
    },
    (xml) => deflateRawSync(xml).toString('base64'),
  ),
  'a message that is not base64': messageEncodingFault(
    { code: 'samlresponse-not-base64', sentence: 'The message comes as the XML that it is.', rule: post },
    (xml) => xml.toString('utf8'),
  ),
  'a message encoded twice': messageEncodingFault(
    { code: 'samlresponse-double-base64', sentence: 'The message is base64 of base64.', rule: post },
    (_, field) => Buffer.from(field).toString('base64'),
  ),
  'a message escaped twice': messageEncodingFault(
    {
      code: 'samlresponse-urlencoded-twice',
      sentence: 'The field is URL-encoded before the form encodes it again.',
      rule: post,
    },
    (_, field) => encodeURIComponent(field),
  ),
  'a message that is no XML': messageEncodingFault(
    { code: 'samlresponse-not-xml', sentence: 'The field is base64 of a sentence.', rule: post },
    () => Buffer.from('The user signed in, believe me.').toString('base64'),
  ),
  'base64 on many lines': messageEncodingFault(
    {
      code: 'base64-wrapped',
      sentence: 'The base64 is broken into lines of 76 characters.',
      rule: 'SAML bindings 3.5.4; RFC 2045 6.8',
      verdict: 'accept',
    },
    (_, field) => field.replace(/.{76}/g, '$&\r\n'),
  ),
  'base64 for addresses': messageEncodingFault(
    {
      code: 'base64-url-safe',
      sentence: 'The base64 is of the alphabet for URLs, with minus and underscore.',
      rule: 'SAML bindings 3.5.4; RFC 4648 5',
    },
    (_, field) => field.replaceAll('+', '-').replaceAll('/', '_'),
  ),
  'base64 without padding': fault(
    {
      code: 'base64-no-padding',
      sentence: 'The base64 lacks the equals signs at its end.',
      rule: 'SAML bindings 3.5.4; RFC 2045 6.8',
      touches: ['text', ...ofMessage],
      signedProperly: true,
    },
    { bytes: withPaddedLength, encoding: (field) => field.replace(/={1,2}$/, '') },
  ),
  'base64 with junk': messageEncodingFault(
    {
      code: 'base64-junk',
      sentence: 'Characters that base64 does not know stand between the others.',
      rule: 'SAML bindings 3.5.4',
    },
    (_, field) => field.replace(/.{64}/g, '$&*'),
  ),
  'base64 with a blank for a plus sign': messageEncodingFault(
    {
      code: 'base64-plus-as-space',
      sentence: 'Somebody forgot to escape a plus sign, and it became a blank.',
      rule: 'SAML bindings 3.5.4',
    },
    (_, field) => field.replace('+', ' '),
  ),
  'a form of plain text': deliveryFault(
    {
      code: 'content-type-wrong',
      sentence: 'The form is posted as text/plain.',
      rule: post,
      touches: ['form/contentType'],
    },
    (form) => ({ ...form, contentType: 'text/plain' }),
  ),
  'a form of many parts': deliveryFault(
    {
      code: 'content-type-multipart',
      sentence: 'The form is posted as multipart/form-data.',
      rule: post,
      touches: ['form/contentType'],
    },
    (form) => ({ ...form, contentType: 'multipart/form-data' }),
  ),
  'an artifact instead of the message': deliveryFault(
    {
      code: 'samlart-unsupported',
      sentence: 'The form has a field SAMLart: a ticket for a response to be fetched.',
      rule: 'SAML bindings 3.6',
      touches: [...ofMessage, 'form/SAMLart'],
    },
    (form, { issuer }) =>
      withField(form, 'SAMLResponse', () => [
        [
          'SAMLart',
          Buffer.concat([Buffer.from([0, 4, 0, 0]), Buffer.alloc(20, issuer), Buffer.alloc(20, 7)]).toString('base64'),
        ],
      ]),
  ),
  'a small address that inflates to {megabytes} megabytes': fault(
    {
      code: 'redirect-deflate-bomb',
      sentence: 'The response comes compressed in the query of a GET, and would be gigantic.',
      rule: 'denial of service: a limit of the SP; CVE-2023-28119',
      touches: ['form/method', ...ofMessage],
      amount: { unit: 'megabytes', accept: [], reject: [5] },
    },
    { encoding: (_, { amount }) => bomb(amount), delivery: (form) => ({ ...form, method: 'get' }) },
  ),
  'a small message that inflates to {megabytes} megabytes': encodingFault(
    {
      code: 'post-deflate-bomb',
      sentence: 'The posted message is compressed, and would be gigantic.',
      rule: 'denial of service: a limit of the SP; CVE-2025-25293',
      amount: { unit: 'megabytes', accept: [], reject: [5, 900] },
      touches: ofMessage,
      signedProperly: false,
    },
    (_, { amount }) => bomb(amount),
  ),

  'the same response twice': deliveryFault(
    {
      code: 'replay-same-response',
      sentence: 'The browser posts the same form twice.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['form/copies'],
    },
    (form) => ({ ...form, copies: 2 }),
  ),
  'an assertion for one use delivered twice': fault(
    {
      code: 'onetimeuse-twice',
      sentence: 'The assertion is for one use, and the browser posts it twice.',
      rule: 'SAML core 2.5.1.5',
      touches: ['form/copies', 'OneTimeUse'],
      signedProperly: true,
    },
    { document: onceOnly, delivery: (form) => ({ ...form, copies: 2 }) },
  ),
  'the response of the sign-in before': deliveryFault(
    {
      code: 'replay-previous-response',
      sentence: 'The form holds the response that the user before was sent.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ofMessage,
    },
    (form, { elsewhere }) => {
      const before = elsewhere?.previous?.fields.find(([name]) => name === 'SAMLResponse');
      return before ? withField(form, 'SAMLResponse', () => [before]) : form;
    },
  ),
  'a new response with the assertion ID of the one before': assertionClaimsFault(
    {
      code: 'replay-new-response-same-assertion',
      sentence: 'The response is new, and its assertion has the ID of one that was used already.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Assertion/@ID', 'Assertion/Signature/SignedInfo/Reference/@URI'],
    },
    (claims, { elsewhere }) => {
      const used = /<saml:Assertion[^<>]*\sID="([^"]+)"/.exec(elsewhere?.previous?.xml ?? '')?.[1];
      return used === undefined ? claims : { ...claims, assertionId: used };
    },
  ),
  'a response for another application posted here': assertionClaimsFault(
    {
      code: 'stolen-to-other-acs',
      sentence:
        'Destination, Recipient and Audience are those of another application; the browser posts it to this one.',
      rule: 'SAML profiles 4.1.4.3',
      touches: ['Response/@Destination', '@Recipient', 'Audience'],
    },
    (claims, { elsewhere }) =>
      elsewhere?.acsUrl === undefined
        ? claims
        : {
            ...claims,
            destination: elsewhere.acsUrl,
            confirmation: { ...claims.confirmation, recipient: elsewhere.acsUrl },
            audiences: [[elsewhere.entityId ?? elsewhere.acsUrl]],
          },
  ),
  'the response to the address of another application': deliveryFault(
    {
      code: 'cross-tenant-issuer',
      sentence: 'The honest response is posted to the ACS of another application.',
      rule: 'SAML profiles 4.1.4.3; SAML deployment profile SDP-SP17',
      touches: ['form/action'],
    },
    (form, { elsewhere }) => (elsewhere?.acsUrl === undefined ? form : { ...form, action: elsewhere.acsUrl }),
  ),
  'the fresh response of an attacker': assertionClaimsFault(
    {
      code: 'login-csrf',
      sentence:
        'The response is about somebody else and answers a request of another browser: ' +
        'the victim is to be signed in as the attacker.',
      rule: 'SAML profiles 4.1.4.3; OWASP',
      touches: ['Response/@InResponseTo', 'SubjectConfirmationData/@InResponseTo', 'NameID'],
    },
    (claims, { elsewhere }) =>
      elsewhere?.requestId === undefined
        ? claims
        : {
            ...claims,
            inResponseTo: elsewhere.requestId,
            confirmation: { ...claims.confirmation, inResponseTo: elsewhere.requestId },
            nameId: claims.nameId && { ...claims.nameId, value: claims.nameId.value.replace(/^[^@]*/, 'mallory') },
          },
  ),
} satisfies Record<string, Fault>;
