/** Single logout of a tenant: accepts and sends its messages, with the arranged faults, and logs them. */
import type { addressesOf } from '../tenants/addresses.ts';
import type { KeyPair } from '../tenants/keys.ts';
import type { LogoutMessageDetails } from '../tenants/log.ts';
import { idsOfMessage } from '../tenants/seed.ts';
import {
  type App,
  type Arrangement,
  findApp,
  hashOf,
  type Logout,
  note,
  remember,
  type Session,
  type Tenant,
  tenantTime,
} from '../tenants/state.ts';
import { type Arrival, RequestRefused } from './incoming.ts';
import {
  type LogoutMessage,
  type LogoutRequest,
  type LogoutResponse,
  logoutRequestForm,
  logoutResponseForm,
  readLogoutRequest,
  readLogoutResponse,
  type Sender,
} from './logout.ts';
import { attributeOf, childOf, childrenOf, parseXml, textOf } from './parse.ts';
import { endSessions } from './sessions.ts';
import { requestKey } from './transactions.ts';

type Addresses = Pick<ReturnType<typeof addressesOf>, 'sloUrl'>;

export interface Sending {
  /** The tenant's entity ID. */
  issuer: string;
  untrustedKeys: KeyPair;
}

const rulesOf = (tenant: Tenant, { sloUrl }: Addresses) => ({
  findApp: (entityId: string) => findApp(tenant, entityId),
  ssoUrl: sloUrl,
  now: tenantTime(tenant),
});

/** Throws RequestRefused. */
export const readRequest = (tenant: Tenant, arrival: Arrival, addresses: Addresses): LogoutRequest =>
  readLogoutRequest(arrival, rulesOf(tenant, addresses));

export interface Requester {
  /** The session cookie of the browser that sends the request. */
  cookie: string | undefined;
  /** False if any page may have made the browser send it. */
  isTrusted: boolean;
}

/**
 * Ends the app's sessions that the request names; without session indexes, that of this browser. A request that is not
 * trusted ends only the session of the browser that sends it. Throws RequestRefused if a signed request is sent again:
 * a recorded one must not end a later session.
 */
export function acceptRequest(tenant: Tenant, request: LogoutRequest, { cookie, isTrusted }: Requester): Session[] {
  const { app, nameId, sessionIndexes } = request;
  if (request.isVerified) rejectReplay(tenant, request);
  log(tenant, { ...request, event: 'request-received', app });
  return endSessions(tenant, (session, hash) => {
    const isOfBrowser = cookie !== undefined && hash === hashOf(cookie);
    if (session.apps.get(app.entityId)?.nameId !== nameId || !(isTrusted || isOfBrowser)) return false;
    if (sessionIndexes.length > 0) return sessionIndexes.includes(indexAt(session, app.entityId));
    return cookie === undefined || isOfBrowser;
  });
}

/** The SessionIndex that the app received. */
export const indexAt = ({ index, apps }: Session, entityId: string): string =>
  apps.get(entityId)?.sessionIndex ?? index;

function rejectReplay({ logoutRequests }: Tenant, { app, id }: LogoutRequest): void {
  const key = requestKey(app, id);
  if (logoutRequests.has(key))
    throw new RequestRefused('request-id-reused', `${app.name} has already sent a LogoutRequest with the ID “${id}”.`);
  remember(logoutRequests, key, true);
}

/** The LogoutResponse to an app with a logout URL. */
export function issueResponse(
  tenant: Tenant,
  { app, id: inResponseTo, relayState }: LogoutRequest,
  { ended, ...sending }: Sending & { ended: readonly Session[] },
): LogoutMessage {
  // The other apps are not notified, so the logout is partial (SAML core 3.7.3.2).
  const partial = ended.some(({ apps }) => [...apps.keys()].some((entityId) => entityId !== app.entityId));
  return withFaults(tenant, 'LogoutResponse', (faults) => {
    const sender = senderOf(tenant, { ...sending, faults });
    const message = logoutResponseForm(sender, { endpoint: app.slo!, inResponseTo, partial, relayState });
    log(tenant, { ...message, event: 'response-sent', app, binding: app.slo!.binding });
    return message;
  });
}

export type LogoutTarget = Logout['remaining'][number];

/** The apps of a session that have a logout URL. */
export const appsToNotify = (tenant: Tenant, { index, apps }: Session): LogoutTarget[] =>
  [...apps].flatMap(([entityId, { sessionIndex = index, ...nameId }]) => {
    const app = findApp(tenant, entityId);
    return app?.slo ? [{ app, ...nameId, index: sessionIndex }] : [];
  });

/** The LogoutRequest to an app with a logout URL. `rest` continues once the app has responded. */
export function issueRequest(
  tenant: Tenant,
  { app, ...target }: LogoutTarget,
  { rest, ...sending }: Sending & { rest?: Omit<Logout, 'waitingFor'> },
): LogoutMessage {
  return withFaults(tenant, 'LogoutRequest', (faults) => {
    const previous = tenant.previousLogoutRequests.get(app.entityId);
    const message = logoutRequestForm(senderOf(tenant, { ...sending, faults }), {
      ...target,
      endpoint: app.slo!,
      qualifier: app.entityId,
      previous,
    });
    const { id, struck: _, ...form } = message;
    remember(tenant.previousLogoutRequests, app.entityId, form, 1_000);
    remember(tenant.logouts, id, { remaining: [], failed: [], ...rest, waitingFor: app }, 1_000);
    log(tenant, { ...message, event: 'request-sent', app, binding: app.slo!.binding });
    return message;
  });
}

/** Takes the response to a pending LogoutRequest, and returns what continues. Throws RequestRefused. */
export function takeResponse(
  tenant: Tenant,
  arrival: Arrival,
  addresses: Addresses,
): { logout: Logout; response: LogoutResponse } {
  const response = readLogoutResponse(arrival, rulesOf(tenant, addresses));
  const { app, inResponseTo } = response;
  const logout = tenant.logouts.get(inResponseTo);
  if (logout?.waitingFor.entityId !== app.entityId)
    throw new RequestRefused('request-missing', 'This LogoutResponse does not match a pending single logout.');
  tenant.logouts.delete(inResponseTo);
  log(tenant, { ...response, event: 'response-received', app });
  return { logout, response };
}

const senderOf = (tenant: Tenant, rest: Omit<Sender, 'keys' | 'now'>): Sender => ({
  ...rest,
  keys: tenant.keys,
  persona: tenant.persona?.plan,
  now: new Date(tenantTime(tenant)),
  id: idsOfMessage(tenant),
});

/** Counts the faults of this kind of message that struck. */
function withFaults(
  tenant: Tenant,
  kind: 'LogoutRequest' | 'LogoutResponse',
  issue: (faults: readonly Arrangement[]) => LogoutMessage,
): LogoutMessage {
  const faults = tenant.faults.filter(({ fault, times }) => fault.logout?.message === kind && times !== 0);
  const message = issue(faults);
  for (const fault of faults) {
    if (message.struck.includes(fault.phrase)) fault.struck++;
    if (fault.times !== undefined) fault.times--;
  }
  return message;
}

interface Logged extends Pick<LogoutMessageDetails, 'event' | 'binding' | 'xml'> {
  app: App;
  struck?: readonly string[];
}

/** The details are those of the message itself, as a fault may have changed them. */
function log(tenant: Tenant, { event, app, binding, xml, struck = [] }: Logged): void {
  const root = parseXml(xml).documentElement;
  const status = childOf(root, 'samlp:Status');
  const code = status && childOf(status, 'samlp:StatusCode');
  note(tenant, 'logout', {
    event,
    app: app.entityId,
    binding,
    id: attributeOf(root, 'ID'),
    inResponseTo: attributeOf(root, 'InResponseTo'),
    nameId: textOf(childOf(root, 'saml:NameID')),
    sessionIndexes: childrenOf(root, 'samlp:SessionIndex')
      .slice(0, 20)
      .map((one) => (textOf(one) ?? '').slice(0, 200)),
    status: attributeOf(code, 'Value'),
    second: attributeOf(code && childOf(code, 'samlp:StatusCode'), 'Value'),
    struck,
    xml: xml.slice(0, 20_000),
  });
}
