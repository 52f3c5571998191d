/** The service provider's metadata of each organization, and the stylesheets that the pages need. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';
import { findOrganization } from './organization.ts';
import { PageError } from './page-error.ts';
import { profilesOf } from './profile.ts';
import { spMetadata } from './saml/metadata.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { keyOf } from './signing-key.ts';

export function metadata(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/saml/:organization/metadata', async (request, response) => {
    const organization = findOrganization(sp.store, String(request.params.organization));
    if (organization === undefined)
      throw new PageError('organization-not-found', 'No organization has its service provider at this address.');
    const settings = profilesOf(sp.store, organization.slug).map((profile) => profile.settings);
    const signRequests = settings.some((one) => one.signRequests);
    const acceptEncryption = settings.some((one) => one.acceptEncryption);
    const logout = settings.some((one) => one.sloUrl !== '');
    const key = signRequests || acceptEncryption || logout ? await keyOf(sp.store, organization) : undefined;
    response.type('application/samlmetadata+xml').send(
      spMetadata({
        ...endpointsOf(sp, organization.slug),
        signRequests,
        wantAssertionsSigned: settings.some(({ policies }) => policies.requireSignedAssertion),
        signingCertificate: signRequests || logout ? key?.certificate : undefined,
        encryptionCertificate: acceptEncryption ? key?.certificate : undefined,
      }),
    );
  });
  return router;
}

export function assets(): Router {
  const router = Router();
  const pico = createRequire(import.meta.url).resolve('@picocss/pico/css/pico.min.css');
  const own = fileURLToPath(new URL('./pages/sp.css', import.meta.url));
  const cache = { headers: { 'Cache-Control': 'public, max-age=3600' } };
  router.get('/assets/pico.css', (_request, response) => response.sendFile(pico, cache));
  router.get('/assets/sp.css', (_request, response) => response.sendFile(own, cache));
  return router;
}
