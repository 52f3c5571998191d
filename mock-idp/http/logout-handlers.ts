/** Handlers of logout: by the user, and single logout by apps (SAML profiles 4.4). */
import { deflateRawSync } from 'node:zlib';
import { malformed, RequestRefused } from '../sign-in/incoming.ts';
import {
  type LogoutRequest,
  logoutRequestForm,
  logoutResponseForm,
  readLogoutRequest,
  readLogoutResponse,
  type Sender,
} from '../sign-in/logout.ts';
import { endSessions, sessionOf } from '../sign-in/sessions.ts';
import { requestKey } from '../sign-in/transactions.ts';
import {
  findApp,
  hashOf,
  type Logout,
  remember,
  type Session,
  type Tenant,
  tenantTime,
  userKey,
} from '../tenants/state.ts';
import { isProgram, rejectCrossSite, rejectSubresource } from './guard.ts';
import { confirmLogoutPage, noticePage } from './pages.ts';
import { frame, sendMessageForm, sendPage } from './send-page.ts';
import { redirect } from './transport.ts';
import { addressesAt, arrivalOf, fieldsOf, setCookie, type Visit } from './visit.ts';

/** Asks before signing out, because a link alone must not sign the user out. */
export function confirmLogout(visit: Visit): Promise<void> {
  const { response, tenant, session } = visit;
  if (session) return sendPage(response, confirmLogoutPage({ ...frame(tenant), username: session.username }));
  return sendSignedOut(visit);
}

/** Ends the session here and at each app with a logout URL in turn. An outdated page only asks again. */
export function logOut(visit: Visit): Promise<void> {
  const { tenant, cookie, session } = visit;
  rejectCrossSite(visit);
  const { username } = fieldsOf(visit);
  if (session && typeof username === 'string' && userKey(username) !== userKey(session.username))
    return confirmLogout(visit);
  endSessions(tenant, (_, hash) => cookie !== undefined && hash === hashOf(cookie));
  setCookie(visit, undefined);
  return continueLogout(visit, { remaining: session ? appsToNotify(tenant, session) : [], failed: [] });
}

const appsToNotify = (tenant: Tenant, { index, apps }: Session): Logout['remaining'] =>
  [...apps].flatMap(([entityId, nameId]) => {
    const app = findApp(tenant, entityId);
    return app?.slo ? [{ app, ...nameId, index }] : [];
  });

/** Takes a LogoutRequest or LogoutResponse from an app. Both come from another site. */
export function singleLogout(visit: Visit): void | Promise<void> {
  rejectSubresource(visit);
  const arrival = arrivalOf(visit);
  const isResponse =
    arrival.binding === 'post'
      ? arrival.fields.SAMLResponse !== undefined
      : new URLSearchParams(arrival.query).has('SAMLResponse');
  return isResponse ? takeLogoutResponse(visit) : takeLogoutRequest(visit);
}

function takeLogoutResponse(visit: Visit): Promise<void> {
  const { tenant } = visit;
  const { inResponseTo, app, succeeded } = readLogoutResponse(arrivalOf(visit), rulesOf(visit));
  const logout = tenant.logouts.get(inResponseTo);
  if (logout?.waitingFor.entityId !== app.entityId)
    throw new RequestRefused('request-missing', 'This LogoutResponse does not match a pending single logout.');
  tenant.logouts.delete(inResponseTo);
  return continueLogout(visit, { ...logout, failed: succeeded ? logout.failed : [...logout.failed, app.name] });
}

function takeLogoutRequest(visit: Visit): void | Promise<void> {
  const { tenant, cookie } = visit;
  const request = readLogoutRequest(arrivalOf(visit), rulesOf(visit));
  const { app, relayState, isVerified } = request;
  if (isVerified) rejectReplay(tenant, request);
  else if (visit.request.method === 'POST' && !isProgram(visit)) return redirectToGet(visit, request);
  const ended = endSessionsOf(visit, request);
  if (cookie !== undefined && sessionOf(tenant, cookie) === undefined) setCookie(visit, undefined);
  if (!app.slo) return sendSignedOut(visit);
  // The other apps are not notified, so the logout is partial (SAML core 3.7.3.2).
  const partial = ended.some(({ apps }) => [...apps.keys()].some((entityId) => entityId !== app.entityId));
  return sendMessageForm(visit, {
    title: 'Signed out',
    sentence: `You are signed out. Returning to ${app.name}.`,
    form: logoutResponseForm(sender(visit), { endpoint: app.slo, inResponseTo: request.id, partial, relayState }),
  });
}

/** Rejects a recorded request, which must not end a later session. */
function rejectReplay({ logoutRequests }: Tenant, { app, id }: LogoutRequest): void {
  const key = requestKey(app, id);
  if (logoutRequests.has(key))
    throw new RequestRefused('request-id-reused', `${app.name} has already sent a LogoutRequest with the ID “${id}”.`);
  remember(logoutRequests, key, true);
}

/** Node accepts 16 KiB of headers. */
const longestUrl = 8 * 1024;

/** Redirects the POST of another site to a GET, because only that carries the session cookie. */
function redirectToGet({ response, tenant }: Visit, { xml, relayState }: LogoutRequest): void {
  const query = new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64') });
  if (relayState !== undefined) query.set('RelayState', relayState);
  const url = `/${tenant.name}/slo?${query}`;
  if (url.length > longestUrl) throw malformed('an unsigned LogoutRequest must be shorter');
  redirect(response, url);
}

/**
 * Ends the app's sessions that the request names; without session indexes, that of this browser. An unsigned request
 * may come from any page, so it ends only the session of the browser that sends it.
 */
function endSessionsOf(visit: Visit, { app, nameId, sessionIndexes, isVerified }: LogoutRequest): Session[] {
  const { tenant, cookie } = visit;
  const isTrusted = isVerified || isProgram(visit);
  return endSessions(tenant, (session, hash) => {
    const isOfBrowser = cookie !== undefined && hash === hashOf(cookie);
    if (session.apps.get(app.entityId)?.nameId !== nameId || !(isTrusted || isOfBrowser)) return false;
    if (sessionIndexes.length > 0) return sessionIndexes.includes(session.index);
    return cookie === undefined || isOfBrowser;
  });
}

/** Sends a LogoutRequest to the next app, or shows the result of the logout. */
function continueLogout(
  visit: Visit,
  { remaining: [next, ...remaining], failed }: Omit<Logout, 'waitingFor'>,
): Promise<void> {
  if (!next) return sendSignedOut(visit, failed);
  const { id, form } = logoutRequestForm(sender(visit), { ...next, endpoint: next.app.slo! });
  remember(visit.tenant.logouts, id, { waitingFor: next.app, remaining, failed }, 1_000);
  return sendMessageForm(visit, {
    title: 'Signing out',
    sentence: `You are signed out here. Signing out of ${next.app.name}.`,
    form,
  });
}

const sendSignedOut = ({ response, tenant }: Visit, failed: readonly string[] = []): Promise<void> =>
  sendPage(
    response,
    noticePage({
      ...frame(tenant),
      title: 'Signed out',
      status: 200,
      sentences: [
        'You are signed out.',
        ...failed.map((name) => `${name} did not confirm that you are signed out. Sign out there as well.`),
      ],
      links: [{ href: `/${tenant.name}`, text: 'Sign in again' }],
    }),
  );

const sender = (visit: Visit): Sender => ({
  issuer: addressesAt(visit).entityId,
  keys: visit.tenant.keys,
  now: new Date(tenantTime(visit.tenant)),
});

const rulesOf = (visit: Visit) => ({
  findApp: (entityId: string) => findApp(visit.tenant, entityId),
  ssoUrl: addressesAt(visit).sloUrl,
  now: tenantTime(visit.tenant),
});
