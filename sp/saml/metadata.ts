/** Renders the SP's metadata with samlify. */
import { encodeXML } from 'entities';
import { ServiceProvider } from 'samlify';
import { bindings, nameIdFormatUris } from './uris.ts';

export interface SpMetadata {
  entityId: string;
  /** Where the service is, for md:OrganizationURL. */
  homeUrl: string;
  acsUrl: string;
  sloUrl: string;
  signRequests: boolean;
  wantAssertionsSigned: boolean;
  /** PEM. */
  signingCertificate?: string | undefined;
  encryptionCertificate?: string | undefined;
}

/** md:EntityDescriptor with one SPSSODescriptor (SAML metadata 2.4.4). */
export function renderSpMetadata({
  entityId,
  homeUrl,
  acsUrl,
  sloUrl,
  signRequests,
  wantAssertionsSigned,
  signingCertificate,
  encryptionCertificate,
}: SpMetadata): string {
  const metadata = ServiceProvider({
    entityID: entityId,
    authnRequestsSigned: signRequests,
    wantAssertionsSigned,
    nameIDFormat: [nameIdFormatUris.emailAddress],
    singleLogoutService: [{ Binding: bindings.redirect, Location: sloUrl }],
    assertionConsumerService: [{ Binding: bindings.post, Location: acsUrl, isDefault: true }],
    ...(signingCertificate ? { signingCert: signingCertificate } : {}),
    ...(encryptionCertificate ? { encryptCert: encryptionCertificate } : {}),
  }).getMetadata();
  return metadata.replace(end, () => organizationOf(homeUrl) + end);
}

const end = '</EntityDescriptor>';

/** The name that people see at the identity provider (md:Organization, SAML metadata 2.3.2.1). */
const organizationOf = (homeUrl: string): string =>
  `<Organization>${Object.entries({
    OrganizationName: serviceName,
    OrganizationDisplayName: serviceName,
    OrganizationURL: homeUrl,
  })
    .map(([name, value]) => `<${name} xml:lang="en">${encodeXML(value)}</${name}>`)
    .join('')}</Organization>`;

const serviceName = 'Service provider';
