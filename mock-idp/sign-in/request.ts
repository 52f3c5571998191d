/** Reads an AuthnRequest (SAML core 3.4.1, profiles 4.1) and checks it against what its app has registered. */

import { type Binding, bindings } from '../tenants/metadata.ts';
import { type App, defaultAcs, type PendingRequest } from '../tenants/state.ts';
import { type Arrival, idOf, malformed, RequestRefused, receive } from './incoming.ts';
import { attributeOf, childOf, childrenOf, isNamed, textOf } from './parse.ts';

export interface AuthnRequest extends PendingRequest {
  /** The message as text. */
  xml: string;
  issuer: string;
  app: App;
  acsUrl: string;
  binding: Binding;
  signed: boolean;
  relayState: string | undefined;
  /** Things that are odd and harmless here, such as an ID that could be guessed. */
  warnings: Warning[];
}

interface Warning {
  code: 'request-id-weak';
  sentence: string;
}

export interface RequestRules {
  findApp: (entityId: string) => App | undefined;
  ssoUrl: string;
  /** The tenant's time. */
  now: number;
  wantSigned: boolean;
}

const oldest = 10 * 60_000;
export const ahead = 3 * 60_000;

/** The request with everything that is left to the SP decided by what is registered for it. Throws RequestRefused. */
export function readAuthnRequest(arrival: Arrival, { findApp, ssoUrl, now, wantSigned }: RequestRules): AuthnRequest {
  const message = receive(arrival, 'SAMLRequest');
  const { root } = message;
  if (!isNamed(root, 'samlp:AuthnRequest')) throw malformed('it is not a samlp:AuthnRequest');
  if (attributeOf(root, 'Version') !== '2.0') throw malformed('its Version is not 2.0');
  const id = idOf(root);
  const issuer = textOf(childOf(root, 'saml:Issuer'));
  if (!issuer) throw malformed('it names no saml:Issuer');
  const app = findApp(issuer);
  if (!app) throw new RequestRefused('app-unknown', `No app with the entity ID “${issuer}” is registered here.`);
  checkSender(message, app, wantSigned);
  checkDestination(root, ssoUrl, message.signed);
  checkTime(root, now);
  const policy = childOf(root, 'samlp:NameIDPolicy');
  const context = childOf(root, 'samlp:RequestedAuthnContext');
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
 * A signature must be valid if the app has registered certificates.
 * Whether there must be one is the tenant's setting.
 */
export function checkSender(
  { signed, verify }: { signed: boolean; verify: (certificates: readonly string[]) => void },
  app: App,
  wantSigned: boolean,
): void {
  if (!signed && wantSigned)
    throw new RequestRefused(
      'request-unsigned',
      'This identity provider takes signed requests only, and this one is not signed.',
    );
  if (signed && app.signingCertificates.length > 0) verify(app.signingCertificates);
  else if (wantSigned)
    throw new RequestRefused(
      'request-signature-bad',
      'The request is signed, but the app has registered no certificate to verify it with.',
    );
}

/** A signed message must say where it goes (SAML bindings 3.4.5.2, 3.5.5.2); what it says must be true in any case. */
export function checkDestination(root: Element, url: string, signed: boolean): void {
  const destination = attributeOf(root, 'Destination');
  if (destination === undefined ? signed : destination !== url) {
    throw new RequestRefused(
      'request-destination-wrong',
      `The request is meant for “${destination ?? ''}”, but it arrived at “${url}”.`,
    );
  }
}

export function checkTime(root: Element, now: number): void {
  const issueInstant = attributeOf(root, 'IssueInstant') ?? '';
  const issued = timeIn(root, 'IssueInstant');
  if (issued < now - oldest || issued > now + ahead)
    throw new RequestRefused(
      'request-expired',
      `The request was issued at ${issueInstant}, but here it is ${new Date(now).toISOString()}.`,
    );
}

/** In milliseconds. Throws RequestRefused. */
export function timeIn(root: Element, name: 'IssueInstant' | 'NotOnOrAfter'): number {
  const written = attributeOf(root, name) ?? '';
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(written) ? Date.parse(written) : NaN;
  if (Number.isNaN(time)) throw malformed(`its ${name} is not a time in UTC`);
  return time;
}

function chooseAcs(root: Element, app: App): string {
  const url = attributeOf(root, 'AssertionConsumerServiceURL');
  const index = attributeOf(root, 'AssertionConsumerServiceIndex');
  const binding = attributeOf(root, 'ProtocolBinding');
  if (url !== undefined && index !== undefined)
    throw malformed('it gives both an AssertionConsumerServiceURL and an index');
  if (binding !== undefined && binding !== bindings.post)
    throw new RequestRefused(
      'acs-not-registered',
      `The app asks for its answer by “${binding}”, but only HTTP-POST is offered.`,
    );
  const chosen =
    url !== undefined
      ? app.acs.find((one) => one.url === url)
      : index !== undefined
        ? app.acs.find((one) => one.index === readIndex(index))
        : defaultAcs(app);
  if (!chosen) {
    const place = url === undefined ? `the address with index ${index}` : `“${url}”`;
    throw new RequestRefused(
      'acs-not-registered',
      `The app asks for its answer at ${place}, which is not registered for it.`,
    );
  }
  return chosen.url;
}

/** Number() alone takes nothing for 0, and hexadecimal digits and exponents for numbers. */
const readIndex = (written: string): number => (/^\s*\d+\s*$/.test(written) ? Number(written) : NaN);

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';
const isWeak = (id: string): boolean => id.length < 16 || !/^[\p{L}_][\p{L}\p{N}\p{M}._\-·]*$/u.test(id);
const weakId = (id: string): Warning => ({
  code: 'request-id-weak',
  sentence: `The request ID “${id}” is shorter than 16 characters or no xs:ID: it can be guessed or refused elsewhere.`,
});
