/** How scenarios name settings of the SSO profile, faulty metadata files, and what a tester reports. */

const urn = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';

/** “the SSO profile …” → settings. */
export const profileSettings = {
  'accepts responses without a signature of their own': { policies: { requireSignedMessage: false } },
  'accepts any NameID format': { policies: { nameIdFormat: 'any' } },
  'requires a signed assertion': { policies: { requireSignedAssertion: true } },
  'requires an encrypted assertion': { acceptEncryption: true, policies: { requireEncryption: true } },
  'accepts encrypted assertions': { acceptEncryption: true },
  'requires the attribute department': { policies: { requiredAttributes: ['department'] } },
  'requires the attribute email': { policies: { requiredAttributes: ['email'] } },
  'requires the attribute displayName': { policies: { requiredAttributes: ['displayName'] } },
  'requires reauthentication': { forceAuthn: true },
  'requires a password over TLS': { requestedAuthnContext: [`${urn}PasswordProtectedTransport`] },
  'requires a smart card': { requestedAuthnContext: [`${urn}SmartcardPKI`] },
  'allows IdP-initiated sign-in': { policies: { allowIdpInitiated: true } },
} as const satisfies Record<string, object>;
export type ProfileSetting = keyof typeof profileSettings;

const namespace = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"';
const protocol = 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"';
const descriptor = (inside: string, attributes = ''): string =>
  `<md:EntityDescriptor ${namespace} entityID="https://idp.example/metadata"${attributes}>` +
  `${inside}</md:EntityDescriptor>`;
const manyDescriptors = (inside: string): string =>
  `<md:EntitiesDescriptor ${namespace}>${inside}</md:EntitiesDescriptor>`;
const idp = (inside: string): string => `<md:IDPSSODescriptor ${protocol}>${inside}</md:IDPSSODescriptor>`;
const sso = (binding: string): string =>
  `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" ` +
  'Location="https://idp.example/sso"/>';

/** “Ada uploads metadata …” → the file. */
export const metadataFlaws = {
  'that is truncated': descriptor(idp(sso('HTTP-Redirect'))).slice(0, -30),
  'of several IdPs': manyDescriptors(
    descriptor(idp(sso('HTTP-Redirect'))) +
      descriptor(idp(sso('HTTP-Redirect'))).replace('idp.example', 'other-idp.example'),
  ),
  'that has expired': descriptor(idp(sso('HTTP-Redirect')), ' validUntil="2020-01-01T00:00:00Z"'),
  'of an SP': descriptor(`<md:SPSSODescriptor ${protocol}/>`),
  'without a supported sign-on binding': descriptor(idp(sso('SOAP'))),
  'without a certificate': descriptor(idp(sso('HTTP-Redirect'))),
} as const satisfies Record<string, string>;
export type MetadataFlaw = keyof typeof metadataFlaws;

/** “cannot sign in and reports …” → value of the tester's form. */
export const testerReports = {
  'a missing app assignment': 'not-assigned',
  'a page-not-found error': 'page-not-found',
  'an unknown-app error': 'application-unknown',
  'a missing second factor': 'second-factor',
  'a locked account': 'locked',
  'a wrong password': 'wrong-password',
  'a cancelled sign-in': 'gave-up',
  'a page that does not load': 'no-answer',
} as const satisfies Record<string, string>;
export type TesterReport = keyof typeof testerReports;
