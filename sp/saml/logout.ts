/** Writes and reads single logout messages in the Redirect binding (SAML core 3.7, profiles 4.4, bindings 3.4). */
import { createPrivateKey, sign as signOctets } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isSignature, signatureMethods } from './algorithms.ts';
import { instantOf } from './checks/check.ts';
import { attribute, childNamed, childrenNamed, is, ns, textOf } from './dom.ts';
import { allowedSkewMs } from './judgement.ts';
import { read } from './read.ts';
import { readTrustKey } from './trust-key.ts';
import { withQuery } from './uris.ts';

export interface LogoutRequest {
  kind: 'request';
  id: string;
  nameId: string;
  /** Empty for all sessions of the user (SAML core 3.7.1). */
  sessionIndexes: string[];
  relayState: string | undefined;
}

export interface LogoutResponse {
  kind: 'response';
  inResponseTo: string;
  /** `partial`: some sessions at the IdP or its other apps remain open (SAML core 3.7.3.2). */
  outcome: 'success' | 'partial' | 'failed';
}

export interface LogoutRules {
  now: Date;
  /** The URL at which the message arrived. */
  destination: string;
  idp: { entityId: string; certificates: readonly string[] };
  allowSha1: boolean;
  /** IDs of the LogoutRequests to which a LogoutResponse may belong. */
  sentRequests: readonly string[];
}

/** The maximum difference between IssueInstant and now, in milliseconds. */
export const freshForMs = 10 * 60_000;

/** Codes of errors in a logout message. */
export type LogoutErrorCode = keyof typeof sentences;

export class LogoutError extends Error {
  readonly code: LogoutErrorCode;
  constructor(code: LogoutErrorCode, { received = '' } = {}) {
    super(sentences[code].replace('{}', () => received));
    this.code = code;
  }
}

const sentences = {
  'message-missing': 'The URL contains neither SAMLRequest nor SAMLResponse.',
  'parameter-repeated': 'The URL contains the parameter {} twice.',
  'parameter-encoding': 'A parameter in the URL has malformed percent-encoding.',
  'not-signed': 'The logout message is not signed.',
  'algorithm-refused': 'The logout message is signed with an algorithm that is not accepted.',
  'signature-invalid': 'The logout message’s signature does not verify with the identity provider’s certificates.',
  'not-inflatable': 'The logout message is not compressed with DEFLATE, or is too large.',
  'xml-unreadable': 'The logout message is not well-formed XML.',
  'root-wrong': 'The message is {}, not a logout message.',
  'issuer-mismatch': 'The logout message comes from another identity provider.',
  'destination-mismatch': 'The logout message has the wrong Destination.',
  expired: 'The logout message has expired.',
  'issue-instant-wrong': 'The logout message was not issued within the last ten minutes.',
  'subject-missing': 'The logout message does not name the user to sign out.',
  'not-asked': 'The logout response belongs to no sign-out started in this browser in the last ten minutes.',
  replayed: 'The logout message was already used.',
} as const;

const longest = 64 * 1024;
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const partialLogout = 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout';

/** Reads the message from the unchanged query string, whose octets are signed. Throws LogoutError. */
export function readLogout(query: string, rules: LogoutRules): LogoutRequest | LogoutResponse {
  const parameters = parametersOf(query);
  const field = parameters.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
  const packed = parameters.get(field);
  if (packed === undefined) throw new LogoutError('message-missing');
  verifyQuery(parameters, field, rules);
  const outcome = read(inflate(decoded(packed)));
  if (!outcome.ok) throw new LogoutError('xml-unreadable');
  const root = outcome.message.document.documentElement;
  if (!is(root, ns.samlp, field === 'SAMLRequest' ? 'LogoutRequest' : 'LogoutResponse'))
    throw new LogoutError('root-wrong', { received: root.nodeName });
  if (textOf(childNamed(root, ns.saml, 'Issuer')) !== rules.idp.entityId) throw new LogoutError('issuer-mismatch');
  // Required, because the message is signed (SAML bindings 3.4.5.2).
  if (attribute(root, 'Destination') !== rules.destination) throw new LogoutError('destination-mismatch');
  return field === 'SAMLResponse' ? responseIn(root, rules) : requestIn(root, rules, parameters.get('RelayState'));
}

function responseIn(root: Element, { now, sentRequests }: LogoutRules): LogoutResponse {
  checkIssued(root, now);
  const inResponseTo = attribute(root, 'InResponseTo') ?? '';
  if (!sentRequests.includes(inResponseTo)) throw new LogoutError('not-asked');
  return { kind: 'response', inResponseTo, outcome: outcomeIn(root) };
}

/** Also reads the second status code: a partial logout may have the status Success (SAML core 3.7.3.2). */
function outcomeIn(root: Element): LogoutResponse['outcome'] {
  const code = childNamed(childNamed(root, ns.samlp, 'Status'), ns.samlp, 'StatusCode');
  const values = [code, childNamed(code, ns.samlp, 'StatusCode')].map((one) => attribute(one, 'Value'));
  if (values.includes(partialLogout)) return 'partial';
  return values[0] === success ? 'success' : 'failed';
}

function checkIssued(root: Element, now: Date): void {
  const issued = instantOf(attribute(root, 'IssueInstant'));
  if (issued === undefined || Math.abs(issued - now.getTime()) > freshForMs)
    throw new LogoutError('issue-instant-wrong');
}

function requestIn(root: Element, { now }: LogoutRules, relayState: string | undefined): LogoutRequest {
  const end = attribute(root, 'NotOnOrAfter');
  if (end !== undefined && (instantOf(end) ?? 0) <= now.getTime() - allowedSkewMs) throw new LogoutError('expired');
  checkIssued(root, now);
  const id = attribute(root, 'ID');
  const nameId = textOf(childNamed(root, ns.saml, 'NameID'));
  if (!id || nameId === '') throw new LogoutError('subject-missing');
  return {
    kind: 'request',
    id,
    nameId,
    sessionIndexes: childrenNamed(root, ns.samlp, 'SessionIndex').map(textOf),
    relayState: relayState === undefined ? undefined : decoded(relayState),
  };
}

/** Raw values by name. Rejects repeated names, because signer and reader could use different ones. */
function parametersOf(query: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of query.split('&').filter((one) => one !== '')) {
    const [name, ...value] = pair.split('=');
    if (found.has(name!)) throw new LogoutError('parameter-repeated', { received: name!.slice(0, 40) });
    found.set(name!, value.join('='));
  }
  return found;
}

/** The form-decoded value of a parameter. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'));
  } catch {
    throw new LogoutError('parameter-encoding');
  }
}

/** Verifies the signature, without which an attacker could sign users out. */
function verifyQuery(
  parameters: ReadonlyMap<string, string>,
  field: string,
  { idp, allowSha1 }: Pick<LogoutRules, 'idp' | 'allowSha1'>,
): void {
  const [algorithm, signature] = [parameters.get('SigAlg'), parameters.get('Signature')];
  if (algorithm === undefined || signature === undefined) throw new LogoutError('not-signed');
  const uri = decoded(algorithm);
  const method = Object.hasOwn(signatureMethods, uri) ? signatureMethods[uri] : undefined;
  if (method === undefined || (method.hash === 'sha1' && !allowSha1)) throw new LogoutError('algorithm-refused');
  const octets = [field, 'RelayState', 'SigAlg']
    .filter((name) => parameters.has(name))
    .map((name) => `${name}=${parameters.get(name)!}`)
    .join('&');
  const value = decoded(signature);
  const isSigned = idp.certificates
    .map((pem) => readTrustKey(pem))
    .some((one) => one && one.flaw === undefined && isSignature(method, octets, one.key, value));
  if (!isSigned) throw new LogoutError('signature-invalid');
}

function inflate(packed: string): string {
  try {
    return inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: longest }).toString('utf8');
  } catch {
    throw new LogoutError('not-inflatable');
  }
}

export interface Sending {
  id: string;
  issuedAt: Date;
  issuer: string;
  destination: string;
  /** PEM. */
  privateKey: string;
  relayState?: string | undefined;
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const envelope = (
  name: string,
  { id, issuedAt, issuer, destination }: Sending,
  more: string,
  attributes = '',
): string =>
  `<samlp:${name} xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="${id}" Version="2.0"` +
  ` IssueInstant="${issuedAt.toISOString().replace(/\.\d+Z$/, 'Z')}" Destination="${escapeXml(destination)}"` +
  `${attributes}><saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${more}</samlp:${name}>`;

/** The URL that asks the IdP to end its session. */
export function logoutRequestUrl(
  sending: Sending,
  { nameId, nameIdFormat, sessionIndex }: { nameId: string; nameIdFormat: string; sessionIndex: string | undefined },
): string {
  const subject = `<saml:NameID Format="${escapeXml(nameIdFormat)}">${escapeXml(nameId)}</saml:NameID>`;
  const index = sessionIndex === undefined ? '' : `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>`;
  return signedUrl(sending, 'SAMLRequest', envelope('LogoutRequest', sending, subject + index));
}

/** The URL that tells the IdP that the session has ended. */
export const logoutResponseUrl = (sending: Sending, inResponseTo: string): string =>
  signedUrl(
    sending,
    'SAMLResponse',
    envelope(
      'LogoutResponse',
      sending,
      `<samlp:Status><samlp:StatusCode Value="${success}"/></samlp:Status>`,
      ` InResponseTo="${escapeXml(inResponseTo)}"`,
    ),
  );

function signedUrl({ destination, relayState, privateKey }: Sending, field: string, xml: string): string {
  const octets = [
    [field, deflateRawSync(xml).toString('base64')],
    ...(relayState === undefined ? [] : [['RelayState', relayState]]),
    ['SigAlg', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'],
  ]
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
    .join('&');
  const signature = signOctets('sha256', Buffer.from(octets), createPrivateKey(privateKey)).toString('base64');
  return withQuery(destination, `${octets}&Signature=${encodeURIComponent(signature)}`);
}
