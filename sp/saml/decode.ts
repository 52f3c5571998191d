/** From the posted form to the text of the message (SAML bindings 3.5.4). Stops at the first thing that is wrong. */
import { inflateRawSync } from 'node:zlib';
import { bounded, boundedList } from '../bounded-text.ts';
import type { Finding } from '../rejection-advice.ts';
import { finding } from './checks/check.ts';

export interface PostedForm {
  method: string;
  /** Without it, nothing is said about the type. */
  contentType?: string | undefined;
  /** In the order in which they came, repeated ones included. */
  fields: readonly (readonly [name: string, value: string])[];
  /** Fields of the address to which it was posted; a message has no place there. */
  query?: readonly (readonly [name: string, value: string])[];
}

export type Decoded = { ok: true; xml: string; relayState: string | undefined } | { ok: false; finding: Finding };

/** Octets of XML. */
export const maxOctets = 1024 * 1024;

/** A form of SAML has two. */
export const mostFields = 100;

/** The fields of a posted form in their order; of too many, one more than `decode` takes. */
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
    ? failed('response-duplicated', { expected: 'SAMLResponse once', received: 'in the form and in the address' })
    : failed('response-by-redirect', {
        expected: 'a form posted with SAMLResponse',
        received: 'SAMLResponse in the address',
      });

/** The field's value: base64 of UTF-8 text, white space allowed where mail programs and old IdPs wrap lines. */
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
  // Node skips what is not base64. The same text comes back only if nothing was skipped: no junk, no other alphabet,
  // no missing padding, no bits beyond the last octet.
  if (octets.toString('base64') !== packed) return failed('response-not-base64', { received: sample(value) });
  if (octets.length > maxOctets)
    return failed('response-too-large', { expected: `at most ${maxOctets} octets`, received: String(octets.length) });
  return decodeOctets(octets, relayState);
}

function decodeOctets(octets: Buffer, relayState: string | undefined): Decoded {
  let xml: string;
  try {
    // A byte order mark is kept, to be rejected below: some parsers skip it, for others it is text outside the root.
    xml = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return inflates(octets)
      ? failed('response-deflated')
      : failed('response-not-utf8', { received: octets.subarray(0, 8).toString('hex') });
  }
  if (/^[\uFEFF\0]|^.\0/.test(xml))
    return failed('response-not-utf8', { received: octets.subarray(0, 8).toString('hex') });
  if (xml.trimStart().startsWith('<')) return { ok: true, xml, relayState };
  if (/^[A-Za-z0-9+/=\s]+$/.test(xml) && Buffer.from(xml, 'base64').toString('utf8').trimStart().startsWith('<'))
    return failed('response-encoded-twice', { received: 'base64 inside base64' });
  return failed('xml-malformed', { received: sample(xml) });
}

/** Raw DEFLATE, as the Redirect binding packs messages; it is only recognized, never read. */
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
