/** All control routes, in the order in which the documents list them. */
import { z } from 'zod';
import type { RequestSource, SignInOptions } from '../api.ts';
import { holdNext, holdView, release } from '../sign-in/held-response.ts';
import { respondToLogout, startSignOut, takeLogoutResponse } from '../sign-in/logout-process.ts';
import { lastResponse, signInProcess } from '../sign-in/sign-in-process.ts';
import { addressesOf } from '../tenants/addresses.ts';
import {
  appSchema,
  assignmentChangeSchema,
  assignmentSchema,
  deliverySchema,
  durationSchema,
  faultsSchema,
  holdSchema,
  logoutRequestSchema,
  logoutResponseSchema,
  namedUserSchema,
  newTenantSchema,
  releaseSchema,
  signInSchema,
  signOutSchema,
  tenantChangeSchema,
  tenantSchema,
  userChangeSchema,
} from '../tenants/control-schemas.ts';
import { Refused } from '../tenants/read-input.ts';
import { entriesOf, type Tenant, tenantTime } from '../tenants/state.ts';
import { appViews } from '../tenants/tenant-apps.ts';
import { countDelivered, faultView, struckViews } from '../tenants/tenant-faults.ts';
import { userViews } from '../tenants/tenant-users.ts';
import {
  appNumberReply,
  appsReply,
  assignmentReply,
  clockReply,
  errorsReply,
  faultsReply,
  holdReply,
  lastResponseReply,
  logoutOutcomeReply,
  logQuerySchema,
  logReply,
  metadataReply,
  newTenantReply,
  openApiReply,
  responseReply,
  routesReply,
  signOutsReply,
  summaryReply,
  tenantReply,
  tenantsReply,
  usernameReply,
  usersReply,
} from './control-replies.ts';
import { type ControlRoute, Created, ofTenant, route } from './control-route.ts';
import { openApi } from './openapi.ts';
import { tenantView } from './tenant-view.ts';

const tenantRoutes: readonly ControlRoute[] = [
  route({
    method: 'get',
    path: '/tenants',
    name: 'listTenants',
    summary: 'all tenants with their URLs',
    reply: tenantsReply,
    handle: ({ state, url }) =>
      [...state.tenants.values()].map(({ name, displayName, persona }) => ({
        name,
        displayName,
        ...addressesOf(url, { name, persona }),
      })),
  }),
  route({
    method: 'post',
    path: '/tenants',
    name: 'createTenant',
    summary: 'creates a tenant, by default with a unique name',
    body: newTenantSchema,
    example: { displayName: 'Acme' },
    reply: newTenantReply,
    creates: 'always',
    async handle({ tenants, body: { name: wanted, ...settings } }) {
      const { tenant } = await tenants.create(wanted, settings);
      return new Created({ name: tenant.name, ...tenants.summary(tenant) });
    },
  }),
  route({
    method: 'put',
    path: '/tenants/{tenant}',
    name: 'putTenant',
    summary: 'creates or replaces a tenant, with the fields of the file except faults',
    body: tenantSchema,
    example: { users: [{ username: 'sam', password: 'open sesame', email: 'sam@acme.example' }] },
    reply: summaryReply,
    creates: 'sometimes',
    async handle({ tenants, params, body }) {
      const { tenant, isNew } = await tenants.put(params.tenant, body);
      return isNew ? new Created(tenants.summary(tenant)) : tenants.summary(tenant);
    },
  }),
  ofTenant({
    method: 'patch',
    path: '/tenants/{tenant}',
    name: 'changeTenant',
    summary: 'changes settings, such as `rollKey` and `disabled`',
    body: tenantChangeSchema,
    example: { clockOffsetMs: 60_000 },
    reply: summaryReply,
    async handle({ tenants, tenant, body }) {
      await tenants.change(tenant, body);
      return tenants.summary(tenant);
    },
  }),
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}',
    name: 'showTenant',
    summary: 'the tenant with its URLs, certificates, users, apps and log',
    reply: tenantReply,
    handle: ({ tenants, tenant }) => tenantView(tenants, tenant),
  }),
  ofTenant({
    method: 'delete',
    path: '/tenants/{tenant}',
    name: 'removeTenant',
    summary: 'removes it',
    handle: ({ tenants, tenant }) => tenants.remove(tenant),
  }),
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/metadata',
    name: 'showMetadata',
    summary: 'its URLs, certificates and SAML metadata, without faults',
    reply: metadataReply,
    handle: ({ tenants, tenant }) => ({ ...tenants.summary(tenant), metadata: tenants.metadata(tenant) }),
  }),
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/clock',
    name: 'showClock',
    summary: "the tenant's own time",
    reply: clockReply,
    handle: ({ tenant }) => clockView(tenant),
  }),
  ofTenant({
    method: 'post',
    path: '/tenants/{tenant}/clock',
    name: 'moveClock',
    summary: 'moves it by days, hours, minutes and seconds; negative values go back',
    body: durationSchema,
    example: { minutes: -10 },
    reply: clockReply,
    async handle({ tenants, tenant, body }) {
      await tenants.moveClock(tenant, body);
      return clockView(tenant);
    },
  }),
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/log',
    name: 'showLog',
    summary: 'events, oldest first; `?kind=response` only those of one kind',
    query: logQuerySchema,
    reply: logReply,
    handle: ({ tenant, query: { kind } }) => entriesOf(tenant, kind),
  }),
];

const clockView = (tenant: Tenant) => ({
  now: new Date(tenantTime(tenant)).toISOString(),
  clockOffsetMs: tenant.clockOffsetMs,
});

const userRoutes: readonly ControlRoute[] = [
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/users',
    name: 'listUsers',
    summary: 'its users, without passwords; those of patterns only up to 1,000 in total',
    reply: usersReply,
    handle: ({ tenant }) => userViews(tenant),
  }),
  ofTenant({
    method: 'put',
    path: '/tenants/{tenant}/users/{username}',
    name: 'putUser',
    summary: 'creates or replaces a user',
    body: namedUserSchema,
    example: { password: 'open sesame', email: 'sam@acme.example' },
    reply: usernameReply,
    handle: async ({ tenants, tenant, params, body }) => ({
      username: await tenants.putUser(tenant, params.username, body),
    }),
  }),
  ofTenant({
    method: 'patch',
    path: '/tenants/{tenant}/users/{username}',
    name: 'changeUser',
    summary: 'changes a user',
    body: userChangeSchema,
    example: { locked: true },
    reply: usernameReply,
    async handle({ tenants, tenant, params: { username }, body }) {
      await tenants.changeUser(tenant, username, body);
      return { username };
    },
  }),
  ofTenant({
    method: 'delete',
    path: '/tenants/{tenant}/users/{username}',
    name: 'removeUser',
    summary: 'removes a user',
    handle: ({ tenants, tenant, params }) => tenants.removeUser(tenant, params.username),
  }),
];

const appRoutes: readonly ControlRoute[] = [
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/apps',
    name: 'listApps',
    summary: 'its apps, and who may use them',
    reply: appsReply,
    handle: ({ tenant }) => appViews(tenant),
  }),
  ofTenant({
    method: 'put',
    path: '/tenants/{tenant}/apps',
    name: 'putApp',
    summary: 'registers or changes an app: `metadata`, or `entityId` and `acs`',
    body: appSchema,
    example: { entityId: 'https://app.example/metadata', acs: ['https://app.example/acs'] },
    reply: appNumberReply,
    async handle({ tenants, tenant, body }) {
      const { number, entityId, acs } = await tenants.putApp(tenant, body);
      return { number, entityId, acs };
    },
  }),
  ofTenant({
    method: 'delete',
    path: '/tenants/{tenant}/apps/{number}',
    name: 'removeApp',
    summary: 'removes an app',
    handle: ({ tenants, tenant, params }) => tenants.removeApp(tenant, params.number),
  }),
  ofTenant({
    method: 'delete',
    path: '/tenants/{tenant}/apps',
    name: 'removeAppByEntityId',
    summary: 'removes the app with this `?entityId=`',
    query: z.strictObject({ entityId: z.string().describe('Entity ID of the app.') }),
    handle: ({ tenants, tenant, query }) => tenants.removeAppOf(tenant, query.entityId),
  }),
  ofTenant({
    method: 'put',
    path: '/tenants/{tenant}/assignments',
    name: 'assign',
    summary: 'sets who may use an app',
    body: assignmentSchema,
    example: { app: 'https://app.example/metadata', users: ['sam'] },
    reply: assignmentReply,
    async handle({ tenants, tenant, body }) {
      const { entityId, assigned } = await tenants.assign(tenant, body);
      return { app: entityId, users: assigned };
    },
  }),
  ofTenant({
    method: 'patch',
    path: '/tenants/{tenant}/assignments',
    name: 'changeAssignment',
    summary: 'assigns an app to more or fewer users',
    body: assignmentChangeSchema,
    example: { remove: 'sam' },
    reply: assignmentReply,
    async handle({ tenants, tenant, body }) {
      const { entityId, assigned } = await tenants.changeAssignment(tenant, body);
      return { app: entityId, users: assigned };
    },
  }),
];

const responseRoutes: readonly ControlRoute[] = [
  ofTenant({
    method: 'put',
    path: '/tenants/{tenant}/faults',
    name: 'arrangeFaults',
    summary: 'the faults of the next responses, in place of those before; `[]` for none',
    body: faultsSchema,
    example: ['an assertion that expired 3 minutes ago', { phrase: 'a response without RelayState', times: 1 }],
    reply: faultsReply,
    handle({ tenants, tenant, body }) {
      tenants.arrangeFaults(tenant, body);
      return tenant.faults.map(faultView);
    },
  }),
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/faults',
    name: 'showFaults',
    summary: 'the arranged faults; `?struck=true`: only those that changed a response',
    query: z.strictObject({ struck: z.literal('true').optional().describe('Only those that changed a response.') }),
    reply: faultsReply,
    handle: ({ tenant, query }) => (query.struck ? struckViews(tenant) : tenant.faults.map(faultView)),
  }),
  ofTenant({
    method: 'post',
    path: '/tenants/{tenant}/sign-ins',
    name: 'signIn',
    summary: 'signs a user in without pages and returns the form for the app (above)',
    body: signInSchema,
    example: { username: 'sam', unsolicited: true },
    reply: responseReply,
    handle: ({ tenant, body: { username, ...options }, url, takeUntrustedKeys }) =>
      signInProcess(tenant, username, { ...optionsOf(options), url, takeUntrustedKeys }),
  }),
  ofTenant({
    method: 'post',
    path: '/tenants/{tenant}/deliveries',
    name: 'countDelivery',
    summary: 'counts the `undelivered` faults of a form that you have sent (above)',
    body: deliverySchema,
    example: { faults: ['a replayed response'] },
    handle: ({ tenant, body }) => countDelivered(tenant, body.faults),
  }),
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/last-response',
    name: 'showLastResponse',
    summary: 'the latest response, to a browser or to a sign-in without pages',
    reply: lastResponseReply,
    handle: ({ tenant }) => ({ response: lastResponse(tenant) ?? null }),
  }),
  ofTenant({
    method: 'put',
    path: '/tenants/{tenant}/hold',
    name: 'holdResponse',
    summary: 'holds the next response to a browser for inspection',
    body: holdSchema,
    example: { hold: true },
    reply: holdReply,
    handle({ tenant, body }) {
      holdNext(tenant, body.hold);
      return holdView(tenant);
    },
  }),
  ofTenant({
    method: 'get',
    path: '/tenants/{tenant}/held',
    name: 'showHeldResponse',
    summary: 'the response that is held',
    reply: holdReply,
    handle: ({ tenant }) => holdView(tenant),
  }),
  ofTenant({
    method: 'put',
    path: '/tenants/{tenant}/held',
    name: 'releaseHeldResponse',
    summary: 'releases it; with `xml` that is sent instead, with `resign` signed again',
    body: releaseSchema,
    example: { resign: false },
    reply: holdReply,
    handle({ tenant, body }) {
      release(tenant, body);
      return holdView(tenant);
    },
  }),
];

type SignIn = Omit<z.infer<typeof signInSchema>, 'username'>;

function optionsOf({ request, unsolicited, app, relayState }: SignIn): SignInOptions {
  if (unsolicited) return { unsolicited, app, relayState };
  if (request !== undefined) return { request: request as RequestSource, app };
  throw new Refused(400, 'a sign-in needs the request of the app, or "unsolicited": true');
}

const logoutRoutes: readonly ControlRoute[] = [
  ofTenant({
    method: 'post',
    path: '/tenants/{tenant}/sign-outs',
    name: 'signOut',
    summary: 'signs a user out and returns the form for each app (above)',
    body: signOutSchema,
    example: { username: 'sam' },
    reply: signOutsReply,
    handle: ({ tenant, body, url, takeUntrustedKeys }) =>
      startSignOut(tenant, body.username, { url, takeUntrustedKeys }),
  }),
  ofTenant({
    method: 'post',
    path: '/tenants/{tenant}/logout-outcomes',
    name: 'takeLogoutResponse',
    summary: "reads an app's LogoutResponse (above)",
    body: logoutResponseSchema,
    example: { response: { SAMLResponse: 'PHNhbWxwOkxvZ291dFJlc3BvbnNl…' } },
    reply: logoutOutcomeReply,
    handle: ({ tenant, body, url }) => takeLogoutResponse(tenant, body.response as RequestSource, { url }),
  }),
  ofTenant({
    method: 'post',
    path: '/tenants/{tenant}/logout-responses',
    name: 'respondToLogout',
    summary: "takes a LogoutRequest and returns the response's form (above)",
    body: logoutRequestSchema,
    example: { request: { SAMLRequest: 'PHNhbWxwOkxvZ291dFJlcXVlc3Q…' } },
    reply: responseReply,
    handle: ({ tenant, body, url, takeUntrustedKeys }) =>
      respondToLogout(tenant, body.request as RequestSource, { url, takeUntrustedKeys }),
  }),
];

const ownRoutes: readonly ControlRoute[] = [
  route({
    method: 'get',
    path: '/errors',
    name: 'showErrors',
    summary: 'internal errors of the identity provider: a bug if there are any',
    reply: errorsReply,
    handle: ({ state }) => state.errors,
  }),
  route({
    method: 'get',
    path: '/routes',
    name: 'showRoutes',
    summary: 'all its routes',
    reply: routesReply,
    handle: ({ routes }) => routes(),
  }),
  route({
    method: 'get',
    path: '/openapi.json',
    name: 'showOpenApi',
    summary: 'these routes as an OpenAPI 3.1 document; needs no token',
    isOpen: true,
    reply: openApiReply,
    handle: () => controlDocument(),
  }),
];

export const controlTable: readonly ControlRoute[] = [
  ...tenantRoutes,
  ...userRoutes,
  ...appRoutes,
  ...responseRoutes,
  ...logoutRoutes,
  ...ownRoutes,
];

let document: Record<string, unknown> | undefined;
/** The OpenAPI document of the control routes, made once. */
export function controlDocument(): Record<string, unknown> {
  document ??= openApi(controlTable);
  return document;
}
