/** Single logout: signing out here ends the session at the identity provider too, and the other way round. */
import { type Response, Router } from 'express';
import { html } from 'hono/html';
import { normalizeAddress } from './address.ts';
import { now } from './clock.ts';
import { Refused } from './error-page.ts';
import { audit, findOrganization, type Organization } from './organization.ts';
import { send } from './pages/layout.ts';
import { profilesOf, settingsOf } from './profile.ts';
import { LogoutRefused, type LogoutRequest, logoutRequestUrl, logoutResponseUrl, readLogout } from './saml/logout.ts';
import { newRequestId } from './secret.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { endSessionByHash, type Session } from './session.ts';
import { keyOf } from './signing-key.ts';

export function singleLogout(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();

  router.get('/saml/:organization/slo', async (request, response) => {
    const organization = findOrganization(store, request.params.organization);
    if (organization === undefined)
      throw new Refused(404, 'No such service provider', 'No organization has its service provider at this address.');
    if (request.method === 'HEAD') return void response.status(405).end();
    const { message, sloUrl, profile } = readAny(organization, /\?(.*)$/s.exec(request.originalUrl)?.[1] ?? '');
    if (message.kind === 'response') return signedOut(response);
    const ended = endSessions(organization, profile, message);
    audit(store, organization, normalizeAddress(message.nameId) ?? 'somebody', 'signed-out', {
      by: 'identity provider',
      sessions: ended,
    });
    if (sloUrl === '') return signedOut(response);
    const { privateKey } = await keyOf(store, organization);
    return response.redirect(
      303,
      logoutResponseUrl({ ...senderOf(organization, sloUrl, privateKey), relayState: message.relayState }, message.id),
    );
  });

  /** The message by whichever profile's identity provider it is from; refused when it is from none. */
  function readAny(
    organization: Organization,
    query: string,
  ): { message: ReturnType<typeof readLogout>; sloUrl: string; profile: number } {
    let reason = 'No identity provider is set up.';
    for (const { settings, id, enforcedRevision } of profilesOf(store, organization.slug)) {
      const { idpEntityId, certificates, policies, sloUrl } =
        enforcedRevision === undefined ? settings : settingsOf(store, id, enforcedRevision);
      try {
        const message = readLogout(query, {
          now: new Date(now(organization)),
          destination: endpointsOf(sp, organization.slug).sloUrl,
          idp: { entityId: idpEntityId, certificates },
          allowSha1: policies.allowSha1,
        });
        return { message, sloUrl: sloUrl || settings.sloUrl, profile: id };
      } catch (error) {
        if (!(error instanceof LogoutRefused)) throw error;
        reason = error.message;
      }
    }
    audit(store, organization, 'somebody', 'logout-refused', { reason });
    throw new Refused(403, 'Nobody was signed out', reason);
  }

  /** Sessions of this NameID that came from this profile's identity provider, those of the named indexes or all: nobody signs out another's users. */
  function endSessions(organization: Organization, profile: number, { nameId, sessionIndexes }: LogoutRequest): number {
    const rows = store.all<{
      hash: string;
      session_index: string | null;
    }>`SELECT hash, session_index FROM sessions WHERE organization = ${organization.slug} AND method = 'sso' AND profile = ${profile} AND name_id = ${nameId} AND ended_at IS NULL`;
    return rows
      .filter(
        ({ session_index }) =>
          sessionIndexes.length === 0 || (session_index !== null && sessionIndexes.includes(session_index)),
      )
      .filter(({ hash }) => endSessionByHash(store, hash, 'signed-out-at-idp')).length;
  }

  const senderOf = (organization: Organization, destination: string, privateKey: string) => ({
    id: newRequestId(),
    issuedAt: new Date(now(organization)),
    issuer: endpointsOf(sp, organization.slug).entityId,
    destination,
    privateKey,
  });

  return router;
}

/** Where to go on after signing out here: to the identity provider, when the session came from one that can be told. */
export async function logoutAddress(sp: ServiceProvider, { organization, sso }: Session): Promise<string | undefined> {
  if (sso === undefined) return undefined;
  const { sloUrl } = settingsOf(sp.store, sso.profile, sso.revision);
  if (sloUrl === '') return undefined;
  const { privateKey } = await keyOf(sp.store, organization);
  return logoutRequestUrl(
    {
      id: newRequestId(),
      issuedAt: new Date(now(organization)),
      issuer: endpointsOf(sp, organization.slug).entityId,
      destination: sloUrl,
      privateKey,
    },
    sso,
  );
}

const signedOut = (response: Response): Promise<void> =>
  send(response, {
    title: 'Signed out',
    body: html`<p>Your session has ended, here and at your identity provider.</p><p><a href="/login">Sign in again</a></p>`,
  });
