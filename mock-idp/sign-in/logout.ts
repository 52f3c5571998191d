/** Writes signed single logout messages, and reads those of apps (SAML core 3.7, profiles 4.4). */
import { deflateRawSync } from 'node:zlib';
import type { ArrangedFault, LogoutForm, LogoutStrike, LogoutStrikes } from '../fault.ts';
import { expand } from '../personas/expand.ts';
import type { LogoutPlan, Plan } from '../personas/persona.ts';
import { logoutHand, signatureInPersona, timeWritten } from '../response/in-persona.ts';
import { querySignature } from '../response/query-signature.ts';
import { instant, later, nameIdFormats, randomId, statusCode } from '../response/saml-values.ts';
import { honestSignature, sign } from '../response/signing.ts';
import { element, render, type Element as Tree, writtenBy } from '../response/xml.ts';
import { type KeyPair, unneededKeys } from '../tenants/keys.ts';
import type { Binding, LogoutEndpoint } from '../tenants/metadata.ts';
import type { App } from '../tenants/state.ts';
import { type Arrival, checkName, idOf, malformed, RequestRefused, receive } from './incoming.ts';
import { attributeOf, childOf, childrenOf, isNamed, textOf, type XmlElement } from './parse.ts';
import { allowedSkewMs, checkDestination, checkSender, checkTime, type RequestRules, timeIn } from './request.ts';

export interface LogoutRequest {
  id: string;
  binding: Binding;
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
  checkName(root, 'samlp:LogoutRequest');
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
    binding: message.binding,
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
  binding: Binding;
  /** The decoded message. */
  xml: string;
  app: App;
  /** `partial`: sessions remain open (SAML core 3.7.3.2). */
  outcome: 'succeeded' | 'partial' | 'failed';
  /** The status codes, the top-level one first. */
  status: string[];
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
  const status = statusIn(root);
  return {
    inResponseTo: attributeOf(root, 'InResponseTo') ?? '',
    binding: message.binding,
    xml: message.xml,
    app,
    outcome: outcomeOf(status),
    status,
  };
}

/** The top-level status code and the one in it. */
function statusIn(root: XmlElement): string[] {
  const status = childOf(root, 'samlp:Status');
  const code = status && childOf(status, 'samlp:StatusCode');
  const second = code && childOf(code, 'samlp:StatusCode');
  return [code, second].filter((one) => one !== undefined).map((one) => attributeOf(one, 'Value') ?? '');
}

function outcomeOf([top, second]: readonly string[]): LogoutResponse['outcome'] {
  if (top === statusCode('PartialLogout') || second === statusCode('PartialLogout')) return 'partial';
  return top === statusCode('Success') && second === undefined ? 'succeeded' : 'failed';
}

function senderOf(root: XmlElement, findApp: RequestRules['findApp']): App {
  const issuer = textOf(childOf(root, 'saml:Issuer')) ?? '';
  const app = findApp(issuer);
  if (!app) throw new RequestRefused('app-unknown', `No app with the entity ID “${issuer}” is registered.`);
  return app;
}

export interface Sender {
  issuer: string;
  keys: KeyPair;
  now: Date;
  /** Makes the ID of the message; random by default. */
  id?: () => string;
  /** The product in whose handwriting the message is. */
  persona?: Plan | undefined;
  /** Arranged faults that apply to this message; `untrustedKeys` is for them. */
  faults?: readonly ArrangedFault[];
  untrustedKeys?: KeyPair;
}

/** A logout message to an app. */
export interface LogoutMessage extends LogoutForm {
  /** The ID of the message, unless a fault replaces it. */
  id: string;
  /** Phrases of the faults that changed it. */
  struck: string[];
}

export interface LogoutRequestOptions {
  endpoint: LogoutEndpoint;
  nameId: string;
  nameIdFormat: string;
  index: string;
  /** Entity ID of the app, for products that qualify its name. */
  qualifier?: string | undefined;
  /** The LogoutRequest that the app received before, for faults. */
  previous?: LogoutForm | undefined;
}

export function logoutRequestForm(
  sender: Sender,
  { endpoint, nameId, nameIdFormat, index, qualifier, previous }: LogoutRequestOptions,
): LogoutMessage {
  const writing = writingOf(sender);
  const isQualified = writing.plan?.nameId.qualifiers || writing.plan?.nameId.spQualifier;
  const message = element(
    'samlp:LogoutRequest',
    {
      ID: writing.id(),
      Version: '2.0',
      IssueInstant: writing.at(0),
      Destination: endpoint.url,
      NotOnOrAfter: writing.end,
    },
    writing.issuer,
    element(
      'saml:NameID',
      {
        Format: nameIdFormat === nameIdFormats.unspecified ? undefined : nameIdFormat,
        SPNameQualifier: isQualified ? qualifier : undefined,
      },
      nameId,
    ),
    element('samlp:SessionIndex', {}, index),
  );
  return send(message, { ...sender, url: endpoint.url, binding: endpoint.binding, previous });
}

export interface LogoutResponseOptions {
  endpoint: LogoutEndpoint;
  inResponseTo: string;
  partial: boolean;
  relayState: string | undefined;
}

export function logoutResponseForm(
  sender: Sender,
  { endpoint, inResponseTo, partial, relayState }: LogoutResponseOptions,
): LogoutMessage {
  const url = endpoint.responseUrl ?? endpoint.url;
  const writing = writingOf(sender);
  const message = element(
    'samlp:LogoutResponse',
    {
      ID: writing.id(),
      Version: '2.0',
      IssueInstant: writing.at(0),
      Destination: url,
      InResponseTo: inResponseTo,
    },
    writing.issuer,
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
  return send(message, { ...sender, url, binding: endpoint.binding, relayState });
}

interface Writing {
  plan: Plan | undefined;
  id(): string;
  /** The time so many seconds after the issue. */
  at(seconds: number): string;
  /** NotOnOrAfter of a LogoutRequest. */
  end: string | undefined;
  issuer: Tree;
}

type KnownPlan = Plan & { logout: LogoutPlan };

const isKnown = (plan: Plan): plan is KnownPlan => plan.logout !== 'unknown';

/** Undefined without a persona, and where the messages of its product are unknown. */
const planOf = ({ persona }: Sender): KnownPlan | undefined => (persona && isKnown(persona) ? persona : undefined);

function writingOf(sender: Sender): Writing {
  const { issuer, now, id = randomId } = sender;
  const plan = planOf(sender);
  if (plan === undefined) {
    const at = (seconds: number): string => instant(later(now, { seconds }));
    return { plan, id, at, end: at(300), issuer: element('saml:Issuer', {}, issuer) };
  }
  const { decimals, ids, issuerFormat, logout } = plan;
  const at = (seconds: number): string => timeWritten(later(now, { seconds }), decimals.usual);
  return {
    plan,
    id: () => expand(ids.response, `${id()} logout`),
    at,
    end: logout.notOnOrAfter === 'absent' ? undefined : at(logout.notOnOrAfter),
    issuer: element('saml:Issuer', { Format: issuerFormat || undefined }, issuer),
  };
}

interface Sending extends Sender {
  url: string;
  binding: Binding;
  relayState?: string | undefined;
  previous?: LogoutForm | undefined;
}

type Step = Exclude<keyof LogoutStrikes, 'message'>;
type Value<At extends Step> = ReturnType<NonNullable<LogoutStrikes[At]>>;

/** Steps: binding → document → signing → transit → delivery. Faults of the other kind of message change nothing. */
function send(message: Tree, sending: Sending): LogoutMessage {
  const { issuer, keys, now, previous, faults = [], untrustedKeys = unneededKeys } = sending;
  const struck = new Set<string>();
  const strike = <At extends Step>(step: At, honest: Value<At>): Value<At> => {
    let value = honest;
    for (const { fault, phrase } of faults) {
      if (message.name !== `samlp:${fault.logout?.message}`) continue;
      const change = fault.logout?.[step] as ((value: Value<At>, strike: LogoutStrike) => Value<At>) | undefined;
      const before = value;
      if (change) value = change(before, { now, issuer, keys, untrustedKeys, previous });
      if (value !== before) struck.add(phrase);
    }
    return value;
  };

  const binding = strike('binding', sending.binding);
  const written = strike('document', message);
  const plan = planOf(sending);
  // A fault of a signature needs one.
  const isSigned = plan === undefined || isLogoutSigned(plan, binding) || faults.length > 0;
  const signer = strike('signing', isSigned ? keys : undefined);
  const write = (): LogoutForm =>
    (binding === 'post' ? postForm : redirectForm)(written, {
      ...sending,
      plan,
      signer,
      inTransit: (tree) => strike('transit', tree),
    });
  const form = plan === undefined ? write() : writtenBy(logoutHand(plan, message.name), write);
  return { ...strike('delivery', form), id: message.attributes.ID!, struck: [...struck] };
}

const isLogoutSigned = ({ logout }: KnownPlan, binding: Binding): boolean => binding === 'redirect' || logout.signed;

interface Signing extends Pick<Sending, 'url' | 'relayState'> {
  plan: Plan | undefined;
  /** Undefined for an unsigned message. */
  signer: KeyPair | undefined;
  inTransit: (message: Tree) => Tree;
}

const fieldOf = ({ name }: Tree): string => (name.endsWith('Request') ? 'SAMLRequest' : 'SAMLResponse');
const stateFields = (relayState: string | undefined) =>
  relayState === undefined ? [] : [['RelayState', relayState] as const];
const formTo = (url: string) => ({ action: url, contentType: 'application/x-www-form-urlencoded', copies: 1 });

/** With an XML signature (SAML bindings 3.5.4). */
function postForm(message: Tree, { url, relayState, plan, signer, inTransit }: Signing): LogoutForm {
  const signed = signer && sign(message, plan ? signatureInPersona(signer, plan) : honestSignature(signer));
  const xml = render(inTransit(signed ?? message));
  const fields = [[fieldOf(message), Buffer.from(xml).toString('base64')] as const, ...stateFields(relayState)];
  return { ...formTo(url), method: 'post', fields, xml };
}

/** With a signature over the query string (SAML bindings 3.4.4.1). */
function redirectForm(message: Tree, { url, relayState, signer, inTransit }: Signing): LogoutForm {
  const xml = render(inTransit(message));
  const packed = (text: string) => [fieldOf(message), deflateRawSync(text).toString('base64')] as const;
  const signature = signer ? querySignature([packed(render(message)), ...stateFields(relayState)], signer) : [];
  return { ...formTo(url), method: 'get', fields: [packed(xml), ...stateFields(relayState), ...signature], xml };
}
