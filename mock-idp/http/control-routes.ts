/** All control routes, in the order in which the documents list them. */
import { holdNext, holdView, release } from '../sign-in/held-response.ts';
import {
  appSchema,
  assignmentSchema,
  faultsSchema,
  holdSchema,
  namedUserSchema,
  releaseSchema,
  tenantChangeSchema,
  tenantSchema,
  userChangeSchema,
} from '../tenants/control-schemas.ts';
import { faultView } from '../tenants/tenant-faults.ts';
import {
  appNumberReply,
  assignmentReply,
  errorsReply,
  faultsReply,
  holdReply,
  openApiReply,
  routesReply,
  summaryReply,
  tenantReply,
  usernameReply,
} from './control-replies.ts';
import { type ControlRoute, Created, ofTenant, route } from './control-route.ts';
import { openApi } from './openapi.ts';
import { tenantView } from './tenant-view.ts';

const tenantRoutes: readonly ControlRoute[] = [
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
];

const userRoutes: readonly ControlRoute[] = [
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
    summary: 'the arranged faults, and how many responses each has changed (`struck`)',
    reply: faultsReply,
    handle: ({ tenant }) => tenant.faults.map(faultView),
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
  ...ownRoutes,
];

let document: Record<string, unknown> | undefined;
/** The OpenAPI document of the control routes, made once. */
export function controlDocument(): Record<string, unknown> {
  document ??= openApi(controlTable);
  return document;
}
