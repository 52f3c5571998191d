/**
 * For every route, a request that does as much as possible: with existing parameters and valid fields. From the right
 * page by the right person, each is accepted; from anywhere else, none may change anything.
 */
import { deflateRawSync } from 'node:zlib';
import type { FaultPhrase } from '../../mock-idp/faults.ts';
import { authnRequest, type Known, type Part } from './victims-lab.ts';

export type Fields = Readonly<Record<string, string>>;

export interface Sample {
  /** With its parameters and query. A message may be accepted only once, so it is new each time. */
  path: string | (() => string);
  /** The page with the form, whose other fields are sent too. */
  page?: string;
  fields?: Fields | (() => Fields);
  /** For a control route. */
  json?: unknown;
}

/** By method and path, as listed by the routers, in an order in which each finds what it needs. */
export type Samples = Readonly<Record<string, Sample>>;

export function samplesFor(known: Known): Readonly<Record<Part, Samples>> {
  return {
    sp: { ...spPages(known), ...spForms(known), ...spControl(known) },
    idp: { ...idpPages(known), ...idpForms(known), ...idpControl(known) },
    lab: labRoutes(known),
  };
}

const fault: FaultPhrase = 'a response without RelayState';

let count = 0;
const newId = (): string => `_sample-of-a-request-${count++}`;
const base64 = (xml: string): string => Buffer.from(xml).toString('base64');
const packed = (xml: string): string => encodeURIComponent(deflateRawSync(xml).toString('base64'));
const issuedNow = (): string => new Date().toISOString();

const logoutRequest = ({ lab }: Known, { issuer, destination }: { issuer: string; destination: string }): string =>
  `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${newId()}" Version="2.0" IssueInstant="${issuedNow()}"
 Destination="${destination}"><saml:Issuer>${issuer}</saml:Issuer>
<saml:NameID>${lab.rehearsal.cast.Sam.address}</saml:NameID></samlp:LogoutRequest>`;

const spPages = (known: Known): Samples => ({
  'GET /assets/pico.css': { path: '/assets/pico.css' },
  'GET /assets/look.css': { path: '/assets/look.css' },
  'GET /assets/message.css': { path: '/assets/message.css' },
  'GET /assets/sp.css': { path: '/assets/sp.css' },
  'GET /assets/mark.svg': { path: '/assets/mark.svg' },
  'GET /assets/sp.js': { path: '/assets/sp.js' },
  'GET /healthz': { path: '/healthz' },
  'GET /': { path: '/' },
  'GET /console': { path: '/console' },
  'GET /login': { path: '/login' },
  'GET /login/password': { path: '/login/password' },
  'GET /login/recovery': { path: '/login/recovery' },
  'GET /cases': { path: '/cases' },
  'GET /cases/:code': { path: '/cases/app-not-assigned' },
  'GET /try/report': { path: '/try/report' },
  'GET /admin': { path: '/admin' },
  'GET /admin/sso/:profile/profile': { path: '/admin/sso/1/profile' },
  'GET /admin/sso/:profile/test': { path: '/admin/sso/1/test' },
  'GET /admin/sso/:profile/result': { path: '/admin/sso/1/result' },
  'GET /admin/sso/:profile/enforce': { path: '/admin/sso/1/enforce' },
  'GET /admin/users': { path: '/admin/users' },
  'GET /admin/domains': { path: '/admin/domains' },
  'GET /admin/audit': { path: '/admin/audit?q=ada&about=test' },
  'GET /admin/audit.csv': { path: '/admin/audit.csv' },
  'GET /admin/audit.json': { path: '/admin/audit.json' },
  'GET /saml/:organization/metadata': { path: '/saml/acme/metadata' },
  'GET /saml/:organization/acs': { path: `/saml/acme/acs?SAMLResponse=${encodeURIComponent(base64(rejected))}` },
  'GET /saml/:organization/slo': {
    path: () => {
      const destination = `${known.origins.sp}/saml/acme/slo`;
      const issuer = `${known.origins.idp}/acme/metadata`;
      return `/saml/acme/slo?SAMLRequest=${packed(logoutRequest(known, { issuer, destination }))}`;
    },
  },
});

/** Unsigned, and not in response to a request. */
const rejected = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_forged" Version="2.0"
 IssueInstant="2026-01-01T00:00:00Z"/>`;
const response = { SAMLResponse: base64(rejected), RelayState: 'x' };

const spForms = ({ lab, metadata, token, origins }: Known): Samples => {
  const { Ada, Grace, Sam } = lab.rehearsal.cast;
  const credentials = { address: Ada.address, password: Ada.password };
  return {
    'POST /saml/:organization/acs': { path: '/saml/acme/acs', fields: response },
    'PUT /saml/:organization/acs': { path: '/saml/acme/acs', fields: response },
    // The tester of the test that is pending in this browser.
    'POST /login': { path: '/login', fields: { address: Grace.address } },
    'POST /login/password': { path: '/login/password', fields: credentials },
    'POST /login/recovery': { path: '/login/recovery', fields: credentials },
    'POST /try/report': { path: '/try/report', page: '/try/report', fields: { report: 'gave-up' } },
    'POST /login/leave-test': { path: '/login/leave-test' },
    'POST /admin/sso': { path: '/admin/sso', page: '/admin', fields: { name: 'Third' } },
    'POST /admin/sso/:profile/result': {
      path: '/admin/sso/1/result',
      page: '/admin/sso/1/result',
      fields: { mark: 'failure' },
    },
    'POST /admin/sso/:profile/enforce': {
      path: '/admin/sso/1/enforce',
      page: '/admin/sso/1/enforce',
      fields: { users: Sam.address, recovery: Ada.address },
    },
    'POST /admin/sso/:profile/choose': {
      path: '/admin/sso/1/choose',
      fields: { revision: '1', enforced: 'none', list: Sam.address, pick: 'add' },
    },
    'POST /admin/sso/:profile/lift': { path: '/admin/sso/2/lift', page: '/admin/sso/2/enforce' },
    'POST /admin/sso/:profile/fetch': {
      path: '/admin/sso/1/fetch',
      page: '/admin/sso/1/profile',
      fields: { metadataUrl: `${origins.idp}/acme/metadata` },
    },
    'POST /admin/sso/:profile/test': {
      path: '/admin/sso/1/test',
      page: '/admin/sso/1/test',
      fields: { address: Grace.address },
    },
    'POST /admin/sso/:profile/profile': {
      path: '/admin/sso/1/profile',
      page: '/admin/sso/1/profile',
      fields: { allowSha1: 'yes' },
    },
    'POST /admin/sso/:profile/metadata': {
      path: '/admin/sso/1/metadata',
      page: '/admin/sso/1/profile',
      fields: { text: metadata },
    },
    'GET /login/recovery-key': { path: '/login/recovery-key' },
    'POST /login/recovery-key': { path: '/login/recovery-key', page: '/login/recovery-key' },
    'POST /sign-out': { path: '/sign-out', page: '/console' },
    'POST /try/:token': { path: `/try/${token}` },
    'GET /try/:token': { path: `/try/${token}` },
  };
};

const spControl = ({ lab }: Known): Samples => {
  const organization = '/control/organizations/acme';
  const user = `${organization}/users/${lab.rehearsal.cast.Sam.address}`;
  return {
    'GET /control/errors': { path: '/control/errors' },
    'GET /control/routes': { path: '/control/routes' },
    'GET /control/organizations/:organization': { path: organization },
    'GET /control/organizations/:organization/responses': { path: `${organization}/responses` },
    'PUT /control/organizations/:organization': {
      path: '/control/organizations/other',
      json: { name: 'Other', domains: ['other.example'] },
    },
    'PATCH /control/organizations/:organization': { path: organization, json: { name: 'Renamed' } },
    'PUT /control/organizations/:organization/domains/:domain': { path: `${organization}/domains/new.example` },
    'PUT /control/organizations/:organization/users/:address': {
      path: `${organization}/users/new@acme.example`,
      json: { name: 'New', password: 'new-at-sp', administrator: true },
    },
    'PATCH /control/organizations/:organization/users/:address': { path: user, json: { administrator: true } },
    'PUT /control/organizations/:organization/profiles/:profile': { path: `${organization}/profiles/New`, json: {} },
    'PATCH /control/organizations/:organization/profiles/:profile': {
      path: `${organization}/profiles/Acme`,
      json: { idpEntityId: 'https://mallory.example' },
    },
    'PUT /control/organizations/:organization/profiles/:profile/enforce-unproven': {
      path: `${organization}/profiles/Acme/enforce-unproven`,
      json: {},
    },
    'DELETE /control/organizations/:organization/profiles/:profile/enforcement': {
      path: `${organization}/profiles/Acme/enforcement`,
    },
    'DELETE /control/organizations/:organization/domains/:domain': { path: `${organization}/domains/second.example` },
    'DELETE /control/organizations/:organization': { path: '/control/organizations/spare' },
  };
};

const idpPages = (known: Known): Samples => ({
  'GET /assets/pico.css': { path: '/assets/pico.css' },
  'GET /assets/look.css': { path: '/assets/look.css' },
  'GET /assets/idp.css': { path: '/assets/idp.css' },
  'GET /assets/mark.svg': { path: '/assets/mark.svg' },
  'GET /healthz': { path: '/healthz' },
  'GET /': { path: '/' },
  'GET /:tenant': { path: '/acme' },
  'GET /:tenant/metadata': { path: '/acme/metadata' },
  'GET /:tenant/held/:id': { path: `/acme/held/${known.responseId}` },
  'GET /:tenant/sso': { path: () => `/acme/sso?SAMLRequest=${packed(authnRequest(known, newId()))}` },
  'GET /:tenant/apps/:number': { path: '/acme/apps/1' },
  'GET /:tenant/logout': { path: '/acme/logout' },
});

const idpForms = (known: Known): Samples => {
  const { address, idpPassword } = known.lab.rehearsal.cast.Ada;
  const logout = (): string =>
    logoutRequest(known, { issuer: known.entityId, destination: `${known.origins.idp}/acme/slo` });
  return {
    'POST /:tenant/sso': {
      path: '/acme/sso',
      fields: () => ({ SAMLRequest: base64(authnRequest(known, newId())), RelayState: 'x' }),
    },
    'POST /:tenant/login': { path: '/acme/login', fields: { username: address, password: idpPassword } },
    'POST /:tenant/cancel': { path: '/acme/cancel', fields: { transaction: known.transactions[0] } },
    'GET /:tenant/sso/continue/:id': { path: `/acme/sso/continue/${known.transactions[1]}` },
    'GET /:tenant/slo': { path: () => `/acme/slo?SAMLRequest=${packed(logout())}` },
    'POST /:tenant/slo': { path: '/acme/slo', fields: () => ({ SAMLRequest: base64(logout()) }) },
    'POST /:tenant/logout': { path: '/acme/logout' },
  };
};

const idpControl = (known: Known): Samples => {
  const { lab, entityId } = known;
  const issuer = 'https://mallory.example';
  const destination = `${known.origins.idp}/acme/slo`;
  const tenant = '/control/tenants/acme';
  const user = `${tenant}/users/${lab.rehearsal.cast.Sam.address}`;
  return {
    'GET /control/errors': { path: '/control/errors' },
    'GET /control/routes': { path: '/control/routes' },
    'GET /control/openapi.json': { path: '/control/openapi.json' },
    'GET /control/tenants/:tenant': { path: tenant },
    'GET /control/tenants/:tenant/faults': { path: `${tenant}/faults` },
    'GET /control/tenants/:tenant/held': { path: `${tenant}/held` },
    'GET /control/tenants': { path: '/control/tenants' },
    'GET /control/tenants/:tenant/metadata': { path: `${tenant}/metadata` },
    'GET /control/tenants/:tenant/clock': { path: `${tenant}/clock` },
    'GET /control/tenants/:tenant/log': { path: `${tenant}/log` },
    'GET /control/tenants/:tenant/users': { path: `${tenant}/users` },
    'GET /control/tenants/:tenant/apps': { path: `${tenant}/apps` },
    'GET /control/tenants/:tenant/last-response': { path: `${tenant}/last-response` },
    'POST /control/tenants': { path: '/control/tenants', json: {} },
    'POST /control/tenants/:tenant/clock': { path: `${tenant}/clock`, json: { hours: 1 } },
    'POST /control/tenants/:tenant/sign-ins': {
      path: `${tenant}/sign-ins`,
      json: { username: lab.rehearsal.cast.Ada.address, unsolicited: true, app: entityId },
    },
    'POST /control/tenants/:tenant/sign-outs': {
      path: `${tenant}/sign-outs`,
      json: { username: lab.rehearsal.cast.Ada.address },
    },
    'POST /control/tenants/:tenant/logout-outcomes': {
      path: `${tenant}/logout-outcomes`,
      json: { response: { SAMLResponse: base64(rejected) } },
    },
    'POST /control/tenants/:tenant/deliveries': { path: `${tenant}/deliveries`, json: { faults: [fault] } },
    'PATCH /control/tenants/:tenant/assignments': {
      path: `${tenant}/assignments`,
      json: { app: entityId, remove: lab.rehearsal.cast.Sam.address },
    },
    'PUT /control/tenants/:tenant': { path: '/control/tenants/other', json: {} },
    'PATCH /control/tenants/:tenant': { path: tenant, json: { clockOffsetMs: 60_000 } },
    'PUT /control/tenants/:tenant/users/:username': { path: user, json: { password: 'known-to-mallory' } },
    'PATCH /control/tenants/:tenant/users/:username': { path: user, json: { locked: true } },
    'PUT /control/tenants/:tenant/assignments': { path: `${tenant}/assignments`, json: { app: entityId, users: [] } },
    'PUT /control/tenants/:tenant/apps': {
      path: `${tenant}/apps`,
      json: { entityId: issuer, acs: [`${issuer}/acs`], slo: `${issuer}/slo` },
    },
    'POST /control/tenants/:tenant/logout-responses': {
      path: `${tenant}/logout-responses`,
      json: { request: { SAMLRequest: base64(logoutRequest(known, { issuer, destination })) } },
    },
    'PUT /control/tenants/:tenant/faults': { path: `${tenant}/faults`, json: [] },
    'PUT /control/tenants/:tenant/held': { path: `${tenant}/held`, json: {} },
    'PUT /control/tenants/:tenant/hold': { path: `${tenant}/hold`, json: { hold: true } },
    'DELETE /control/tenants/:tenant/apps': {
      path: `${tenant}/apps?entityId=${encodeURIComponent(issuer)}`,
    },
    'DELETE /control/tenants/:tenant/apps/:number': { path: `${tenant}/apps/2` },
    'DELETE /control/tenants/:tenant/users/:username': { path: `${tenant}/users/spare` },
    'DELETE /control/tenants/:tenant': { path: '/control/tenants/spare' },
  };
};

const labRoutes = ({ lab }: Known): Samples => {
  const message = `/mailbox/${lab.rehearsal.cast.Sam.address}/1`;
  return {
    'GET /assets/pico.css': { path: '/assets/pico.css' },
    'GET /assets/look.css': { path: '/assets/look.css' },
    'GET /assets/message.css': { path: '/assets/message.css' },
    'GET /assets/lab.css': { path: '/assets/lab.css' },
    'GET /assets/filter.js': { path: '/assets/filter.js' },
    'GET /assets/editor.js': { path: '/assets/editor.js' },
    'GET /assets/drop.js': { path: '/assets/drop.js' },
    'GET /assets/mark.svg': { path: '/assets/mark.svg' },
    'GET /assets/live.js': { path: '/assets/live.js' },
    'GET /healthz': { path: '/healthz' },
    'GET /': { path: '/' },
    'GET /mailbox': { path: '/mailbox' },
    'GET /mailbox/:address/:number': { path: message },
    'GET /mailbox/:address/:number/html': { path: `${message}/html` },
    'POST /mailbox/:address/:number/delete': { path: `${message}/delete` },
    'POST /mailbox/delete': { path: '/mailbox/delete' },
    'GET /faults': { path: '/faults' },
    'GET /wire': { path: '/wire' },
    'GET /next-response': { path: '/next-response' },
    'GET /diagnose': { path: '/diagnose' },
    'POST /diagnose': { path: '/diagnose', fields: { text: rejected, against: 'acme', at: 'now' } },
    'POST /next-response/send': { path: '/next-response/send', fields: { how: 'unchanged' } },
    'POST /next-response/hold': { path: '/next-response/hold', fields: { hold: 'yes' } },
    'POST /faults': { path: '/faults', fields: { fault } },
    'POST /product': { path: '/product', fields: { product: 'okta' } },
    'POST /put-right': { path: '/put-right' },
    'POST /stage': { path: '/stage', fields: { code: 'audience-mismatch' } },
  };
};
