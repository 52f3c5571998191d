/** Writes signed single logout messages, and reads those of apps (SAML core 3.7, profiles 4.4). */
import { sign as signOctets } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Form } from '../response/delivery.ts';
import { instant, later, nameIdFormats, randomId, statusCode } from '../response/saml-values.ts';
import { algorithms, honestSignature, sign } from '../response/signing.ts';
import { element, render, type Element as Tree } from '../response/xml.ts';
import type { KeyPair } from '../tenants/keys.ts';
import type { LogoutEndpoint } from '../tenants/metadata.ts';
import type { App } from '../tenants/state.ts';
import { type Arrival, idOf, malformed, RequestRefused, receive } from './incoming.ts';
import { attributeOf, childOf, childrenOf, isNamed, textOf } from './parse.ts';
import { allowedSkewMs, checkDestination, checkSender, checkTime, type RequestRules, timeIn } from './request.ts';

export interface LogoutRequest {
  id: string;
  /** The decoded message. */
  xml: string;
  app: App;
  /** True if the signature was verified, which requires a registered key. */
  isVerified: boolean;
  nameId: string;
  sessionIndexes: string[];
  relayState: string | undefined;
}

/**
 * Requires a signature if the app has registered a key (SAML profiles 4.4.3.1). Without a signature, any site may have
 * created the message. Throws RequestRefused.
 */
export function readLogoutRequest(
  arrival: Arrival,
  { findApp, ssoUrl, now }: Omit<RequestRules, 'wantSigned'>,
): LogoutRequest {
  const message = receive(arrival, 'SAMLRequest');
  const { root } = message;
  if (!isNamed(root, 'samlp:LogoutRequest')) throw malformed('it is not a samlp:LogoutRequest');
  const id = idOf(root);
  const nameId = textOf(childOf(root, 'saml:NameID'));
  if (!nameId) throw malformed('it has no saml:NameID');
  const app = senderOf(root, findApp);
  const isVerified = app.signingCertificates.length > 0;
  checkSender(message, app, isVerified);
  checkDestination(root, ssoUrl, message.signed);
  checkTime(root, now);
  if (root.hasAttribute('NotOnOrAfter') && timeIn(root, 'NotOnOrAfter') <= now - allowedSkewMs)
    throw new RequestRefused('request-expired', `The request expired at ${attributeOf(root, 'NotOnOrAfter')}.`);
  return {
    id,
    xml: message.xml,
    app,
    isVerified,
    nameId,
    sessionIndexes: childrenOf(root, 'samlp:SessionIndex').map((one) => textOf(one) ?? ''),
    relayState: message.relayState,
  };
}

export interface LogoutResponse {
  inResponseTo: string;
  app: App;
  /** False for a partial logout, too. */
  succeeded: boolean;
}

/** Throws RequestRefused. */
export function readLogoutResponse(
  arrival: Arrival,
  { findApp, ssoUrl, now }: Omit<RequestRules, 'wantSigned'>,
): LogoutResponse {
  const message = receive(arrival, 'SAMLResponse');
  const { root } = message;
  if (!isNamed(root, 'samlp:LogoutResponse')) throw malformed('it is not a samlp:LogoutResponse');
  const app = senderOf(root, findApp);
  checkSender(message, app, app.signingCertificates.length > 0);
  checkDestination(root, ssoUrl, message.signed);
  checkTime(root, now);
  const status = childOf(root, 'samlp:Status');
  const code = status && childOf(status, 'samlp:StatusCode');
  const second = code && childOf(code, 'samlp:StatusCode');
  return {
    inResponseTo: attributeOf(root, 'InResponseTo') ?? '',
    app,
    succeeded: attributeOf(code, 'Value') === statusCode('Success') && second === undefined,
  };
}

function senderOf(root: Element, findApp: RequestRules['findApp']): App {
  const issuer = textOf(childOf(root, 'saml:Issuer')) ?? '';
  const app = findApp(issuer);
  if (!app) throw new RequestRefused('app-unknown', `No app with the entity ID “${issuer}” is registered.`);
  return app;
}

export interface Sender {
  issuer: string;
  keys: KeyPair;
  now: Date;
}

/** The form with a LogoutRequest to the app; `id` is the ID of the request. */
export function logoutRequestForm(
  { issuer, keys, now }: Sender,
  {
    endpoint,
    nameId,
    nameIdFormat,
    index,
  }: { endpoint: LogoutEndpoint; nameId: string; nameIdFormat: string; index: string },
): { id: string; form: Form } {
  const id = randomId();
  const message = element(
    'samlp:LogoutRequest',
    {
      ID: id,
      Version: '2.0',
      IssueInstant: instant(now),
      Destination: endpoint.url,
      NotOnOrAfter: instant(later(now, { minutes: 5 })),
    },
    element('saml:Issuer', {}, issuer),
    element('saml:NameID', { Format: nameIdFormat === nameIdFormats.unspecified ? undefined : nameIdFormat }, nameId),
    element('samlp:SessionIndex', {}, index),
  );
  return {
    id,
    form: deliver(message, {
      field: 'SAMLRequest',
      url: endpoint.url,
      binding: endpoint.binding,
      keys,
      relayState: undefined,
    }),
  };
}

/** The form with the LogoutResponse to the app. */
export function logoutResponseForm(
  { issuer, keys, now }: Sender,
  {
    endpoint,
    inResponseTo,
    partial,
    relayState,
  }: { endpoint: LogoutEndpoint; inResponseTo: string; partial: boolean; relayState: string | undefined },
): Form {
  const url = endpoint.responseUrl ?? endpoint.url;
  const message = element(
    'samlp:LogoutResponse',
    { ID: randomId(), Version: '2.0', IssueInstant: instant(now), Destination: url, InResponseTo: inResponseTo },
    element('saml:Issuer', {}, issuer),
    element(
      'samlp:Status',
      {},
      element(
        'samlp:StatusCode',
        { Value: statusCode('Success') },
        partial ? element('samlp:StatusCode', { Value: statusCode('PartialLogout') }) : undefined,
      ),
    ),
  );
  return deliver(message, { field: 'SAMLResponse', url, binding: endpoint.binding, keys, relayState });
}

interface Sending {
  field: 'SAMLRequest' | 'SAMLResponse';
  url: string;
  binding: 'redirect' | 'post';
  keys: KeyPair;
  relayState: string | undefined;
}

/** POST with an XML signature, or Redirect with a signature over the query string (SAML bindings 3.4.4.1). */
function deliver(message: Tree, { field, url, binding, keys, relayState }: Sending): Form {
  const shared = { action: url, contentType: 'application/x-www-form-urlencoded', copies: 1 };
  const state = relayState === undefined ? [] : [['RelayState', relayState] as const];
  if (binding === 'post')
    return {
      ...shared,
      method: 'post',
      fields: [[field, Buffer.from(render(sign(message, honestSignature(keys)))).toString('base64')], ...state],
    };
  const elliptic = keys.privateKey.asymmetricKeyType === 'ec';
  const fields = [
    [field, deflateRawSync(render(message)).toString('base64')] as const,
    ...state,
    ['SigAlg', elliptic ? algorithms.ecdsaSha256 : algorithms.rsaSha256] as const,
  ];
  // Sent by a form with method GET, so the octets to sign are form-encoded.
  const octets = Buffer.from(new URLSearchParams(fields.map(([name, value]) => [name, value])).toString());
  const signature = signOctets(
    'sha256',
    octets,
    elliptic ? { key: keys.privateKey, dsaEncoding: 'ieee-p1363' } : keys.privateKey,
  );
  return { ...shared, method: 'get', fields: [...fields, ['Signature', signature.toString('base64')]] };
}
