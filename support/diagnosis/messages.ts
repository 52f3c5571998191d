/** A captured SAML message: decoded and parsed, but not judged. */
import { inflateRawSync } from 'node:zlib';
import type { Finding } from '../../sp/rejection-advice.ts';
import { instantOf } from '../../sp/saml/checks/check.ts';
import { decode, decodeField, maxOctets } from '../../sp/saml/decode.ts';
import { attribute, childElements, childNamed, childrenNamed, ns, textOf } from '../../sp/saml/dom.ts';
import type { PendingRequest } from '../../sp/saml/judgement.ts';
import { type Read, type ReadOutcome, read } from '../../sp/saml/read.ts';
import { doubtOf, isPlaceholder, sanitised } from './doubt.ts';
import type { CaptureTime, Exchange } from './exchange.ts';

interface Found {
  where: string;
  /** URL to which the browser sent it. */
  sentTo: string | undefined;
  at: CaptureTime | undefined;
  /** Undefined if it could not be decoded. */
  xml: string | undefined;
}

export interface CapturedResponse extends Found {
  kind: 'response';
  /** The tree is parsed again for judging: the trees of all messages of a file may not fit into memory. */
  outcome:
    | { ok: true; isSaml: boolean; inResponseTo: string | undefined; elements: number }
    | { ok: false; finding: Finding };
  relayState: string | undefined;
  /** True if the form was captured. Otherwise the returned RelayState is unknown. */
  withForm: boolean;
  /** Why a finding may be the fault of the capture instead of the sender. */
  doubt?: string | undefined;
  /** True if found in the page that submits it, not in the request that delivers it. */
  inPage?: boolean;
}

export interface CapturedRequest extends Found {
  kind: 'request';
  /** Undefined if the request cannot be read. */
  pending: PendingRequest | undefined;
  /** The SP's own settings, as the request states them. */
  sp?: { entityId: string | undefined; acsUrl: string | undefined };
  /** Why the capture may be the reason that it cannot be read. */
  doubt?: string | undefined;
}

/** A single logout message: recognized, but not judged. */
export interface CapturedLogout extends Found {
  kind: 'logout';
  name: string;
}

export type CapturedMessage = CapturedResponse | CapturedRequest | CapturedLogout;

/** Every message of one browser request; usually one. */
export function messagesOf(exchange: Exchange): CapturedMessage[] {
  const { where, method, url, contentType, fields, xml, at, inPage = false } = exchange;
  const found = { where, sentTo: url === undefined ? undefined : url.replace(/[?#].*$/s, ''), at };
  const value = (name: string): string | undefined => fields.find(([one]) => one === name)?.[1];
  const [request, response, sentState] = [value('SAMLRequest'), value('SAMLResponse'), value('RelayState')];
  const isStateUnknown = sentState !== undefined && isPlaceholder(sentState);
  const relayState = isStateUnknown ? undefined : sentState;
  if (request !== undefined && response === undefined) return [requestIn(request, { xml, relayState, found })];
  if (response === undefined && fields.length === 0 && xml !== undefined) return [fromXml(xml, found)];
  const packed = response === undefined ? undefined : unpacked(response);
  const logout = packed === undefined ? undefined : logoutOf(packed, found);
  if (logout) return [logout];
  const decoded = decode({ method, contentType, fields });
  // A tool may store the fields only as hashes, together with the decoded message.
  if (!decoded.ok && packed === undefined && xml !== undefined) return [{ ...fromXml(xml, found) }];
  // A script of the page may add RelayState, and a sanitiser may have replaced it.
  const withForm = method === 'POST' && !isStateUnknown && !(inPage && relayState === undefined);
  const common = { kind: 'response', ...found, relayState, withForm, inPage } as const;
  const outcome = decoded.ok ? withoutTree(read(decoded.xml)) : decoded;
  const message = { ...common, xml: decoded.ok ? decoded.xml : packed, outcome };
  return [{ ...message, doubt: doubtAbout(message, exchange) }];
}

function doubtAbout({ outcome, xml }: CapturedResponse, { fields, copied = false }: Exchange): string | undefined {
  if (outcome.ok) return undefined;
  const place = fields.findIndex(([name]) => name === 'SAMLResponse');
  const value = fields[place]?.[1];
  if (value === undefined) return undefined;
  return doubtOf({ code: outcome.finding.code, value, xml, copied, atEnd: place === fields.length - 1 });
}

function requestIn(
  value: string,
  { xml, relayState, found }: { xml: string | undefined; relayState: string | undefined; found: Omit<Found, 'xml'> },
): CapturedRequest | CapturedLogout {
  const packed = unpacked(value) ?? xml;
  const request = requestOf(packed, relayState, found);
  return request.kind === 'request' && packed === undefined && isPlaceholder(value)
    ? { ...request, doubt: sanitised('SAMLRequest') }
    : request;
}

/** A message without its form. */
export function fromXml(xml: string, found: Omit<Found, 'xml'>): CapturedMessage {
  const outcome = read(xml);
  if (outcome.ok && outcome.message.document.documentElement.localName === 'AuthnRequest')
    return requestOf(xml, undefined, found);
  return { kind: 'response', ...found, xml, outcome: withoutTree(outcome), relayState: undefined, withForm: false };
}

/** The copied value of a field, without its form. */
export function fromField(value: string, found: Omit<Found, 'xml'>): CapturedMessage {
  const packed = value.length > maxOctets * 1.5 ? undefined : unpacked(value);
  if (packed !== undefined && rootOf(packed) === 'AuthnRequest') return requestOf(packed, undefined, found);
  const decoded = decodeField(value);
  const message: CapturedMessage = decoded.ok
    ? fromXml(decoded.xml, found)
    : { kind: 'response', ...found, xml: packed, outcome: decoded, relayState: undefined, withForm: false };
  if (message.kind !== 'response' || message.outcome.ok) return message;
  const { code } = message.outcome.finding;
  return { ...message, doubt: doubtOf({ code, value, xml: message.xml, copied: true, atEnd: true }) };
}

function requestOf(
  xml: string | undefined,
  relayState: string | undefined,
  found: Omit<Found, 'xml'>,
): CapturedRequest | CapturedLogout {
  const outcome = xml === undefined ? undefined : read(xml);
  const root = outcome?.ok ? outcome.message.document.documentElement : undefined;
  const id = attribute(root, 'ID');
  if (root?.localName === 'LogoutRequest') return { kind: 'logout', name: root.localName, ...found, xml };
  if (root === undefined || id === undefined || root.localName !== 'AuthnRequest')
    return { kind: 'request', ...found, xml, pending: undefined };
  const issuedAt = instantOf(attribute(root, 'IssueInstant'));
  const requested = childNamed(root, ns.samlp, 'RequestedAuthnContext');
  const comparison = attribute(requested, 'Comparison');
  const classRefs = requested ? childrenNamed(requested, ns.saml, 'AuthnContextClassRef').map(textOf) : [];
  const isComparison =
    comparison === 'exact' || comparison === 'minimum' || comparison === 'maximum' || comparison === 'better';
  const pending: PendingRequest = {
    id,
    ...(issuedAt === undefined ? {} : { issuedAt: new Date(issuedAt) }),
    ...(relayState === undefined ? {} : { relayState }),
    forceAuthn: ['true', '1'].includes(attribute(root, 'ForceAuthn') ?? ''),
    ...(classRefs.length === 0
      ? {}
      : { requestedAuthnContext: { classRefs, ...(isComparison ? { comparison } : {}) } }),
  };
  const sp = {
    entityId: textOf(childNamed(root, ns.saml, 'Issuer')) || undefined,
    acsUrl: attribute(root, 'AssertionConsumerServiceURL'),
  };
  return { kind: 'request', ...found, xml, pending, sp };
}

function logoutOf(xml: string, found: Omit<Found, 'xml'>): CapturedLogout | undefined {
  const name = rootOf(xml);
  return name === 'LogoutResponse' || name === 'LogoutRequest' ? { kind: 'logout', name, ...found, xml } : undefined;
}

function rootOf(xml: string): string | undefined {
  const outcome = read(xml);
  return outcome.ok ? outcome.message.document.documentElement.localName : undefined;
}

/** Base64, with or without DEFLATE (SAML bindings 3.4.4.1, 3.5.4); undefined if the result is not XML. */
export function unpacked(value: string): string | undefined {
  const octets = Buffer.from(value, 'base64');
  const text = octets.toString('utf8');
  if (text.trimStart().startsWith('<')) return text;
  try {
    const inflated = inflateRawSync(octets, { maxOutputLength: maxOctets }).toString('utf8');
    return inflated.trimStart().startsWith('<') ? inflated : undefined;
  } catch {
    return undefined;
  }
}

const withoutTree = (outcome: ReadOutcome): CapturedResponse['outcome'] =>
  outcome.ok
    ? {
        ok: true,
        isSaml: isSaml(outcome.message),
        inResponseTo: attribute(outcome.message.document.documentElement, 'InResponseTo'),
        elements: outcome.message.document.getElementsByTagName('*').length,
      }
    : outcome;

/** False if the root is not a SAML message, so that its contents are never searched. */
const isSaml = ({ document: { documentElement: root } }: Read): boolean =>
  (root.namespaceURI ?? '').startsWith('urn:oasis:names:tc:SAML:') ||
  // A response whose namespace was forgotten.
  (!root.namespaceURI && root.localName === 'Response' && ['Version', 'ID'].every((name) => root.hasAttribute(name))) ||
  childElements(root).some((child) => (child.namespaceURI ?? '').startsWith('urn:oasis:names:tc:SAML:'));
