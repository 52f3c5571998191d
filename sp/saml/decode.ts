/** Decodes the posted form to the XML of the response (SAML bindings 3.5.4). Stops at the first error. */
import { inflateRawSync } from 'node:zlib';
import { bounded, boundedList } from '../bounded-text.ts';
import type { Finding } from '../rejection-advice.ts';
import { finding } from './checks/check.ts';

export interface PostedForm {
  method: string;
  /** If undefined, the type is not checked. */
  contentType?: string | undefined;
  /** In order, including repeated ones. */
  fields: readonly (readonly [name: string, value: string])[];
  /** Parameters of the URL, which must not contain a response. */
  query?: readonly (readonly [name: string, value: string])[];
}

export type Decoded = { ok: true; xml: string; relayState: string | undefined } | { ok: false; finding: Finding };

/** The maximum number of octets of XML. */
export const maxOctets = 1024 * 1024;

/** The maximum number of fields. A SAML form has two. */
export const mostFields = 100;

/** The fields of a posted form, in order. If there are too many, returns one more than `decode` accepts. */
export const fieldsOf = (body: string): [name: string, value: string][] => [
  ...new URLSearchParams(body.split('&', mostFields + 1).join('&')),
];

const failed = (code: Finding['code'], facts: Pick<Finding, 'expected' | 'received'> = {}): Decoded => ({
  ok: false,
  finding: finding(code, {}, facts),
});

const formType = 'application/x-www-form-urlencoded';

export function decode({ method, contentType, fields, query = [] }: PostedForm): Decoded {
  if (fields.length > mostFields)
    return failed('response-too-large', { expected: `at most ${mostFields} form fields`, received: 'more' });
  const valuesOf = (name: string): string[] => fields.filter(([one]) => one === name).map(([, value]) => value);
  const responses = valuesOf('SAMLResponse');
  const isArtifact = responses.length === 0 && valuesOf('SAMLart').length > 0;
  if (method !== 'POST') {
    if (responses.length > 0) return failed('response-by-redirect', { expected: 'POST', received: method });
    if (isArtifact) return failed('artifact-unsupported');
    return failed('response-missing', { expected: 'a form posted with SAMLResponse', received: method });
  }
  if (contentType !== undefined && contentType.split(';')[0]!.trim().toLowerCase() !== formType)
    return failed('content-type-wrong', { expected: formType, received: bounded(contentType, 100) });
  if (query.some(([name]) => name === 'SAMLResponse')) return failedByQuery({ alsoInForm: responses.length > 0 });
  if (responses.length === 0) {
    if (isArtifact) return failed('artifact-unsupported');
    const names = [...new Set(fields.map(([name]) => name))];
    return failed('response-missing', { received: `fields: ${boundedList(names) || 'none'}` });
  }
  if (responses.length > 1)
    return failed('response-duplicated', { expected: 'SAMLResponse once', received: `${responses.length} times` });
  const relayStates = valuesOf('RelayState');
  if (relayStates.length > 1)
    return failed('response-duplicated', { expected: 'RelayState once', received: `${relayStates.length} times` });
  return decodeField(responses[0]!, relayStates[0]);
}

const failedByQuery = ({ alsoInForm }: { alsoInForm: boolean }): Decoded =>
  alsoInForm
    ? failed('response-duplicated', { expected: 'SAMLResponse once', received: 'in the form and in the URL' })
    : failed('response-by-redirect', {
        expected: 'a form posted with SAMLResponse',
        received: 'SAMLResponse in the URL',
      });

/** Decodes the field: base64 of UTF-8 text, with whitespace allowed because old IdPs wrap lines. */
export function decodeField(value: string, relayState?: string): Decoded {
  if (value.trim() === '') return failed('response-missing', { received: 'an empty SAMLResponse' });
  if (value.length > maxOctets * 1.5)
    return failed('response-too-large', {
      expected: `at most ${maxOctets} octets`,
      received: `${value.length} characters of base64`,
    });
  if (/%[0-9A-Fa-f]{2}/.test(value))
    return failed('response-encoded-twice', { received: 'percent signs: the field was URL-encoded twice' });
  const packed = value.replace(/[\t\n\r ]+/g, '');
  const octets = Buffer.from(packed, 'base64');
  // Node skips invalid characters. Re-encoding gives the same text only if it was canonical base64: no other
  // characters, no missing padding, no bits after the last octet.
  if (octets.toString('base64') !== packed) return failed('response-not-base64', { received: sample(value) });
  if (octets.length > maxOctets)
    return failed('response-too-large', { expected: `at most ${maxOctets} octets`, received: String(octets.length) });
  const outcome = decodeOctets(octets, relayState);
  return outcome.ok || !hasLostPluses(value)
    ? outcome
    : failed('response-not-base64', { received: 'blanks in place of plus signs: “+” must be sent as %2B' });
}

/** True if the value is a message once its blanks are plus signs, which some forms do not escape. */
const hasLostPluses = (value: string): boolean =>
  value.includes(' ') && decodeOctets(Buffer.from(value.replaceAll(' ', '+'), 'base64'), undefined).ok;

function decodeOctets(octets: Buffer, relayState: string | undefined): Decoded {
  let xml: string;
  try {
    // Keeps a byte order mark, which is rejected below: some parsers skip it, others treat it as text outside the root.
    xml = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return inflates(octets)
      ? failed('response-deflated')
      : failed('response-not-utf8', { received: octets.subarray(0, 8).toString('hex') });
  }
  if (/^[\uFEFF\0]|^.\0/.test(xml)) {
    const outcome = failed('response-not-utf8', { received: octets.subarray(0, 8).toString('hex') });
    return xml.startsWith('\uFEFF') && !outcome.ok
      ? { ok: false, finding: { ...outcome.finding, circumstance: 'byte-order-mark' } }
      : outcome;
  }
  if (xml.trimStart().startsWith('<')) return { ok: true, xml, relayState };
  if (/^[A-Za-z0-9+/=\s]+$/.test(xml) && Buffer.from(xml, 'base64').toString('utf8').trimStart().startsWith('<'))
    return failed('response-encoded-twice', { received: 'base64 inside base64' });
  return failed('xml-malformed', { received: sample(xml) });
}

/** True for raw DEFLATE, which the Redirect binding uses. It is only detected, never read. */
function inflates(octets: Buffer): boolean {
  try {
    return inflateRawSync(octets, { maxOutputLength: maxOctets })
      .subarray(0, 64)
      .toString('utf8')
      .trimStart()
      .startsWith('<');
  } catch {
    return false;
  }
}

const sample = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
