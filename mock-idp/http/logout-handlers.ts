/** Handlers of logout: by the user, and single logout by apps (SAML profiles 4.4). */
import { deflateRawSync } from 'node:zlib';
import { malformed } from '../sign-in/incoming.ts';
import type { LogoutRequest } from '../sign-in/logout.ts';
import { endSessions, sessionOf } from '../sign-in/sessions.ts';
import {
  acceptRequest,
  appsToNotify,
  issueRequest,
  issueResponse,
  readRequest,
  type Sending,
  takeResponse,
} from '../sign-in/single-logout.ts';
import { unneededKeys } from '../tenants/keys.ts';
import { hashOf, type Logout, userKey } from '../tenants/state.ts';
import { needsUntrustedKeys } from '../tenants/tenant-faults.ts';
import { isProgram, rejectCrossSite, rejectSubresource } from './guard.ts';
import { confirmLogoutPage, noticePage } from './pages.ts';
import { frame, sendMessageForm, sendPage } from './send-page.ts';
import { redirect } from './transport.ts';
import { addressesAt, arrivalOf, checkOpen, fieldsOf, setCookie, type Visit } from './visit.ts';

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
  const { logout, response } = takeResponse(visit.tenant, arrivalOf(visit), addressesAt(visit));
  const { app, outcome } = response;
  return continueLogout(visit, {
    ...logout,
    failed: outcome === 'succeeded' ? logout.failed : [...logout.failed, app.name],
  });
}

async function takeLogoutRequest(visit: Visit): Promise<void> {
  const { tenant, cookie } = visit;
  const sending = await sendingOf(visit);
  const request = readRequest(tenant, arrivalOf(visit), addressesAt(visit));
  const { app, isVerified } = request;
  if (!isVerified && visit.request.method === 'POST' && !isProgram(visit)) return redirectToGet(visit, request);
  // An unsigned request may come from any page.
  const ended = acceptRequest(tenant, request, { cookie, isTrusted: isVerified || isProgram(visit) });
  if (cookie !== undefined && sessionOf(tenant, cookie) === undefined) setCookie(visit, undefined);
  if (!app.slo) return sendSignedOut(visit);
  return sendMessageForm(visit, {
    title: 'Signed out',
    sentence: `You are signed out. Returning to ${app.name}.`,
    form: issueResponse(tenant, request, { ...sending, ended }),
  });
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

/** Sends a LogoutRequest to the next app, or shows the result of the logout. */
async function continueLogout(
  visit: Visit,
  { remaining: [next, ...remaining], failed }: Omit<Logout, 'waitingFor'>,
): Promise<void> {
  if (!next) return sendSignedOut(visit, failed);
  // It may have been registered again meanwhile.
  if (!next.app.slo) return continueLogout(visit, { remaining, failed: [...failed, next.app.name] });
  const rest = { remaining, failed };
  return sendMessageForm(visit, {
    title: 'Signing out',
    sentence: `You are signed out here. Signing out of ${next.app.name}.`,
    form: issueRequest(visit.tenant, next, { ...(await sendingOf(visit)), rest }),
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

/** Waits for the key that faults need. */
async function sendingOf(visit: Visit): Promise<Sending> {
  const { site, tenant } = visit;
  const untrustedKeys = needsUntrustedKeys(tenant) ? await site.takeUntrustedKeys() : unneededKeys;
  checkOpen(site, tenant);
  return { issuer: addressesAt(visit).entityId, untrustedKeys };
}
