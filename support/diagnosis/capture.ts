/** From a captured file to the SAML messages in it: XML, base64, a form body, a HAR or a SAML-tracer export. It judges nothing and follows nothing. */
import { inflateRawSync } from 'node:zlib';
import { decode, decodeField, type Decoded } from '../../sp/saml/decode.ts';

export interface Captured {
  /** The response, or why it cannot be decoded. */
  decoded: Decoded;
  /** When it was captured, where the export says so. */
  at: Date | undefined;
  /** Whether a whole form was captured, so that a RelayState would be there. */
  form?: boolean;
}

export interface Capture {
  responses: Captured[];
  /** XML of the AuthnRequests, by their ID. */
  requests: Map<string, string>;
}

export class CaptureError extends Error {}

/** Octets of a file, and levels of its JSON. */
export const limits = { octets: 25 * 1024 * 1024, levels: 200, message: 1024 * 1024 };

/** Throws CaptureError when no SAML message is in it at all. */
export function readCapture(text: string): Capture {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const capture: Capture = { responses: [], requests: new Map() };
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) collectJson(trimmed, capture);
  else if (trimmed.startsWith('<')) capture.responses.push({ decoded: { ok: true, xml: trimmed, relayState: undefined }, at: undefined });
  else if (/(^|[&?])SAML(Response|art)=/.test(trimmed)) capture.responses.push({ decoded: decode({ method: 'POST', fields: [...new URLSearchParams(trimmed.replace(/^[^?&=]*\?/, '').replace(/\s+/g, ''))] }), at: undefined, form: true });
  else if (/^[\w+/=%\s-]+$/.test(trimmed) && trimmed.length > 40) capture.responses.push({ decoded: decodeField(/%(2B|2F|3D)/i.test(trimmed) ? decodeURIComponent(trimmed) : trimmed), at: undefined });
  if (capture.responses.length === 0) throw new CaptureError('No SAMLResponse was found. Give a response as XML or base64, a form body, or a HAR or SAML-tracer export.');
  return capture;
}

function collectJson(text: string, capture: Capture): void {
  if (depthOf(text) > limits.levels) throw new CaptureError(`The JSON is nested deeper than ${limits.levels} levels.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CaptureError(`The file begins like JSON and cannot be read as such (${(error as Error).message.slice(0, 80)}).`);
  }
  collect(parsed, undefined, capture, new Set());
}

/** Without parsing, so that a bomb cannot go off. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

/** Looks for SAMLRequest and SAMLResponse wherever an export keeps parameters: name and value pairs, plain properties, bodies and addresses. */
function collect(node: unknown, at: Date | undefined, capture: Capture, seen: Set<string>): void {
  if (Array.isArray(node)) {
    for (const one of node) collect(one, at, capture, seen);
    return;
  }
  if (typeof node === 'string') return collectText(node, at, capture, seen);
  if (typeof node !== 'object' || node === null) return;
  const record = node as Record<string, unknown>;
  const time = timeOf(record) ?? at;
  if (typeof record['name'] === 'string' && typeof record['value'] === 'string') note(record['name'], record['value'], time, capture, seen);
  for (const [key, value] of Object.entries(record)) {
    if (typeof value === 'string' && /^SAML(Request|Response)$/.test(key)) note(key, value, time, capture, seen);
    else collect(value, time, capture, seen);
  }
}

function timeOf(record: Record<string, unknown>): Date | undefined {
  const said = record['startedDateTime'] ?? record['timestamp'] ?? record['time'];
  const time = typeof said === 'number' && said > 1e11 ? said : typeof said === 'string' ? Date.parse(said) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}

function collectText(text: string, at: Date | undefined, capture: Capture, seen: Set<string>): void {
  for (const [, name, value] of text.matchAll(/(?:^|[?&])(SAMLRequest|SAMLResponse)=([^&\s"]+)/g)) note(name!, value!, at, capture, seen);
}

/** The same message stands in an export several times, once as a field and once in a body; it counts once. */
function note(name: string, raw: string, at: Date | undefined, capture: Capture, seen: Set<string>): void {
  let value = raw;
  try {
    if (/%[0-9A-Fa-f]{2}/.test(raw)) value = decodeURIComponent(raw.replaceAll('+', '%20')).replaceAll(' ', '+');
  } catch {
    // Not escaped after all: it is judged as it stands.
  }
  const key = `${name} ${value.replace(/\s/g, '')}`;
  if (seen.has(key)) return;
  seen.add(key);
  if (name === 'SAMLRequest') {
    const xml = requestXml(value);
    const id = xml && /\sID\s*=\s*["']([^"']+)/.exec(xml)?.[1];
    if (xml && id) capture.requests.set(id, xml);
  } else capture.responses.push({ decoded: decodeField(value), at });
}

/** A request by POST is base64 of XML, one by Redirect is compressed before. */
function requestXml(value: string): string | undefined {
  const octets = Buffer.from(value, 'base64');
  if (octets.subarray(0, 1).toString() === '<') return octets.toString('utf8');
  try {
    return inflateRawSync(octets, { maxOutputLength: limits.message }).toString('utf8');
  } catch {
    return undefined;
  }
}
