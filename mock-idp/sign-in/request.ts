/** Reads an AuthnRequest (SAML core 3.4.1, profiles 4.1) and checks it against its app's registration. */

import type { Plan } from '../personas/persona.ts';
import { type Binding, bindings } from '../tenants/metadata.ts';
import { type App, defaultAcs, type PendingRequest } from '../tenants/state.ts';
import { type Arrival, checkName, idOf, malformed, RequestRefused, receive } from './incoming.ts';
import { attributeOf, childOf, childrenOf, textOf, type XmlElement } from './parse.ts';

export interface AuthnRequest extends PendingRequest {
  /** The message as text. */
  xml: string;
  issuer: string;
  app: App;
  acsUrl: string;
  binding: Binding;
  signed: boolean;
  relayState: string | undefined;
  /** Harmless oddities, such as an ID that could be guessed. */
  warnings: Warning[];
}

interface Warning {
  code: 'request-id-weak';
  sentence: string;
}

export interface RequestRules {
  findApp: (entityId: string) => App | undefined;
  ssoUrl: string;
  /** On the tenant's clock. */
  now: number;
  wantSigned: boolean;
  /** Of the persona. */
  plan?: Plan['request'] | undefined;
}

const maxAgeMs = 10 * 60_000;
export const allowedSkewMs = 3 * 60_000;

/** Reads the request and fills in what it leaves open from the app's registration. Throws RequestRefused. */
export function readAuthnRequest(
  arrival: Arrival,
  { findApp, ssoUrl, now, wantSigned, plan: { ignores, demands } = { ignores: [], demands: [] } }: RequestRules,
): AuthnRequest {
  const message = receive(arrival, 'SAMLRequest');
  const { root } = message;
  checkName(root, 'samlp:AuthnRequest');
  if (attributeOf(root, 'Version') !== '2.0') throw malformed('its Version is not 2.0');
  const id = idOf(root);
  if (demands.includes('no digit first in ID') && /^\d/.test(id)) throw malformed('its ID begins with a digit');
  const issuer = textOf(childOf(root, 'saml:Issuer'));
  if (!issuer) throw malformed('it has no saml:Issuer');
  const app = findApp(issuer);
  if (!app) throw new RequestRefused('app-unknown', `No app with the entity ID “${issuer}” is registered.`);
  if (!ignores.includes('signature')) checkSender(message, app, wantSigned);
  if (!ignores.includes('Destination')) checkDestination(root, ssoUrl, message.signed);
  if (!ignores.includes('IssueInstant')) checkTime(root, now);
  const policy = childOf(root, 'samlp:NameIDPolicy');
  const isContextIgnored = ignores.includes('RequestedAuthnContext');
  const context = isContextIgnored ? undefined : childOf(root, 'samlp:RequestedAuthnContext');
  return {
    id,
    xml: message.xml,
    issuer,
    app,
    acsUrl: chooseAcs(root, app),
    binding: message.binding,
    signed: message.signed,
    relayState: message.relayState,
    forceAuthn: isTrue(attributeOf(root, 'ForceAuthn')),
    isPassive: isTrue(attributeOf(root, 'IsPassive')),
    nameIdFormat: attributeOf(policy, 'Format'),
    authnContext: context && {
      comparison: attributeOf(context, 'Comparison') ?? 'exact',
      classes: childrenOf(context, 'saml:AuthnContextClassRef').map((one) => textOf(one) ?? ''),
      declarations: childOf(context, 'saml:AuthnContextDeclRef') !== undefined,
    },
    warnings: isWeak(id) ? [weakId(id)] : [],
  };
}

/**
 * Checks the signature if the app has registered certificates.
 * The tenant's settings decide if a signature is required.
 */
export function checkSender(
  { signed, verify }: { signed: boolean; verify: (certificates: readonly string[]) => void },
  app: App,
  wantSigned: boolean,
): void {
  if (!signed && wantSigned)
    throw new RequestRefused(
      'request-unsigned',
      'The request is not signed, and this identity provider accepts only signed requests.',
    );
  if (signed && app.signingCertificates.length > 0) verify(app.signingCertificates);
  else if (wantSigned)
    throw new RequestRefused(
      'request-signature-bad',
      'The request is signed, but the app has no registered certificate to verify it.',
    );
}

/** A signed message needs a Destination (SAML bindings 3.4.5.2, 3.5.5.2); any Destination must be right. */
export function checkDestination(root: XmlElement, url: string, signed: boolean): void {
  const destination = attributeOf(root, 'Destination');
  if (destination === undefined ? signed : destination !== url) {
    throw new RequestRefused(
      'request-destination-wrong',
      `The request has the Destination “${destination ?? ''}”, but it arrived at “${url}”.`,
    );
  }
}

export function checkTime(root: XmlElement, now: number): void {
  const issueInstant = attributeOf(root, 'IssueInstant') ?? '';
  const issued = timeIn(root, 'IssueInstant');
  if (issued < now - maxAgeMs || issued > now + allowedSkewMs)
    throw new RequestRefused(
      'request-expired',
      `The request was issued at ${issueInstant}, but the time here is ${new Date(now).toISOString()}.`,
    );
}

/** In milliseconds. Throws RequestRefused. */
export function timeIn(root: XmlElement, name: 'IssueInstant' | 'NotOnOrAfter'): number {
  const written = attributeOf(root, name) ?? '';
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(written) ? Date.parse(written) : NaN;
  if (Number.isNaN(time)) throw malformed(`its ${name} is not a time in UTC`);
  return time;
}

function chooseAcs(root: XmlElement, app: App): string {
  const url = attributeOf(root, 'AssertionConsumerServiceURL');
  const index = attributeOf(root, 'AssertionConsumerServiceIndex');
  const binding = attributeOf(root, 'ProtocolBinding');
  if (url !== undefined && index !== undefined)
    throw malformed('it has both an AssertionConsumerServiceURL and an AssertionConsumerServiceIndex');
  if (binding !== undefined && binding !== bindings.post)
    throw new RequestRefused(
      'acs-not-registered',
      `The app requests the response by “${binding}”, but only HTTP-POST is supported.`,
    );
  const chosen =
    url !== undefined
      ? app.acs.find((one) => one.url === url)
      : index !== undefined
        ? app.acs.find((one) => one.index === readIndex(index))
        : defaultAcs(app);
  if (!chosen) {
    const place = url === undefined ? `the ACS with index “${index}”` : `“${url}”`;
    throw new RequestRefused(
      'acs-not-registered',
      `The app requests the response at ${place}, which is not registered for it.`,
    );
  }
  return chosen.url;
}

/** Number() alone would accept an empty text, hexadecimal digits and exponents. */
const readIndex = (written: string): number => (/^\s*\d+\s*$/.test(written) ? Number(written) : NaN);

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';
const isWeak = (id: string): boolean => id.length < 16 || !/^[\p{L}_][\p{L}\p{N}\p{M}._\-·]*$/u.test(id);
const weakId = (id: string): Warning => ({
  code: 'request-id-weak',
  sentence:
    `The request ID “${id}” is shorter than 16 characters or not an xs:ID. ` +
    'It could be guessed, or rejected by other IdPs.',
});
