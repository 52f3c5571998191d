/** The login page: decides by the email if the user signs in through an IdP or with a password. */
import { type Request, type Response, Router } from 'express';
import { domainOf, normalizeAddress } from './address.ts';
import { type ConnectionTest, leaveTests, testUnderWayIn } from './connection-test.ts';
import { browserOf, clearSessionCookie, markBrowser, sessionCookie, setSessionCookie } from './cookies.ts';
import { coverageOf } from './enforcement.ts';
import { fields, formBody, text } from './forms.ts';
import { type Attempt, authenticate } from './login/authenticate.ts';
import {
  notAnAddress,
  organizationUnknown,
  sendAddressPage,
  sendPasswordPage,
  sendRecoveryPage,
  sendSignedOutPage,
  sessionEnded,
  testIsForAnotherUser,
} from './login/pages.ts';
import { recoveryKeyPage } from './login/recovery-key-page.ts';
import { audit, findOrganization, findUser, organizationOf } from './organization.ts';
import { sendToIdp } from './send-to-idp.ts';
import type { ServiceProvider } from './service-provider.ts';
import { endSession, findSession } from './session.ts';
import { logoutAddress } from './single-logout.ts';
import type { Store } from './store.ts';

export function login(sp: ServiceProvider): Router {
  const router = Router();
  router.get('/login', (request, response) =>
    sendAddressPage(sp, request, response, 'session-ended' in request.query ? { problem: sessionEnded } : {}),
  );
  router.post('/login', formBody, (request, response) => discover(sp, request, response));
  router.post('/login/leave-test', formBody, (request, response) => leaveTest(sp, request, response));
  router.get('/login/password', (_request, response) => response.redirect(303, '/login'));
  router.post('/login/password', formBody, (request, response) => signInByPassword(sp, request, response));
  router.get('/login/recovery', (_request, response) => sendRecoveryPage(response));
  router.post('/login/recovery', formBody, (request, response) => signInForRecovery(sp, request, response));
  router.use(recoveryKeyPage(sp));
  router.post('/sign-out', formBody, (request, response) => signOut(sp, request, response));
  return router;
}

/** Email discovery: first the test in this browser, then the enforced profile, then a password. */
async function discover(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  const { address: written } = fields(request, { address: text(1_000) });
  const address = normalizeAddress(written);
  if (address === undefined)
    return sendAddressPage(sp, request, response, { status: 400, written, problem: notAnAddress });
  const test = testFor(sp.store, browserOf(request), address);
  if (test && address !== test.tester)
    return sendAddressPage(sp, request, response, { status: 403, written, problem: testIsForAnotherUser });
  if (test) return sendToTest(sp, request, response, test);
  const organization = organizationOf(sp.store, address);
  if (organization === undefined) {
    const problem = organizationUnknown(domainOf(address));
    return sendAddressPage(sp, request, response, { status: 404, written, problem });
  }
  const user = findUser(sp.store, address);
  const coverage = user && !user.deactivated ? coverageOf(sp.store, user) : undefined;
  if (coverage) return sendToIdp(sp, request, response, { organization, address, ...coverage });
  return sendPasswordPage(response, { address });
}

/** The test in this browser. An email of another organization leaves the tests of this one. */
function testFor(store: Store, browser: string | undefined, address: string): ConnectionTest | undefined {
  const test = testUnderWayIn(store, browser);
  const organization = organizationOf(store, address)?.slug ?? test?.organization;
  if (!browser || !test || test.tester === address || test.organization === organization) return test;
  leaveTests(store, browser, test.organization);
  return testFor(store, browser, address);
}

function sendToTest(
  sp: ServiceProvider,
  request: Request,
  response: Response,
  { id, organization, profile, revision, tester }: ConnectionTest,
): Promise<void> {
  return sendToIdp(sp, request, response, {
    organization: findOrganization(sp.store, organization)!,
    profile,
    revision,
    address: tester,
    test: id,
  });
}

/** Leaves the test and continues with the email in the form. */
function leaveTest(sp: ServiceProvider, request: Request, response: Response): Promise<void> | void {
  const { address } = fields(request, { address: text(1_000).optional() });
  const browser = browserOf(request);
  if (browser) leaveTests(sp.store, browser);
  return address === undefined ? response.redirect(303, '/login') : discover(sp, request, response);
}

const credentials = { address: text(1_000), password: text(1_000) };

async function signInByPassword(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  const input = fields(request, credentials);
  const outcome = await authenticate(sp, { ...input, ...browserIn(request, response), method: 'password' });
  if ('session' in outcome) return enter(response, outcome.session);
  return sendPasswordPage(response, { address: input.address, ...outcome });
}

async function signInForRecovery(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  const input = fields(request, { ...credentials, recoveryKey: text(200).default('') });
  const outcome = await authenticate(sp, { ...input, ...browserIn(request, response), method: 'recovery' });
  if ('session' in outcome) return enter(response, outcome.session);
  return sendRecoveryPage(response, { written: input.address, ...outcome });
}

const browserIn = (request: Request, response: Response): Pick<Attempt, 'browser' | 'markBrowser'> => ({
  browser: browserOf(request),
  markBrowser: () => markBrowser(request, response),
});

function enter(response: Response, session: string): void {
  setSessionCookie(response, session);
  response.redirect(303, '/console');
}

/** Signs out here and, if the session was started through an IdP, there too. */
async function signOut(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  fields(request, {});
  const secret = sessionCookie(request);
  const session = findSession(sp.store, secret);
  if (secret) endSession(sp.store, secret, 'signed-out');
  if (session) audit(sp.store, session.organization, session.user.address, 'signed-out', { method: session.method });
  clearSessionCookie(response);
  const idpLogout = session && (await logoutAddress(sp, session));
  return idpLogout === undefined ? response.redirect(303, '/login') : sendSignedOutPage(response, idpLogout);
}
