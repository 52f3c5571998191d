/** Single logout without pages: started here, or by an app. */
import type { Answer, AppSignOut, RequestSource } from '../api.ts';
import { addressesOf } from '../tenants/addresses.ts';
import { type KeyPair, unneededKeys } from '../tenants/keys.ts';
import { Refused } from '../tenants/read-input.ts';
import { findApp, note, type Tenant } from '../tenants/state.ts';
import { userOf } from '../tenants/tenant-users.ts';
import { deliver } from '../visit/deliver.ts';
import { arrivalFrom, inShort, isAt, logoutRequestAt, messageIn } from '../visit/request-from.ts';
import type { Visitor } from '../visit/visitor.ts';
import { RequestRefused } from './incoming.ts';
import type { LogoutMessage, LogoutResponse } from './logout.ts';
import { endSessions, sessionsOf } from './sessions.ts';
import {
  acceptRequest,
  appsToNotify,
  issueRequest,
  issueResponse,
  readRequest,
  takeResponse,
} from './single-logout.ts';

export interface LogoutProcess {
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
}

/** An app in which the user was signed in. */
export interface StartedSignOut {
  /** Entity ID. */
  app: string;
  sessionIndex: string;
  /** The LogoutRequest; undefined if the app has no logout URL. */
  request: LogoutMessage | undefined;
}

/** Ends the user's sessions, and issues a LogoutRequest for each app in each of them. Throws Refused. */
export async function startSignOut(
  tenant: Tenant,
  username: string,
  { url, takeUntrustedKeys }: LogoutProcess,
): Promise<StartedSignOut[]> {
  const untrustedKeys = await keysFor(tenant, takeUntrustedKeys);
  // Nothing is awaited from here on.
  checkEnabled(tenant);
  const user = userOf(tenant, username);
  const sessions = sessionsOf(tenant, user);
  if (sessions.length === 0) throw new Refused(409, `${user.username} is not signed in`);
  endSessions(tenant, (session) => sessions.includes(session));
  const sending = { issuer: addressesOf(url, tenant).entityId, untrustedKeys };
  return sessions.flatMap((session) => {
    const targets = appsToNotify(tenant, session);
    return [...session.apps.keys()].map((app) => {
      const target = targets.find((one) => one.app.entityId === app);
      return { app, sessionIndex: session.index, request: target && issueRequest(tenant, target, sending) };
    });
  });
}

/** Starts the logout, sends the requests one after the other, and reads the responses of the apps. */
export async function signOutProcess(
  tenant: Tenant,
  username: string,
  { visitor, ...process }: LogoutProcess & { visitor: Visitor },
): Promise<AppSignOut[]> {
  const results: AppSignOut[] = [];
  for (const { request, ...started } of await startSignOut(tenant, username, process)) {
    if (request === undefined) {
      const because = findApp(tenant, started.app)
        ? 'the app has no logout URL: register one, or metadata with a SingleLogoutService'
        : 'the app is no longer registered';
      results.push({ ...started, outcome: 'not-confirmed', because, request: undefined, response: undefined });
    } else {
      const result = await sendTo(tenant, request, { visitor, sloUrl: addressesOf(process.url, tenant).sloUrl });
      results.push({ ...started, request: copyOf(request), ...result });
    }
  }
  return results;
}

type Result = Pick<AppSignOut, 'outcome' | 'because' | 'response'>;

/** Sends the LogoutRequest, and takes the LogoutResponse in the app's redirect or page. */
async function sendTo(
  tenant: Tenant,
  request: LogoutMessage,
  { visitor, sloUrl }: { visitor: Visitor; sloUrl: string },
): Promise<Result> {
  let response: Response | undefined;
  const unconfirmed = (because: string): Result => ({ outcome: 'not-confirmed', because, response });
  try {
    response = (await deliver(copyOf(request), visitor, (url) => isAt(url, sloUrl))).at(-1)!;
  } catch (error) {
    return unconfirmed(`${request.action} did not respond: ${reasonOf(error)}`);
  }
  try {
    const arrival = await messageIn(response, { ...logoutRequestAt(sloUrl), field: 'SAMLResponse' });
    if (arrival === undefined)
      return unconfirmed(
        `the app returned ${inShort(response.status, await response.clone().text())}, and no LogoutResponse`,
      );
    return { ...resultOf(takeResponse(tenant, arrival, { sloUrl }).response), response };
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    logRejection(tenant, error);
    return unconfirmed(error.message);
  }
}

function resultOf({ outcome, status }: LogoutResponse): Omit<Result, 'response'> {
  if (outcome === 'succeeded') return { outcome, because: undefined };
  const because = `the app reports ${status.map((one) => one.split(':').at(-1)).join(', ') || 'no status'}`;
  return { outcome: outcome === 'partial' ? 'partial' : 'not-confirmed', because };
}

/** With the cause, where fetch says only that it failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string };
  return [message, code ?? inner].filter((part) => part !== undefined).join(': ');
}

/**
 * Ends the sessions that the app's LogoutRequest names, and returns the form with the LogoutResponse.
 * Throws RequestRefused, and Refused if the app has no logout URL.
 */
export async function respondToLogout(
  tenant: Tenant,
  source: RequestSource,
  { url, takeUntrustedKeys }: LogoutProcess,
): Promise<Answer> {
  const addresses = addressesOf(url, tenant);
  const arrival = await arrivalFrom(source, logoutRequestAt(addresses.sloUrl));
  const untrustedKeys = await keysFor(tenant, takeUntrustedKeys);
  // Nothing is awaited from here on.
  checkEnabled(tenant);
  try {
    const request = readRequest(tenant, arrival, addresses);
    const { app } = request;
    if (!app.slo)
      throw new Refused(
        400,
        `${app.name} has no logout URL for the LogoutResponse: register one, or metadata with a SingleLogoutService`,
      );
    // The caller is a program, so no other page can have sent it.
    const ended = acceptRequest(tenant, request, { cookie: undefined, isTrusted: true });
    return copyOf(issueResponse(tenant, request, { issuer: addresses.entityId, untrustedKeys, ended }));
  } catch (error) {
    if (error instanceof RequestRefused) logRejection(tenant, error);
    throw error;
  }
}

const keysFor = ({ faults }: Tenant, takeUntrustedKeys: () => Promise<KeyPair>): KeyPair | Promise<KeyPair> =>
  faults.length === 0 ? unneededKeys : takeUntrustedKeys();

function checkEnabled({ disabled }: Tenant): void {
  if (disabled) throw new Refused(403, 'sign-in is disabled for this tenant');
}

const logRejection = (tenant: Tenant, { code, message }: RequestRefused): void =>
  note(tenant, 'request-refused', { code, sentence: message });

/** A copy that the caller may modify. */
export const copyOf = ({ action, method, contentType, fields, copies, xml, struck }: LogoutMessage): Answer => ({
  action,
  method,
  contentType,
  fields: fields.map(([name, value]) => [name, value]),
  copies,
  xml,
  struck: [...struck],
  undelivered: [],
});
