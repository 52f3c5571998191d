/** Words of the scenarios for settings of the SSO profile, for wrong metadata, and for what a tester reports. */

const urn = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';

/** “the profile …” → settings. */
export const profileDemands = {
  'demands a signed assertion': { policies: { requireSignedAssertion: true } },
  'demands an encrypted assertion': { acceptEncryption: true, policies: { requireEncryption: true } },
  'takes encrypted assertions': { acceptEncryption: true },
  'demands the attribute department': { policies: { requiredAttributes: ['department'] } },
  'demands the attribute email': { policies: { requiredAttributes: ['email'] } },
  'demands a fresh sign-in': { forceAuthn: true },
  'demands a password over a safe line': { requestedAuthnContext: [`${urn}PasswordProtectedTransport`] },
  'demands a smart card': { requestedAuthnContext: [`${urn}SmartcardPKI`] },
  'lets people start at the identity provider': { policies: { allowIdpInitiated: true } },
} as const satisfies Record<string, object>;
export type ProfileDemand = keyof typeof profileDemands;

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

/** “metadata …” → the file. */
export const metadataFlaws = {
  'that is cut off': descriptor(idp(sso('HTTP-Redirect'))).slice(0, -30),
  'of many identity providers': manyDescriptors(descriptor(idp(sso('HTTP-Redirect')))),
  'that has expired': descriptor(idp(sso('HTTP-Redirect')), ' validUntil="2020-01-01T00:00:00Z"'),
  'of a service provider': descriptor(`<md:SPSSODescriptor ${protocol}/>`),
  'without a way to sign on': descriptor(idp(sso('SOAP'))),
  'without a certificate': descriptor(idp(sso('HTTP-Redirect'))),
} as const satisfies Record<string, string>;
export type MetadataFlaw = keyof typeof metadataFlaws;

/** “reports …” → the answer of the tester's form. */
export const testerReports = {
  'a missing assignment': 'not-assigned',
  'a page that was not found': 'page-not-found',
  'an unknown application': 'application-unknown',
  'a second factor that is missing': 'second-factor',
  'a locked account': 'locked',
  'a wrong password': 'wrong-password',
  'having given up': 'gave-up',
  'that nothing loads': 'no-answer',
} as const satisfies Record<string, string>;
export type TesterReport = keyof typeof testerReports;
