/** Single logout: signing out here also signs out at the IdP, and vice versa. */
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
    throw new PageError('organization-not-found', 'No organization has its logout endpoint at this URL.');
  if (request.method === 'HEAD') return void response.status(405).end();
  const { message, senders } = readFromAnyIdp(sp, organization, queryOf(request), browserOf(request));
  if (message.kind === 'response') return sendSignedOutPage(response, message.outcome);
  endSessions(sp.store, organization, senders, message);
  const sloUrl = senders.map(({ settings }) => settings.sloUrl).find((url) => url !== '');
  if (sloUrl === undefined) return sendSignedOutPage(response, 'success');
  const sending = await sendingTo(sp, organization, sloUrl);
  return response.redirect(303, logoutResponseUrl({ ...sending, relayState: message.relayState }, message.id));
}

/** A profile revision whose IdP may have sent the message. */
interface Sender {
  profile: number;
  settings: ProfileSettings;
  /** IDs of the LogoutRequests to which it may respond. */
  sentRequests: readonly string[];
  /** False if this revision is outdated: its IdP may only respond. */
  mayRequest: boolean;
}

/** The message and its possible senders. Throws PageError if there are none. */
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
      if (message.kind === 'response' || sender.mayRequest) found.push({ message, sender });
    } catch (error) {
      if (!(error instanceof LogoutError)) throw error;
      // The sender whose signature verifies gives the best reason.
      if (reason === undefined || error.code !== 'signature-invalid') reason = error.message;
    }
  }
  const [first, ...others] = found;
  if (first === undefined) throw rejectLogout(sp.store, organization, reason ?? 'No identity provider is set up.');
  return { message: first.message, senders: [first.sender, ...others.map(({ sender }) => sender)] };
}

const rulesFor = (
  sp: ServiceProvider,
  organization: Organization,
  { settings, sentRequests }: Sender,
): LogoutRules => ({
  now: new Date(now(organization)),
  destination: endpointsOf(sp, organization.slug).sloUrl,
  idp: { entityId: settings.idpEntityId, certificates: settings.certificates },
  allowSha1: settings.policies.allowSha1,
  sentRequests,
});

/** The enforced and the newest revision of each profile, and those of the requests sent through this browser. */
function sendersOf(store: Store, organization: Organization, browser: string | undefined): Sender[] {
  const sent = sentLogoutRequestsOf(store, organization, browser);
  const current = profilesOf(store, organization.slug).flatMap(({ id: profile, revision, enforcedRevision }) =>
    [...new Set([enforcedRevision ?? revision, revision])].map((number) => ({
      profile,
      settings: settingsOf(store, profile, number),
      sentRequests: sent.filter((one) => one.profile === profile).map(({ id }) => id),
      mayRequest: true,
    })),
  );
  const outdated = sent.map(({ id, profile, revision }) => ({
    profile,
    settings: settingsOf(store, profile, revision),
    sentRequests: [id],
    mayRequest: false,
  }));
  return [...current, ...outdated];
}

function rejectLogout(store: Store, organization: Organization, reason: string): PageError {
  audit(store, organization, 'unknown', 'logout-refused', { reason });
  return new PageError('logout-rejected', reason);
}

/** Ends sessions that this IdP started, never those of another IdP. Throws PageError. */
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
    audit(store, organization, normalizeAddress(nameId) ?? 'unknown', 'signed-out', {
      by: 'identity provider',
      sessions,
    });
    return true;
  });
  if (!isFirst) throw rejectLogout(store, organization, new LogoutError('replayed').message);
}

/** The URL at which the browser signs out at the session's IdP; undefined if there is none. */
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

/** The page for each outcome at the IdP. */
const outcomes: Readonly<Record<LogoutResponse['outcome'], { title: string; text: string }>> = {
  success: { title: 'Signed out', text: 'Your session has ended, here and at your identity provider.' },
  partial: {
    title: 'Signed out here',
    text:
      'Your session here has ended. Your identity provider reports that other sessions remain open: ' +
      'sign out there and of your other apps, or close all windows of this browser.',
  },
  failed: {
    title: 'Signed out here',
    text:
      'Your session here has ended, but your identity provider reports that its own session remains open. ' +
      'Sign out there too, or close all windows of this browser.',
  },
};

const sendSignedOutPage = (response: Response, outcome: LogoutResponse['outcome']): Promise<void> =>
  send(response, {
    title: outcomes[outcome].title,
    body: html`<p>${outcomes[outcome].text}</p>
<p><a href="/login">Sign in again</a></p>`,
  });
