/** Damage to a message by a capture tool or a copy: its finding then says nothing about the sender. */
import type { RejectionCode } from '../../sp/rejection-advice.ts';

/** True for what a sanitiser writes in place of a value. */
export function isPlaceholder(value: string): boolean {
  if (value.length > 300) return false;
  const isBracketed = /^[[({<]/.test(value) && /[\])}>]$/.test(value);
  return (
    /redact|saniti[sz]ed|^\{HASH\}/i.test(value) ||
    /^[*x#]{4,}$/i.test(value) ||
    (isBracketed && /removed|masked|hidden|omitted|filtered/i.test(value))
  );
}

/** Hashes, or one character many times, in place of a message. */
const isStandIn = (value: string): boolean =>
  isPlaceholder(value) || /^[0-9a-f]{32,128}$/i.test(value) || (value.length > 1 && isOneCharacter(value));

/** Compared at once: a pattern would need a stack as long as the value. */
const isOneCharacter = (value: string): boolean => value.slice(1) === value.slice(0, -1);

/** In characters. No message is so short. */
const shortest = 64;

export const sanitised = (field: string): string =>
  `The capture was sanitised: ${field} was taken out. Export it again with sensitive data, or keep ${field}.`;

export const withoutBody = (acsUrl: string): string =>
  `The capture has a request to ${acsUrl}, but not its body: some tools leave out large bodies. ` +
  'Record the sign-in again with SAML-tracer or Firefox, or copy the request as cURL.';

/** True if the XML ends before its root element does. */
export function isCutOff(xml: string): boolean {
  const root = /<([A-Za-z_][\w:.-]{0,100})[\s/>]?/.exec(xml.slice(0, 5000))?.[1];
  return root !== undefined && !xml.includes(`</${root}`) && !/^[^<]*(?:<\?[^>]*>\s*)?<[^<>]*\/>\s*$/.test(xml);
}

/** Damage that copying does: a missing end, another encoding, characters of the place it was copied from. */
const byCopying = new Set<RejectionCode>(['response-not-base64', 'response-encoded-twice', 'response-not-utf8']);

export interface Damage {
  code: RejectionCode;
  /** As it was captured. */
  value: string;
  /** As far as it can be decoded. */
  xml: string | undefined;
  /** True if the capture is not what the browser sent, octet by octet. */
  copied: boolean;
  /** True if nothing follows the value in the capture. */
  atEnd: boolean;
}

/** Why the finding may be the capture's own. Undefined if the sender caused it. */
export function doubtOf({ code, value, xml, copied, atEnd }: Damage): string | undefined {
  if (copied && value.trim() === '')
    return `The copy has no value for SAMLResponse (${code}). Copy the whole request, or export a HAR of the sign-in.`;
  if (code === 'response-missing' || code === 'response-duplicated') return undefined;
  if (/(?:…|\.{3}|\[truncated\]|\(truncated\))\s*$/i.test(value))
    return `The capture shortened SAMLResponse (${code}). Export a HAR, or copy the whole value.`;
  if (xml === undefined && isStandIn(value)) return sanitised('SAMLResponse');
  if (xml === undefined && code !== 'response-encoded-twice' && value.length < shortest)
    return (
      `The value of SAMLResponse is not a message (${code}), so the capture may have taken it out. ` +
      'Export it again with sensitive data, and give the whole request.'
    );
  if (copied && atEnd && xml !== undefined && isCutOff(xml))
    return `The copy ends in the middle of the response (${code}). Copy the whole value, or export a HAR.`;
  if (copied && byCopying.has(code) && !isWholeAnyway(code, xml))
    return (
      `The value of SAMLResponse is damaged (${code}), and copying may have done it. ` +
      'Export a HAR of the sign-in: it shows what the browser sent.'
    );
  return undefined;
}

/** A byte order mark in base64, or a declared encoding of a message in ASCII: no copy does that. */
const isWholeAnyway = (code: RejectionCode, xml = ''): boolean =>
  code === 'response-not-utf8' && (xml.startsWith('\uFEFF') || /^[\t\n\r -~]+$/.test(xml));
