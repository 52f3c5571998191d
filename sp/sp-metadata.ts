/** Serves the SP metadata of each organization. */
import { type Request, type Response, Router } from 'express';
import { findOrganization } from './organization.ts';
import { PageError } from './page-error.ts';
import { profilesOf } from './profile.ts';
import { renderSpMetadata } from './saml/metadata.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { ensureKey } from './signing-key.ts';

export function spMetadata(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/saml/:organization/metadata', (request, response) => sendMetadata(sp, request, response));
  return router;
}

/** Metadata that suits all profiles of the organization, with certificates only if one needs them. */
async function sendMetadata(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  const organization = findOrganization(sp.store, String(request.params.organization));
  if (organization === undefined)
    throw new PageError('organization-not-found', 'No organization has its metadata at this URL.');
  const settings = profilesOf(sp.store, organization.slug).map((profile) => profile.settings);
  const signRequests = settings.some((one) => one.signRequests);
  const acceptEncryption = settings.some((one) => one.acceptEncryption);
  const logout = settings.some((one) => one.sloUrl !== '');
  const key = signRequests || acceptEncryption || logout ? await ensureKey(sp.store, organization) : undefined;
  const metadata = renderSpMetadata({
    ...endpointsOf(sp, organization.slug),
    homeUrl: sp.url,
    signRequests,
    wantAssertionsSigned: settings.some(({ policies }) => policies.requireSignedAssertion),
    signingCertificate: signRequests || logout ? key?.certificate : undefined,
    encryptionCertificate: acceptEncryption ? key?.certificate : undefined,
  });
  response.type('application/samlmetadata+xml').send(metadata);
}
