/** Creates the realm acme with its client, the portal. Its users need no name, because no IdP has to send one. */
import { admin, client, portal } from './admin-api.mjs';

await admin('POST', '', { realm: 'acme', enabled: true, sslRequired: 'none' });
const profile = await admin('GET', '/acme/users/profile');
for (const attribute of profile.attributes) if (attribute.name !== 'username') delete attribute.required;
await admin('PUT', '/acme/users/profile', profile);
await admin('POST', '/acme/clients', {
  clientId: client.client_id,
  secret: client.client_secret,
  redirectUris: [`${portal}/*`],
});
