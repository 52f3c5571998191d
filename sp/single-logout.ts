/** Single logout: signing out here ends the session at the identity provider too, and the other way round. */
import { type Request, type Response, Router } from 'express';
import { html } from 'hono/html';
import { normalizeAddress } from './address.ts';
import { now } from './clock.ts';
import { audit, findOrganization, type Organization } from './organization.ts';
import { PageError } from './page-error.ts';
import { send } from './pages/layout.ts';
import { type Profile, type ProfileSettings, profilesOf, settingsOf } from './profile.ts';
import {
  LogoutError,
  type LogoutRequest,
  type LogoutResponse,
  logoutRequestUrl,
  logoutResponseUrl,
  readLogout,
  type Sending,
} from './saml/logout.ts';
import { newRequestId } from './secret.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { endSessionsByNameId, type Session } from './session.ts';
import { ensureKey } from './signing-key.ts';
import type { Store } from './store.ts';

export function singleLogout(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/saml/:organization/slo', (request, response) => receive(sp, request, response));
  return router;
}

async function receive(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  const organization = findOrganization(sp.store, String(request.params.organization));
  if (organization === undefined)
    throw new PageError('organization-not-found', 'No organization has its service provider at this address.');
  if (request.method === 'HEAD') return void response.status(405).end();
  const query = /\?(.*)$/s.exec(request.originalUrl)?.[1] ?? '';
  const { message, profile, sloUrl } = readFromAnyIdp(sp, organization, query);
  if (message.kind === 'response') return sendSignedOutPage(response);
  endSessions(sp.store, organization, profile, message);
  if (sloUrl === '') return sendSignedOutPage(response);
  const sending = await sendingTo(sp, organization, sloUrl);
  return response.redirect(303, logoutResponseUrl({ ...sending, relayState: message.relayState }, message.id));
}

/** The message, and the profile whose identity provider signed it. Throws PageError if none did. */
function readFromAnyIdp(
  sp: ServiceProvider,
  organization: Organization,
  query: string,
): { message: LogoutRequest | LogoutResponse; profile: number; sloUrl: string } {
  let reason = 'No identity provider is set up.';
  for (const profile of profilesOf(sp.store, organization.slug)) {
    const settings = settingsInForce(sp.store, profile);
    try {
      const message = readLogout(query, {
        now: new Date(now(organization)),
        destination: endpointsOf(sp, organization.slug).sloUrl,
        idp: { entityId: settings.idpEntityId, certificates: settings.certificates },
        allowSha1: settings.policies.allowSha1,
      });
      return { message, profile: profile.id, sloUrl: settings.sloUrl || profile.settings.sloUrl };
    } catch (error) {
      if (!(error instanceof LogoutError)) throw error;
      reason = error.message;
    }
  }
  audit(sp.store, organization, 'somebody', 'logout-refused', { reason });
  throw new PageError('logout-rejected', reason);
}

const settingsInForce = (store: Store, { id, settings, enforcedRevision }: Profile): ProfileSettings =>
  enforcedRevision === undefined ? settings : settingsOf(store, id, enforcedRevision);

/** Only sessions that came from this profile's identity provider: none signs out the users of another. */
function endSessions(
  store: Store,
  organization: Organization,
  profile: number,
  { nameId, sessionIndexes }: LogoutRequest,
): void {
  const sessions = endSessionsByNameId(store, organization, { profile, nameId, sessionIndexes });
  audit(store, organization, normalizeAddress(nameId) ?? 'somebody', 'signed-out', {
    by: 'identity provider',
    sessions,
  });
}

/** Where the browser signs out at the identity provider of this session; undefined if there is no such address. */
export async function logoutAddress(sp: ServiceProvider, { organization, sso }: Session): Promise<string | undefined> {
  if (sso === undefined) return undefined;
  const { sloUrl } = settingsOf(sp.store, sso.profile, sso.revision);
  return sloUrl === '' ? undefined : logoutRequestUrl(await sendingTo(sp, organization, sloUrl), sso);
}

async function sendingTo(sp: ServiceProvider, organization: Organization, destination: string): Promise<Sending> {
  const { privateKey } = await ensureKey(sp.store, organization);
  return {
    id: newRequestId(),
    issuedAt: new Date(now(organization)),
    issuer: endpointsOf(sp, organization.slug).entityId,
    destination,
    privateKey,
  };
}

const sendSignedOutPage = (response: Response): Promise<void> =>
  send(response, {
    title: 'Signed out',
    body: html`<p>Your session has ended, here and at your identity provider.</p>
<p><a href="/login">Sign in again</a></p>`,
  });
