/** Faults in delivery: the form and its fields, the encoding, and responses sent to the wrong place. */
import { constants, deflateRawSync } from 'node:zlib';
import type { Fault, Strike, Strikes } from '../fault.ts';
import {
  assertionClaimsFault,
  at,
  deliveryFault,
  encodingFault,
  type Facts,
  fault,
  hasPlainAssertion,
} from '../fault-builders.ts';
import { forgeNames } from '../forged-names.ts';
import type { Form } from '../response/delivery.ts';
import { formSignature, querySignature } from '../response/query-signature.ts';
import { instant, statusCode } from '../response/saml-values.ts';
import { withoutSignature } from '../response/signing.ts';
import { element, render, replaceAt, withChildren, writtenName } from '../response/xml.ts';

const post = 'SAML bindings 3.5.4';
const ofMessage = ['form/SAMLResponse'];

/** Replaces all fields with a name; returns the same form if it has none. */
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

/** Adds the response to the query string of the action; returns the same form if it has no response. */
function withMessageInQuery(form: Form): Form {
  const message = form.fields.find(([name]) => name === 'SAMLResponse')?.[1];
  return message === undefined
    ? form
    : {
        ...form,
        action: `${form.action}${form.action.includes('?') ? '&' : '?'}SAMLResponse=${encodeURIComponent(message)}`,
      };
}

/** Encodes the correct response in another way. */
const messageEncodingFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  change: (xml: Buffer, field: string) => string,
): Fault<Code> =>
  encodingFault({ ...facts, touches: ofMessage }, (field) => change(Buffer.from(field, 'base64'), field));

/** Appends whitespace after the root element if the base64, with a persona's declaration, would need no padding. */
const withPaddedLength = (xml: string | Buffer, { persona }: Strike): string =>
  Buffer.byteLength(`${persona?.plan.declaration ?? ''}${xml}`) % 3 === 0 ? `${xml}\n` : String(xml);

const onceOnly = at('saml:Assertion/saml:Conditions', (conditions) =>
  withChildren(conditions, ...conditions.children, element('saml:OneTimeUse')),
);

/** Flushed, so that another part can follow. */
const packedPart = (part: string | Buffer): Buffer =>
  deflateRawSync(part, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
const packedMegabyte = packedPart(Buffer.alloc(1024 * 1024, 'a'));
/** Inflates to what begins as XML. */
const bomb = (megabytes: number): string =>
  Buffer.concat([
    packedPart('<!--'),
    ...Array.from({ length: megabytes }, () => packedMegabyte),
    deflateRawSync(''),
  ]).toString('base64');

const deflated = (xml: string | Buffer): string => deflateRawSync(xml).toString('base64');

/** Any message that the IdP signs by the HTTP-Redirect binding: an attacker who signs out receives one. */
const signedLogoutResponse = ({ issuer, now }: Strike): string =>
  render(
    element(
      'samlp:LogoutResponse',
      { ID: '_signed_logout', Version: '2.0', IssueInstant: instant(now) },
      element('saml:Issuer', {}, issuer),
      element('samlp:Status', {}, element('samlp:StatusCode', { Value: statusCode('Success') })),
    ),
  );

const signatures = ['Response/Signature', 'Assertion/Signature'];
const forgedParts = ['NameID', 'AttributeValue', ...signatures];

/** A GET with a response without XML signatures, deflated as for the HTTP-Redirect binding. */
const redirectFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'> & Partial<Pick<Facts<Code>, 'touches'>>,
  fieldsFor: (message: string, form: Form, strike: Strike) => Form['fields'],
  change: NonNullable<Strikes['transit']> = (response) => response,
): Fault<Code> =>
  fault(
    {
      touches: [
        ...['method', 'SAMLRequest', 'SAMLResponse', 'SigAlg', 'Signature'].map((one) => `form/${one}`),
        ...forgedParts,
      ],
      ...facts,
    },
    {
      transit: (response, strike) =>
        hasPlainAssertion(strike)
          ? change(replaceAt(withoutSignature(response), 'saml:Assertion', withoutSignature), strike)
          : response,
      encoding: (field, strike) => (hasPlainAssertion(strike) ? deflated(Buffer.from(field, 'base64')) : field),
      delivery: (form, strike) => {
        const message = fieldOf(form, 'SAMLResponse');
        if (message === undefined || !hasPlainAssertion(strike)) return form;
        return { ...form, method: 'get', fields: fieldsFor(message, form, strike) };
      },
    },
  );

const stateIn = ({ fields }: Form): Form['fields'] => fields.filter(([name]) => name === 'RelayState');

/** With a message that the IdP signed by this binding, and its signature. The forged response is in `forgedIn`. */
const redirectConfusionFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  { forgedIn, isLast = false }: { forgedIn: 'SAMLRequest' | 'SAMLResponse'; isLast?: boolean },
): Fault<Code> =>
  redirectFault(
    facts,
    (message, form, strike) => {
      const forged = [forgedIn, message] as const;
      const signed = ['SAMLResponse', deflated(signedLogoutResponse(strike))] as const;
      const rest = [...stateIn(form), ...querySignature([signed, ...stateIn(form)], strike.keys)];
      return isLast ? [signed, forged, ...rest] : [forged, signed, ...rest];
    },
    forgeNames,
  );

/** A forged response without XML signatures, with further fields for the HTTP-POST-SimpleSign binding. */
const simpleSignFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  fieldsFor: (form: Form, strike: Strike) => Form['fields'],
): Fault<Code> =>
  fault(
    { ...facts, touches: [...['SAMLResponse', 'SigAlg', 'Signature'].map((one) => `form/${one}`), ...forgedParts] },
    {
      transit: (response, strike) =>
        hasPlainAssertion(strike)
          ? forgeNames(replaceAt(withoutSignature(response), 'saml:Assertion', withoutSignature), strike)
          : response,
      delivery: (form, strike) =>
        hasPlainAssertion(strike) && fieldOf(form, 'SAMLResponse') !== undefined
          ? { ...form, fields: fieldsFor(form, strike) }
          : form,
    },
  );

/** The forged response, and a message that the IdP signed as a form, in this order. */
function nextToSigned(
  form: Form,
  strike: Strike,
  order: (both: [forged: Form['fields'], signed: Form['fields']]) => Form['fields'],
): Form['fields'] {
  const signed = signedLogoutResponse(strike);
  return [
    ...order([
      form.fields.filter(([name]) => name === 'SAMLResponse'),
      [['SAMLResponse', Buffer.from(signed).toString('base64')]],
    ]),
    ...form.fields.filter(([name]) => name !== 'SAMLResponse'),
    ...formSignature(signed, fieldOf(form, 'RelayState'), strike.keys),
  ];
}

const fieldOf = ({ fields }: Form, name: string): string | undefined => fields.find(([one]) => one === name)?.[1];

export const bindingFaults = {
  'a form without SAMLResponse': deliveryFault(
    { code: 'samlresponse-missing', sentence: 'The form has no field SAMLResponse.', rule: post, touches: ofMessage },
    (form) => withField(form, 'SAMLResponse', () => []),
  ),
  'a form with an empty SAMLResponse': deliveryFault(
    { code: 'samlresponse-empty', sentence: 'The field SAMLResponse is empty.', rule: post, touches: ofMessage },
    (form) => withField(form, 'SAMLResponse', () => [['SAMLResponse', '']]),
  ),
  'a form with two SAMLResponse fields': deliveryFault(
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
  'a form field called samlresponse': deliveryFault(
    {
      code: 'samlresponse-name-case',
      sentence: 'The form field is called samlresponse.',
      rule: post,
      touches: [...ofMessage, 'form/samlresponse'],
    },
    (form) => withField(form, 'SAMLResponse', (value) => [['samlresponse', value]]),
  ),
  'a response in the SAMLRequest field': deliveryFault(
    {
      code: 'samlresponse-as-samlrequest',
      sentence: 'The response is in the field SAMLRequest.',
      rule: post,
      touches: [...ofMessage, 'form/SAMLRequest'],
    },
    (form) => withField(form, 'SAMLResponse', (value) => [['SAMLRequest', value]]),
  ),
  'a response in the query string': deliveryFault(
    {
      code: 'samlresponse-by-get',
      sentence: 'The response comes in the query string of a GET, encoded as for POST.',
      rule: 'SAML profiles 4.1.2',
      touches: ['form/method'],
    },
    (form) => ({ ...form, method: 'get' }),
  ),
  'a forged response in the SAMLRequest field next to a signed SAMLResponse': redirectConfusionFault(
    {
      code: 'redirect-request-and-response',
      sentence:
        'The query string has a forged, unsigned response in SAMLRequest, and a SAMLResponse for which its ' +
        'signature was made.',
      rule: 'SAML bindings 3.4.4.1; CVE-2025-27773',
    },
    { forgedIn: 'SAMLRequest' },
  ),
  'a forged SAMLResponse before a signed one in the query string': redirectConfusionFault(
    {
      code: 'redirect-two-responses',
      sentence:
        'The query string has two fields SAMLResponse: a forged, unsigned response, and the message for which its ' +
        'signature was made.',
      rule: 'SAML bindings 3.4.4.1; parameter pollution (CVE-2025-27773, CVE-2025-31335)',
    },
    { forgedIn: 'SAMLResponse' },
  ),
  'a forged SAMLResponse after a signed one in the query string': redirectConfusionFault(
    {
      code: 'redirect-two-responses-last',
      sentence:
        'The query string has two fields SAMLResponse: the message for which its signature was made, and a forged, ' +
        'unsigned response.',
      rule: 'SAML bindings 3.4.4.1; parameter pollution (CVE-2025-27773, CVE-2025-31335)',
    },
    { forgedIn: 'SAMLResponse', isLast: true },
  ),
  'an unsigned response in the query string': redirectFault(
    {
      code: 'redirect-unsigned',
      sentence: 'The response comes in the query string, deflated, without any signature.',
      rule: 'SAML bindings 3.4.4.1; SAML profiles 4.1.2',
      touches: ['form/method', 'form/SAMLResponse', ...signatures],
    },
    (message, form) => [['SAMLResponse', message], ...stateIn(form)],
  ),
  'a response in the query string signed by an unknown key': redirectFault(
    {
      code: 'redirect-other-key',
      sentence: 'The response comes in the query string, deflated and signed by a key that the SP does not trust.',
      rule: 'SAML bindings 3.4.4.1',
      touches: ['method', 'SAMLResponse', 'SigAlg', 'Signature'].map((one) => `form/${one}`).concat(signatures),
      usesUntrustedKeys: true,
    },
    (message, form, { untrustedKeys }) => {
      const fields = [['SAMLResponse', message] as const, ...stateIn(form)];
      return [...fields, ...querySignature(fields, untrustedKeys)];
    },
  ),
  'a forged response signed as a form by an unknown key': simpleSignFault(
    {
      code: 'simplesign-other-key',
      sentence:
        'A forged response without XML signatures, with the fields SigAlg and Signature of the HTTP-POST-SimpleSign ' +
        'binding, by a key that the SP does not trust.',
      rule: 'SAML 2.0 HTTP-POST-SimpleSign binding 2.1',
      usesUntrustedKeys: true,
    },
    (form, { untrustedKeys }) => {
      const xml = Buffer.from(fieldOf(form, 'SAMLResponse')!, 'base64').toString();
      return [...form.fields, ...formSignature(xml, fieldOf(form, 'RelayState'), untrustedKeys)];
    },
  ),
  'a forged response next to one signed as a form': simpleSignFault(
    {
      code: 'simplesign-two-responses',
      sentence:
        'The form has two fields SAMLResponse: a forged, unsigned response, and the message for which its ' +
        'signature by the HTTP-POST-SimpleSign binding was made.',
      rule: 'SAML 2.0 HTTP-POST-SimpleSign binding 2.1; parameter pollution (CVE-2025-31335)',
    },
    (form, strike) => nextToSigned(form, strike, ([forged, signed]) => [...forged, ...signed]),
  ),
  'a forged response after one signed as a form': simpleSignFault(
    {
      code: 'simplesign-two-responses-last',
      sentence:
        'The form has two fields SAMLResponse: the message for which its signature by the HTTP-POST-SimpleSign ' +
        'binding was made, and a forged, unsigned response.',
      rule: 'SAML 2.0 HTTP-POST-SimpleSign binding 2.1; parameter pollution (CVE-2025-31335)',
    },
    (form, strike) => nextToSigned(form, strike, ([forged, signed]) => [...signed, ...forged]),
  ),
  'a response in the query string of a POST': deliveryFault(
    {
      code: 'samlresponse-in-query-of-post',
      sentence: 'The form has no SAMLResponse; the query string of its action has it.',
      rule: post,
      touches: ['form/action', ...ofMessage],
    },
    (form) => withField(withMessageInQuery(form), 'SAMLResponse', () => []),
  ),
  'a second response in the query string of a POST': deliveryFault(
    {
      code: 'samlresponse-in-form-and-query',
      sentence: 'The form has a SAMLResponse, and so has the query string of its action.',
      rule: `${post}; parameter pollution`,
      touches: ['form/action'],
    },
    withMessageInQuery,
  ),
  'a deflated response by POST': messageEncodingFault(
    {
      code: 'samlresponse-deflated-post',
      sentence: 'The posted response is deflated, as for the HTTP-Redirect binding.',
      rule: 'SAML bindings 3.4.4.1 and 3.5.4',
    },
    // Stored, not compressed: compressed octets, read as text, are another text each time, and so is what they lead to.
    (xml) => deflateRawSync(xml, { level: 0 }).toString('base64'),
  ),
  'a response that is not base64-encoded': messageEncodingFault(
    { code: 'samlresponse-not-base64', sentence: 'The field contains the XML itself.', rule: post },
    (xml) => xml.toString('utf8'),
  ),
  'a response base64-encoded twice': messageEncodingFault(
    { code: 'samlresponse-double-base64', sentence: 'The field is base64 of base64.', rule: post },
    (_, field) => Buffer.from(field).toString('base64'),
  ),
  'a response URL-encoded twice': messageEncodingFault(
    {
      code: 'samlresponse-urlencoded-twice',
      sentence: 'The field is URL-encoded before the form encodes it again.',
      rule: post,
    },
    (_, field) => encodeURIComponent(field),
  ),
  'a response that is not XML': messageEncodingFault(
    { code: 'samlresponse-not-xml', sentence: 'The field is the base64 of a sentence.', rule: post },
    () => Buffer.from('The user signed in, believe me.').toString('base64'),
  ),
  'a response with line-wrapped base64': messageEncodingFault(
    {
      code: 'base64-wrapped',
      sentence: 'The base64 is wrapped at 76 characters.',
      rule: 'SAML bindings 3.5.4; RFC 2045 6.8',
      verdict: 'accept',
    },
    (_, field) => field.replace(/.{76}/g, '$&\r\n'),
  ),
  'a base64url-encoded response': messageEncodingFault(
    {
      code: 'base64-url-safe',
      sentence: 'The field is base64url, with - and _ instead of + and /.',
      rule: 'SAML bindings 3.5.4; RFC 4648 5',
    },
    (_, field) => field.replaceAll('+', '-').replaceAll('/', '_'),
  ),
  'a response with unpadded base64': fault(
    {
      code: 'base64-no-padding',
      sentence: 'The base64 lacks the equals signs at its end.',
      rule: 'SAML bindings 3.5.4; RFC 2045 6.8',
      touches: ['text', ...ofMessage],
      signedProperly: true,
    },
    { bytes: withPaddedLength, encoding: (field) => field.replace(/={1,2}$/, '') },
  ),
  'a response with invalid characters in its base64': messageEncodingFault(
    {
      code: 'base64-junk',
      sentence: 'The base64 contains characters outside its alphabet.',
      rule: 'SAML bindings 3.5.4',
    },
    (_, field) => field.replace(/.{64}/g, '$&*'),
  ),
  'a response with a space for a plus sign in its base64': messageEncodingFault(
    {
      code: 'base64-plus-as-space',
      sentence: 'A plus sign was not escaped and turned into a space.',
      rule: 'SAML bindings 3.5.4',
    },
    (_, field) => field.replace('+', ' '),
  ),
  'a plain-text form': deliveryFault(
    {
      code: 'content-type-wrong',
      sentence: 'The form is posted as text/plain.',
      rule: post,
      touches: ['form/contentType'],
    },
    (form) => ({ ...form, contentType: 'text/plain' }),
  ),
  'a multipart form': deliveryFault(
    {
      code: 'content-type-multipart',
      sentence: 'The form is posted as multipart/form-data.',
      rule: post,
      touches: ['form/contentType'],
    },
    (form) => ({ ...form, contentType: 'multipart/form-data' }),
  ),
  'an artifact instead of a response': deliveryFault(
    {
      code: 'samlart-unsupported',
      sentence: 'The form has a field SAMLart: a reference to a response that the SP would have to fetch.',
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
  'a deflate bomb of {megabytes} megabytes in the query string': fault(
    {
      code: 'redirect-deflate-bomb',
      sentence: 'The response comes deflated in the query string of a GET and inflates to a huge size.',
      rule: 'denial of service: a limit of the SP; CVE-2023-28119',
      touches: ['form/method', ...ofMessage],
      amount: { unit: 'megabytes', accept: [], reject: [5] },
    },
    { encoding: (_, { amount }) => bomb(amount), delivery: (form) => ({ ...form, method: 'get' }) },
  ),
  'a deflate bomb of {megabytes} megabytes by POST': encodingFault(
    {
      code: 'post-deflate-bomb',
      sentence: 'The posted response is deflated and inflates to a huge size.',
      rule: 'denial of service: a limit of the SP; CVE-2025-25293',
      amount: { unit: 'megabytes', accept: [], reject: [5, 900] },
      touches: ofMessage,
      signedProperly: false,
    },
    (_, { amount }) => bomb(amount),
  ),

  'a replayed response': deliveryFault(
    {
      code: 'replay-same-response',
      sentence: 'The browser posts the same form twice.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['form/copies'],
    },
    (form) => ({ ...form, copies: 2 }),
  ),
  'a replayed assertion with OneTimeUse': fault(
    {
      code: 'onetimeuse-twice',
      sentence: 'The Conditions contain OneTimeUse, and the browser posts the response twice.',
      rule: 'SAML core 2.5.1.5',
      touches: ['form/copies', 'OneTimeUse'],
      signedProperly: true,
    },
    { document: onceOnly, delivery: (form) => ({ ...form, copies: 2 }) },
  ),
  'the response of the previous sign-in': deliveryFault(
    {
      code: 'replay-previous-response',
      sentence: 'The form contains the response to the previous sign-in.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ofMessage,
      usesPrevious: true,
    },
    (form, { elsewhere }) => {
      const before = elsewhere?.previous?.fields.find(([name]) => name === 'SAMLResponse');
      return before ? withField(form, 'SAMLResponse', () => [before]) : form;
    },
  ),
  'a new response with a used assertion ID': assertionClaimsFault(
    {
      code: 'replay-new-response-same-assertion',
      sentence: 'The response is new, but its Assertion has the ID of the previous one.',
      rule: 'SAML profiles 4.1.4.5',
      touches: ['Assertion/@ID', 'Assertion/Signature/SignedInfo/Reference/@URI'],
      usesPrevious: true,
    },
    (claims, { elsewhere }) => {
      const start = new RegExp(`<${writtenName('saml:Assertion')}\\s[^<>]*?\\bID="([^"]+)"`);
      const used = start.exec(elsewhere?.previous?.xml ?? '')?.[1];
      return used === undefined ? claims : { ...claims, assertionId: used };
    },
  ),
  'a response for another app posted to this one': assertionClaimsFault(
    {
      code: 'stolen-to-other-acs',
      sentence:
        'Destination, Recipient and Audience are those of another app; the browser posts the response to this one.',
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
  'a response posted to the ACS of another app': deliveryFault(
    {
      code: 'cross-tenant-issuer',
      sentence: 'The response is correct but is posted to the ACS URL of another app.',
      rule: 'SAML profiles 4.1.4.3; SAML deployment profile SDP-SP17',
      touches: ['form/action'],
    },
    (form, { elsewhere }) => (elsewhere?.acsUrl === undefined ? form : { ...form, action: elsewhere.acsUrl }),
  ),
  'a fresh response of an attacker': assertionClaimsFault(
    {
      code: 'login-csrf',
      sentence:
        'The NameID is another user and the InResponseTo a request from another browser: the victim ' +
        'is to be signed in as the attacker.',
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
