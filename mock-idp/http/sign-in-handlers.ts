/** The pages of a sign-in: from an AuthnRequest, or from the portal, to the response for the app. */

import { isAssigned } from '../sign-in/assignment.ts';
import { authenticate } from '../sign-in/authenticate.ts';
import { holdBack, takeReleased } from '../sign-in/held-response.ts';
import { checkRelayState } from '../sign-in/incoming.ts';
import { issueResponse, type ResponseOptions } from '../sign-in/issue-response.ts';
import { openSession, sessionOf } from '../sign-in/sessions.ts';
import { cancelled, decide } from '../sign-in/sign-in.ts';
import { takeRequest } from '../sign-in/take-request.ts';
import { beginUnsolicited, claimTransaction, findTransaction } from '../sign-in/transactions.ts';
import { findUser, note, type Tenant, type Transaction, type User } from '../tenants/state.ts';
import { refuseCrossSite, refuseSubresource } from './guard.ts';
import { Notice, signInOver } from './notice.ts';
import { type LoginPage, loginPage, noticePage, portalPage } from './pages.ts';
import { frame, sendMessageForm, sendPage } from './send-page.ts';
import { sendElsewhere } from './transport.ts';
import { addressesAt, arrivalOf, checkOpen, fieldsOf, markBrowser, setCookie, type Visit } from './visit.ts';

/** The user's apps, or the login page. */
export function showPortal({ response, tenant, session }: Visit): Promise<void> {
  const user = session && findUser(tenant, session.username);
  if (!user) return sendPage(response, loginPage(frame(tenant)));
  const apps = tenant.apps.filter((app) => isAssigned(app, user));
  return sendPage(response, portalPage({ ...frame(tenant), username: user.username, apps }));
}

/** Signs the user in to an app from the portal, with an unsolicited response. */
export function openApp(visit: Visit): Promise<void> {
  const { request, tenant } = visit;
  refuseSubresource(visit);
  return proceed(visit, fromPortal(tenant, request.params.number, request.query.RelayState));
}

function fromPortal(tenant: Tenant, number: unknown, relayState: unknown): Transaction {
  const app = tenant.apps.find((one) => String(one.number) === number);
  if (!app) throw unknownApp(tenant);
  return beginUnsolicited(tenant, app, checkRelayState(typeof relayState === 'string' ? relayState : undefined));
}

export function takeRedirectedRequest(visit: Visit): Promise<void> {
  refuseSubresource(visit);
  return continueHere(visit, takeRequest(visit.tenant, arrivalOf(visit), addressesAt(visit)));
}

/**
 * Any site may post a request here, so nothing asks where the form comes from. Such a POST brings no cookies, so the
 * browser is sent on to a GET that does.
 */
export function takePostedRequest(visit: Visit): void {
  refuseSubresource(visit);
  const { id } = takeRequest(visit.tenant, arrivalOf(visit), addressesAt(visit));
  sendElsewhere(visit.response, `/${visit.tenant.name}/sso/continue/${id}`);
}

export function continueSignIn(visit: Visit): Promise<void> {
  refuseSubresource(visit);
  return continueHere(visit, transactionOrNotice(visit.tenant, visit.request.params.id));
}

function continueHere(visit: Visit, transaction: Transaction): Promise<void> {
  claimTransaction(visit.tenant, transaction, markBrowser(visit));
  return proceed(visit, transaction);
}

export function logIn(visit: Visit): void | Promise<void> {
  const { response, tenant, cookie } = visit;
  refuseCrossSite(visit);
  const fields = fieldsOf(visit);
  const transaction = transactionIn(tenant, fields);
  const username = text(fields.username);
  const attempt = authenticate(tenant, username, text(fields.password));
  if ('failed' in attempt) return rejectLogin(visit, { failed: attempt.failed, username, transaction });
  const opened = openSession(tenant, attempt.user, cookie);
  setCookie(visit, opened.cookie);
  if (!transaction) return sendElsewhere(response, `/${tenant.name}`);
  return proceed({ ...visit, cookie: opened.cookie }, transaction, { fresh: true });
}

/** What the login page carries: the ID of what waits here; where it began at the portal, all of it. */
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
      ...frame(tenant),
      carried: transaction && carriedBy(transaction),
      appName: transaction?.app.name,
      username,
      error: 'User name or password is wrong.',
      status: 422,
    }),
  );
}

export async function cancelSignIn(visit: Visit): Promise<void> {
  const { site, response, tenant } = visit;
  refuseCrossSite(visit);
  const stranger = await site.takeStranger();
  checkOpen(site, tenant);
  const transaction = transactionIn(tenant, fieldsOf(visit));
  if (!transaction) throw signInOver();
  // No app asked for this sign-in, so no app is told that it was cancelled.
  if (!transaction.request) return sendElsewhere(response, `/${tenant.name}`);
  note(tenant, 'refusal', { app: transaction.app.entityId, because: 'cancelled' });
  return sendResponse(visit, transaction, { stranger, status: cancelled });
}

/** Where a browser waits while its response is kept back. */
export function sendHeldResponse(visit: Visit): Promise<void> {
  refuseSubresource(visit);
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
      sentences: ['Your answer is being kept back on purpose.', 'This page goes on by itself as soon as it is let go.'],
    }),
  );
}

/** Asks for the password, refuses, or sends the response: whatever comes next for this transaction. */
async function proceed(visit: Visit, transaction: Transaction, { fresh = false } = {}): Promise<void> {
  const { site, response, tenant, cookie } = visit;
  const stranger = await site.takeStranger();
  // From here to the response nothing waits, so what is decided still applies. Another visit may have come first.
  checkOpen(site, tenant);
  if (transaction.request && !tenant.transactions.has(transaction.id)) throw signInOver();
  const outcome = decide(tenant, transaction, sessionOf(tenant, cookie), { fresh });
  switch (outcome.kind) {
    case 'ask':
      return sendPage(
        response,
        loginPage({ ...frame(tenant), carried: carriedBy(transaction), appName: transaction.app.name }),
      );
    case 'not-assigned':
      throw notAssigned(tenant, transaction, outcome.user);
    case 'refuse':
      return sendResponse(visit, transaction, { stranger, status: outcome.status });
    case 'sign-in':
      return sendResponse(visit, transaction, { stranger, signIn: outcome });
  }
}

function sendResponse(
  visit: Visit,
  transaction: Transaction,
  options: Pick<ResponseOptions, 'signIn' | 'status' | 'stranger'>,
): void | Promise<void> {
  const { response, tenant } = visit;
  const delivery = issueResponse(tenant, transaction, { ...options, issuer: addressesAt(visit).entityId });
  const held = holdBack(tenant, delivery);
  if (held !== undefined) return sendElsewhere(response, `/${tenant.name}/held/${held}`);
  return sendMessageForm(visit, { sentence: takenTo(transaction.app.name), form: delivery });
}

const takenTo = (app: string): string => `You are being taken to ${app}.`;
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
    sentences: ['There is no such app here.', 'Your portal lists the apps that are assigned to you.'],
    code: 'app-unknown',
    links: [{ href: `/${name}`, text: 'To the portal' }],
  });

const accountLocked = (): Notice =>
  new Notice({
    title: 'Account locked',
    status: 403,
    sentences: ['This account is locked.', 'Please wait a while, or ask your administrator to unlock it.'],
    code: 'account-locked',
  });

const notAssigned = ({ name }: Tenant, { app }: Transaction, { username }: User): Notice =>
  new Notice({
    title: 'Not assigned',
    status: 403,
    code: 'not-assigned',
    sentences: [`${app.name} is not assigned to ${username}.`, 'Please ask your administrator to assign it to you.'],
    links: [{ href: `/${name}`, text: 'To your apps' }],
  });
