/** The pages of logout: the user's own, and single logout between apps (SAML profiles 4.4). */
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
import { isProgram, refuseCrossSite, refuseSubresource } from './guard.ts';
import { confirmLogoutPage, noticePage } from './pages.ts';
import { frame, sendMessageForm, sendPage } from './send-page.ts';
import { sendElsewhere } from './transport.ts';
import { addressesAt, arrivalOf, fieldsOf, setCookie, type Visit } from './visit.ts';

/** A visit alone signs nobody out. */
export function confirmLogout(visit: Visit): Promise<void> {
  const { response, tenant, session } = visit;
  if (session) return sendPage(response, confirmLogoutPage({ ...frame(tenant), username: session.username }));
  return sendSignedOut(visit);
}

/** Ends the session here, and at the apps that have a logout URL, one after the other. An old page only asks anew. */
export function logOut(visit: Visit): Promise<void> {
  const { tenant, cookie, session } = visit;
  refuseCrossSite(visit);
  const { username } = fieldsOf(visit);
  if (session && typeof username === 'string' && userKey(username) !== userKey(session.username))
    return confirmLogout(visit);
  endSessions(tenant, (_, hash) => cookie !== undefined && hash === hashOf(cookie));
  setCookie(visit, undefined);
  return continueLogout(visit, { remaining: session ? appsToTell(tenant, session) : [], failed: [] });
}

const appsToTell = (tenant: Tenant, { index, apps }: Session): Logout['remaining'] =>
  [...apps].flatMap(([entityId, nameId]) => {
    const app = findApp(tenant, entityId);
    return app?.slo ? [{ app, ...nameId, index }] : [];
  });

/** A LogoutRequest of an app, or an app's LogoutResponse to ours. Both come from another site by nature. */
export function singleLogout(visit: Visit): void | Promise<void> {
  refuseSubresource(visit);
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
    throw new RequestRefused('request-missing', 'No single logout waits for this answer.');
  tenant.logouts.delete(inResponseTo);
  return continueLogout(visit, { ...logout, failed: succeeded ? logout.failed : [...logout.failed, app.name] });
}

function takeLogoutRequest(visit: Visit): void | Promise<void> {
  const { tenant, cookie } = visit;
  const request = readLogoutRequest(arrivalOf(visit), rulesOf(visit));
  const { app, relayState, isVerified } = request;
  if (isVerified) refuseReplay(tenant, request);
  else if (visit.request.method === 'POST' && !isProgram(visit)) return sendOn(visit, request);
  const ended = endSessionsOf(visit, request);
  if (cookie !== undefined && sessionOf(tenant, cookie) === undefined) setCookie(visit, undefined);
  if (!app.slo) return sendSignedOut(visit);
  // The other apps are not told, and the response must say so (SAML core 3.7.3.2).
  const partial = ended.some(({ apps }) => [...apps.keys()].some((entityId) => entityId !== app.entityId));
  return sendMessageForm(visit, {
    title: 'Signed out',
    sentence: `You are signed out here and taken back to ${app.name}.`,
    form: logoutResponseForm(sender(visit), { endpoint: app.slo, inResponseTo: request.id, partial, relayState }),
  });
}

/** A message that was recorded somewhere must not end a later session. */
function refuseReplay({ logoutRequests }: Tenant, { app, id }: LogoutRequest): void {
  const key = requestKey(app, id);
  if (logoutRequests.has(key))
    throw new RequestRefused(
      'request-id-reused',
      `A LogoutRequest with the ID “${id}” of ${app.name} was here before.`,
    );
  remember(logoutRequests, key, true);
}

/** Node takes 16 KiB of headers. */
const longestAddress = 8 * 1024;

/** A POST from another site brings no session cookie, so the message goes on in an address, to which it comes along. */
function sendOn({ response, tenant }: Visit, { xml, relayState }: LogoutRequest): void {
  const query = new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64') });
  if (relayState !== undefined) query.set('RelayState', relayState);
  const address = `/${tenant.name}/slo?${query}`;
  if (address.length > longestAddress) throw malformed('an unsigned LogoutRequest must be shorter');
  sendElsewhere(response, address);
}

/**
 * Ends the app's sessions that the request names; without session indexes, that of this browser. An unsigned request,
 * which any page may have made, ends no session but that of the browser that brings it.
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

/** Asks the next app to end its session, or shows how the logout ended. */
function continueLogout(
  visit: Visit,
  { remaining: [next, ...remaining], failed }: Omit<Logout, 'waitingFor'>,
): Promise<void> {
  if (!next) return sendSignedOut(visit, failed);
  const { id, form } = logoutRequestForm(sender(visit), { ...next, endpoint: next.app.slo! });
  remember(visit.tenant.logouts, id, { waitingFor: next.app, remaining, failed }, 1_000);
  return sendMessageForm(visit, {
    title: 'Signing out',
    sentence: `You are signed out here; next is ${next.app.name}.`,
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
        ...failed.map((name) => `${name} could not confirm it; please sign out there as well.`),
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
