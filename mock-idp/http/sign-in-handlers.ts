/** Handlers of a sign-in, from the AuthnRequest or the portal to the response. */

import { isAssigned } from '../sign-in/assignment.ts';
import { authenticate } from '../sign-in/authenticate.ts';
import { holdBack, takeReleased } from '../sign-in/held-response.ts';
import { checkRelayState } from '../sign-in/incoming.ts';
import { issueResponse, type ResponseOptions } from '../sign-in/issue-response.ts';
import { pageOf, statusOf } from '../sign-in/rejection.ts';
import { openSession, sessionOf } from '../sign-in/sessions.ts';
import { cancelled, decide } from '../sign-in/sign-in.ts';
import { takeRequest } from '../sign-in/take-request.ts';
import { beginUnsolicited, claimTransaction, findTransaction } from '../sign-in/transactions.ts';
import { unneededKeys } from '../tenants/keys.ts';
import { findUser, note, type Tenant, type Transaction, type User } from '../tenants/state.ts';
import { needsUntrustedKeys } from '../tenants/tenant-faults.ts';
import { rejectCrossSite, rejectSubresource } from './guard.ts';
import { Notice, productNotice, signInOver } from './notice.ts';
import { type LoginPage, loginPage, noticePage, portalPage } from './pages.ts';
import { frame, sendMessageForm, sendPage } from './send-page.ts';
import { redirect } from './transport.ts';
import { addressesAt, arrivalOf, checkOpen, fieldsOf, markBrowser, setCookie, type Visit } from './visit.ts';

/** Shows the user's apps, or the login page. */
export function showPortal({ response, tenant, session }: Visit): Promise<void> {
  const user = session && findUser(tenant, session.username);
  if (!user) return sendPage(response, loginPage(loginFrame(tenant)));
  const apps = tenant.apps.filter((app) => isAssigned(app, user));
  return sendPage(response, portalPage({ ...frame(tenant), username: user.username, apps }));
}

/** Signs the user in to an app from the portal, with an unsolicited response. */
export function openApp(visit: Visit): Promise<void> {
  const { request, tenant } = visit;
  rejectSubresource(visit);
  return proceed(visit, fromPortal(tenant, request.params.number, request.query.RelayState));
}

function fromPortal(tenant: Tenant, number: unknown, relayState: unknown): Transaction {
  const app = tenant.apps.find((one) => String(one.number) === number);
  if (!app) throw unknownApp(tenant);
  return beginUnsolicited(tenant, app, checkRelayState(typeof relayState === 'string' ? relayState : undefined));
}

export function takeRedirectedRequest(visit: Visit): Promise<void> {
  rejectSubresource(visit);
  return continueHere(visit, takeRequest(visit.tenant, arrivalOf(visit), addressesAt(visit)));
}

/**
 * Accepts forms from any site: SPs post requests here. Such a POST carries no cookies, so the browser is redirected to
 * a GET that does.
 */
export function takePostedRequest(visit: Visit): void {
  rejectSubresource(visit);
  const { id } = takeRequest(visit.tenant, arrivalOf(visit), addressesAt(visit));
  redirect(visit.response, `/${visit.tenant.name}/sso/continue/${id}`);
}

export function continueSignIn(visit: Visit): Promise<void> {
  rejectSubresource(visit);
  return continueHere(visit, transactionOrNotice(visit.tenant, visit.request.params.id));
}

function continueHere(visit: Visit, transaction: Transaction): Promise<void> {
  claimTransaction(visit.tenant, transaction, markBrowser(visit));
  return proceed(visit, transaction);
}

export function logIn(visit: Visit): void | Promise<void> {
  const { response, tenant, cookie } = visit;
  rejectCrossSite(visit);
  const fields = fieldsOf(visit);
  const transaction = transactionIn(tenant, fields);
  const form = tenant.persona?.plan.login;
  const username = text(fields[form?.username ?? ''] ?? fields.username);
  const attempt = authenticate(tenant, username, text(fields[form?.password ?? ''] ?? fields.password));
  if ('failed' in attempt) return rejectLogin(visit, { failed: attempt.failed, username, transaction });
  const opened = openSession(tenant, attempt.user, cookie);
  setCookie(visit, opened.cookie);
  if (!transaction) return redirect(response, `/${tenant.name}`);
  return proceed({ ...visit, cookie: opened.cookie }, transaction, { fresh: true });
}

const loginFrame = (tenant: Tenant): Pick<LoginPage, 'organization' | 'product' | 'tenantPath' | 'form'> => ({
  ...frame(tenant),
  form: tenant.persona?.plan.login,
});

/** Hidden fields of the login page: the ID of the transaction, or the app if the sign-in started at the portal. */
const carriedBy = ({ id, request, app, relayState }: Transaction): LoginPage['carried'] => {
  if (request) return [['transaction', id]];
  return [['app', String(app.number)], ...(relayState === undefined ? [] : [['RelayState', relayState] as const])];
};

const transactionIn = (
  tenant: Tenant,
  { transaction, app, RelayState }: Record<string, unknown>,
): Transaction | undefined => {
  if (transaction !== undefined) return transactionOrNotice(tenant, transaction);
  return app === undefined ? undefined : fromPortal(tenant, app, RelayState);
};

function rejectLogin(
  { response, tenant }: Visit,
  {
    failed,
    username,
    transaction,
  }: { failed: 'wrong' | 'locked'; username: string; transaction: Transaction | undefined },
): Promise<void> {
  if (failed === 'locked') throw accountLocked();
  return sendPage(
    response,
    loginPage({
      ...loginFrame(tenant),
      carried: transaction && carriedBy(transaction),
      appName: transaction?.app.name,
      username,
      error: 'Wrong username or password.',
      status: 422,
    }),
  );
}

export async function cancelSignIn(visit: Visit): Promise<void> {
  const { site, response, tenant } = visit;
  rejectCrossSite(visit);
  const untrustedKeys = needsUntrustedKeys(tenant) ? await site.takeUntrustedKeys() : unneededKeys;
  checkOpen(site, tenant);
  const transaction = transactionIn(tenant, fieldsOf(visit));
  if (!transaction) throw signInOver();
  // Without a request, no app expects a response.
  if (!transaction.request) return redirect(response, `/${tenant.name}`);
  note(tenant, 'refusal', { app: transaction.app.entityId, because: 'cancelled' });
  return sendResponse(visit, transaction, { untrustedKeys, status: statusOf(tenant, 'cancelled', cancelled) });
}

/** The page on which a browser waits while its response is held. */
export function sendHeldResponse(visit: Visit): Promise<void> {
  rejectSubresource(visit);
  const { request, response, tenant } = visit;
  const delivery = takeReleased(tenant, String(request.params.id));
  if (delivery === undefined) throw signInOver();
  if (delivery !== 'waiting') return sendMessageForm(visit, { sentence: takenTo('the app'), form: delivery });
  response.set('Refresh', '2');
  return sendPage(
    response,
    noticePage({
      ...frame(tenant),
      title: 'One moment',
      status: 200,
      sentences: [
        'Your response is being held for inspection.',
        'This page continues automatically once it is released.',
      ],
    }),
  );
}

/** Continues a transaction: asks for the password, or sends a response or an error response. */
async function proceed(visit: Visit, transaction: Transaction, { fresh = false } = {}): Promise<void> {
  const { site, response, tenant, cookie } = visit;
  const untrustedKeys = needsUntrustedKeys(tenant) ? await site.takeUntrustedKeys() : unneededKeys;
  // Nothing is awaited from here until the request is used up, so the decision still applies. Another visit may have
  // come first.
  checkOpen(site, tenant);
  if (transaction.request && !tenant.transactions.has(transaction.id)) throw signInOver();
  const outcome = decide(tenant, transaction, sessionOf(tenant, cookie), { fresh });
  switch (outcome.kind) {
    case 'ask':
      return sendPage(
        response,
        loginPage({ ...loginFrame(tenant), carried: carriedBy(transaction), appName: transaction.app.name }),
      );
    case 'not-assigned':
      throw notAssigned(tenant, transaction, outcome.user);
    case 'page':
      throw new Notice(productNotice(outcome.page, ['The sign-in ends here.', 'Ask your administrator.']));
    case 'error':
      return sendResponse(visit, transaction, { untrustedKeys, status: outcome.status });
    case 'sign-in':
      return sendResponse(visit, transaction, { untrustedKeys, signIn: outcome });
  }
}

async function sendResponse(
  visit: Visit,
  transaction: Transaction,
  options: Pick<ResponseOptions, 'signIn' | 'status' | 'untrustedKeys'>,
): Promise<void> {
  const { response, tenant } = visit;
  const delivery = await issueResponse(tenant, transaction, { ...options, issuer: addressesAt(visit).entityId });
  const held = holdBack(tenant, delivery);
  if (held !== undefined) return redirect(response, `/${tenant.name}/held/${held}`);
  return sendMessageForm(visit, { sentence: takenTo(transaction.app.name), form: delivery });
}

const takenTo = (app: string): string => `Continuing to ${app}.`;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function transactionOrNotice(tenant: Tenant, id: unknown): Transaction {
  const transaction = findTransaction(tenant, id);
  if (!transaction) throw signInOver();
  return transaction;
}

const unknownApp = ({ name }: Tenant): Notice =>
  new Notice({
    title: 'Unknown app',
    status: 404,
    sentences: ['This app does not exist.', 'Your portal lists the apps that are assigned to you.'],
    code: 'app-unknown',
    links: [{ href: `/${name}`, text: 'Go to the portal' }],
  });

const accountLocked = (): Notice =>
  new Notice({
    title: 'Account locked',
    status: 403,
    sentences: ['This account is locked.', 'Wait a while, or ask your administrator to unlock it.'],
    code: 'account-locked',
  });

function notAssigned(tenant: Tenant, { app }: Transaction, { username }: User): Notice {
  const sentences = [
    `${app.name} is not assigned to ${username}.`,
    'Tell your administrator: “I am not assigned to the app.”',
  ];
  const links = [{ href: `/${tenant.name}`, text: 'Back to your apps' }];
  const page = pageOf(tenant, 'not-assigned');
  return new Notice(
    page
      ? { ...productNotice({ status: 403, ...page }, sentences), links }
      : { title: 'Not assigned', status: 403, code: 'not-assigned', sentences, links },
  );
}
