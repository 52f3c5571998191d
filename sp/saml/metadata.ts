/** Renders the SP's metadata with samlify. */
import { ServiceProvider } from 'samlify';
import { bindings, nameIdFormatUris } from './uris.ts';

export interface SpMetadata {
  entityId: string;
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
  acsUrl,
  sloUrl,
  signRequests,
  wantAssertionsSigned,
  signingCertificate,
  encryptionCertificate,
}: SpMetadata): string {
  return ServiceProvider({
    entityID: entityId,
    authnRequestsSigned: signRequests,
    wantAssertionsSigned,
    nameIDFormat: [nameIdFormatUris.emailAddress],
    singleLogoutService: [{ Binding: bindings.redirect, Location: sloUrl }],
    assertionConsumerService: [{ Binding: bindings.post, Location: acsUrl, isDefault: true }],
    ...(signingCertificate ? { signingCert: signingCertificate } : {}),
    ...(encryptionCertificate ? { encryptCert: encryptionCertificate } : {}),
  }).getMetadata();
}
