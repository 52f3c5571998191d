/** Single logout: signing out here ends the session at the identity provider too, and the other way round. */
import { type Request, type Response, Router } from 'express';
import { html } from 'hono/html';
import { normalizeAddress } from './address.ts';
import { now } from './clock.ts';
import { browserOf } from './cookies.ts';
import { rememberSentLogout, sentLogoutRequestsOf, useLogoutRequest } from './logout-requests.ts';
import { audit, findOrganization, type Organization } from './organization.ts';
import { PageError } from './page-error.ts';
import { send } from './pages/layout.ts';
import { type ProfileSettings, profilesOf, settingsOf } from './profile.ts';
import { queryOf } from './query.ts';
import {
  LogoutError,
  type LogoutRequest,
  type LogoutResponse,
  type LogoutRules,
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
  const { message, senders } = readFromAnyIdp(sp, organization, queryOf(request), browserOf(request));
  if (message.kind === 'response') return sendSignedOutPage(response, message.outcome);
  endSessions(sp.store, organization, senders, message);
  const sloUrl = senders.map(({ settings }) => settings.sloUrl).find((url) => url !== '');
  if (sloUrl === undefined) return sendSignedOutPage(response, 'success');
  const sending = await sendingTo(sp, organization, sloUrl);
  return response.redirect(303, logoutResponseUrl({ ...sending, relayState: message.relayState }, message.id));
}

/** A profile whose identity provider may have sent the message, by the settings of one revision. */
interface Sender {
  profile: number;
  settings: ProfileSettings;
  /** IDs of the LogoutRequests that it may answer. */
  asked: readonly string[];
  /** False where these settings are no longer in force: it may only answer. */
  mayAsk: boolean;
}

/** The message, and all whose message it is. Throws PageError if it is nobody's. */
function readFromAnyIdp(
  sp: ServiceProvider,
  organization: Organization,
  query: string,
  browser: string | undefined,
): { message: LogoutRequest | LogoutResponse; senders: [Sender, ...Sender[]] } {
  let reason: string | undefined;
  const found: { message: LogoutRequest | LogoutResponse; sender: Sender }[] = [];
  for (const sender of sendersOf(sp.store, organization, browser)) {
    try {
      const message = readLogout(query, rulesFor(sp, organization, sender));
      if (message.kind === 'response' || sender.mayAsk) found.push({ message, sender });
    } catch (error) {
      if (!(error instanceof LogoutError)) throw error;
      // The sender whose signature it bears knows best what is wrong.
      if (reason === undefined || error.code !== 'signature-invalid') reason = error.message;
    }
  }
  const [first, ...others] = found;
  if (first === undefined) throw refused(sp.store, organization, reason ?? 'No identity provider is set up.');
  return { message: first.message, senders: [first.sender, ...others.map(({ sender }) => sender)] };
}

const rulesFor = (sp: ServiceProvider, organization: Organization, { settings, asked }: Sender): LogoutRules => ({
  now: new Date(now(organization)),
  destination: endpointsOf(sp, organization.slug).sloUrl,
  idp: { entityId: settings.idpEntityId, certificates: settings.certificates },
  allowSha1: settings.policies.allowSha1,
  asked,
});

/** By the enforced and the newest revision of each profile, and by those under which this browser was sent away. */
function sendersOf(store: Store, organization: Organization, browser: string | undefined): Sender[] {
  const sent = sentLogoutRequestsOf(store, organization, browser);
  const inForce = profilesOf(store, organization.slug).flatMap(({ id: profile, revision, enforcedRevision }) =>
    [...new Set([enforcedRevision ?? revision, revision])].map((number) => ({
      profile,
      settings: settingsOf(store, profile, number),
      asked: sent.filter((one) => one.profile === profile).map(({ id }) => id),
      mayAsk: true,
    })),
  );
  const asked = sent.map(({ id, profile, revision }) => ({
    profile,
    settings: settingsOf(store, profile, revision),
    asked: [id],
    mayAsk: false,
  }));
  return [...inForce, ...asked];
}

function refused(store: Store, organization: Organization, reason: string): PageError {
  audit(store, organization, 'somebody', 'logout-refused', { reason });
  return new PageError('logout-rejected', reason);
}

/** Only sessions that came from this identity provider: none signs out the users of another. Throws PageError. */
function endSessions(
  store: Store,
  organization: Organization,
  senders: readonly [Sender, ...Sender[]],
  { id, nameId, sessionIndexes }: LogoutRequest,
): void {
  const issuer = senders[0].settings.idpEntityId;
  const isFirst = store.transaction(() => {
    if (!useLogoutRequest(store, organization, { issuer, id })) return false;
    let sessions = 0;
    for (const profile of new Set(senders.map((sender) => sender.profile)))
      sessions += endSessionsByNameId(store, organization, { profile, issuer, nameId, sessionIndexes });
    audit(store, organization, normalizeAddress(nameId) ?? 'somebody', 'signed-out', {
      by: 'identity provider',
      sessions,
    });
    return true;
  });
  if (!isFirst) throw refused(store, organization, new LogoutError('replayed').message);
}

/** Where the browser signs out at the identity provider of this session; undefined if there is no such address. */
export async function logoutAddress(
  sp: ServiceProvider,
  { hash, organization, sso }: Session,
): Promise<string | undefined> {
  if (sso === undefined) return undefined;
  const { sloUrl } = settingsOf(sp.store, sso.profile, sso.revision);
  if (sloUrl === '') return undefined;
  const sending = await sendingTo(sp, organization, sloUrl);
  rememberSentLogout(sp.store, organization, { id: sending.id, session: hash });
  return logoutRequestUrl(sending, sso);
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

/** What the user is told, by what the identity provider reported. */
const outcomes: Readonly<Record<LogoutResponse['outcome'], { title: string; text: string }>> = {
  success: { title: 'Signed out', text: 'Your session has ended, here and at your identity provider.' },
  partial: {
    title: 'Signed out here',
    text:
      'Your session here has ended. Your identity provider reports that it did not end all the others: ' +
      'sign out there and of your other applications, or close all windows of this browser.',
  },
  failed: {
    title: 'Signed out here',
    text:
      'Your session here has ended, but your identity provider reports that it did not end its own. ' +
      'Sign out there, too, or close all windows of this browser.',
  },
};

const sendSignedOutPage = (response: Response, outcome: LogoutResponse['outcome']): Promise<void> =>
  send(response, {
    title: outcomes[outcome].title,
    body: html`<p>${outcomes[outcome].text}</p>
<p><a href="/login">Sign in again</a></p>`,
  });
