/** Single logout without pages: started here, or by an app. */
import type { Answer, LogoutOutcome, RequestSource } from '../api.ts';
import { addressesOf } from '../tenants/addresses.ts';
import { type KeyPair, unneededKeys } from '../tenants/keys.ts';
import { Refused } from '../tenants/read-input.ts';
import { findApp, note, type Tenant } from '../tenants/state.ts';
import { needsUntrustedKeys } from '../tenants/tenant-faults.ts';
import { userOf } from '../tenants/tenant-users.ts';
import { arrivalFrom, logoutRequestAt, logoutResponseAt } from '../visit/request-from.ts';
import type { StartedSignOut } from '../visit/sign-out.ts';
import { RequestRefused } from './incoming.ts';
import type { LogoutMessage, LogoutResponse } from './logout.ts';
import { endSessions, sessionsOf } from './sessions.ts';
import {
  acceptRequest,
  appsToNotify,
  indexAt,
  issueRequest,
  issueResponse,
  readRequest,
  takeResponse,
} from './single-logout.ts';

export interface LogoutProcess {
  url: string;
  takeUntrustedKeys: () => Promise<KeyPair>;
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
      const started = { app, sessionIndex: indexAt(session, app) };
      if (target === undefined) return { ...started, because: notSent(tenant, app) };
      return { ...started, request: copyOf(issueRequest(tenant, target, sending)) };
    });
  });
}

const notSent = (tenant: Tenant, entityId: string): string =>
  findApp(tenant, entityId) ? `the app has ${noLogoutUrl}` : 'the app is no longer registered';
const noLogoutUrl = 'no logout URL: register one, or metadata with a SingleLogoutService';

/** Takes the LogoutResponse of an app. One that is rejected is logged. Throws Refused if there is none. */
export async function takeLogoutResponse(
  tenant: Tenant,
  source: RequestSource,
  { url }: Pick<LogoutProcess, 'url'>,
): Promise<LogoutOutcome> {
  const addresses = addressesOf(url, tenant);
  const arrival = await arrivalFrom(source, logoutResponseAt(addresses.sloUrl));
  try {
    return outcomeOf(takeResponse(tenant, arrival, addresses).response);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    logRejection(tenant, error);
    return { outcome: 'not-confirmed', because: error.message };
  }
}

function outcomeOf({ outcome, status }: LogoutResponse): LogoutOutcome {
  if (outcome === 'succeeded') return { outcome, because: undefined };
  const because = `the app reports ${status.map((one) => one.split(':').at(-1)).join(', ') || 'no status'}`;
  return { outcome: outcome === 'partial' ? 'partial' : 'not-confirmed', because };
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
    if (!app.slo) throw new Refused(400, `${app.name} has ${noLogoutUrl}`);
    // The caller is a program, so no other page can have sent it.
    const ended = acceptRequest(tenant, request, { cookie: undefined, isTrusted: true });
    return copyOf(issueResponse(tenant, request, { issuer: addresses.entityId, untrustedKeys, ended }));
  } catch (error) {
    if (error instanceof RequestRefused) logRejection(tenant, error);
    throw error;
  }
}

const keysFor = (tenant: Tenant, takeUntrustedKeys: () => Promise<KeyPair>): KeyPair | Promise<KeyPair> =>
  needsUntrustedKeys(tenant) ? takeUntrustedKeys() : unneededKeys;

function checkEnabled({ disabled }: Tenant): void {
  if (disabled) throw new Refused(403, 'sign-in is disabled for this tenant');
}

const logRejection = (tenant: Tenant, { code, message }: RequestRefused): void =>
  note(tenant, 'request-refused', { code, sentence: message });

/** A copy that the caller may modify. */
const copyOf = ({ action, method, contentType, fields, copies, xml, struck }: LogoutMessage): Answer => ({
  action,
  method,
  contentType,
  fields: fields.map(([name, value]) => [name, value]),
  copies,
  xml,
  struck: [...struck],
  undelivered: [],
});
