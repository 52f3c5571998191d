/** Messages of single logout by the Redirect binding (SAML core 3.7, profiles 4.4, bindings 3.4): writes signed ones and reads those of the identity provider. It ends no session. */
import { createPrivateKey, createPublicKey, sign as signOctets } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isSignature, isWeak, signatureMethods } from './algorithms.ts';
import { instantOf } from './checks/check.ts';
import { attribute, childNamed, childrenNamed, is, ns, textOf } from './dom.ts';
import { allowedSkewMs } from './judgement.ts';
import { read } from './read.ts';

export interface LogoutRequest {
  kind: 'request';
  id: string;
  nameId: string;
  /** None means all sessions of the user (SAML core 3.7.1). */
  sessionIndexes: string[];
  relayState: string | undefined;
}

export interface LogoutResponse {
  kind: 'response';
  inResponseTo: string;
  success: boolean;
}

export interface LogoutRules {
  now: Date;
  /** Address at which the message arrived. */
  destination: string;
  idp: { entityId: string; certificates: readonly string[] };
  allowSha1: boolean;
}

/** What is wrong with a logout message; nobody is signed out by it. */
export class LogoutRefused extends Error {}

const longest = 64 * 1024;
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/** The message in a query as it was sent: the signature covers these very octets. Throws LogoutRefused. */
export function readLogout(
  query: string,
  { now, destination, idp, allowSha1 }: LogoutRules,
): LogoutRequest | LogoutResponse {
  const parameters = parametersOf(query);
  const field = parameters.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
  const packed = parameters.get(field);
  if (packed === undefined) throw new LogoutRefused('There is no SAMLRequest and no SAMLResponse.');
  verifyQuery(parameters, field, idp.certificates, allowSha1);
  const outcome = read(inflate(decoded(packed)));
  if (!outcome.ok) throw new LogoutRefused('The message cannot be read.');
  const root = outcome.message.document.documentElement;
  if (!is(root, ns.samlp, field === 'SAMLRequest' ? 'LogoutRequest' : 'LogoutResponse'))
    throw new LogoutRefused(`The message is ${root.nodeName}, not a logout message.`);
  if (textOf(childNamed(root, ns.saml, 'Issuer')) !== idp.entityId)
    throw new LogoutRefused('The message comes from another identity provider.');
  const sentTo = attribute(root, 'Destination');
  // It must be there, since the message is signed (SAML bindings 3.4.5.2).
  if (sentTo !== destination) throw new LogoutRefused('The message was sent to another address.');
  if (field === 'SAMLResponse') {
    const code = attribute(childNamed(childNamed(root, ns.samlp, 'Status'), ns.samlp, 'StatusCode'), 'Value');
    return { kind: 'response', inResponseTo: attribute(root, 'InResponseTo') ?? '', success: code === success };
  }
  const end = attribute(root, 'NotOnOrAfter');
  const issued = instantOf(attribute(root, 'IssueInstant'));
  if (end !== undefined && (instantOf(end) ?? 0) <= now.getTime() - allowedSkewMs)
    throw new LogoutRefused('The message has expired.');
  if (issued === undefined || Math.abs(issued - now.getTime()) > 10 * 60_000)
    throw new LogoutRefused('The message is not of this hour.');
  const id = attribute(root, 'ID');
  const nameId = textOf(childNamed(root, ns.saml, 'NameID'));
  if (!id || nameId === '') throw new LogoutRefused('The message does not say who is to be signed out.');
  const relayState = parameters.get('RelayState');
  return {
    kind: 'request',
    id,
    nameId,
    sessionIndexes: childrenNamed(root, ns.samlp, 'SessionIndex').map(textOf),
    relayState: relayState === undefined ? undefined : decoded(relayState),
  };
}

/** Raw values by name; a name that comes twice is refused, since signer and reader could take different ones. */
function parametersOf(query: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pair of query.split('&').filter((one) => one !== '')) {
    const [name, ...value] = pair.split('=');
    if (found.has(name!)) throw new LogoutRefused(`The parameter ${name!.slice(0, 40)} comes twice.`);
    found.set(name!, value.join('='));
  }
  return found;
}

/** What a parameter says, in the encoding of forms. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', '%20'));
  } catch {
    throw new LogoutRefused('A parameter of the address is not percent-encoded properly.');
  }
}

/** Without a good signature anybody could sign people out. */
function verifyQuery(
  parameters: ReadonlyMap<string, string>,
  field: string,
  certificates: readonly string[],
  allowSha1: boolean,
): void {
  const [algorithm, signature] = [parameters.get('SigAlg'), parameters.get('Signature')];
  if (algorithm === undefined || signature === undefined) throw new LogoutRefused('The message is not signed.');
  const uri = decoded(algorithm);
  const method = Object.hasOwn(signatureMethods, uri) ? signatureMethods[uri] : undefined;
  if (method === undefined || (method.hash === 'sha1' && !allowSha1))
    throw new LogoutRefused('The message is signed by an algorithm that is not taken.');
  const octets = [field, 'RelayState', 'SigAlg']
    .filter((name) => parameters.has(name))
    .map((name) => `${name}=${parameters.get(name)!}`)
    .join('&');
  const value = decoded(signature);
  if (
    !certificates
      .map((pem) => createPublicKey(pem))
      .some((key) => !isWeak(key) && isSignature(method, octets, key, value))
  )
    throw new LogoutRefused('The signature of the message is not that of this identity provider.');
}

function inflate(packed: string): string {
  try {
    return inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: longest }).toString('utf8');
  } catch {
    throw new LogoutRefused('The message is not compressed as it should be, or it is too large.');
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
  `<samlp:${name} xmlns:samlp="${ns.samlp}" xmlns:saml="${ns.saml}" ID="${id}" Version="2.0" IssueInstant="${issuedAt.toISOString().replace(/\.\d+Z$/, 'Z')}" Destination="${escapeXml(destination)}"${attributes}><saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${more}</samlp:${name}>`;

/** Address that asks the identity provider to end its session. */
export const logoutRequestUrl = (
  sending: Sending,
  { nameId, nameIdFormat, sessionIndex }: { nameId: string; nameIdFormat: string; sessionIndex: string | undefined },
): string =>
  signedUrl(
    sending,
    'SAMLRequest',
    envelope(
      'LogoutRequest',
      sending,
      `<saml:NameID Format="${escapeXml(nameIdFormat)}">${escapeXml(nameId)}</saml:NameID>${sessionIndex === undefined ? '' : `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>`}`,
    ),
  );

/** Address that tells the identity provider that the session has ended. */
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
  return `${destination}${destination.includes('?') ? '&' : '?'}${octets}&Signature=${encodeURIComponent(signature)}`;
}
