/** Creates AuthnRequests with samlify, for HTTP-Redirect or HTTP-POST, signed if required. */
import samlify, { Constants, IdentityProvider, ServiceProvider } from 'samlify';
import type { NameIdFormat } from './judgement.ts';
import { keepLastUsed } from './last-used.ts';
import { bindings, nameIdFormatUris, withQuery } from './uris.ts';

export interface AuthnRequestOptions {
  id: string;
  issuedAt: Date;
  relayState: string;
  sp: { entityId: string; acsUrl: string };
  idp: { entityId: string; ssoUrl: string; binding: 'redirect' | 'post' };
  /** PEM. The request is signed if defined. */
  signing?: { privateKey: string; certificate: string } | undefined;
  forceAuthn: boolean;
  /** Class references, compared exactly; empty to leave the choice to the IdP. */
  requestedAuthnContext: readonly string[];
  nameIdFormat: NameIdFormat;
}

/** A URL to redirect to, or a form to post. */
export type OutgoingRequest =
  | { binding: 'redirect'; url: string }
  | { binding: 'post'; action: string; fields: readonly (readonly [string, string])[] };

/**
 * Creates an AuthnRequest (SAML core 3.4.1) for HTTP-Redirect with a signed query string (SAML bindings 3.4), or for
 * HTTP-POST with a signature in the message (SAML bindings 3.5).
 */
export function authnRequest(options: AuthnRequestOptions): OutgoingRequest {
  const { sp, idp, relayState, id } = options;
  const { entity, peer } = entitiesFor(options);
  const tags = {
    ID: id,
    IssueInstant: options.issuedAt.toISOString().replace(/\.\d+Z$/, 'Z'),
    Destination: idp.ssoUrl,
    Issuer: sp.entityId,
    AssertionConsumerServiceURL: sp.acsUrl,
  };
  // Node 22 does not see SamlLib as a named export of samlify.
  const created = entity.createLoginRequest(peer, idp.binding, {
    relayState,
    customTagReplacement: (context) => ({ id, context: samlify.SamlLib.replaceTagsByValue(context, tags) }),
  });
  if (idp.binding === 'redirect') return { binding: 'redirect', url: withQuery(idp.ssoUrl, queryOf(created.context)) };
  return {
    binding: 'post',
    action: idp.ssoUrl,
    fields: [
      ['SAMLRequest', created.context],
      ['RelayState', relayState],
    ],
  };
}

/** A URL for samlify, which does not handle a URL that already ends with a `?`. */
const placeholder = 'https://idp.invalid/';
const queryOf = (url: string): string => url.slice(url.indexOf('?') + 1);

interface Entities {
  entity: ReturnType<typeof ServiceProvider>;
  peer: ReturnType<typeof IdentityProvider>;
}

/** Caches samlify's entities, because creating one writes and parses metadata. */
const lastUsed = keepLastUsed<Entities>(200);

function entitiesFor({
  sp,
  idp,
  signing,
  forceAuthn,
  requestedAuthnContext,
  nameIdFormat,
}: AuthnRequestOptions): Entities {
  const key = JSON.stringify([sp, idp, signing, forceAuthn, requestedAuthnContext, nameIdFormat]);
  return lastUsed(key, () => createEntities({ sp, idp, signing, forceAuthn, requestedAuthnContext, nameIdFormat }));
}

function createEntities(options: Omit<AuthnRequestOptions, 'id' | 'issuedAt' | 'relayState'>): Entities {
  const { sp, idp, signing } = options;
  const signed = signing !== undefined;
  const entity = ServiceProvider({
    entityID: sp.entityId,
    authnRequestsSigned: signed,
    loginRequestTemplate: { context: template(options) },
    requestSignatureAlgorithm: Constants.algorithms.signature.RSA_SHA256,
    ...(signed ? { privateKey: signing.privateKey, signingCert: signing.certificate } : {}),
    signatureConfig: {
      prefix: 'ds',
      location: { reference: "/*[local-name(.)='AuthnRequest']/*[local-name(.)='Issuer']", action: 'after' },
    },
  });
  const peer = IdentityProvider({
    entityID: idp.entityId,
    wantAuthnRequestsSigned: signed, // samlify requires the same value on both sides
    singleSignOnService: [{ Binding: bindings[idp.binding], Location: placeholder }],
    singleLogoutService: [{ Binding: bindings[idp.binding], Location: placeholder }], // samlify warns without one
  });
  return { entity, peer };
}

/** Inserts validated settings. samlify fills in and escapes the rest. */
function template({
  forceAuthn,
  requestedAuthnContext,
  nameIdFormat,
}: Pick<AuthnRequestOptions, 'forceAuthn' | 'requestedAuthnContext' | 'nameIdFormat'>): string {
  const format = nameIdFormat === 'any' ? '' : ` Format="${nameIdFormatUris[nameIdFormat]}"`;
  const classes = requestedAuthnContext.map(
    (classRef) => `<saml:AuthnContextClassRef>${escapeXml(classRef)}</saml:AuthnContextClassRef>`,
  );
  const context =
    classes.length === 0
      ? ''
      : `<samlp:RequestedAuthnContext Comparison="exact">${classes.join('')}</samlp:RequestedAuthnContext>`;
  return (
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
    ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{ID}" Version="2.0" IssueInstant="{IssueInstant}"' +
    ` Destination="{Destination}"${forceAuthn ? ' ForceAuthn="true"' : ''} ProtocolBinding="${bindings.post}"` +
    ' AssertionConsumerServiceURL="{AssertionConsumerServiceURL}"><saml:Issuer>{Issuer}</saml:Issuer>' +
    `<samlp:NameIDPolicy${format} AllowCreate="true"/>${context}</samlp:AuthnRequest>`
  );
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
